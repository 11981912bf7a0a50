import { ThumbsDown, ThumbsUp } from 'lucide-react';
import { useState } from 'react';
import { Popup } from '@/components/Popup';
import { cx } from '@/lib/cx';
import { Reason } from './Reason';
import type { Given, Way } from './thumb';

export interface ThumbsProps {
  /** What they are about, as a part of a sentence: “this explanation”. */
  what: string;
  given: Given;
  /** Whoever may only look sees the counts. */
  mayGive: boolean;
  busy: boolean;
  error: string | undefined;
  onGive: (way: Way, reason: string) => void;
  onTakeBack: () => void;
  className?: string | undefined;
}

/** A thumb up and one down. Pressing one counts at once; a reason may follow. */
export function Thumbs(props: ThumbsProps) {
  const { given, mayGive, what, className } = props;
  if (!mayGive && given.up + given.down === 0) return null;
  return (
    <span
      role="group"
      aria-label={`Feedback on ${what}`}
      className={cx('-my-0.5 inline-flex items-center align-bottom', className)}
    >
      <Thumb way="up" {...props} />
      <Thumb way="down" {...props} />
    </span>
  );
}

const WAYS = {
  up: { icon: ThumbsUp, name: 'Good', on: 'text-ok' },
  down: { icon: ThumbsDown, name: 'Bad', on: 'text-err' },
} as const;

function Thumb({ way, what, given, mayGive, busy, error, onGive, onTakeBack }: ThumbsProps & { way: Way }) {
  const [open, setOpen] = useState(false);
  const { icon: Icon, name, on } = WAYS[way];
  const count = given[way];
  const pressed = given.own?.value === way;
  const change = (to: boolean): void => {
    setOpen(to);
    if (to && !pressed) onGive(way, '');
  };
  return (
    <Popup
      name={`Why ${name.toLowerCase()}?`}
      open={open}
      onOpenChange={change}
      trigger={
        <button
          type="button"
          disabled={!mayGive}
          aria-pressed={pressed}
          aria-label={`${name}: ${what}${count > 0 ? `, ${count} so far` : ''}`}
          title={mayGive ? `${name}: ${what}` : `${count} said so`}
          className={cx(
            'num inline-flex h-6 min-w-6 items-center justify-center gap-1 rounded-md px-1 text-xs hover:bg-hover hover:text-ink disabled:hover:bg-transparent',
            pressed ? on : 'text-ink-3',
          )}
        >
          <Icon size={13} aria-hidden fill={pressed ? 'currentColor' : 'none'} />
          {count > 0 && count}
        </button>
      }
    >
      <Reason
        way={way}
        comment={pressed ? (given.own?.comment ?? '') : ''}
        busy={busy}
        error={error}
        onSave={(reason) => {
          onGive(way, reason);
          setOpen(false);
        }}
        onTakeBack={() => {
          onTakeBack();
          setOpen(false);
        }}
      />
    </Popup>
  );
}
