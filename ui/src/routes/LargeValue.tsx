import { skipToken, useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { payloadQuery } from '@/api/payloads';
import type { Outline } from '@/api/types';
import { Notice } from '@/components/Notice';
import { Skeleton } from '@/components/Skeleton';
import { Large } from '@/features/step/Large';
import { bytes } from '@/lib/format';
import { int64 } from '@/lib/time';

/** A large value: its outline until somebody wants it, or a claim points into it. */
export function LargeValue({
  id,
  stepId,
  outline,
  wanted,
  children,
}: {
  id: string;
  stepId: string;
  outline: Outline;
  wanted: boolean;
  children: (value: unknown) => ReactNode;
}) {
  const [asked, ask] = useState(false);
  const query = payloadQuery(id, stepId, outline.pointer);
  const payload = useQuery({ ...query, queryFn: asked || wanted ? query.queryFn : skipToken });
  if (payload.data) return children(payload.data.value);
  if (payload.isError) return <Notice tone="error">{payload.error.message}</Notice>;
  if (!asked && !wanted) return <Large outline={outline} onLoad={() => ask(true)} />;
  return (
    <div role="status">
      <p className="mb-2 text-sm text-ink-2">Loading {bytes(int64(outline.bytes))}…</p>
      <Skeleton lines={8} />
    </div>
  );
}
