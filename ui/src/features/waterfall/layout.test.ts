import { describe, expect, it } from 'vitest';
import type { Step } from '@/api/types';
import { arrange } from './arrange';
import { ancestors, bar, EVERYTHING, layout, nextError, type Row, ticks } from './layout';

const T0 = Date.parse('2026-11-22T20:00:00Z');

function step(id: string, parentId = '', startMs = 0, ms = 10, more: Partial<Step> = {}): Step {
  return {
    id,
    parentId,
    name: id,
    type: 'span',
    status: 'ok',
    startedAt: new Date(T0 + startMs).toISOString(),
    durationNano: String(ms * 1e6),
    service: 's',
    ...more,
  };
}

const outline = (rows: Row[]): string[] =>
  rows.map((row) => `${'  '.repeat(row.depth)}${row.kind === 'step' ? row.id : row.kind}`);

const show = (steps: Step[], view = EVERYTHING): string[] => outline(layout(arrange(steps), view));

describe('arranging steps', () => {
  it('orders children by start and roots by start', () => {
    const steps = [step('c', 'a', 5), step('late', '', 50), step('a'), step('b', 'a', 1), step('d', 'b', 2)];
    expect(show(steps)).toEqual(['a', '  b', '    d', '  c', 'late']);
  });
  it('puts steps without their parent into a lane of that parent', () => {
    const steps = [
      step('a'),
      step('x', 'gone', 3),
      step('y', 'gone', 2),
      step('z', 'lost', 1),
      step('x1', 'x', 4),
    ];
    expect(show(steps)).toEqual(['a', 'lane', '  y', '  x', '    x1', 'lane', '  z']);
  });
  it('survives cycles and steps that are their own parent', () => {
    const steps = [
      step('a', 'c', 1),
      step('b', 'a', 2),
      step('c', 'b', 3),
      step('self', 'self', 0),
      step('d', 'c', 4),
    ];
    const forest = arrange(steps);
    expect(outline(layout(forest, EVERYTHING))).toEqual(['self', 'a', '  b', '    c', '      d']);
    expect(forest.byId.get('a')?.cycle).toBe(true);
    expect(ancestors(forest, 'd')).toEqual(['c', 'b', 'a']);
  });
  it('shows each step once even if its id came twice', () => {
    expect(show([step('a'), step('a'), step('b', 'a')])).toEqual(['a', '  b']);
  });
  it('marks children that begin before their parent', () => {
    const { byId } = arrange([step('a', '', 10), step('b', 'a', 0)]);
    expect(byId.get('b')?.skewed).toBe(true);
    expect(byId.get('a')?.skewed).toBe(false);
  });
  it('counts what is below, and what failed there', () => {
    const { byId } = arrange([step('a'), step('b', 'a'), step('c', 'b', 0, 1, { status: 'error' })]);
    expect(byId.get('a')).toMatchObject({ below: 2, errorsBelow: 1 });
  });
  it('keeps broken clocks from flattening the timeline', () => {
    const steps = [
      step('a', '', 0, 100),
      step('b', 'a', 10, 20),
      step('1970', 'a', -T0, 1),
      step('2099', 'a', 3e12, 1),
    ];
    const forest = arrange(steps);
    expect(forest.span).toBe(100e6);
    expect(bar(forest.byId.get('1970') as never, forest.span).off).toBe('before');
    expect(bar(forest.byId.get('2099') as never, forest.span).off).toBe('after');
    const { left, width, off } = bar(forest.byId.get('b') as never, forest.span);
    expect(left).toBeCloseTo(0.1);
    expect(width).toBeCloseTo(0.2);
    expect(off).toBeUndefined();
  });
  it('holds for no steps, a negative duration and nonsense times', () => {
    expect(show([])).toEqual([]);
    const odd = arrange([step('a', '', 0, -5), step('b', '', 0, 1, { startedAt: 'never' })]);
    expect(odd.span).toBeGreaterThanOrEqual(1);
    expect(odd.byId.get('a')?.duration).toBe(0);
  });
  it('needs no stack for a chain of 10,000', () => {
    const chain = Array.from({ length: 10_000 }, (_, i) => step(`s${i}`, i === 0 ? '' : `s${i - 1}`, i));
    const rows = layout(arrange(chain.toReversed()), EVERYTHING);
    expect(rows).toHaveLength(10_000);
    expect(rows.at(-1)?.depth).toBe(9_999);
  });
  it('keeps every step exactly once, whatever the parents are', () => {
    let seed = 1;
    const random = (n: number): number => {
      seed = (seed * 1664525 + 1013904223) % 4294967296;
      return seed % n;
    };
    for (let round = 0; round < 200; round++) {
      const n = 1 + random(30);
      const steps = Array.from({ length: n }, (_, i) =>
        step(`s${i}`, random(3) ? `s${random(n + 3)}` : '', random(50)),
      );
      const ids = layout(arrange(steps), EVERYTHING)
        .filter((row) => row.kind === 'step')
        .map((row) => row.id);
      expect(ids.toSorted()).toEqual(steps.map((s) => s.id).toSorted());
    }
  });
});

describe('laying out rows', () => {
  const family = [step('a'), step('b', 'a', 1), step('c', 'b', 2, 1, { name: 'Find me' }), step('d', 'a', 3)];
  it('hides what is collapsed', () => {
    expect(show(family, { ...EVERYTHING, collapsed: new Set(['b']) })).toEqual(['a', '  b', '  d']);
  });
  it('searches with the way to each match, through collapsed parents', () => {
    expect(show(family, { ...EVERYTHING, collapsed: new Set(['a']), search: ' find ' })).toEqual([
      'a',
      '  b',
      '    c',
    ]);
  });
  it('folds thousands of equal children but never a failed one', () => {
    const many = Array.from({ length: 3_000 }, (_, i) =>
      step(`k${i}`, 'a', i, 10, { name: 'score', status: i === 2_000 ? 'error' : 'ok' }),
    );
    const forest = arrange([step('a'), ...many, step('other', 'a', 9_999)]);
    const rows = layout(forest, EVERYTHING);
    const fold = rows.find((row) => row.kind === 'fold');
    expect(fold).toMatchObject({ hidden: 2_994, p50: 10e6 });
    expect(rows).toHaveLength(1 + 5 + 1 + 1 + 1);
    expect(layout(forest, { ...EVERYTHING, unfolded: new Set([fold?.id ?? '']) })).toHaveLength(3_002);
  });
  it('walks from failure to failure, the deepest first, and round', () => {
    const failed = { status: 'error' } as const;
    const forest = arrange([
      step('a', '', 0, 9, failed),
      step('b', 'a', 1, 1, failed),
      step('c', 'a', 2),
      step('d', 'c', 3, 1, failed),
    ]);
    expect(nextError(forest, undefined)).toBe('b');
    expect(nextError(forest, 'b')).toBe('d');
    expect(nextError(forest, 'd')).toBe('b');
    expect(nextError(arrange([step('a')]), undefined)).toBeUndefined();
  });
  it('marks time roundly', () => {
    expect(ticks(2.84e9, 4)).toEqual([0, 1e9, 2e9]);
    expect(ticks(1, 4).length).toBeGreaterThan(0);
  });
});
