/** The shape of a payload, so that each kind is drawn by what suits it. */

export type Json = null | boolean | number | string | Json[] | { [key: string]: Json };

export function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** One visible line of a JSON tree. */
export interface JsonLine {
  /** Path from the root of the tree. */
  path: string[];
  /** Key or index; `undefined` for the root. */
  key: string | undefined;
  depth: number;
  value: unknown;
  /** How many children; `undefined` for a scalar. */
  size: number | undefined;
  open: boolean;
}

/** More children than this are shown in slices, so no line list explodes. */
const OPEN_AT_FIRST = 60;

/** Paths that are open before anyone touched anything: what fits a screen. */
export function openAtFirst(value: unknown, budget = OPEN_AT_FIRST): Set<string> {
  const open = new Set<string>();
  const queue: Array<{ value: unknown; id: string }> = [{ value, id: '' }];
  let left = budget;
  for (let i = 0; i < queue.length; i++) {
    const { value: at, id } = queue[i] as { value: unknown; id: string };
    const n = sizeOf(at);
    if (n === undefined || n === 0) continue;
    if (i > 0 && n > left) continue;
    open.add(id);
    left -= n;
    // The children of something huge stay shut; looking at them costs too.
    if (n <= budget)
      for (const [key, child] of entries(at)) queue.push({ value: child, id: childId(id, key) });
  }
  return open;
}

export function sizeOf(value: unknown): number | undefined {
  if (Array.isArray(value)) return value.length;
  if (isObject(value)) return Object.keys(value).length;
  return undefined;
}

function entries(value: unknown): Array<[string, unknown]> {
  return Array.isArray(value) ? value.map((v, i) => [String(i), v]) : Object.entries(value as object);
}

export function childId(id: string, key: string): string {
  return `${id}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

/** The lines that are visible with these paths open (keyed by pointer). */
export function jsonLines(root: unknown, open: ReadonlySet<string>): JsonLine[] {
  const lines: JsonLine[] = [];
  type Frame = { value: unknown; key: string | undefined; path: string[]; id: string };
  const stack: Frame[] = [{ value: root, key: undefined, path: [], id: '' }];
  for (let frame = stack.pop(); frame; frame = stack.pop()) {
    const size = sizeOf(frame.value);
    const isOpen = size !== undefined && open.has(frame.id);
    const { key, path, value } = frame;
    lines.push({ path, key, depth: path.length, value, size, open: isOpen });
    if (!isOpen) continue;
    const children = entries(value);
    for (let i = children.length - 1; i >= 0; i--) {
      const [childKey, child] = children[i] as [string, unknown];
      stack.push({ value: child, key: childKey, path: [...path, childKey], id: childId(frame.id, childKey) });
    }
  }
  return lines;
}

/** A table hidden in JSON: an array of like objects, and where it stands. */
export interface Table {
  path: string[];
  columns: string[];
  rows: Array<Record<string, unknown>>;
}

const MAX_COLUMNS = 24;

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
  for (const row of value) for (const key of Object.keys(row)) seen.set(key, (seen.get(key) ?? 0) + 1);
  const columns = [...seen.keys()];
  if (columns.length === 0 || columns.length > MAX_COLUMNS) return undefined;
  const filled = [...seen.values()].reduce((a, b) => a + b, 0) / (columns.length * value.length);
  return filled >= 0.5 ? { path, columns, rows: value } : undefined;
}

/** A value in one line of about `max` characters, without visiting it all. */
export function preview(value: unknown, max = 80): string {
  if (typeof value === 'string') return value.length > max ? `${value.slice(0, max)}…` : value;
  if (value === null || typeof value !== 'object') return String(value);
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
  return typeof value === 'string' ? value : (JSON.stringify(value, null, 2) ?? '');
}

/** JSON that was put into a string; `undefined` if the text is none. */
export function nested(text: string): unknown {
  const head = text.trimStart()[0];
  if (head !== '{' && head !== '[') return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
