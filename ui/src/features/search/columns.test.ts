import { describe, expect, it } from 'vitest';
import { ALL_COLUMNS, DEFAULT_COLUMNS, fitColumns, parseColumns, printColumns } from './columns';

describe('columns in the URL', () => {
  it('are the usual ones if it names none', () => {
    expect(parseColumns(undefined)).toEqual({ columns: DEFAULT_COLUMNS, pins: [] });
    expect(printColumns(parseColumns(undefined))).toBeUndefined();
  });
  it('come in one order, and only those that exist', () => {
    expect(parseColumns(['cost', 'funnel', 'toString', 'nonsense']).columns).toEqual(['funnel', 'cost']);
  });
  it('may be none at all', () => {
    expect(parseColumns([]).columns).toEqual([]);
    expect(printColumns({ columns: [], pins: [] })).toEqual([]);
  });
  it('hold pinned values, whose step may have any name', () => {
    const shown = parseColumns(['cost', 'a#b#/output/x', 'rank#/nothing', '#/input']);
    expect(shown.pins).toEqual([{ step: 'a#b', pointer: '/output/x' }]);
    expect(parseColumns(printColumns(shown))).toEqual(shown);
  });
});

describe('columns that fit', () => {
  const all = { columns: ALL_COLUMNS, pins: [{ step: 'rank', pointer: '/output' }] };
  it('are all of them on a wide screen', () => {
    const fit = fitColumns(all, 2_400);
    expect(fit.columns).toEqual(ALL_COLUMNS);
    expect(fit.template.split(' ')).toHaveLength(ALL_COLUMNS.length + 3);
  });
  it('always leave room for the name', () => {
    for (let width = 560; width < 2_000; width += 40) {
      const { template } = fitColumns(all, width);
      const fixed = [...template.matchAll(/(\d+)px/g)].map((m) => Number(m[1]));
      expect(fixed.reduce((a, b) => a + b + 20, 0) + 240).toBeLessThanOrEqual(width);
    }
  });
  it('keep how long it took to the last', () => {
    expect(fitColumns({ columns: DEFAULT_COLUMNS, pins: [] }, 560).columns).toEqual(['took']);
  });
});
