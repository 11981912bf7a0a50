import type { Row } from './layout';

/** What the keys of a treegrid do at a row. */
export function moves(
  rows: readonly Row[],
  at: number,
  choose: (id: string, how: 'glance' | 'choose') => void,
  toggle: (id: string) => void,
): Record<string, () => void> {
  const row = rows[at];
  const go = (to: number): void => {
    const step = rows[Math.max(0, Math.min(rows.length - 1, to))];
    if (step?.kind === 'step') choose(step.id, 'glance');
    else if (step) choose(rows[to > at ? to + 1 : to - 1]?.id ?? step.id, 'glance');
  };
  const open = row?.kind === 'step' && row.expanded && row.node.children.length > 0;
  const shut = row?.kind === 'step' && !row.expanded;
  return {
    ArrowDown: () => go(at + 1),
    ArrowUp: () => go(at < 0 ? 0 : at - 1),
    Home: () => go(0),
    End: () => go(rows.length - 1),
    PageDown: () => go(at + 15),
    PageUp: () => go(at - 15),
    ArrowRight: () => (shut ? toggle(row.id) : open && go(at + 1)),
    ArrowLeft: () => {
      if (open) toggle(row.id);
      else if (row?.kind === 'step' && row.node.step.parentId)
        go(rows.findIndex((r) => r.id === row.node.step.parentId));
    },
    Enter: () => row && choose(row.id, 'choose'),
  };
}
