import uPlot from 'uplot';
import { stacked } from '@/lib/chart';
import { axisTime } from '@/lib/time';
import type { Picture } from './types';

const colour = (token: string): string =>
  getComputedStyle(document.documentElement).getPropertyValue(`--${token}`).trim();

/**
 * Draws into `box`. uPlot only draws here: pointer, keys and tips are ours,
 * because its own know neither keyboard nor touch.
 */
export function draw(
  box: HTMLElement,
  { start, width, look, series, fractions, height, marks = [] }: Picture,
  format: (value: number) => string,
  onDrawn: (plot: uPlot) => void,
): uPlot {
  const count = series[0]?.values.length ?? 0;
  const times = Array.from({ length: count }, (_, i) => (start + i * width) / 1000);
  const values = series.map((s) => [...s.values]);
  const heights = look === 'bars' ? stacked(values) : values;
  const order = series.map((_, i) => i);
  // The tallest sum first, so that those below are drawn over it.
  if (look === 'bars') order.reverse();
  const font = `10.5px ${colour('font-sans')}`;
  const axis = { font, stroke: colour('ink-3'), ticks: { show: false } };
  return new uPlot(
    {
      width: box.clientWidth,
      height,
      padding: [6, 18, 0, 0],
      legend: { show: false },
      cursor: { show: false },
      scales: {
        x: { time: true, range: () => [start / 1000, (start + count * width) / 1000] },
        y: { range: (_plot, _low, high) => [0, high > 0 ? high * 1.08 : 1] },
      },
      axes: [
        {
          ...axis,
          size: 20,
          gap: 4,
          space: 76,
          grid: { show: false },
          values: (_plot, splits, _i, _space, step) => splits.map((at) => axisTime(at * 1000, step * 1000)),
        },
        {
          ...axis,
          size: (_plot, labels) => Math.max(42, ...(labels ?? []).map((text) => text.length * GLYPH + 12)),
          gap: 6,
          space: 24,
          grid: { stroke: colour('line'), width: 1 },
          // What is counted comes whole: half of one on the axis would be nonsense.
          ...(look === 'bars' && !fractions && { incrs: WHOLE }),
          values: (_plot, splits) => splits.map(format),
        },
      ],
      series: [{}, ...order.map((i) => drawn(look, colour(series[i]?.tone ?? 'ink-3'), values[i] ?? []))],
      hooks: {
        drawAxes: [(plot) => drawMarks(plot, marks, colour('line-strong'))],
        draw: [onDrawn],
      },
    },
    [times, ...order.map((i) => heights[i] ?? [])],
    box,
  );
}

/** About how wide a digit of the axis is. */
const GLYPH = 6;

/** Steps of an axis of counts: 1, 2, 5, 10, 20, 50 and so on. */
const WHOLE = Array.from({ length: 10 }, (_, i) => [1, 2, 5].map((n) => n * 10 ** i)).flat();

/** Up to so many values each have a point: of one alone there would be no line to see. */
const FEW = 20;

function drawn(look: Picture['look'], tone: string, values: ReadonlyArray<number | null>): uPlot.Series {
  // Across buckets without a value, or what is sparse would be no line at all.
  if (look === 'lines') {
    const few = values.filter((value) => value !== null).length <= FEW;
    return { stroke: tone, width: 1.5, spanGaps: true, points: { size: 4, show: few } };
  }
  // A bar begins where its bucket does, a pixel from the one before.
  const paths = uPlot.paths.bars?.({ size: [1, Number.POSITIVE_INFINITY], align: 1, gap: 1 });
  return { fill: tone, width: 0, points: { show: false }, ...(paths && { paths }) };
}

function drawMarks(plot: uPlot, marks: ReadonlyArray<{ at: number }>, stroke: string): void {
  const { ctx, bbox } = plot;
  ctx.save();
  ctx.strokeStyle = stroke;
  ctx.setLineDash([3, 3]);
  for (const { at } of marks) {
    const x = Math.round(plot.valToPos(at / 1000, 'x', true)) + 0.5;
    if (x < bbox.left || x > bbox.left + bbox.width) continue;
    ctx.beginPath();
    ctx.moveTo(x, bbox.top);
    ctx.lineTo(x, bbox.top + bbox.height);
    ctx.stroke();
  }
  ctx.restore();
}
