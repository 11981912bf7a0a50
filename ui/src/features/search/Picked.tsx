import { GitCompareArrows, Split } from 'lucide-react';
import { Button } from '@/components/Button';
import { Kbd } from '@/components/Kbd';
import { cx } from '@/lib/cx';

/** The box before a name: seen once a row is pointed at, focused, or picked. */
export function PickBox({
  name,
  picked,
  onPick,
}: {
  name: string;
  /** Its place among the picked; -1 if it is not. */
  picked: number;
  /** `through` if all from the one picked last are meant. */
  onPick: (through: boolean) => void;
}) {
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: only keeps the click from opening the row
    // biome-ignore lint/a11y/useKeyWithClickEvents: see above
    <span
      onClick={(event) => event.stopPropagation()}
      className={cx(
        'absolute inset-y-0 left-0 flex w-4 items-center justify-center',
        picked < 0 && 'opacity-0 group-hover:opacity-100 focus-within:opacity-100 pointer-coarse:opacity-70',
      )}
    >
      {picked >= 0 && (
        <span aria-hidden className="pointer-events-none absolute z-[1] text-2xs font-bold text-on-accent">
          {['A', 'B'][picked] ?? picked + 1}
        </span>
      )}
      <input
        type="checkbox"
        tabIndex={-1}
        aria-label={`Pick ${name || '(no name)'} to compare`}
        checked={picked >= 0}
        onChange={(event) => onPick((event.nativeEvent as MouseEvent).shiftKey)}
        className="size-3.5 appearance-none rounded-[4px] border border-line-strong bg-raised checked:border-accent-fill checked:bg-accent-fill"
      />
    </span>
  );
}

/** What can be done with those that are picked: two are compared, more are told apart from the rest. */
export function Picked({
  count,
  onCompare,
  onContrast,
  onClear,
}: {
  count: number;
  onCompare: () => void;
  onContrast: () => void;
  onClear: () => void;
}) {
  if (count === 0) return null;
  return (
    <div
      role="status"
      className="absolute bottom-4 left-1/2 z-20 flex max-w-[calc(100%-16px)] -translate-x-1/2 items-center gap-2 rounded-xl border border-line-strong bg-raised py-1.5 pr-1.5 pl-3.5 text-sm whitespace-nowrap shadow-pop"
    >
      {count === 1 ? (
        <span className="text-ink-2">
          Picked A. Pick another with <Kbd>x</Kbd>
        </span>
      ) : count === 2 ? (
        <>
          <span className="text-ink-2">Picked A and B</span>
          <Button look="main" onClick={onCompare}>
            <GitCompareArrows size={14} aria-hidden />
            Compare
            <kbd className="font-mono text-2xs">c</kbd>
          </Button>
        </>
      ) : (
        <>
          <span className="num text-ink-2">{count} picked</span>
          <Button look="main" onClick={onContrast}>
            <Split size={14} aria-hidden />
            What tells them apart
            <kbd className="font-mono text-2xs">c</kbd>
          </Button>
        </>
      )}
      <Button look="quiet" onClick={onClear}>
        Clear
      </Button>
    </div>
  );
}
