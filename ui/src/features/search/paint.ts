import type { QueryError } from '@/api/types';
import { terms } from './terms';

/** A stretch of the query and how it looks. */
export interface Paint {
  text: string;
  field: boolean;
  wrong: boolean;
}

/** The text in stretches: names of fields are told from values, and what is wrong is marked. */
export function painted(text: string, errors: readonly QueryError[]): Paint[] {
  const names = terms(text).flatMap(({ start, end }) => {
    const name = /^-?[^\s:<>=!"()]+(?=[:<>=]|!=)/.exec(text.slice(start, end))?.[0];
    return name ? [{ start, end: start + name.length }] : [];
  });
  // Something that is missing is marked at the character where it would stand.
  const faults = errors.map((e) => ({ start: e.start, end: Math.max(e.end, e.start + 1) }));
  const cuts = [...names, ...faults].flatMap(({ start, end }) => [start, end]);
  const ends = [...new Set([0, text.length, ...cuts.map((at) => Math.min(at, text.length))])].sort(
    (a, b) => a - b,
  );
  const within = (places: ReadonlyArray<{ start: number; end: number }>, at: number): boolean =>
    places.some((p) => p.start <= at && at < p.end);
  return ends.slice(1).map((end, i) => {
    const start = ends[i] ?? 0;
    return { text: text.slice(start, end), field: within(names, start), wrong: within(faults, start) };
  });
}
