import type { InfiniteData, Query, QueryClient } from '@tanstack/react-query';
import { executionsKey, type Filters, whichFit } from './list';
import { type Changes, MAX_FIRST_PAGE, onlyFitting, patchPages, startsOf } from './patch';
import type { ExecutionList } from './types';

type Data = InfiniteData<ExecutionList> | undefined;

// A list with a query asks the server which of the changed executions fit it:
// the query has one grammar, and it is not here. Not more often than this.
const ASK_MS = 700;

/** Brings what the live stream says into every cached list. */
export function listPatcher(client: QueryClient): (changes: Changes) => void {
  const waiting = new Map<string, Changes>();

  const put = (query: Query, changes: Changes): void => {
    const data = query.state.data as Data;
    if (!data) return;
    const next = patchPages(data, changes, filtersOf(query), Date.now());
    const { queryKey } = query;
    if ((next.pages[0]?.executions.length ?? 0) > MAX_FIRST_PAGE) void client.resetQueries({ queryKey });
    else if (next !== data) client.setQueryData(queryKey, next);
  };

  const ask = async (query: Query, q: string): Promise<void> => {
    await new Promise((done) => setTimeout(done, ASK_MS));
    const changes = waiting.get(query.queryHash);
    waiting.delete(query.queryHash);
    const range = changes && startsOf(changes);
    if (!changes) return;
    try {
      const fitting = range ? await whichFit(q, range.since, range.until) : [];
      if (fitting) return put(query, onlyFitting(changes, fitting));
    } catch {
      // Whatever it was, reading the list again will tell.
    }
    void client.invalidateQueries({ queryKey: query.queryKey });
  };

  return (changes) => {
    for (const query of client.getQueryCache().findAll({ queryKey: executionsKey })) {
      const { q } = filtersOf(query);
      if (!query.state.data) continue;
      if (!q) put(query, changes);
      else if (!query.isActive()) void client.invalidateQueries({ queryKey: query.queryKey });
      else {
        const first = !waiting.has(query.queryHash);
        waiting.set(query.queryHash, merged(waiting.get(query.queryHash), changes));
        if (first) void ask(query, q);
      }
    }
  };
}

const filtersOf = (query: Query): Filters => query.queryKey[1] as Filters;

function merged(old: Changes | undefined, next: Changes): Changes {
  if (!old) return { executions: new Map(next.executions), deleted: new Set(next.deleted) };
  for (const [id, execution] of next.executions) {
    old.executions.set(id, execution);
    old.deleted.delete(id);
  }
  for (const id of next.deleted) {
    old.executions.delete(id);
    old.deleted.add(id);
  }
  return old;
}
