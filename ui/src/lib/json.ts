import { ExactNumber, parseExact, writeJson } from './exact';

/** The shape of a payload, so that each kind is drawn by what suits it. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return (
    typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof ExactNumber)
  );
}

export function sizeOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  return undefined;
}

/** A table hidden in JSON: an array of like objects, and where it stands. */
export interface Table {
  path: string[];
  columns: string[];
  rows: Array<Record<string, unknown>>;
}

const MAX_COLUMNS = 24;
/** Of longer arrays only so many elements are asked for their keys. */
const SAMPLED = 2_000;

/**
 * Finds the table of a payload: the value itself, or the largest array of
 * like objects directly inside it. Objects are alike when most have most of
 * the columns.
 */
export function findTable(value: unknown): Table | undefined {
  const own = tableOf(value, []);
  if (own || !isObject(value)) return own;
  let best: Table | undefined;
  for (const [key, child] of Object.entries(value)) {
    const table = tableOf(child, [key]);
    if (table && (!best || table.rows.length > best.rows.length)) best = table;
  }
  return best;
}

function tableOf(value: unknown, path: string[]): Table | undefined {
  if (!Array.isArray(value) || value.length < 2 || !value.every(isObject)) return undefined;
  const seen = new Map<string, number>();
  const stride = Math.ceil(value.length / SAMPLED);
  let looked = 0;
  for (let i = 0; i < value.length; i += stride, looked++) {
    for (const key of Object.keys(value[i] as object)) seen.set(key, (seen.get(key) ?? 0) + 1);
  }
  const columns = [...seen.keys()];
  if (columns.length === 0 || columns.length > MAX_COLUMNS) return undefined;
  const filled = [...seen.values()].reduce((a, b) => a + b, 0) / (columns.length * looked);
  return filled >= 0.5 ? { path, columns, rows: value as Array<Record<string, unknown>> } : undefined;
}

/** A value in one line of about `max` characters, without visiting it all. */
export function preview(value: unknown, max = 80): string {
  if (typeof value === 'string') return value.length > max ? `${value.slice(0, max)}…` : value;
  if (value === null || typeof value !== 'object' || value instanceof ExactNumber) return String(value);
  const array = Array.isArray(value);
  let out = array ? '[' : '{';
  // for-in, because Object.keys would list a million keys to show three.
  for (const key in value) {
    if (!Object.hasOwn(value, key)) continue;
    if (out.length >= max) return `${out.slice(0, max)}…`;
    const child = (value as Record<string, unknown>)[key];
    const room = Math.max(8, (max - out.length) >> 1);
    out += `${out.length > 1 ? ', ' : ''}${array ? '' : `${key}: `}${preview(child, room)}`;
  }
  return out + (array ? ']' : '}');
}

/** The value as text to copy: strings bare, all else as indented JSON. */
export function copyText(value: unknown): string {
  return typeof value === 'string' ? value : writeJson(value, 2);
}

/** Whether a text may be JSON that was put into a string; cheap, so a guess. */
export function looksNested(text: string): boolean {
  const [first, last] = [text.trimStart()[0], text.trimEnd().at(-1)];
  return (first === '{' && last === '}') || (first === '[' && last === ']');
}

/** JSON that was put into a string; `undefined` if the text is none. */
export function nested(text: string): unknown {
  if (!looksNested(text)) return undefined;
  try {
    return parseExact(text);
  } catch {
    return undefined;
  }
}
