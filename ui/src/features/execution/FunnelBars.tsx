import { grouped } from '@/lib/format';

/** How many items were left after each narrowing step, to one scale. */
export function FunnelBars({ counts }: { counts: readonly number[] }) {
  const top = Math.log1p(Math.max(...counts, 1));
  return (
    <ol className="flex flex-col gap-1">
      {counts.map((n, i) => {
        const before = counts[i - 1];
        const last = i === counts.length - 1;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a count has no other identity than its place
          <li key={i} className="grid grid-cols-[minmax(0,1fr)_72px_96px] items-center gap-3 text-sm">
            <span className="flex h-[18px] items-center justify-center" aria-hidden>
              <span
                className={
                  last ? 'h-full rounded-[4px] bg-accent-fill' : 'h-full rounded-[4px] bg-line-strong'
                }
                style={{ width: `max(3px, ${(Math.log1p(n) / top) * 100}%)` }}
              />
            </span>
            <span className="num text-right font-medium">{grouped(n)}</span>
            <span className="num text-xs text-ink-3">
              {before === undefined ? 'entered' : change(before, n)}
            </span>
          </li>
        );
      })}
    </ol>
  );
}

function change(before: number, now: number): string {
  if (now === before) return 'all kept';
  if (now > before) return `+${grouped(now - before)}`;
  const share = before > 0 ? Math.round((1 - now / before) * 1000) / 10 : 0;
  return `−${grouped(before - now)} (${share}%)`;
}
