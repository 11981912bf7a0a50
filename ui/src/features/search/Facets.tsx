import { Ban, Check, ChevronRight, Minus } from 'lucide-react';
import type { Facet, FacetList, FacetValue } from '@/api/types';
import { Mark } from '@/components/Mark';
import { cx } from '@/lib/cx';
import { count, grouped, timestamp } from '@/lib/format';

const LABELS: Record<string, string> = {
  status: 'Status',
  name: 'Pipeline',
  service: 'Service',
  model: 'Model',
  tag: 'Tag',
  environment: 'Environment',
  release: 'Release',
  user: 'User',
  feedback: 'Feedback',
};

/** What else there is: the same state as the query's text, in another form. */
export function Facets({
  list,
  folded,
  onFold,
  onQuery,
  onMore,
}: {
  list: FacetList;
  /** Fields that are shut. */
  folded: ReadonlySet<string>;
  onFold: (field: string, shut: boolean) => void;
  onQuery: (q: string) => void;
  /** Wants a value that is not among those shown. */
  onMore: (field: string) => void;
}) {
  return (
    <div className="flex flex-col gap-0.5 p-2">
      {list.facets
        .filter((facet) => facet.values.length > 0)
        .map((facet) => (
          <details
            key={facet.field}
            open={!folded.has(facet.field)}
            onToggle={(event) => onFold(facet.field, !event.currentTarget.open)}
            className="group/facet"
          >
            <summary className="flex h-7 list-none items-center gap-1 rounded-md px-1 select-none hover:bg-hover [&::-webkit-details-marker]:hidden">
              <ChevronRight
                size={12}
                aria-hidden
                className="shrink-0 text-ink-3 transition-transform group-open/facet:rotate-90"
              />
              <span className="text-xs font-medium text-ink-2">{LABELS[facet.field] ?? facet.field}</span>
            </summary>
            <Values facet={facet} onQuery={onQuery} onMore={onMore} />
          </details>
        ))}
      <p className="num px-1 pt-1 text-2xs text-ink-3">
        {list.searchedTo
          ? `The newest ${grouped(list.counted)}, back to ${timestamp(list.searchedTo)}, are counted.`
          : `${grouped(list.counted)} counted`}
      </p>
    </div>
  );
}

function Values({
  facet,
  onQuery,
  onMore,
}: {
  facet: Facet;
  onQuery: (q: string) => void;
  onMore: (field: string) => void;
}) {
  const most = Math.max(1, ...facet.values.map((v) => v.count));
  return (
    <ul aria-label={LABELS[facet.field] ?? facet.field} className="pb-1">
      {facet.values.map((value) => (
        <Value key={value.value} field={facet.field} value={value} most={most} onQuery={onQuery} />
      ))}
      {facet.more && (
        <li>
          <button
            type="button"
            onClick={() => onMore(facet.field)}
            className="ml-5 rounded px-1 text-xs text-accent hover:underline"
          >
            More…
          </button>
        </li>
      )}
    </ul>
  );
}

const SIGN = { open: undefined, chosen: Check, excluded: Minus };

function Value({
  field,
  value: v,
  most,
  onQuery,
}: {
  field: string;
  value: FacetValue;
  most: number;
  onQuery: (q: string) => void;
}) {
  const Sign = SIGN[v.choice];
  return (
    <li className="group/value relative flex items-center">
      <button
        type="button"
        aria-pressed={v.choice === 'chosen'}
        title={v.value}
        onClick={() => onQuery(v.toggled)}
        className={cx(
          'relative flex h-[26px] min-w-0 flex-1 items-center gap-1.5 overflow-hidden rounded-md pr-1.5 pl-1 text-left text-sm',
          v.choice === 'chosen' ? 'bg-accent-soft font-medium' : 'hover:bg-hover',
        )}
      >
        <span className="inline-flex w-4 shrink-0 justify-center">
          {Sign && <Sign size={12} strokeWidth={2.6} aria-hidden className="text-accent" />}
        </span>
        <bdi className={cx('truncate', v.choice === 'excluded' && 'text-ink-3 line-through')}>
          {field === 'status' && isStatus(v.value) ? <Mark status={v.value} size={12} /> : v.value}
        </bdi>
        {v.choice === 'excluded' && <span className="sr-only">excluded</span>}
        <span className="num ml-auto shrink-0 pl-1 text-xs text-ink-3">{count(v.count)}</span>
        <span
          aria-hidden
          className="absolute bottom-0 left-6 h-px bg-line-strong"
          style={{ width: `${Math.round((v.count / most) * 70)}%` }}
        />
      </button>
      {v.choice !== 'excluded' && (
        <button
          type="button"
          aria-label={`All but ${v.value}`}
          title={`All but ${v.value}`}
          onClick={() => onQuery(v.excluded)}
          className="absolute right-0 flex size-[26px] items-center justify-center rounded-md bg-hover text-ink-2 opacity-0 group-hover/value:opacity-100 hover:text-ink focus-visible:opacity-100 pointer-coarse:static pointer-coarse:bg-transparent pointer-coarse:opacity-100"
        >
          <Ban size={12} aria-hidden />
        </button>
      )}
    </li>
  );
}

const isStatus = (value: string): value is 'ok' | 'error' | 'running' =>
  value === 'ok' || value === 'error' || value === 'running';
