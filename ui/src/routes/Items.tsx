import { keepPreviousData, skipToken, useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useDeferredValue, useState } from 'react';
import { type ChangeFilter, changesQuery } from '@/api/payloads';
import { funnelQuery, whyNotQuery } from '@/api/queries';
import type { Evidence, Station } from '@/api/types';
import { Notice } from '@/components/Notice';
import { Skeleton } from '@/components/Skeleton';
import { Changes } from '@/features/items/Changes';
import { ItemName, type LinkItem } from '@/features/items/ItemLinks';
import { WhyNot, WhyNotAnswer } from '@/features/items/WhyNot';

/** Links to the passports of one execution's items. */
export function itemLinks(id: string): LinkItem {
  return function ItemLink(item) {
    return (
      <Link
        to="/executions/$id/items/$key"
        params={{ id, key: item.key }}
        className="block min-w-0 rounded px-1 py-0.5 text-sm text-accent hover:bg-hover hover:underline"
      >
        <ItemName item={item} />
      </Link>
    );
  };
}

const NONE: readonly Station[] = [];

/** The stations of an execution that has items, and whether they are known yet. */
export function useStations(id: string, hasItems: boolean): { list: readonly Station[]; known: boolean } {
  const query = funnelQuery(id);
  const funnel = useQuery({ ...query, queryFn: hasItems ? query.queryFn : skipToken });
  return { list: funnel.data?.stations ?? NONE, known: funnel.isSuccess || funnel.isError || !hasItems };
}

/** What one step did to its items: what the filter asks for, page by page. */
export function StepChanges({
  id,
  station,
  onEvidence,
}: {
  id: string;
  station: Station;
  onEvidence: (evidence: Evidence) => void;
}) {
  const [filter, setFilter] = useState<ChangeFilter>(station.dropped > 0 ? { kind: 'dropped' } : {});
  const wanted = useDeferredValue(filter);
  const pages = useInfiniteQuery({
    ...changesQuery(id, station.stepId, wanted),
    placeholderData: keepPreviousData,
  });
  const whole = pages.data?.pages[0];
  if (pages.isError && !whole) return <Notice tone="error">{pages.error.message}</Notice>;
  if (!whole) return <Skeleton lines={8} />;
  return (
    <Changes
      whole={whole}
      items={pages.data?.pages.flatMap((page) => page.items) ?? []}
      total={whole.total}
      filter={filter}
      onFilter={setFilter}
      onMore={pages.hasNextPage ? () => void pages.fetchNextPage() : undefined}
      link={itemLinks(id)}
      onEvidence={onEvidence}
    />
  );
}

export function WhyNotBox({
  id,
  asked,
  onAsk,
  onEvidence,
}: {
  id: string;
  asked: string | undefined;
  onAsk: (q: string | undefined) => void;
  onEvidence: (evidence: Evidence) => void;
}) {
  const query = whyNotQuery(id, asked ?? '');
  const answer = useQuery({ ...query, queryFn: asked ? query.queryFn : skipToken });
  return (
    <WhyNot asked={asked} onAsk={onAsk}>
      {asked && answer.isPending && <Skeleton lines={3} />}
      {answer.isError && <Notice tone="error">{answer.error.message}</Notice>}
      {asked && answer.data && (
        <WhyNotAnswer answer={answer.data} link={itemLinks(id)} onEvidence={onEvidence} />
      )}
    </WhyNot>
  );
}
