import type { UseQueryResult } from '@tanstack/react-query';
import type { ReactNode } from 'react';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { Skeleton } from '@/components/Skeleton';

/** What a page shows of a query: its data, that it is coming, or why it does not. */
export function Loaded<T>({
  query,
  children,
}: {
  query: Pick<UseQueryResult<T>, 'data' | 'error' | 'refetch'>;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return children(query.data);
  if (!query.error) return <Skeleton lines={8} />;
  return (
    <Notice tone="error" action={<Button onClick={() => void query.refetch()}>Try again</Button>}>
      {query.error.message}
    </Notice>
  );
}
