import { ArrowRight, Search } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ChangeFilter, ChangeKind } from '@/api/payloads';
import type { Evidence, ItemChange, StepChanges } from '@/api/types';
import { Button } from '@/components/Button';
import { Segmented } from '@/components/Segmented';
import { cx } from '@/lib/cx';
import { grouped, plural } from '@/lib/format';
import { ChangeLine } from './ChangeLine';
import type { LinkItem } from './ItemLinks';
import { Reasons } from './Reasons';

/** What one step did to the items: in numbers, by which rule, and to which of them. */
export function Changes({
  whole,
  items,
  total,
  filter,
  onFilter,
  onMore,
  link,
  onEvidence,
}: {
  /** The newest page: its numbers are those of the whole step. */
  whole: StepChanges;
  items: readonly ItemChange[];
  /** That fit the filter. */
  total: number;
  filter: ChangeFilter;
  onFilter: (filter: ChangeFilter) => void;
  /** Loads the next page; undefined on the last. */
  onMore: (() => void) | undefined;
  link: LinkItem;
  onEvidence: (evidence: Evidence) => void;
}) {
  const s = whole.station;
  const showsDropped = filter.kind === 'dropped' || filter.why !== undefined;
  const nearest = showsDropped && items.some((item) => item.margin !== undefined);
  return (
    <div className="flex flex-col gap-4">
      <Counts
        whole={whole}
        kind={filter.why ? 'dropped' : filter.kind}
        onKind={(kind) => onFilter({ kind })}
      />
      {s.dropped > 0 && (
        <Reasons
          reasons={whole.reasons}
          criterion={s.criterion}
          dropped={s.dropped}
          chosen={filter.why}
          onChoose={(why) => onFilter(why ? { why } : { kind: 'dropped' })}
          stepId={s.stepId}
          onEvidence={onEvidence}
        />
      )}
      <section aria-label="Items">
        <div className="mb-1 flex flex-wrap items-center gap-2">
          <label className="flex h-7 w-48 min-w-0 items-center gap-1.5 rounded-md border border-line bg-surface px-2 text-ink-3 focus-within:border-ring">
            <Search size={13} aria-hidden className="shrink-0" />
            <input
              type="search"
              value={filter.q ?? ''}
              onChange={(e) => onFilter({ ...filter, q: e.target.value || undefined })}
              aria-label="Find an item"
              placeholder="Find an item"
              className="w-full min-w-0 bg-transparent text-sm text-ink outline-none"
            />
          </label>
          {(nearest || filter.order === 'nearest') && (
            <Segmented
              label="Order of the items"
              options={[
                { value: 'rank', label: 'By place' },
                { value: 'nearest', label: 'Near misses first' },
              ]}
              value={filter.order ?? 'rank'}
              onChange={(order) => onFilter({ ...filter, order })}
            />
          )}
          <span role="status" className="num ml-auto text-xs text-ink-3">
            {plural(total, 'item')}
          </span>
        </div>
        <ul aria-label={listName(filter)} className="flex flex-col">
          {items.map((item) => (
            <ChangeLine
              key={`${item.kind}${item.rankIn ?? ''}/${item.rankOut ?? ''}/${item.key}`}
              item={item}
              stepId={s.stepId}
              link={link}
              onEvidence={onEvidence}
            />
          ))}
        </ul>
        {items.length === 0 && <p className="py-4 text-center text-ink-3">No item is of that kind.</p>}
        {onMore && (
          <Button className="mt-2" onClick={onMore}>
            Show more of {grouped(total)}
          </Button>
        )}
      </section>
      <p className="flex items-center gap-1.5 text-xs text-ink-3">
        <ArrowRight size={12} aria-hidden className="shrink-0" />
        {s.explicit
          ? 'The program recorded these decisions itself.'
          : s.inferred
            ? 'Inferred: the candidates were found in an earlier step.'
            : "Computed from the step's own input and output."}
      </p>
    </div>
  );
}

function listName({ kind, why }: ChangeFilter): string {
  if (why) return 'Items dropped for this reason';
  return kind ? `Items ${kind}` : 'Items';
}

function Counts({
  whole: { station: s, reordered, edited },
  kind,
  onKind,
}: {
  whole: StepChanges;
  kind: ChangeKind | undefined;
  onKind: (kind: ChangeKind | undefined) => void;
}) {
  const counts: Array<[ChangeKind | undefined, string, number]> = [
    [undefined, 'All', s.in + s.added],
    ['kept', 'Kept', s.kept],
    ['dropped', 'Dropped', s.dropped],
    ['added', 'Added', s.added],
    ['reordered', 'Reordered', reordered],
    ['edited', 'Edited', edited],
  ];
  return (
    <div>
      <p className="num mb-1.5 text-sm text-ink-2">
        <span className="font-semibold text-ink">{grouped(s.in)}</span> in,{' '}
        <span className="font-semibold text-ink">{grouped(s.out)}</span> out
      </p>
      <fieldset className="num flex flex-wrap gap-1">
        <legend className="sr-only">Which items to show</legend>
        {counts.map(([value, label, n]) => (
          <CountButton key={label} on={kind === value} disabled={n === 0} onClick={() => onKind(value)}>
            {label} <span className="font-semibold">{grouped(n)}</span>
          </CountButton>
        ))}
      </fieldset>
    </div>
  );
}

function CountButton({
  on,
  disabled,
  onClick,
  children,
}: {
  on: boolean;
  disabled: boolean;
  onClick: () => void;
  children: ReactNode;
}) {
  return (
    <button
      type="button"
      aria-pressed={on}
      disabled={disabled}
      onClick={onClick}
      className={cx(
        'flex h-7 items-center gap-1.5 rounded-md border px-2 text-xs',
        on
          ? 'border-accent-fill bg-accent-soft text-ink'
          : 'border-line bg-surface text-ink-2 hover:bg-hover',
        disabled && 'text-ink-3 hover:bg-surface',
      )}
    >
      {children}
    </button>
  );
}
