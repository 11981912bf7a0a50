import { ArrowRight, CircleX, Plus } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Item, Station } from '@/api/types';
import { grouped } from '@/lib/format';
import { ItemLinks, type LinkItem } from './ItemLinks';
import { movesAt } from './stations';

/** What one step did to the items: by which rule, and to which of them. */
export function Changes({
  station: s,
  items,
  total,
  link,
}: {
  station: Station;
  /** Those that are loaded, of `total`; undefined while they load. */
  items: readonly Item[] | undefined;
  total: number;
  link: LinkItem;
}) {
  const moves = movesAt(s.stepId, items ?? []);
  return (
    <div className="flex flex-col gap-4">
      <dl className="num flex flex-wrap gap-x-6 gap-y-2">
        <Count label="In" n={s.in} />
        <Count label="Kept" n={s.kept} />
        <Count label="Dropped" n={s.dropped} />
        <Count label="Added" n={s.added} />
        <Count label="Out" n={s.out} />
      </dl>
      {s.criterion ? (
        <Part title="What separates kept from dropped">
          <p
            dir="auto"
            className="rounded-lg border border-line bg-surface px-3 py-2 [overflow-wrap:anywhere]"
          >
            {s.criterion}
          </p>
        </Part>
      ) : (
        s.dropped > 0 && (
          <p className="text-ink-2">
            No field of the items tells kept from dropped, and no rule was recorded.
          </p>
        )
      )}
      {moves.dropped.length > 0 && (
        <Part title="Dropped here" icon={<CircleX size={13} aria-hidden className="text-warn" />}>
          <ItemLinks items={moves.dropped} link={link} />
        </Part>
      )}
      {moves.entered.length > 0 && (
        <Part title="Entered here" icon={<Plus size={13} aria-hidden className="text-ok" />}>
          <ItemLinks items={moves.entered} link={link} />
        </Part>
      )}
      {items === undefined ? (
        <p className="text-ink-3">Reading the items…</p>
      ) : (
        items.length < total && (
          <p className="num text-xs text-ink-3">
            Named are the {grouped(items.length)} items that came furthest, of {grouped(total)}. The others
            are found by “Why not?”.
          </p>
        )
      )}
      <p className="flex items-center gap-1.5 text-xs text-ink-3">
        <ArrowRight size={12} aria-hidden />
        {s.explicit
          ? 'The program recorded these decisions itself.'
          : s.inferred
            ? 'Inferred: the candidates were found in an earlier step.'
            : "Computed from the step's own input and output."}
      </p>
    </div>
  );
}

function Count({ label, n }: { label: string; n: number }) {
  return (
    <div className="flex flex-col">
      <dt className="text-2xs text-ink-3">{label}</dt>
      <dd className="text-lg font-semibold">{grouped(n)}</dd>
    </div>
  );
}

function Part({ title, icon, children }: { title: string; icon?: ReactNode; children: ReactNode }) {
  return (
    <section aria-label={title}>
      <h3 className="eyebrow mb-1.5 flex items-center gap-1.5">
        {icon}
        {title}
      </h3>
      {children}
    </section>
  );
}
