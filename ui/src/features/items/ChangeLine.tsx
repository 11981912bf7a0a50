import { Check, CircleX, Crosshair, type LucideIcon, MoveDown, MoveUp, Plus } from 'lucide-react';
import type { Evidence, ItemChange } from '@/api/types';
import { cx } from '@/lib/cx';
import type { LinkItem } from './ItemLinks';
import { figure } from './words';

const KINDS: Record<ItemChange['kind'], { icon: LucideIcon; word: string; className: string }> = {
  kept: { icon: Check, word: 'kept', className: 'text-ok' },
  dropped: { icon: CircleX, word: 'dropped', className: 'text-warn' },
  added: { icon: Plus, word: 'added', className: 'text-accent' },
};

/** One item and what the step did to it. */
export function ChangeLine({
  item,
  stepId,
  link,
  onEvidence,
}: {
  item: ItemChange;
  stepId: string;
  link: LinkItem;
  onEvidence: (evidence: Evidence) => void;
}) {
  const { icon: Icon, word, className } = KINDS[item.kind];
  const pointer = item.pointers.at(-1);
  return (
    <li className="group grid min-w-0 grid-cols-[18px_minmax(0,1fr)_auto] items-start gap-x-2 border-b border-line/60 py-1 last:border-0">
      <span className={cx('flex h-6 items-center', className)} title={word}>
        <Icon size={13} aria-hidden />
        <span className="sr-only">{word}</span>
      </span>
      <div className="min-w-0">
        {link(item)}
        <Why item={item} />
        {item.edits.map((edit) => (
          <p key={edit.field} className="px-1 text-xs text-ink-2 [overflow-wrap:anywhere]">
            <span className="font-medium">{edit.field}</span>{' '}
            <del className="rounded-[3px] bg-err-soft px-0.5 font-mono text-err">{edit.from}</del>{' '}
            <ins className="rounded-[3px] bg-ok-soft px-0.5 font-mono text-ok">{edit.to}</ins>
          </p>
        ))}
      </div>
      <div className="num flex h-6 shrink-0 items-center gap-2 text-xs text-ink-3">
        {item.score !== undefined && <span title={item.scoreField}>{figure(item.score)}</span>}
        <Place item={item} />
        {pointer !== undefined && (
          <button
            type="button"
            aria-label={`Show it in the step: ${pointer}`}
            title={`Show it in the step: ${pointer}`}
            onClick={() => onEvidence({ stepId, pointer, quote: '' })}
            className="inline-flex size-5 items-center justify-center rounded hover:bg-hover hover:text-ink"
          >
            <Crosshair size={11} aria-hidden />
          </button>
        )}
      </div>
    </li>
  );
}

function Why({ item }: { item: ItemChange }) {
  if (item.reason) {
    return (
      <p dir="auto" className="px-1 text-xs text-ink-2 [overflow-wrap:anywhere]">
        “{item.reason}”
      </p>
    );
  }
  if (!item.criterion) return null;
  return (
    <p dir="auto" className="px-1 text-xs text-ink-2 [overflow-wrap:anywhere]">
      {item.value && (
        <>
          has <span className="font-mono text-ink">{item.value}</span>, rule:{' '}
        </>
      )}
      {item.criterion}
      {item.margin !== undefined && <span className="num"> (missed by {figure(item.margin)})</span>}
    </p>
  );
}

/** `#12 → #3`, and how far it moved among those that stayed. */
function Place({ item: { rankIn, rankOut, shift } }: { item: ItemChange }) {
  return (
    <span className="flex items-center gap-1">
      {rankIn && <span title="Place before">#{rankIn}</span>}
      {rankIn && rankOut && <span aria-hidden>→</span>}
      {rankOut && <span title="Place after">#{rankOut}</span>}
      {shift !== 0 && (
        <span
          className={cx('flex items-center', shift > 0 ? 'text-ok' : 'text-warn')}
          title={`${shift > 0 ? 'Up' : 'Down'} ${Math.abs(shift)} among those that stayed`}
        >
          {shift > 0 ? <MoveUp size={10} aria-label="up" /> : <MoveDown size={10} aria-label="down" />}
          {Math.abs(shift)}
        </span>
      )}
    </span>
  );
}
