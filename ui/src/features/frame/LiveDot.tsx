import type { LiveState } from '@/api/live';
import { Tip } from '@/components/Tip';
import { cx } from '@/lib/cx';

const WORDS: Record<LiveState, { word: string; dot: string; hint: string }> = {
  live: { word: 'Live', dot: 'bg-ok', hint: 'Executions appear as they arrive. Press to pause' },
  paused: { word: 'Paused', dot: 'bg-warn', hint: 'Nothing new is shown. Press to go on' },
  connecting: { word: 'Connecting', dot: 'bg-run animate-beat', hint: 'Opening the live connection' },
  reconnecting: {
    word: 'Reconnecting',
    dot: 'bg-warn animate-beat',
    hint: 'The connection was lost; trying again',
  },
  off: { word: 'Offline', dot: 'bg-ink-3', hint: 'There is no live connection. Press to open one' },
};

/** Whether what is seen is what is, in a word. */
export function LiveDot({ state, onToggle }: { state: LiveState; onToggle: () => void }) {
  const { word, dot, hint } = WORDS[state];
  return (
    <Tip text={hint} keys=".">
      <button
        type="button"
        onClick={onToggle}
        aria-label={`${word}: ${hint}`}
        className="flex h-7 items-center gap-2 rounded-md px-2 text-sm font-medium text-ink-2 hover:bg-hover hover:text-ink"
      >
        <span className="relative flex size-2" aria-hidden>
          {state === 'live' && (
            <span className="absolute inset-0 animate-ping rounded-full bg-ok opacity-50 [animation-duration:2.4s]" />
          )}
          <span className={cx('size-2 rounded-full', dot)} />
        </span>
        <span aria-live="polite">{word}</span>
      </button>
    </Tip>
  );
}
