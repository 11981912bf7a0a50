import { isWithin, parseNano, printNano, type TimeChoice } from '@/lib/time';
import type { Execution, ExecutionList } from './types';

/** What the live stream says, gathered for a moment. */
export interface Changes {
  executions: Map<string, Execution>;
  deleted: Set<string>;
}

export interface Pages {
  pages: ExecutionList[];
  pageParams: unknown[];
}

/** A first page longer than this is read anew instead of growing for ever. */
export const MAX_FIRST_PAGE = 2_000;

/** Newest first, as the API orders; ties by id. */
function newer(a: Execution, b: Execution): number {
  if (a.startedAt !== b.startedAt) {
    const x = parseNano(a.startedAt);
    const y = parseNano(b.startedAt);
    if (x !== y) return x > y ? -1 : 1;
  }
  return a.id > b.id ? -1 : a.id < b.id ? 1 : 0;
}

/**
 * What changed, told apart by who fits a query: for this list, those that do
 * not are gone.
 */
export function onlyFitting(changes: Changes, fitting: readonly Execution[]): Changes {
  const known = new Map(fitting.map((e) => [e.id, e]));
  const executions = new Map<string, Execution>();
  const deleted = new Set(changes.deleted);
  for (const id of changes.executions.keys()) {
    const now = known.get(id);
    if (now) executions.set(id, now);
    else deleted.add(id);
  }
  return { executions, deleted };
}

/** From the first start among the changed executions to just behind the last. */
export function startsOf(changes: Changes): { since: string; until: string } | undefined {
  const starts = [...changes.executions.values()].map((e) => e.startedAt).sort(byTime);
  const [first, last] = [starts[0], starts.at(-1)];
  if (!first || !last) return undefined;
  return { since: first, until: printNano(parseNano(last) + 1n) };
}

const byTime = (a: string, b: string): number => {
  const [x, y] = [parseNano(a), parseNano(b)];
  return x < y ? -1 : x > y ? 1 : 0;
};

/**
 * The loaded pages with the changes in them. What is known is replaced where
 * it stands, what is new goes to its place, what no longer fits goes away.
 * What belongs behind the last loaded row is left to paging.
 */
export function patchPages(data: Pages, changes: Changes, filters: TimeChoice, nowMs: number): Pages {
  const fresh = new Map(changes.executions);
  let touched = false;
  const pages = data.pages.map((page) => {
    let changed = false;
    const executions: Execution[] = [];
    for (const old of page.executions) {
      const now = fresh.get(old.id);
      fresh.delete(old.id);
      if (changes.deleted.has(old.id) || (now && !isWithin(now.startedAt, filters, nowMs))) {
        changed = true;
      } else if (now && now.startedAt !== old.startedAt) {
        changed = true;
        fresh.set(now.id, now); // an earlier span arrived: it moves
      } else {
        changed ||= now !== undefined;
        executions.push(now ?? old);
      }
    }
    touched ||= changed;
    return changed ? { ...page, executions } : page;
  });

  const added = [...fresh.values()].filter(
    (e) => isWithin(e.startedAt, filters, nowMs) && !changes.deleted.has(e.id),
  );
  if (added.length === 0) return touched ? { ...data, pages } : data;
  return { ...data, pages: place(pages, added.sort(newer)) };
}

function place(pages: ExecutionList[], added: Execution[]): ExecutionList[] {
  let rest = added;
  return pages.map((page, i) => {
    const last = page.executions.at(-1);
    const isEnd = i === pages.length - 1 && page.next === undefined;
    const mine = isEnd ? rest : rest.filter((e) => last !== undefined && newer(e, last) < 0);
    if (mine.length === 0) return page;
    rest = rest.filter((e) => !mine.includes(e));
    return { ...page, executions: [...mine, ...page.executions].sort(newer) };
  });
}
