import type { Activity } from '@/api/types';
import { cx } from '@/lib/cx';
import { cost, count, duration, grouped, timestamp } from '@/lib/format';
import { int64 } from '@/lib/time';
import { hasTerm, withoutTerm, withTerm } from './terms';

interface Chip {
  label: string;
  value: string;
  /** What a click asks for; none where it would ask for nothing. */
  term: string | undefined;
  /** Terms that begin so are the same question, asked before. */
  instead?: string;
  hint: string;
  tone?: 'err';
}

/** The sums over what is shown. Each narrows the list to those it tells of. */
export function Chips({
  activity,
  q,
  onQuery,
}: {
  activity: Activity | undefined;
  q: string;
  onQuery: (q: string) => void;
}) {
  if (!activity) return null;
  return (
    <ul
      aria-label="Totals"
      className="flex min-w-0 flex-wrap gap-1.5 max-sm:flex-nowrap max-sm:overflow-x-auto"
    >
      {chips(activity).map((chip) => (
        <li key={chip.label} className="shrink-0">
          <ChipButton chip={chip} q={q} onQuery={onQuery} />
        </li>
      ))}
      {activity.searchedTo && (
        <li className="self-center text-2xs text-ink-3">of those since {timestamp(activity.searchedTo)}</li>
      )}
    </ul>
  );
}

function ChipButton({ chip, q, onQuery }: { chip: Chip; q: string; onQuery: (q: string) => void }) {
  const { label, value, term, instead, hint, tone } = chip;
  const on = term !== undefined && hasTerm(q, term);
  return (
    <button
      type="button"
      disabled={term === undefined}
      aria-pressed={term === undefined ? undefined : on}
      title={on ? 'Show all again' : hint}
      onClick={() => term && onQuery(on ? withoutTerm(q, term) : withTerm(q, term, instead))}
      className={cx(
        'flex h-7 items-center gap-1.5 rounded-full border px-2.5 text-xs whitespace-nowrap disabled:cursor-default',
        on ? 'border-accent bg-accent-soft' : 'border-line bg-canvas enabled:hover:border-line-strong',
      )}
    >
      <span className="text-ink-3">{label}</span>
      <span className={cx('num font-semibold', tone === 'err' ? 'text-err' : 'text-ink')}>{value}</span>
    </button>
  );
}

function chips({ total, buckets, explanationCostUsd }: Activity): Chip[] {
  const running = buckets.reduce((n, b) => n + b.running, 0);
  const all = total.count + running;
  const percentile = (label: string, nano: string): Chip => {
    const ms = Math.floor(int64(nano) / 1e6);
    return {
      label,
      value: total.count > 0 ? duration(int64(nano)) : '–',
      term: ms > 0 ? `duration:>=${ms}ms` : undefined,
      instead: 'duration:>=',
      hint: `Show those that took at least ${duration(ms * 1e6)}`,
    };
  };
  const failed = total.errorCount;
  const mean = total.count > 0 ? total.costUsd / total.count : 0;
  return [
    {
      label: all === 1 ? 'execution' : 'executions',
      value: count(all),
      term: undefined,
      hint: `${grouped(all)}, ${grouped(running)} of them running`,
    },
    {
      label: 'failed',
      value: total.count > 0 ? `${percent(failed / total.count)}` : '–',
      term: failed > 0 ? 'status:error' : undefined,
      hint: `Show the ${grouped(failed)} that failed`,
      ...(failed > 0 && { tone: 'err' as const }),
    },
    percentile('P50', total.p50Nano),
    percentile('P95', total.p95Nano),
    percentile('P99', total.p99Nano),
    {
      label: 'cost',
      value: cost(total.costUsd),
      term: mean > 0 ? `cost:>=${plainNumber(mean)}` : undefined,
      instead: 'cost:>=',
      hint: `Show those that cost no less than the mean, ${cost(mean)}`,
    },
    {
      label: 'explanations',
      value: cost(explanationCostUsd),
      term: all > 0 ? 'has:headline' : undefined,
      hint: 'What models cost that explained them. Show those that are explained',
    },
  ];
}

/** Two significant digits, rounded down so that the mean itself fits, and never as 1e-7. */
function plainNumber(x: number): string {
  const digits = Math.max(0, 1 - Math.floor(Math.log10(x)));
  const scale = 10 ** Math.min(digits, 12);
  return (Math.floor(x * scale) / scale).toFixed(Math.min(digits, 12));
}

function percent(share: number): string {
  if (share === 0) return '0 %';
  const p = share * 100;
  return p < 0.1 ? '<0.1 %' : `${p < 10 ? p.toFixed(1).replace(/\.0$/, '') : Math.round(p)} %`;
}
