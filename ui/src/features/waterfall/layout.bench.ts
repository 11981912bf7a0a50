import { bench, describe } from 'vitest';
import type { Step } from '@/api/types';
import { arrange } from './arrange';
import { EVERYTHING, layout } from './layout';

const T0 = Date.parse('2026-11-22T20:00:00Z');

/** A tree like a real one: batches of ten, a few levels deep. */
function trace(n: number): Step[] {
  return Array.from({ length: n }, (_, i) => ({
    id: i.toString(16).padStart(16, '0'),
    parentId:
      i === 0
        ? ''
        : Math.floor((i - 1) / 10)
            .toString(16)
            .padStart(16, '0'),
    name: `step ${i % 50}`,
    type: 'function',
    status: 'ok',
    startedAt: new Date(T0 + i).toISOString(),
    durationNano: '1000000',
    service: 's',
  }));
}

for (const n of [10_000, 100_000]) {
  describe(`${n} steps`, () => {
    const steps = trace(n);
    const forest = arrange(steps);
    bench('arrange', () => void arrange(steps));
    bench('layout', () => void layout(forest, EVERYTHING));
    bench('search', () => void layout(forest, { ...EVERYTHING, search: 'step 7' }));
  });
}
