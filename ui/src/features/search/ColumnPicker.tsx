import { Columns3, Pin as PinIcon, X } from 'lucide-react';
import { type FormEvent, useState } from 'react';
import { Button } from '@/components/Button';
import { Popup } from '@/components/Popup';
import { Segmented } from '@/components/Segmented';
import { ALL_COLUMNS, COLUMNS, type Column, MOST_PINS, parseColumns, pinName, type Shown } from './columns';

export type Density = 'comfortable' | 'compact';

const DENSITIES = [
  { value: 'comfortable', label: 'Comfortable' },
  { value: 'compact', label: 'Compact' },
] as const;

/** What the rows show, and how close they stand. */
export function ColumnPicker({
  shown,
  onShown,
  density,
  onDensity,
}: {
  shown: Shown;
  onShown: (shown: Shown) => void;
  density: Density;
  onDensity: (density: Density) => void;
}) {
  const [open, setOpen] = useState(false);
  const toggle = (column: Column): void => {
    const has = shown.columns.includes(column);
    const columns = has ? shown.columns.filter((c) => c !== column) : [...shown.columns, column];
    onShown({ ...shown, columns: ALL_COLUMNS.filter((c) => columns.includes(c)) });
  };
  return (
    <Popup
      name="Columns"
      open={open}
      onOpenChange={setOpen}
      trigger={
        <Button look="quiet" aria-label="Columns">
          <Columns3 size={14} aria-hidden />
          <span className="max-lg:sr-only">Columns</span>
        </Button>
      }
    >
      <div className="flex w-72 flex-col gap-2.5 p-3">
        <Segmented label="Density" options={DENSITIES} value={density} onChange={onDensity} />
        <fieldset className="grid grid-cols-2 gap-x-3">
          <legend className="eyebrow pb-1">Columns</legend>
          {ALL_COLUMNS.map((column) => (
            <label key={column} className="flex h-6 items-center gap-2 text-sm">
              <input
                type="checkbox"
                checked={shown.columns.includes(column)}
                onChange={() => toggle(column)}
                className="accent-accent-fill"
              />
              {COLUMNS[column].label}
            </label>
          ))}
        </fieldset>
        <Pins shown={shown} onShown={onShown} />
      </div>
    </Popup>
  );
}

/** Values out of payloads, each as a column of its own. */
function Pins({ shown, onShown }: { shown: Shown; onShown: (shown: Shown) => void }) {
  const [refused, setRefused] = useState(false);
  const add = (event: FormEvent<HTMLFormElement>): void => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const name = `${String(form.get('step')).trim()}#${String(form.get('pointer')).trim()}`;
    const { pins } = parseColumns([name]);
    setRefused(pins.length === 0);
    if (pins.length === 0) return;
    onShown({
      ...shown,
      pins: [...shown.pins.filter((p) => pinName(p) !== name), ...pins].slice(-MOST_PINS),
    });
    event.currentTarget.reset();
  };
  const field =
    'h-7 min-w-0 rounded-md border border-line bg-canvas px-2 text-xs outline-none focus:border-ring';
  return (
    <section aria-label="Pinned values" className="flex flex-col gap-1.5 border-t border-line pt-2.5">
      <span className="eyebrow">A value of a step</span>
      <ul>
        {shown.pins.map((pin) => (
          <li key={pinName(pin)} className="flex items-center gap-1.5 text-xs">
            <PinIcon size={11} aria-hidden className="shrink-0 text-accent" />
            <bdi className="truncate">{pin.step}</bdi>
            <span className="mono truncate text-ink-2">{pin.pointer}</span>
            <button
              type="button"
              aria-label={`Unpin ${pin.step} ${pin.pointer}`}
              onClick={() => onShown({ ...shown, pins: shown.pins.filter((p) => p !== pin) })}
              className="ml-auto flex size-6 shrink-0 items-center justify-center rounded-md text-ink-3 hover:text-ink"
            >
              <X size={12} aria-hidden />
            </button>
          </li>
        ))}
      </ul>
      <form onSubmit={add} className="grid grid-cols-[1fr_1fr_auto] gap-1.5">
        <input name="step" aria-label="Name of the step" required placeholder="rank" className={field} />
        <input
          name="pointer"
          aria-label="Path of the value"
          required
          placeholder="/output/0/title"
          className={field}
        />
        <Button type="submit">Pin</Button>
      </form>
      {refused && (
        <p role="alert" className="text-xs text-err">
          The path begins with /input or /output, as the step's own “copy path” gives it.
        </p>
      )}
    </section>
  );
}
