import { Pencil, Trash2 } from 'lucide-react';
import type { ModelPrice } from '@/api/types';
import { IconButton } from '@/components/Button';
import { cx } from '@/lib/cx';
import { coming, current, perMillion } from './price';

const ORIGINS: Record<ModelPrice['origin'], string> = {
  project: 'Yours',
  server: 'Server',
  built_in: 'Built in',
};

/** What models cost, with the project's own first. */
export function PriceTable({
  prices,
  today,
  onEdit,
  onRemove,
}: {
  prices: readonly ModelPrice[];
  /** `2026-11-23`, of UTC. */
  today: string;
  /** Absent for who may only look. */
  onEdit: ((price: ModelPrice) => void) | undefined;
  onRemove: ((price: ModelPrice) => void) | undefined;
}) {
  return (
    <section
      aria-label="Prices"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls must be reachable by keyboard
      tabIndex={0}
      className="@container overflow-x-auto rounded-lg border border-line bg-surface"
    >
      <table className="w-full text-sm">
        <thead>
          <tr className="border-b border-line bg-raised text-left">
            <Head>Model</Head>
            <Head end>Input</Head>
            <Head end>Output</Head>
            <Head end lesser>
              Cache read
            </Head>
            <Head end lesser>
              Cache write
            </Head>
            <Head lesser>Price</Head>
            {onEdit && (
              <th className="w-16">
                <span className="sr-only">Change</span>
              </th>
            )}
          </tr>
        </thead>
        <tbody>
          {prices.map((price) => (
            <Row
              key={`${price.provider} ${price.model}`}
              price={price}
              today={today}
              onEdit={onEdit}
              onRemove={onRemove}
            />
          ))}
        </tbody>
      </table>
    </section>
  );
}

/** What is lesser hides where there is little room. */
const LESSER = '@max-2xl:hidden';

function Head({ end, lesser, children }: { end?: boolean; lesser?: boolean; children: string }) {
  return (
    <th scope="col" className={cx('eyebrow px-3 py-2', end && 'text-right', lesser && LESSER)}>
      {children}
    </th>
  );
}

function Row({
  price,
  today,
  onEdit,
  onRemove,
}: {
  price: ModelPrice;
  today: string;
  onEdit: ((price: ModelPrice) => void) | undefined;
  onRemove: ((price: ModelPrice) => void) | undefined;
}) {
  const entry = current(price);
  const later = coming(price, today);
  const notes = [
    entry?.from && `since ${entry.from}`,
    entry?.hours && `${entry.hours}; another price in other hours`,
    entry?.tiered && 'other prices for long inputs',
    ...later.map((next) => `from ${next.from} on ${perMillion(next.input)} / ${perMillion(next.output)}`),
  ].filter(Boolean);
  const own = price.origin === 'project';
  return (
    <tr className="border-b border-line last:border-0">
      <th scope="row" className="max-w-80 px-3 py-2 text-left font-normal @max-2xl:max-w-36">
        <bdi className="mono block truncate font-medium" title={price.model}>
          {price.model}
        </bdi>
        <bdi className="block truncate text-xs text-ink-3">{price.provider}</bdi>
        {notes.map((note) => (
          <span key={String(note)} className="block text-xs text-ink-2">
            {note}
          </span>
        ))}
      </th>
      {(['input', 'output', 'cacheRead', 'cacheWrite'] as const).map((name) => (
        <td
          key={name}
          className={cx(
            'num px-3 py-2 text-right align-top whitespace-nowrap',
            name.startsWith('cache') && LESSER,
          )}
        >
          {perMillion(entry?.[name])}
        </td>
      ))}
      <td className={cx('px-3 py-2 align-top whitespace-nowrap', LESSER)}>
        <span
          className={
            own
              ? 'rounded bg-accent-soft px-1.5 py-0.5 text-xs font-medium text-accent'
              : 'text-xs text-ink-2'
          }
        >
          {ORIGINS[price.origin]}
        </span>
      </td>
      {onEdit && (
        <td className="py-1 pr-2 text-right align-top whitespace-nowrap">
          <IconButton
            name={`Set a price for ${price.model} of ${price.provider}`}
            onClick={() => onEdit(price)}
          >
            <Pencil size={14} aria-hidden />
          </IconButton>
          {own && onRemove && (
            <IconButton
              name={`Forget the own price for ${price.model} of ${price.provider}`}
              onClick={() => onRemove(price)}
              className="hover:text-err"
            >
              <Trash2 size={14} aria-hidden />
            </IconButton>
          )}
        </td>
      )}
    </tr>
  );
}
