import { Button } from '@/components/Button';
import { timestamp } from '@/lib/format';

/** What stands below the last row: more to come, a search that stopped, or the end. */
export function ListEnd({
  length,
  hasMore,
  loadingMore,
  searchedTo,
  onMore,
}: {
  length: number;
  hasMore: boolean;
  loadingMore: boolean;
  searchedTo: string | undefined;
  onMore: () => void;
}) {
  if (loadingMore) return <p className="py-3 text-center text-xs text-ink-3">Loading older executions…</p>;
  if (hasMore && searchedTo) {
    return (
      <p className="num flex flex-wrap items-center justify-center gap-3 py-4 text-center text-sm text-ink-2">
        Searched back to {timestamp(searchedTo)}.<Button onClick={onMore}>Look further back</Button>
      </p>
    );
  }
  if (hasMore || length <= 30) return null;
  return <p className="py-4 text-center text-xs text-ink-3">That is all there is.</p>;
}
