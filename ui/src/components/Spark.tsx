import { count } from '@/lib/format';
import { shortened } from './shortened';

// What fits a column of the list, numbers included.
const MOST_BARS = 7;

/**
 * A narrowing row of counts as bars and numbers: 5000→812→40→5. Heights are
 * logarithmic: the last steps of a funnel are the ones that decide.
 */
export function FunnelSpark({ counts, numbers = true }: { counts: readonly number[]; numbers?: boolean }) {
  // A step that kept all changes nothing in the picture.
  const changes = counts.filter((n, i) => n !== counts[i - 1]);
  if (changes.length === 0) return null;
  const top = Math.log1p(Math.max(...counts, 1));
  const text = changes.map(count).join('→');
  const short = shortened(changes, MOST_BARS);
  return (
    <span className="flex min-w-0 items-center gap-2 whitespace-nowrap" title={text}>
      <svg width={short.bars.length * 6} height="16" aria-hidden="true" className="shrink-0">
        {short.bars.map((n, i) => {
          const h = Math.max(1.5, (Math.log1p(Math.max(0, n)) / top) * 15);
          return (
            <rect
              // biome-ignore lint/suspicious/noArrayIndexKey: a count has no other identity than its place
              key={i}
              x={i * 6}
              y={(16 - h) / 2}
              width="4"
              height={h}
              rx="1"
              className={i === short.bars.length - 1 ? 'fill-accent-fill' : 'fill-line-strong'}
            />
          );
        })}
      </svg>
      <span className={numbers ? 'num truncate text-xs text-ink-2' : 'sr-only'}>{short.text}</span>
    </span>
  );
}
