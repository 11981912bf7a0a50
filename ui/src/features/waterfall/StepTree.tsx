import { useVirtualizer } from '@tanstack/react-virtual';
import { useCallback, useEffect, useMemo, useRef } from 'react';
import type { Station } from '@/api/types';
import { useScroll } from '@/components/Scroll';
import { cx } from '@/lib/cx';
import { toggled } from '@/lib/sets';
import type { Forest } from './arrange';
import type { Folding } from './folding';
import { ancestors, layout, type Row } from './layout';
import { FoldLine, LaneLine, StepLine } from './Rows';
import { Ruler } from './Ruler';
import { moves } from './walk';

export interface StepTreeProps {
  forest: Forest;
  /** Structure with figures, or structure with time. */
  look: 'tree' | 'waterfall';
  search: string;
  folding: Folding;
  selected: string | undefined;
  /** `how` tells a glance (moving by keys) from a choice (click, Enter). */
  onSelect: (id: string, how: 'glance' | 'choose') => void;
  /** Scroll to the selected step; not when a claim chose it, whose reader would lose their place. */
  follow: boolean;
  /** Steps that the explanation calls decisive. */
  decisive: ReadonlySet<string>;
  /** What steps did to the items, by step. */
  stations: ReadonlyMap<string, Station>;
  /** Time now, for bars that still grow; undefined once all is over. */
  nowNano: number | undefined;
}

/** The steps as rows, one below the other: as a tree or as a waterfall. */
export function StepTree(props: StepTreeProps) {
  const { forest, look, search, folding, selected, follow, onSelect, nowNano } = props;
  const { collapsed, unfolded, setCollapsed, setUnfolded } = folding;
  const rows = useMemo(
    () => layout(forest, { collapsed, unfolded, search }),
    [forest, collapsed, unfolded, search],
  );

  const list = useRef<HTMLDivElement>(null);
  const scroll = useScroll(list);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.element,
    estimateSize: (i) => heightOf(rows[i], look),
    scrollMargin: scroll.margin,
    scrollPaddingStart: 76,
    overscan: 12,
    // Drawn with the next frame, not within the scroll event: a fast wheel stays smooth.
    useFlushSync: false,
    getItemKey: (i) => rows[i]?.id ?? i,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights are cached until told otherwise
  useEffect(() => virtual.measure(), [virtual, rows, look]);

  // A step chosen from elsewhere (evidence, a link) must come into sight.
  const sought = useRef<string | undefined>(undefined);
  useEffect(() => {
    if (!selected || !scroll.element || sought.current === selected) return;
    const hidden = ancestors(forest, selected).filter((id) => collapsed.has(id));
    if (hidden.length > 0) {
      setCollapsed((set) => new Set([...set].filter((id) => !hidden.includes(id))));
      return;
    }
    const index = rows.findIndex((row) => row.id === selected);
    if (index < 0) return;
    sought.current = selected;
    if (follow) virtual.scrollToIndex(index, { align: 'auto' });
  }, [follow, selected, forest, rows, collapsed, setCollapsed, scroll.element, virtual]);

  const choose = (id: string, how: 'glance' | 'choose'): void => {
    if (how === 'choose') sought.current = id;
    onSelect(id, how);
  };
  const toggle = useCallback((id: string): void => setCollapsed((set) => toggled(set, id)), [setCollapsed]);
  const at = rows.findIndex((row) => row.id === selected);
  // Arrows should work at once, without stealing the focus from anything.
  useEffect(() => {
    if (document.activeElement === document.body) list.current?.focus({ preventScroll: true });
  }, []);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const act = moves(rows, at, choose, toggle)[event.key];
    if (!act || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    act();
  };

  const line = (row: Row) => {
    if (row.kind === 'lane') return <LaneLine row={row} onToggle={() => toggle(row.id)} />;
    if (row.kind === 'fold') {
      return <FoldLine row={row} onOpen={() => setUnfolded((set) => new Set(set).add(row.id))} />;
    }
    return (
      <StepLine
        row={row}
        look={look}
        span={forest.span}
        nowNano={row.node.step.status === 'running' ? nowNano : undefined}
        decisive={props.decisive.has(row.id)}
        station={props.stations.get(row.id)}
        onToggle={toggle}
      />
    );
  };

  return (
    <div className="@container">
      {look === 'waterfall' && (
        <div className="sticky top-[42px] z-20 bg-surface">
          <Ruler span={forest.span} />
        </div>
      )}
      <div
        ref={list}
        role="treegrid"
        aria-label="Steps"
        aria-rowcount={rows.length}
        aria-activedescendant={at >= 0 ? `step-${selected}` : undefined}
        tabIndex={0}
        onKeyDown={onKeyDown}
        className="group/tree relative outline-none"
        style={{ height: virtual.getTotalSize() }}
      >
        {virtual.getVirtualItems().map((item) => {
          const row = rows[item.index] as Row;
          const isSelected = row.id === selected;
          return (
            // biome-ignore lint/a11y/useKeyWithClickEvents: the treegrid takes the keys for its rows
            <div
              key={item.key}
              id={`step-${row.id}`}
              role="row"
              aria-rowindex={item.index + 1}
              aria-level={row.depth + 1}
              aria-selected={isSelected}
              aria-expanded={expandedOf(row)}
              aria-posinset={row.kind === 'step' ? row.position : undefined}
              aria-setsize={row.kind === 'step' ? row.siblings : undefined}
              onClick={() => row.kind === 'step' && choose(row.id, 'choose')}
              tabIndex={-1}
              className={cx(
                'absolute inset-x-0 top-0 border-b border-line/50',
                row.kind === 'step' && 'cursor-pointer',
                row.kind === 'step' && row.node.step.status === 'running' && 'animate-pending',
                isSelected
                  ? 'bg-selected shadow-[inset_2px_0_0_var(--accent-fill)] group-focus-visible/tree:shadow-[inset_0_0_0_2px_var(--ring)]'
                  : 'hover:bg-hover',
              )}
              style={{ height: item.size, transform: `translateY(${item.start - scroll.margin}px)` }}
            >
              {line(row)}
            </div>
          );
        })}
      </div>
      {rows.length === 0 && (
        <p className="px-4 py-8 text-center text-ink-2">
          {search ? `No step matches “${search}”.` : 'No steps have arrived yet.'}
        </p>
      )}
    </div>
  );
}

/** In the tree an explained step has a second line; a waterfall is for the eye that compares bars. */
function heightOf(row: Row | undefined, look: 'tree' | 'waterfall'): number {
  if (look === 'waterfall') return 28;
  return row?.kind === 'step' && row.node.step.headline ? 46 : 32;
}

function expandedOf(row: Row): boolean | undefined {
  if (row.kind === 'lane') return row.expanded;
  if (row.kind === 'step' && row.node.children.length > 0) return row.expanded;
  return undefined;
}
