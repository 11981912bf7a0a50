import { lazy, Suspense } from 'react';
import type { ChartProps } from './types';

const Plot = lazy(() => import('./Plot'));

/** Something over time, in bars or lines, to be walked and zoomed by pointer and keys. */
export function Chart(props: ChartProps) {
  return (
    <Suspense fallback={<div style={{ height: props.height }} />}>
      <Plot {...props} />
    </Suspense>
  );
}
