import type { ReactNode } from 'react';
import type { Item } from '@/api/types';

/** How a screen draws a link to an item's passport. */
export type LinkItem = (item: Pick<Item, 'key' | 'label'>) => ReactNode;

const MOST = 100;

/** Items as a list of links; of very many only the first. */
export function ItemLinks({ items, link }: { items: readonly Item[]; link: LinkItem }) {
  return (
    <ul className="flex flex-col">
      {items.slice(0, MOST).map((item) => (
        <li key={item.key} className="min-w-0 border-b border-line/60 py-0.5 last:border-0">
          {link(item)}
        </li>
      ))}
      {items.length > MOST && <li className="num py-1 text-xs text-ink-3">and {items.length - MOST} more</li>}
    </ul>
  );
}

/** What stands in such a link: the name, and the key where that is another. */
export function ItemName({ item: { key, label } }: { item: Pick<Item, 'key' | 'label'> }) {
  return (
    <span className="flex min-w-0 items-baseline gap-2">
      <bdi className="truncate">{label || key}</bdi>
      {label && label !== key && <bdi className="mono shrink-0 truncate text-xs text-ink-3">{key}</bdi>}
    </span>
  );
}
