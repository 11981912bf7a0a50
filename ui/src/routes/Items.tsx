import { skipToken, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { funnelQuery, itemsQuery, whyNotQuery } from '@/api/queries';
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

/** The stations of an execution that has items; undefined while unknown. */
export function useStations(id: string, hasItems: boolean): readonly Station[] | undefined {
  const query = funnelQuery(id);
  return useQuery({ ...query, queryFn: hasItems ? query.queryFn : skipToken }).data?.stations;
}

export function StepChanges({ id, station }: { id: string; station: Station }) {
  const items = useQuery(itemsQuery(id));
  if (items.isError) return <Notice tone="error">{items.error.message}</Notice>;
  return (
    <Changes
      station={station}
      items={items.data?.items}
      total={items.data?.total ?? 0}
      link={itemLinks(id)}
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
