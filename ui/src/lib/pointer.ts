/** JSON pointers (RFC 6901): the address of a value inside a payload. */

/** The path of a pointer; `undefined` if it is none. `''` is the whole. */
export function parsePointer(pointer: string): string[] | undefined {
  if (pointer === '') return [];
  if (!pointer.startsWith('/')) return undefined;
  return pointer
    .slice(1)
    .split('/')
    .map((part) => part.replaceAll('~1', '/').replaceAll('~0', '~'));
}

export function formatPointer(path: readonly string[]): string {
  return path.map((part) => `/${part.replaceAll('~', '~0').replaceAll('/', '~1')}`).join('');
}

/** The value at a path, and whether there is one. */
export function resolve(value: unknown, path: readonly string[]): { found: boolean; value?: unknown } {
  let at: unknown = value;
  for (const part of path) {
    if (Array.isArray(at)) {
      const index = /^(0|[1-9]\d*)$/.test(part) ? Number(part) : -1;
      if (index < 0 || index >= at.length) return { found: false };
      at = at[index];
    } else if (typeof at === 'object' && at !== null && Object.hasOwn(at, part)) {
      at = (at as Record<string, unknown>)[part];
    } else {
      return { found: false };
    }
  }
  return { found: true, value: at };
}

/** Whether `path` is `prefix` or lies inside it. */
export function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.length <= path.length && prefix.every((part, i) => path[i] === part);
}
