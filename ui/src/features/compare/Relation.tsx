import { CornerDownRight, Equal, type LucideIcon, Split, SquareMinus, SquarePlus } from 'lucide-react';
import type { StepPair } from '@/api/types';
import { cx } from '@/lib/cx';

export const RELATIONS: Record<
  StepPair['relation'],
  { icon: LucideIcon; word: string; className: string; title: string }
> = {
  same: { icon: Equal, word: 'same', className: 'text-ink-3', title: 'Same input, same output' },
  origin: {
    icon: Split,
    word: 'origin',
    className: 'text-warn',
    title: 'A difference begins here: what went in is the same, what came out is not',
  },
  inherited: {
    icon: CornerDownRight,
    word: 'inherited',
    className: 'text-run',
    title: 'It differs because what went in differs',
  },
  only_a: { icon: SquareMinus, word: 'only A', className: 'text-err', title: 'B has no such step' },
  only_b: { icon: SquarePlus, word: 'only B', className: 'text-ok', title: 'A has no such step' },
};

/** How two steps relate, as icon and word. */
export function Relation({ relation }: { relation: StepPair['relation'] }) {
  const { icon: Icon, word, className, title } = RELATIONS[relation];
  return (
    <span
      title={title}
      className={cx('inline-flex shrink-0 items-center gap-1.5 text-xs font-medium', className)}
    >
      <Icon size={14} strokeWidth={2.2} aria-hidden />
      {word}
    </span>
  );
}
