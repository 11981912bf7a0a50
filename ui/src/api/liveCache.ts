import type { QueryClient } from '@tanstack/react-query';
import { activityKey, facetsKey, pipelinesKey } from './list';
import type { LiveEvents } from './live';
import { listPatcher } from './liveLists';
import { sessionQuery } from './queries';
import type { Execution, ExecutionDetail, StepDetail } from './types';

/** The live stream → the Query cache: the one way by which screens change by themselves. */
export function liveEvents(client: QueryClient): LiveEvents {
  const patch = listPatcher(client);
  const refetch = gentleRefetch(client);
  const recount = gentleRecount(client, [activityKey], 2_500);
  const survey = gentleRecount(client, [facetsKey, pipelinesKey], 5_000);
  return {
    onChanges(changes) {
      patch(changes);
      recount();
      survey();
      for (const execution of changes.executions.values()) patchDetail(client, execution, refetch);
      for (const id of changes.deleted) forget(client, id);
    },
    onGap() {
      void client.invalidateQueries();
    },
    onUnauthorized() {
      void client.resetQueries({ queryKey: sessionQuery.queryKey });
    },
  };
}

/** Details are cached under whatever the URL named them by: trace id or own id. */
function detailsOf(client: QueryClient, id: string) {
  return client
    .getQueryCache()
    .findAll({ queryKey: ['execution'] })
    .filter((query) => (query.state.data as ExecutionDetail | undefined)?.id === id);
}

function patchDetail(client: QueryClient, execution: Execution, refetch: Refetch): void {
  for (const { queryKey } of detailsOf(client, execution.id)) {
    client.setQueryData<ExecutionDetail>(queryKey, (old) => old && { ...old, ...execution });
    refetch(queryKey[1] as string, execution);
  }
}

function forget(client: QueryClient, id: string): void {
  for (const { queryKey } of detailsOf(client, id)) void client.invalidateQueries({ queryKey });
}

/** Sums over many executions are read again once in a while, not with each of them. */
function gentleRecount(
  client: QueryClient,
  keys: ReadonlyArray<readonly string[]>,
  waitMs: number,
): () => void {
  let waiting = false;
  return () => {
    if (waiting) return;
    waiting = true;
    setTimeout(() => {
      waiting = false;
      for (const queryKey of keys) void client.invalidateQueries({ queryKey });
    }, waitMs);
  };
}

type Refetch = (ref: string, execution: Execution) => void;

const SOON_MS = 800;
const LARGE = 2_000;

/** Reads a growing execution again, at most about once a second; a large one less often. */
function gentleRefetch(client: QueryClient): Refetch {
  const waiting = new Map<string, ReturnType<typeof setTimeout>>();
  return (ref, execution) => {
    if (waiting.has(ref)) return;
    const wait = execution.stepCount > LARGE ? SOON_MS * 5 : SOON_MS;
    const run = (): void => {
      waiting.delete(ref);
      for (const what of ['execution', 'steps', 'funnel', 'changes', 'item', 'why-not']) {
        void client.invalidateQueries({ queryKey: [what, ref] });
      }
      void client.invalidateQueries({
        queryKey: ['step', ref],
        predicate: ({ state }) => mayChange(state.data),
      });
    };
    waiting.set(ref, setTimeout(run, wait));
  };
}

/** A finished, explained step stays as it is; reading its payload again would be waste. */
function mayChange(data: unknown): boolean {
  const step = data as StepDetail | undefined;
  return !step || step.status === 'running' || step.reasoning === undefined;
}
