import { infiniteQueryOptions, queryOptions } from '@tanstack/react-query';
import { client, take, takeExact } from './client';
import type { StepChanges, StepDetail } from './types';

/** Larger values come as outlines, and whole only when somebody asks. */
const INLINE_BYTES = 200_000;

export function stepQuery(id: string, stepId: string) {
  return queryOptions({
    queryKey: ['step', id, stepId] as const,
    queryFn: ({ signal }) => {
      const params = { path: { id, stepId }, query: { maxPayload: INLINE_BYTES } };
      return takeExact<StepDetail>(
        client.GET('/api/executions/{id}/steps/{stepId}', { params, signal, parseAs: 'text' }),
      );
    },
    // Payloads can be large: few are kept once nobody looks.
    gcTime: 60_000,
  });
}

/** One large value of a step, whole. */
export function payloadQuery(id: string, stepId: string, pointer: string) {
  return queryOptions({
    queryKey: ['payload', id, stepId, pointer] as const,
    queryFn: async ({ signal }) => {
      const params = { path: { id, stepId }, query: { pointer } };
      const value = await takeExact<unknown>(
        client.GET('/api/executions/{id}/steps/{stepId}/payload', { params, signal, parseAs: 'text' }),
      );
      return { value }; // a payload may be null, which a query may not
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 30_000,
    structuralSharing: false,
  });
}

export type ChangeKind = 'kept' | 'dropped' | 'added' | 'reordered' | 'edited';

/** Which items of a step's changes are wanted. */
export interface ChangeFilter {
  kind?: ChangeKind | undefined;
  /** Place of the reason in `reasons`, from 1. */
  why?: number | undefined;
  q?: string | undefined;
  order?: 'rank' | 'nearest' | undefined;
}

const CHANGES_PAGE = 100;

export function changesQuery(id: string, stepId: string, filter: ChangeFilter, limit = CHANGES_PAGE) {
  return infiniteQueryOptions({
    queryKey: ['changes', id, stepId, filter, limit] as const,
    queryFn: ({ pageParam, signal }): Promise<StepChanges> => {
      const params = { path: { id, stepId }, query: { ...filter, limit, cursor: pageParam } };
      return take(client.GET('/api/executions/{id}/steps/{stepId}/changes', { params, signal }));
    },
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next,
    gcTime: 60_000,
  });
}
