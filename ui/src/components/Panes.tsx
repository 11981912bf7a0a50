import { PanelRightClose, PanelRightOpen } from 'lucide-react';
import { type ReactNode, useRef, useState } from 'react';
import { cx } from '@/lib/cx';
import { readPreference, writePreference } from '@/lib/preference';
import { IconButton } from './Button';
import { Divider } from './Divider';

const KEY = 'xray.panes';
const LEAST = 0.18;

interface Shares {
  left: number;
  right: number;
  /** Whether the right pane is open; undefined follows the room there is. */
  open?: boolean;
}

export interface PaneNames<T extends string> {
  id: T;
  label: string;
}

/**
 * A head over three panes with movable bars between, remembered. Where there
 * is room for one only, all four are behind tabs, and nothing is lost.
 */
export function Panes<T extends string>({
  names,
  head,
  left,
  middle,
  right,
  shown,
  onShow,
}: {
  /** Of head, left, middle and right. */
  names: readonly [PaneNames<T>, PaneNames<T>, PaneNames<T>, PaneNames<T>];
  head: ReactNode;
  left: ReactNode;
  middle: ReactNode;
  right: ReactNode;
  /** The one in sight on a narrow screen. */
  shown: T;
  onShow: (id: T) => void;
}) {
  const box = useRef<HTMLDivElement>(null);
  const [shares, setShares] = useState<Shares>(() => read());
  const change = (next: Partial<Shares>): void => {
    const all = { ...shares, ...next };
    setShares(all);
    writePreference(KEY, JSON.stringify(all));
  };
  // Closed at first only where three would be too narrow.
  const open = shares.open ?? window.innerWidth >= 1280;
  const most = (other: number): number => 1 - other - LEAST;
  const only = (id: T): string => (shown === id ? 'max-lg:flex-1' : 'max-lg:hidden');
  const [headName, leftName, middleName, rightName] = names;
  return (
    <div className="flex min-h-0 flex-1 flex-col">
      <NarrowTabs names={names} shown={shown} onShow={onShow} />
      <div className={cx('flex min-h-0 flex-col lg:max-h-[42%] lg:shrink-0', only(headName.id))}>{head}</div>
      <div
        ref={box}
        className={cx('flex min-h-0 lg:flex-1', shown === headName.id ? 'max-lg:hidden' : 'flex-1')}
      >
        <div
          id={`pane-${leftName.id}`}
          className={cx('flex min-w-0 flex-col max-lg:w-full!', only(leftName.id))}
          style={{ width: `${(open ? shares.left : shares.left / (1 - shares.right)) * 100}%` }}
        >
          {left}
        </div>
        <Divider
          name={`Width of ${leftName.label}`}
          box={box}
          at={shares.left}
          min={LEAST}
          max={most(open ? shares.right : 0.1)}
          onMove={(to) => change({ left: to })}
        />
        <div id={`pane-${middleName.id}`} className={cx('flex min-w-0 flex-1 flex-col', only(middleName.id))}>
          {middle}
        </div>
        {open && (
          <Divider
            name={`Width of ${rightName.label}`}
            box={box}
            at={1 - shares.right}
            min={1 - most(shares.left)}
            max={1 - LEAST}
            onMove={(to) => change({ right: 1 - to })}
          />
        )}
        <div
          id={`pane-${rightName.id}`}
          className={cx(
            'relative flex min-w-0 flex-col max-lg:w-full!',
            only(rightName.id),
            !open && 'lg:hidden',
          )}
          style={{ width: `${shares.right * 100}%` }}
        >
          {right}
          <span className="absolute top-1 right-1 z-20 max-lg:hidden">
            <IconButton name={`Close ${rightName.label}`} onClick={() => change({ open: false })}>
              <PanelRightClose size={15} aria-hidden />
            </IconButton>
          </span>
        </div>
        {!open && (
          <div className="flex w-9 shrink-0 flex-col items-center gap-2 border-l border-line bg-surface pt-1 max-lg:hidden">
            <IconButton
              name={`Open ${rightName.label}`}
              keys="3"
              onClick={() => change({ open: true })}
              data-open-pane=""
            >
              <PanelRightOpen size={15} aria-hidden />
            </IconButton>
            <span aria-hidden className="text-xs font-medium text-ink-3 [writing-mode:vertical-rl]">
              {rightName.label}
            </span>
          </div>
        )}
      </div>
    </div>
  );
}

function NarrowTabs<T extends string>({
  names,
  shown,
  onShow,
}: {
  names: readonly PaneNames<T>[];
  shown: T;
  onShow: (id: T) => void;
}) {
  return (
    <nav aria-label="Panes" className="flex shrink-0 border-b border-line bg-surface px-1 lg:hidden">
      {names.map(({ id, label }) => (
        <button
          key={id}
          type="button"
          aria-current={shown === id ? 'true' : undefined}
          onClick={() => onShow(id)}
          className={cx(
            'relative h-9 min-w-0 flex-1 truncate px-1 text-sm font-medium focus-visible:-outline-offset-2',
            shown === id
              ? 'text-ink after:absolute after:inset-x-2 after:-bottom-px after:h-0.5 after:rounded-full after:bg-accent-fill'
              : 'text-ink-2',
          )}
        >
          {label}
        </button>
      ))}
    </nav>
  );
}

function read(): Shares {
  const usual: Shares = { left: 0.36, right: 0.27 };
  try {
    const { left, right, open } = JSON.parse(readPreference(KEY) ?? '{}') as Partial<Shares>;
    const sane = (n: unknown): n is number => typeof n === 'number' && n >= LEAST && n <= 0.64;
    if (!sane(left) || !sane(right) || left + right > 1 - LEAST) return usual;
    return { left, right, ...(typeof open === 'boolean' ? { open } : {}) };
  } catch {
    return usual;
  }
}
