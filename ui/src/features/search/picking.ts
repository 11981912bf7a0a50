/** How many can be picked: as many as one contrast reads. */
export const MOST_PICKED = 50;

/** Picks or unpicks one; beyond the most, the oldest goes. */
export function pickedNext(picked: readonly string[], id: string): string[] {
  return picked.includes(id) ? picked.filter((other) => other !== id) : [...picked, id].slice(-MOST_PICKED);
}

/** Picks all from the one picked last to this one, as they stand in the list. */
export function pickedThrough(picked: readonly string[], id: string, list: readonly string[]): string[] {
  const from = list.indexOf(picked.at(-1) ?? '');
  const to = list.indexOf(id);
  if (from < 0 || to < 0) return pickedNext(picked, id);
  const between = list.slice(Math.min(from, to), Math.max(from, to) + 1);
  return [...new Set([...picked, ...between])].slice(0, MOST_PICKED);
}
