import { preview, sizeOf } from './json';

/** A JSON value as the lines of a tree: only what is open becomes lines. */

export interface JsonLine {
  /** Path from the root of the tree; of a slice, that of its array. */
  path: string[];
  /** Names the line among all: a pointer, for a slice with its place behind it. */
  id: string;
  /** Key or index; `undefined` for the root. */
  key: string | undefined;
  depth: number;
  value: unknown;
  /** How many children; `undefined` for a scalar. */
  size: number | undefined;
  open: boolean;
  /** The line stands for these children of `value`, not for `value` itself. */
  slice?: { from: number; to: number };
}

/** More children than this are shown in slices of as many, so that no list of lines explodes. */
export const SLICE = 500;

const OPEN_AT_FIRST = 60;

/** What is open before anyone touched anything: as much as fits a screen. */
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
    if (n > SLICE) open.add(sliceId(id, 0));
    left -= n;
    // The children of something huge stay shut; looking at them costs too.
    if (n <= budget)
      for (const [key, child] of entries(at)) queue.push({ value: child, id: childId(id, key) });
  }
  return open;
}

function entries(value: unknown): Array<[string, unknown]> {
  return Array.isArray(value) ? value.map((v, i) => [String(i), v]) : Object.entries(value as object);
}

export function childId(id: string, key: string): string {
  return `${id}/${key.replaceAll('~', '~0').replaceAll('/', '~1')}`;
}

// No pointer has a blank after its last slash's part without being one itself; ids of slices cannot meet them.
const sliceId = (id: string, from: number): string => `${id} #${from}`;

/** The ids that must be open for the value at a path to be seen. */
export function opening(root: unknown, path: readonly string[]): string[] {
  const out: string[] = [];
  let at: unknown = root;
  let id = '';
  for (const key of path) {
    out.push(id);
    const size = sizeOf(at) ?? 0;
    if (size > SLICE) {
      const index = Array.isArray(at) ? Number(key) : Object.keys(at as object).indexOf(key);
      out.push(sliceId(id, Math.floor(index / SLICE) * SLICE));
    }
    at = typeof at === 'object' && at !== null ? (at as Record<string, unknown>)[key] : undefined;
    id = childId(id, key);
  }
  return out;
}

/** The lines that are visible with these ids open. */
export function jsonLines(root: unknown, open: ReadonlySet<string>): JsonLine[] {
  const lines: JsonLine[] = [];
  const visit = (
    value: unknown,
    key: string | undefined,
    path: string[],
    id: string,
    depth: number,
  ): void => {
    const size = sizeOf(value);
    const isOpen = size !== undefined && open.has(id);
    lines.push({ path, id, key, depth, value, size, open: isOpen });
    if (!isOpen) return;
    if (size <= SLICE) {
      children(value, path, id, depth + 1, 0, size);
      return;
    }
    for (let from = 0; from < size; from += SLICE) {
      const to = Math.min(size, from + SLICE);
      const part = sliceId(id, from);
      const partOpen = open.has(part);
      lines.push({
        path,
        id: part,
        key: undefined,
        depth: depth + 1,
        value,
        size: to - from,
        open: partOpen,
        slice: { from, to },
      });
      if (partOpen) children(value, path, id, depth + 2, from, to);
    }
  };
  const children = (
    value: unknown,
    path: string[],
    id: string,
    depth: number,
    from: number,
    to: number,
  ): void => {
    const keys = Array.isArray(value) ? undefined : Object.keys(value as object);
    for (let i = from; i < to; i++) {
      const key = keys ? (keys[i] as string) : String(i);
      visit((value as Record<string, unknown>)[key], key, [...path, key], childId(id, key), depth);
    }
  };
  visit(root, undefined, [], '', 0);
  return lines;
}

/** A place where a search found its text. */
export type Hit = string[];

const SLICE_MS = 8;

/**
 * Paths of keys and scalars that contain a text, in any letter case; `most` of
 * them at most. Hands back control often, so that a large value does not hold the page.
 */
export async function findInJson(
  root: unknown,
  text: string,
  most: number,
  signal: AbortSignal,
): Promise<Hit[]> {
  const wanted = text.toLowerCase();
  const hits: Hit[] = [];
  const stack: Array<{ value: unknown; path: string[] }> = [{ value: root, path: [] }];
  let until = performance.now() + SLICE_MS;
  for (let at = stack.pop(), n = 0; at && hits.length < most; at = stack.pop(), n++) {
    if (n % 64 === 0 && performance.now() > until) {
      await new Promise((done) => setTimeout(done, 0));
      if (signal.aborted) return [];
      until = performance.now() + SLICE_MS;
    }
    const { value, path } = at;
    const key = path.at(-1);
    const scalar = sizeOf(value) === undefined;
    if (
      (key?.toLowerCase().includes(wanted) ?? false) ||
      (scalar && wordOf(value).toLowerCase().includes(wanted))
    ) {
      hits.push(path);
    }
    if (scalar) continue;
    const keys = Object.keys(value as object);
    for (let i = keys.length - 1; i >= 0; i--) {
      const child = keys[i] as string;
      stack.push({ value: (value as Record<string, unknown>)[child], path: [...path, child] });
    }
  }
  return hits;
}

function wordOf(value: unknown): string {
  return typeof value === 'string' ? value : preview(value);
}
