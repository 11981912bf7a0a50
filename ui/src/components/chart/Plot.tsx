import './uplot.css';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import type uPlot from 'uplot';
import { sumOf } from '@/lib/chart';
import { spanWords } from '@/lib/time';
import { draw } from './draw';
import { PlotTip } from './PlotTip';
import type { ChartProps, Picture } from './types';
import { usePicking } from './usePicking';

/** Where the buckets are, in pixels within the box. */
export interface Area {
  left: number;
  top: number;
  width: number;
  height: number;
}

/** The chart itself; `Chart` loads it when one is shown. */
export default function Plot(props: ChartProps) {
  const { name, start, width, series, format, onZoom, height } = props;
  const box = useRef<HTMLDivElement>(null);
  const formatted = useRef(format);
  const [area, setArea] = useState<Area>();
  const theme = useThemeName();
  const count = series[0]?.values.length ?? 0;
  const picking = usePicking({ area, start, width, count, onZoom });
  // As text, because what is equal need not be drawn again.
  const { look, fractions, marks } = props;
  const picture = JSON.stringify({ start, width, look, fractions, series, height, marks });

  useLayoutEffect(() => {
    formatted.current = format;
  });
  useLayoutEffect(() => {
    const drawn = JSON.parse(picture) as Picture;
    if (!box.current || !theme || (drawn.series[0]?.values.length ?? 0) === 0) return;
    const plot = draw(
      box.current,
      drawn,
      (value) => formatted.current(value),
      (now) => setArea((old) => same(old, areaOf(now))),
    );
    const observer = new ResizeObserver(([entry]) => {
      const wide = Math.floor(entry?.contentRect.width ?? 0);
      if (wide > 0 && wide !== plot.width) plot.setSize({ width: wide, height: drawn.height });
    });
    observer.observe(box.current);
    return () => {
      observer.disconnect();
      plot.destroy();
    };
  }, [picture, theme]);

  const bucketLeft = (i: number): number => (area ? area.left + (area.width * i) / count : 0);
  const span = picking.span;
  const words =
    span &&
    `${spanWords(start + span.first * width, start + (span.last + 1) * width)}: ${series
      .map((s) => `${format(sumOf(s.values, span.first, span.last))} ${s.label}`)
      .join(', ')}`;
  return (
    <div
      role="application"
      aria-roledescription="chart"
      aria-label={onZoom ? `${name}. Arrow keys walk it, with shift they select, Enter zooms in` : name}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: it takes the arrow keys, as its name says
      tabIndex={0}
      className="relative touch-pan-y select-none"
      style={{ height }}
      {...picking.handlers}
    >
      <div ref={box} className="absolute inset-0 overflow-hidden" />
      {area && span && (
        <>
          <div
            aria-hidden
            className={
              span.selecting
                ? 'pointer-events-none absolute border-x border-accent bg-accent/15'
                : 'pointer-events-none absolute bg-ink/8'
            }
            style={{
              left: bucketLeft(span.first),
              width: bucketLeft(span.last + 1) - bucketLeft(span.first),
              top: area.top,
              height: area.height,
            }}
          />
          <PlotTip props={props} first={span.first} last={span.last} area={area} />
        </>
      )}
      <span className="sr-only" aria-live="polite">
        {picking.byKeys && words}
      </span>
    </div>
  );
}

function areaOf(plot: uPlot): Area {
  const px = window.devicePixelRatio;
  const { left, top, width, height } = plot.bbox;
  return { left: left / px, top: top / px, width: width / px, height: height / px };
}

function same(old: Area | undefined, now: Area): Area {
  const equal = old && (Object.keys(now) as Array<keyof Area>).every((key) => old[key] === now[key]);
  return equal ? old : now;
}

/** Changes when the theme does, so that a canvas can follow. */
function useThemeName(): string {
  const [theme, setTheme] = useState(themeName);
  useEffect(() => {
    const observer = new MutationObserver(() => setTheme(themeName()));
    observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] });
    return () => observer.disconnect();
  }, []);
  return theme;
}

const themeName = (): string => document.documentElement.dataset.theme ?? 'light';
