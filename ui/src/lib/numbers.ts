/** Numbers as people type them into forms. */

/** `1,234.5` and ` 12 ` as numbers; undefined for nothing at all, NaN for what is none. */
export function typedNumber(text: string): number | undefined {
  const bare = text.replace(/[\s,_$]/g, '');
  if (bare === '') return undefined;
  return /^-?(\d+\.?\d*|\.\d+)$/.test(bare) ? Number(bare) : Number.NaN;
}

/** A number as it stands in a field: plain, and nothing for none. */
export function fieldText(value: number | undefined): string {
  return value === undefined ? '' : String(value);
}
