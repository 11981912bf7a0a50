import type { ModelPrice, OwnPrice, PriceEntry } from '@/api/types';
import { fieldText, typedNumber } from '@/lib/numbers';

const CLASSES = ['input', 'output', 'cacheRead', 'cacheWrite'] as const;

/** A price as it is edited. */
export interface PriceDraft {
  provider: string;
  model: string;
  from: string;
  input: string;
  output: string;
  cacheRead: string;
  cacheWrite: string;
}

/** The entry that holds at the moment; there is always one. */
export function current(price: ModelPrice): PriceEntry | undefined {
  return price.entries.find((entry) => entry.now) ?? price.entries[0];
}

/** Those that hold from a later day. */
export function coming(price: ModelPrice, today: string): PriceEntry[] {
  return price.entries.filter((entry) => entry.from !== undefined && entry.from > today);
}

/** Beginning with what a model costs now, or with nothing. */
export function toDraft(price: ModelPrice | undefined): PriceDraft {
  const entry = price && current(price);
  return {
    provider: price?.provider ?? '',
    model: price?.model ?? '',
    from: '',
    input: fieldText(entry?.input),
    output: fieldText(entry?.output),
    cacheRead: fieldText(entry?.cacheRead),
    cacheWrite: fieldText(entry?.cacheWrite),
  };
}

/** What to send, or the field that holds no number. */
export function toPrice(draft: PriceDraft): OwnPrice | { wrong: string } {
  const price: OwnPrice = {
    provider: draft.provider.trim(),
    model: draft.model.trim(),
    ...(draft.from && { from: draft.from }),
  };
  for (const name of CLASSES) {
    const usd = typedNumber(draft[name]);
    if (Number.isNaN(usd)) return { wrong: `/${name}` };
    if (usd !== undefined) price[name] = usd;
  }
  return price;
}

/** `$2.50`, `$0.075`: dollars for a million tokens, never rounded. */
export function perMillion(usd: number | undefined): string {
  if (usd === undefined) return '–';
  const [whole, digits = ''] = String(usd).split('.');
  return String(usd).includes('e') ? `$${usd}` : `$${whole}.${digits.padEnd(2, '0')}`;
}
