/** Counts over time as small stacked bars: a share of each, and the rest. */
export function Sparkbars({
  all,
  some,
  label,
}: {
  all: readonly number[];
  /** Of these, those that are drawn in the colour of failure. */
  some: readonly number[];
  label: string;
}) {
  const top = Math.max(1, ...all);
  return (
    <svg
      role="img"
      aria-label={label}
      viewBox={`0 0 ${all.length * 4} 20`}
      preserveAspectRatio="none"
      className="block h-5 w-full"
    >
      {all.map((n, i) => {
        const height = n > 0 ? Math.max(1.5, (n / top) * 20) : 0;
        const bad = n > 0 ? ((some[i] ?? 0) / n) * height : 0;
        return (
          // biome-ignore lint/suspicious/noArrayIndexKey: a bucket has no other identity than its place
          <g key={i}>
            <rect x={i * 4} y={20 - height} width="3" height={height - bad} className="fill-bar-ok" />
            <rect x={i * 4} y={20 - bad} width="3" height={bad} className="fill-bar-err" />
          </g>
        );
      })}
    </svg>
  );
}
