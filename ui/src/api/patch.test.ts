import { describe, expect, it } from 'vitest';
import { type Changes, onlyFitting, type Pages, patchPages, startsOf } from './patch';
import type { Execution } from './types';

const T0 = Date.parse('2026-11-22T20:00:00Z');

function execution(id: string, startMs: number, more: Partial<Execution> = {}): Execution {
  return {
    id,
    executionId: id,
    projectId: 'default',
    name: 'n',
    status: 'ok',
    startedAt: new Date(T0 + startMs).toISOString(),
    durationNano: '1',
    stepCount: 1,
    errorCount: 0,
    service: 's',
    models: [],
    tags: [],
    headline: '',
    settled: true,
    ...more,
  };
}

const pages = (...all: Execution[][]): Pages => ({
  pages: all.map((executions, i) => ({ executions, ...(i < all.length - 1 ? { next: String(i) } : {}) })),
  pageParams: all.map((_, i) => i),
});
const changes = (...executions: Execution[]): Changes => ({
  executions: new Map(executions.map((e) => [e.id, e])),
  deleted: new Set(),
});
const ids = (data: Pages): string[][] => data.pages.map((p) => p.executions.map((e) => e.id));
const patch = (data: Pages, change: Changes, filters = {}): Pages => patchPages(data, change, filters, T0);

describe('patching the list', () => {
  const data = pages([execution('c', 30), execution('b', 20)], [execution('a', 10)]);

  it('puts a new one on top and others at their time', () => {
    expect(ids(patch(data, changes(execution('new', 40), execution('mid', 25))))).toEqual([
      ['new', 'c', 'mid', 'b'],
      ['a'],
    ]);
  });
  it('replaces a known one where it stands, and touches nothing else', () => {
    const next = patch(data, changes(execution('b', 20, { headline: 'why' })));
    expect(next.pages[0]?.executions[1]?.headline).toBe('why');
    expect(next.pages[1]).toBe(data.pages[1]);
  });
  it('moves one whose earlier span arrived', () => {
    expect(ids(patch(data, changes(execution('c', 5))))).toEqual([['b'], ['a', 'c']]);
  });
  it('drops what the server says no longer fits the query, and what was deleted', () => {
    const [c, fresh] = [execution('c', 30, { status: 'error' }), execution('new', 40)];
    expect(ids(patch(data, onlyFitting(changes(c, fresh), [fresh])))).toEqual([['new', 'b'], ['a']]);
    const deleted: Changes = { executions: new Map(), deleted: new Set(['b']) };
    expect(ids(patch(data, deleted))).toEqual([['c'], ['a']]);
  });
  it('leaves what is older than the last loaded page to paging', () => {
    const open = pages([execution('c', 30)]);
    open.pages[0] = { executions: open.pages[0]?.executions ?? [], next: 'more' };
    expect(ids(patch(open, changes(execution('old', 1))))).toEqual([['c']]);
  });
  it('fills an empty list', () => {
    expect(ids(patch(pages([]), changes(execution('a', 1), execution('b', 2))))).toEqual([['b', 'a']]);
  });
  it('gives the same object back when nothing of it changed', () => {
    const filtered = patch(data, onlyFitting(changes(execution('x', 50)), []));
    expect(filtered).toBe(data);
  });
});

it('asks about changed executions from the first start to just behind the last', () => {
  const some = changes(
    execution('a', 0, { startedAt: '2026-11-22T20:00:00.5Z' }),
    execution('b', 0, { startedAt: '2026-11-22T20:00:00.123456789Z' }),
    execution('c', 0, { startedAt: '2026-11-22T20:00:00.999999999Z' }),
  );
  expect(startsOf(some)).toEqual({
    since: '2026-11-22T20:00:00.123456789Z',
    until: '2026-11-22T20:00:01.000000000Z',
  });
  expect(startsOf(changes())).toBeUndefined();
});
