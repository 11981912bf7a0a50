/** A copy of the set with `id` in it if it was not, else without. */
export function toggled<T>(set: ReadonlySet<T>, id: T): Set<T> {
  const copy = new Set(set);
  if (!copy.delete(id)) copy.add(id);
  return copy;
}

/** Items by a key, in the order in which the keys first appear. */
export function groupBy<T, K>(items: Iterable<T>, key: (item: T) => K): Map<K, T[]> {
  const groups = new Map<K, T[]>();
  for (const item of items) {
    const group = groups.get(key(item));
    if (group) group.push(item);
    else groups.set(key(item), [item]);
  }
  return groups;
}
