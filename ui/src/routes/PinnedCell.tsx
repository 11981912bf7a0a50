import { useQuery } from '@tanstack/react-query';
import { stepQuery } from '@/api/payloads';
import { stepsQuery } from '@/api/queries';
import type { Execution } from '@/api/types';
import { None } from '@/features/search/cells';
import type { Pin } from '@/features/search/columns';
import { clip } from '@/lib/format';
import { preview } from '@/lib/json';
import { parsePointer, resolve } from '@/lib/pointer';

const MOST_SHOWN = 200;

/** One value out of the first step of a name, read when its row is on the screen. */
export function PinnedCell({ execution, pin }: { execution: Execution; pin: Pin }) {
  const { id } = execution;
  const steps = useQuery({ ...stepsQuery(id), staleTime: Number.POSITIVE_INFINITY });
  const stepId = steps.data?.find((step) => step.name === pin.step)?.id;
  const step = useQuery({
    ...stepQuery(id, stepId ?? ''),
    enabled: stepId !== undefined,
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (steps.isPending || (stepId && step.isPending)) return <span className="text-ink-3">…</span>;
  const path = parsePointer(pin.pointer);
  const found =
    step.data && path ? resolve({ input: step.data.input, output: step.data.output }, path) : undefined;
  if (!found?.found) return <None />;
  const text = preview(found.value, MOST_SHOWN * 5);
  return (
    <bdi className="block truncate" title={clip(text, 1_000)}>
      {clip(text, MOST_SHOWN)}
    </bdi>
  );
}
