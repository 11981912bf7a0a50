import { Calendar, Check, Link2, X } from 'lucide-react';
import { useState } from 'react';
import { Button, IconButton } from '@/components/Button';
import { Copy } from '@/components/Copy';
import { Popup } from '@/components/Popup';
import { cx } from '@/lib/cx';
import { DEFAULT_RANGE, ends, RANGE_WORDS, RANGES, spanWords, type TimeChoice } from '@/lib/time';

/** What is looked at, in time: relative to now unless someone fixed its ends. */
export function TimeControl({
  choice,
  onChoose,
  frozenLink,
}: {
  choice: TimeChoice;
  onChoose: (choice: TimeChoice) => void;
  /** The address of this page with its times fixed, to be sent to somebody. */
  frozenLink: () => string;
}) {
  const [open, setOpen] = useState(false);
  const fixed = choice.since !== undefined && choice.until !== undefined;
  const words =
    choice.since && choice.until
      ? spanWords(Date.parse(choice.since), Date.parse(choice.until))
      : RANGE_WORDS[choice.range ?? DEFAULT_RANGE];
  const choose = (next: TimeChoice): void => {
    setOpen(false);
    onChoose(next);
  };
  return (
    <span className="inline-flex min-w-0 items-center">
      <Popup
        name="Time range"
        open={open}
        onOpenChange={setOpen}
        trigger={
          <Button look="quiet" aria-label={`Time range: ${words}`} className="min-w-0 shrink!">
            <Calendar size={13} aria-hidden className="shrink-0" />
            <span className={cx('num truncate', fixed ? 'text-accent' : 'max-sm:sr-only')}>{words}</span>
          </Button>
        }
      >
        <div className="flex w-72 flex-col p-1.5">
          <ul aria-label="Relative to now">
            {RANGES.map((range) => {
              const chosen = !fixed && range === (choice.range ?? DEFAULT_RANGE);
              return (
                <li key={range}>
                  <button
                    type="button"
                    aria-pressed={chosen}
                    onClick={() => choose(range === DEFAULT_RANGE ? {} : { range })}
                    className="flex h-7 w-full items-center gap-1.5 rounded-md px-1.5 text-sm hover:bg-hover"
                  >
                    <span className="inline-flex w-4">{chosen && <Check size={13} aria-hidden />}</span>
                    {RANGE_WORDS[range]}
                  </button>
                </li>
              );
            })}
          </ul>
          <Fixed choice={choice} onChoose={choose} />
          <div className="mt-1.5 border-t border-line px-1.5 pt-2 pb-1">
            <Copy
              name="Copy a link with fixed times"
              text={frozenLink}
              icon={<Link2 size={13} aria-hidden />}
              className="h-6 text-ink-2"
            >
              <span className="order-last">Copy a link with fixed times</span>
            </Copy>
          </div>
        </div>
      </Popup>
      {fixed && (
        <IconButton name="Back to the last 24 hours" onClick={() => onChoose({})} className="-ml-1 size-6">
          <X size={13} aria-hidden />
        </IconButton>
      )}
    </span>
  );
}

/** Two moments of local time. */
function Fixed({ choice, onChoose }: { choice: TimeChoice; onChoose: (choice: TimeChoice) => void }) {
  const [refused, setRefused] = useState(false);
  const now = Date.now();
  const { since, until } = ends(choice, now);
  const field =
    'h-7 min-w-0 rounded-md border border-line bg-canvas px-1.5 text-xs outline-none focus:border-ring';
  return (
    <form
      className="mt-1.5 grid grid-cols-[auto_1fr] items-center gap-x-2 gap-y-1.5 border-t border-line px-1.5 pt-2.5"
      onSubmit={(event) => {
        event.preventDefault();
        const form = new FormData(event.currentTarget);
        const [from, to] = [moment(form.get('from')), moment(form.get('to'))];
        if (from && to && from < to) onChoose({ since: from, until: to });
        else setRefused(true);
      }}
    >
      <label htmlFor="time-from" className="text-xs text-ink-2">
        From
      </label>
      <input
        id="time-from"
        name="from"
        type="datetime-local"
        step={1}
        required
        defaultValue={since && local(Date.parse(since))}
        className={field}
      />
      <label htmlFor="time-to" className="text-xs text-ink-2">
        to
      </label>
      <input
        id="time-to"
        name="to"
        type="datetime-local"
        step={1}
        required
        defaultValue={local(until ? Date.parse(until) : now)}
        className={field}
      />
      {refused && (
        <p role="alert" className="col-span-2 text-xs text-err">
          The first moment must lie before the second.
        </p>
      )}
      <Button type="submit" className="col-span-2 mt-0.5">
        Show these times
      </Button>
    </form>
  );
}

/** As `<input type="datetime-local">` wants it. */
function local(ms: number): string {
  const offset = new Date(ms).getTimezoneOffset() * 60_000;
  return new Date(ms - offset).toISOString().slice(0, 19);
}

function moment(value: unknown): string | undefined {
  const at = new Date(String(value));
  return Number.isNaN(at.getTime()) ? undefined : at.toISOString();
}
