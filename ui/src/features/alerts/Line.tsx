import type { AlertPoint } from '@/api/types';

const WIDE = 120;
const HIGH = 22;

/** The last day as a small line; what was beyond the threshold stands out, and is said. */
export function Line({ points }: { points: readonly AlertPoint[] }) {
  const values = points.map((p) => p.value ?? null);
  const top = Math.max(...values.map((v) => v ?? 0), 1e-9);
  const x = (i: number): number => (i / Math.max(1, points.length - 1)) * WIDE;
  const y = (v: number): number => HIGH - 2 - (v / top) * (HIGH - 4);
  const beyond = points.filter((p) => p.beyond).length;
  const path = values
    .map((v, i) => (v === null ? '' : `${values[i - 1] == null ? 'M' : 'L'}${x(i)} ${y(v)}`))
    .join('');
  return (
    <svg
      role="img"
      aria-label={`The last day: ${beyond} of ${points.length} windows beyond the threshold`}
      width={WIDE}
      height={HIGH}
      className="shrink-0 overflow-visible"
    >
      <path d={path} className="fill-none stroke-accent" strokeWidth="1.4" strokeLinejoin="round" />
      {points.map(
        (p, i) =>
          p.beyond && <circle key={p.at} cx={x(i)} cy={y(p.value ?? 0)} r="2" className="fill-bar-err" />,
      )}
    </svg>
  );
}
