/** The query language (docs/query.md) as text that screens write. What it means is the server's to say. */

/** A value as it may stand in a query. */
export function quoted(value: string): string {
  const plain =
    /^[\p{L}\p{N}_\-./@]+$/u.test(value) && !value.includes('..') && !/^(OR|AND|NOT)$/.test(value);
  if (plain) return value;
  const escaped = value
    .replace(/["\\]/g, '\\$&')
    .replace(/\n/g, '\\n')
    .replace(/\r/g, '\\r')
    .replace(/\t/g, '\\t');
  return `"${escaped}"`;
}

/** A duration as a query compares it, rounded down so that the one it came from fits; undefined for none. */
export function queryDuration(nano: number): string | undefined {
  if (!(nano >= 1_000)) return undefined;
  return nano < 10_000_000 ? `${Math.floor(nano / 1e3)}us` : `${Math.floor(nano / 1e6)}ms`;
}
