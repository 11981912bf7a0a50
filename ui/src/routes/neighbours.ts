import type { InfiniteData, QueryClient } from '@tanstack/react-query';
import { client as api, take } from '@/api/client';
import { executionsKey } from '@/api/list';
import type { Execution, ExecutionList } from '@/api/types';

const LOOKED_AT = 200;

/**
 * The execution before (-1, newer) or after (1, older) this one: in the list
 * that it was opened from, else among the newest of its name.
 */
export async function neighbour(
  client: QueryClient,
  execution: Execution,
  by: 1 | -1,
): Promise<string | undefined> {
  const lists = client
    .getQueryCache()
    .findAll({ queryKey: executionsKey })
    .toSorted((a, b) => b.state.dataUpdatedAt - a.state.dataUpdatedAt)
    .map((query) => (query.state.data as InfiniteData<ExecutionList> | undefined)?.pages)
    .map((pages) => pages?.flatMap((page) => page.executions.map((e) => e.id)) ?? []);
  const list = lists.find((ids) => ids.includes(execution.id)) ?? (await ofItsName(execution));
  const at = list.indexOf(execution.id);
  return at < 0 ? undefined : list[at + by];
}

/** The newest older execution of the same name, to compare this one with. */
export async function beforeIt(execution: Execution): Promise<string | undefined> {
  const list = await ofItsName(execution);
  return list[list.indexOf(execution.id) + 1] ?? list.find((id) => id !== execution.id);
}

async function ofItsName({ name }: Execution): Promise<string[]> {
  const query = { name, limit: LOOKED_AT };
  const { executions } = await take(api.GET('/api/executions', { params: { query } }));
  return executions.map((e) => e.id);
}
