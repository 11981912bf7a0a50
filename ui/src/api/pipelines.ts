import { keepPreviousData, queryOptions } from '@tanstack/react-query';
import { ends, type TimeChoice } from '@/lib/time';
import { client, take } from './client';
import { BEGINNING, pipelinesKey } from './list';

/** How many bars a spark has, and how many points a chart. */
const SPARK = 24;
const POINTS = 60;
const DAY_MS = 86_400_000;

/** What is read of a pipeline: a range of time with its end, so that everything on a page is about the same one. */
export interface Range {
  since: string;
  until: string;
}

/** The chosen range with both ends; the end of one that moves is the next whole minute. */
export function rangeOf(choice: TimeChoice, nowMs: number): Range {
  const until = Math.ceil(nowMs / 60_000) * 60_000;
  const { since, until: end } = ends(choice, until);
  return { since: since ?? BEGINNING, until: end ?? new Date(until).toISOString() };
}

/** As long a range, right before. */
export function before({ since, until }: Range): Range {
  const length = Date.parse(until) - Date.parse(since);
  return { since: new Date(Date.parse(since) - length).toISOString(), until: since };
}

/** All pipelines with their executions over time. */
export function pipelineListQuery(choice: TimeChoice) {
  return queryOptions({
    queryKey: [...pipelinesKey, 'list', choice] as const,
    queryFn: ({ signal }) => {
      const query = { ...rangeOf(choice, Date.now()), buckets: SPARK };
      return take(client.GET('/api/pipelines', { params: { query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

/** One over time and by step; over time that of a step if one is named. */
export function pipelineQuery(name: string, range: Range, step?: string) {
  return queryOptions({
    queryKey: [...pipelinesKey, 'one', name, range, step] as const,
    queryFn: ({ signal }) => {
      const query = { ...range, step, buckets: POINTS };
      return take(client.GET('/api/pipelines/{name}', { params: { path: { name }, query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

/** Cost by day, of two weeks at least: one day alone says nothing. */
export function costQuery(name: string, { since, until }: Range) {
  const from = Math.min(Date.parse(since), Date.parse(until) - 14 * DAY_MS);
  const days = Math.min(400, Math.ceil((Date.parse(until) - from) / DAY_MS) + 1);
  return queryOptions({
    queryKey: [...pipelinesKey, 'cost', name, from, until] as const,
    queryFn: ({ signal }) => {
      const query = { since: new Date(from).toISOString(), until, buckets: days };
      return take(client.GET('/api/pipelines/{name}', { params: { path: { name }, query }, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

export function shapeQuery(name: string, range: Range) {
  return queryOptions({
    queryKey: [...pipelinesKey, 'shape', name, range] as const,
    queryFn: ({ signal }) => {
      const params = { path: { name }, query: { ...range, buckets: POINTS } };
      return take(client.GET('/api/pipelines/{name}/shape', { params, signal }));
    },
    placeholderData: keepPreviousData,
  });
}

/** Reads payloads of the newest executions, so it is asked for once and kept. */
export function stabilityQuery(name: string) {
  return queryOptions({
    queryKey: ['stability', name] as const,
    queryFn: ({ signal }) =>
      take(client.GET('/api/pipelines/{name}/stability', { params: { path: { name } }, signal })),
    staleTime: 5 * 60_000,
    retry: false,
  });
}

/** What tells selected executions from others; without others, from the newest ones of the same name. */
export function contrastQuery(selected: readonly string[], baseline: readonly string[]) {
  return queryOptions({
    queryKey: ['contrast', selected, baseline] as const,
    queryFn: ({ signal }) => {
      const body = { selected: [...selected], ...(baseline.length > 0 && { baseline: [...baseline] }) };
      return take(client.POST('/api/compare/contrast', { body, signal }));
    },
    staleTime: 5 * 60_000,
    retry: false,
  });
}
