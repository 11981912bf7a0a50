/** Picks or unpicks one; of three the two last picked stay. */
export function pickedNext(picked: readonly string[], id: string): string[] {
  return picked.includes(id) ? picked.filter((other) => other !== id) : [...picked, id].slice(-2);
}
