import { writeJson } from './exact';
import { isObject } from './json';
import { formatPointer } from './pointer';

export interface MemberChange {
  pointer: string;
  from: unknown;
  to: unknown;
}

const MOST = 200;

/** Members that two objects share with other values, or that only one has; arrays count as one value. */
export function memberChanges(
  a: Record<string, unknown>,
  b: Record<string, unknown>,
): { shared: boolean; changes: MemberChange[] } {
  const changes: MemberChange[] = [];
  const visit = (x: Record<string, unknown>, y: Record<string, unknown>, path: string[]): void => {
    for (const key of new Set([...Object.keys(x), ...Object.keys(y)])) {
      if (changes.length >= MOST) return;
      const [from, to] = [x[key], y[key]];
      const at = [...path, key];
      if (isObject(from) && isObject(to)) visit(from, to, at);
      else if (from === undefined || to === undefined || writeJson(from) !== writeJson(to)) {
        changes.push({ pointer: formatPointer(at), from, to });
      }
    }
  };
  const shared = Object.keys(a).some((key) => key in b);
  if (shared) visit(a, b, []);
  return { shared, changes };
}
