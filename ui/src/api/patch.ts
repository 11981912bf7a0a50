import { isWithin, parseNano } from '@/lib/time';
import type { Filters } from './queries';
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

export function fits(e: Execution, filters: Filters, nowMs: number): boolean {
  return (
    (!filters.status || e.status === filters.status) &&
    (!filters.name || e.name === filters.name) &&
    (!filters.service || e.service === filters.service) &&
    (!filters.sessionId || e.sessionId === filters.sessionId) &&
    (!filters.userId || e.userId === filters.userId) &&
    isWithin(e.startedAt, filters, nowMs)
  );
}

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
 * The loaded pages with the changes in them. What is known is replaced where
 * it stands, what is new goes to its place, what no longer fits goes away.
 * What belongs behind the last loaded row is left to paging.
 */
export function patchPages(data: Pages, changes: Changes, filters: Filters, nowMs: number): Pages {
  const fresh = new Map(changes.executions);
  let touched = false;
  const pages = data.pages.map((page) => {
    let changed = false;
    const executions: Execution[] = [];
    for (const old of page.executions) {
      const now = fresh.get(old.id);
      fresh.delete(old.id);
      if (changes.deleted.has(old.id) || (now && !fits(now, filters, nowMs))) {
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

  const added = [...fresh.values()].filter((e) => fits(e, filters, nowMs) && !changes.deleted.has(e.id));
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
