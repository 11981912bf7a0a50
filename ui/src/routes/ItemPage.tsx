import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ChevronRight } from 'lucide-react';
import { isCode } from '@/api/client';
import { changesQuery } from '@/api/payloads';
import { executionQuery, itemQuery } from '@/api/queries';
import type { Evidence, ItemTrail } from '@/api/types';
import { Copy } from '@/components/Copy';
import { Mark } from '@/components/Mark';
import { Notice } from '@/components/Notice';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { useHotkeys } from '@/components/useHotkeys';
import { useNow } from '@/components/useNow';
import { Stops } from '@/features/items/Stops';
import { figure } from '@/features/items/words';
import { cx } from '@/lib/cx';
import { age, plural, timestamp } from '@/lib/format';
import { itemLinks, WhyNotBox } from './Items';
import { Problem } from './Problem';
import { compact } from './search';

const route = getRouteApi('/executions/$id/items/$key');

/** The passport of one item: where it entered, how it fared, where and why it left. */
export function ItemPage() {
  const { id, key } = route.useParams();
  const navigate = route.useNavigate();
  const execution = useQuery(executionQuery(id));
  const item = useQuery(itemQuery(id, key));
  const toExecution = (): void => void navigate({ to: '/executions/$id', params: { id } });
  const onEvidence = (e: Evidence): void =>
    void navigate({
      to: '/executions/$id',
      params: { id },
      search: compact({ step: e.stepId, at: e.pointer || undefined }),
    });
  useHotkeys({ Escape: toExecution });

  const name = execution.data?.name ?? id;
  const i = item.data;
  return (
    <>
      <header className="border-b border-line bg-surface px-4 py-2.5">
        <nav aria-label="Where this is" className="flex min-w-0 items-center gap-1 text-sm text-ink-3">
          <Link to="/executions" className="rounded hover:text-ink max-sm:hidden">
            Executions
          </Link>
          <ChevronRight size={13} aria-hidden className="shrink-0 max-sm:hidden" />
          <Link to="/executions/$id" params={{ id }} className="min-w-0 truncate rounded hover:text-ink">
            <bdi>{name}</bdi>
          </Link>
          <ChevronRight size={13} aria-hidden className="shrink-0" />
          <span className="shrink-0">Item</span>
        </nav>
        <div className="mt-0.5 flex min-w-0 items-center gap-2">
          <h1 className="min-w-0 truncate text-lg font-semibold tracking-tight" title={i?.label || key}>
            <bdi>{i?.label || key}</bdi>
          </h1>
          <bdi className="mono truncate text-xs text-ink-3">{i?.key ?? key}</bdi>
          <Copy name="Copy the key" text={() => i?.key ?? key} />
        </div>
      </header>
      <Scroll name="Passport" className="flex-1">
        <div className="mx-auto grid max-w-6xl grid-cols-[minmax(0,3fr)_minmax(0,2fr)] gap-8 p-5 max-lg:grid-cols-1">
          {i ? (
            <>
              <Way item={i} onEvidence={onEvidence} />
              <div className="flex min-w-0 flex-col gap-6">
                {i.leftAt && <NearMisses id={id} stepId={i.leftAt} itemKey={i.key} />}
                <Elsewhere item={i} itemKey={key} />
              </div>
            </>
          ) : item.isError ? (
            <div className="col-span-full">
              {isCode(item.error, 'not_found') && execution.data ? (
                <section aria-label="Why not?" className="mx-auto max-w-2xl">
                  <h2 className="mb-2 text-lg font-semibold">No item of this execution has that key</h2>
                  <WhyNotBox
                    id={id}
                    asked={key}
                    onAsk={(q) =>
                      q && void navigate({ to: '/executions/$id/items/$key', params: { id, key: q } })
                    }
                    onEvidence={onEvidence}
                  />
                </section>
              ) : (
                <Problem error={item.error} what="item" onRetry={() => void item.refetch()} />
              )}
            </div>
          ) : (
            <Skeleton lines={10} />
          )}
        </div>
      </Scroll>
    </>
  );
}

function Way({ item, onEvidence }: { item: ItemTrail; onEvidence: (evidence: Evidence) => void }) {
  const { steps, bytes, items } = item.leftOut;
  return (
    <section aria-label="Its way through the steps" className="min-w-0">
      <p
        dir="auto"
        className="mb-4 text-[17px] leading-[25px] font-medium text-balance [overflow-wrap:anywhere]"
      >
        {item.text}
      </p>
      <h2 className="eyebrow mb-1.5">Its way through the steps</h2>
      <Stops stops={item.stops} onEvidence={onEvidence} />
      {(steps > 0 || items > 0 || bytes !== '0') && (
        <Notice tone="warn" className="mt-3">
          Not all was read: {plural(steps, 'step')} and {plural(items, 'array element')} were left out.
        </Notice>
      )}
    </section>
  );
}

const NEAR = 6;

/** Who came nearest to passing where this item was dropped. */
function NearMisses({ id, stepId, itemKey }: { id: string; stepId: string; itemKey: string }) {
  const page = useInfiniteQuery(changesQuery(id, stepId, { kind: 'dropped', order: 'nearest' }, NEAR)).data
    ?.pages[0];
  const near = page?.items.filter((other) => other.margin !== undefined) ?? [];
  if (!page || near.length === 0) return null;
  const link = itemLinks(id);
  return (
    <section aria-label="Near misses" className="min-w-0">
      <h2 className="eyebrow mb-2">Near misses at “{page.station.name}”</h2>
      <ul className="flex flex-col">
        {near.map((other) => (
          <li
            key={other.key}
            aria-current={other.key === itemKey ? 'true' : undefined}
            className={cx(
              'flex min-w-0 items-baseline gap-2 border-b border-line/60 py-0.5 last:border-0',
              other.key === itemKey && 'bg-selected',
            )}
          >
            <div className="min-w-0 flex-1">{link(other)}</div>
            <span className="num shrink-0 text-xs text-ink-3">
              has {other.value}, missed by {figure(other.margin ?? 0)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Elsewhere({ item, itemKey }: { item: ItemTrail; itemKey: string }) {
  const now = useNow();
  return (
    <section aria-label="In other executions" className="min-w-0">
      <h2 className="eyebrow mb-2">In other executions</h2>
      {item.elsewhere.length === 0 && (
        <p className="text-ink-3">
          {item.lookedAt === 0
            ? 'There is no other execution of this name.'
            : `None of the ${plural(item.lookedAt, 'newest other execution')} had it.`}
        </p>
      )}
      <ul className="flex flex-col gap-2">
        {item.elsewhere.map(({ execution: e, passport }) => (
          <li key={e.id}>
            <Link
              to="/executions/$id/items/$key"
              params={{ id: e.id, key: passport.key || itemKey }}
              className="flex flex-col gap-0.5 rounded-lg border border-line bg-surface px-3 py-2 hover:border-line-strong hover:bg-hover"
            >
              <span className="flex items-center gap-2 text-xs text-ink-3">
                <Mark status={e.status} size={12} />
                <span className="num" title={timestamp(e.startedAt)}>
                  {age(Date.parse(e.startedAt), now)}
                </span>
              </span>
              <span dir="auto" className="text-sm [overflow-wrap:anywhere]">
                {passport.text}
              </span>
            </Link>
          </li>
        ))}
      </ul>
      {item.elsewhere.length > 0 && (
        <p className="num mt-2 text-xs text-ink-3">of {plural(item.lookedAt, 'other execution')} searched</p>
      )}
    </section>
  );
}
