import { ListFilter, X } from 'lucide-react';
import { useId, useState } from 'react';
import type { Filters } from '@/api/queries';
import type { Status } from '@/api/types';
import { Button } from '@/components/Button';
import { Popup } from '@/components/Popup';
import { Segmented } from '@/components/Segmented';

const STATUSES = [
  { value: 'all', label: 'All' },
  { value: 'running', label: 'Running' },
  { value: 'ok', label: 'OK' },
  { value: 'error', label: 'Failed' },
] as const;

export type TextFilter = 'name' | 'service' | 'sessionId' | 'userId';

/** Values seen in the loaded rows. */
export type Observed = Record<TextFilter, readonly string[]>;

const TEXT_FILTERS: ReadonlyArray<{ key: TextFilter; label: string }> = [
  { key: 'name', label: 'Name' },
  { key: 'service', label: 'Service' },
  { key: 'sessionId', label: 'Session' },
  { key: 'userId', label: 'User' },
];

/** What the list is narrowed to; the URL holds it. */
export function FilterBar({
  filters,
  onChange,
  observed,
}: {
  filters: Filters;
  onChange: (filters: Filters) => void;
  /** Values seen in the loaded rows, to complete from. */
  observed: Observed;
}) {
  const set = (patch: Partial<Filters>): void => onChange({ ...filters, ...patch });
  return (
    <div className="flex min-h-11 flex-wrap items-center gap-2 border-b border-line bg-surface px-4 py-2">
      <h1 className="mr-1 text-base font-semibold tracking-tight">Executions</h1>
      <Segmented
        label="Status"
        options={STATUSES}
        value={filters.status ?? 'all'}
        onChange={(v) => set({ status: v === 'all' ? undefined : (v as Status) })}
      />
      {TEXT_FILTERS.map(
        ({ key, label }) =>
          filters[key] && (
            <span
              key={key}
              className="inline-flex h-7 max-w-80 items-center rounded-lg border border-line bg-accent-soft pl-2 text-xs"
            >
              <span className="text-ink-2">{label}&nbsp;is&nbsp;</span>
              <bdi className="truncate font-medium">{filters[key]}</bdi>
              <button
                type="button"
                aria-label={`Remove the filter on ${label.toLowerCase()}`}
                onClick={() => set({ [key]: undefined })}
                className="ml-1 flex h-full w-6 items-center justify-center text-ink-3 hover:text-ink"
              >
                <X size={12} aria-hidden />
              </button>
            </span>
          ),
      )}
      <AddFilter filters={filters} observed={observed} onAdd={(key, value) => set({ [key]: value })} />
    </div>
  );
}

function AddFilter({
  filters,
  observed,
  onAdd,
}: {
  filters: Filters;
  observed: Observed;
  onAdd: (key: TextFilter, value: string) => void;
}) {
  const [open, setOpen] = useState(false);
  const list = useId();
  const free = TEXT_FILTERS.filter(({ key }) => !filters[key]);
  if (free.length === 0) return null;
  return (
    <Popup
      name="Filter"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet" aria-keyshortcuts="/">
          <ListFilter size={14} aria-hidden />
          Filter
        </Button>
      }
    >
      <div className="flex w-72 flex-col gap-2.5 p-3">
        {free.map(({ key, label }) => (
          <form
            key={key}
            className="flex items-center gap-2"
            onSubmit={(event) => {
              event.preventDefault();
              const value = String(new FormData(event.currentTarget).get('value') ?? '').trim();
              if (value) onAdd(key, value);
              setOpen(false);
            }}
          >
            <label className="flex w-full items-center gap-2 text-sm">
              <span className="w-16 text-ink-2">{label}</span>
              <input
                name="value"
                list={`${list}${key}`}
                autoComplete="off"
                placeholder="exactly…"
                className="h-7 min-w-0 flex-1 rounded-md border border-line bg-canvas px-2 outline-none focus:border-ring"
              />
            </label>
            <datalist id={`${list}${key}`}>
              {observed[key].slice(0, 50).map((value) => (
                <option key={value} value={value} />
              ))}
            </datalist>
          </form>
        ))}
        <p className="text-xs text-ink-3">Enter applies a filter. Names are offered from what is loaded.</p>
      </div>
    </Popup>
  );
}
