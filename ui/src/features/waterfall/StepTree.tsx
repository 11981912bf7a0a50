import { useVirtualizer } from '@tanstack/react-virtual';
import { type ReactNode, useCallback, useEffect, useMemo, useRef, useState } from 'react';
import type { Step } from '@/api/types';
import { useScroll } from '@/components/Scroll';
import { useHotkeys } from '@/components/useHotkeys';
import { cx } from '@/lib/cx';
import { plural } from '@/lib/format';
import { toggled } from '@/lib/sets';
import { arrange } from './arrange';
import { ancestors, layout, nextError, type Row } from './layout';
import { FoldLine, LaneLine, StepLine } from './Rows';
import { Ruler } from './Ruler';
import { TreeTools } from './TreeTools';

export interface StepTreeProps {
  steps: readonly Step[];
  selected: string | undefined;
  /** `how` tells a glance (moving by keys) from a choice (click, Enter). */
  onSelect: (id: string, how: 'glance' | 'choose') => void;
  /** Scroll to the selected step; not when a claim chose it, whose reader would lose their place. */
  follow: boolean;
  /** Steps that the explanation calls decisive. */
  decisive: ReadonlySet<string>;
  /** Time now, for bars that still grow; undefined once all is over. */
  nowNano: number | undefined;
  /** Heads the line above the tree. */
  title: ReactNode;
}

/** Tree and waterfall in one: structure on the left, time on the right. */
export function StepTree({ steps, selected, follow, onSelect, decisive, nowNano, title }: StepTreeProps) {
  const [collapsed, setCollapsed] = useState<ReadonlySet<string>>(new Set());
  const [unfolded, setUnfolded] = useState<ReadonlySet<string>>(new Set());
  const [search, setSearch] = useState('');
  const forest = useMemo(() => arrange(steps), [steps]);
  const rows = useMemo(
    () => layout(forest, { collapsed, unfolded, search }),
    [forest, collapsed, unfolded, search],
  );

  const list = useRef<HTMLDivElement>(null);
  const scroll = useScroll(list);
  const virtual = useVirtualizer({
    count: rows.length,
    getScrollElement: () => scroll.element,
    estimateSize: (i) => heightOf(rows[i]),
    scrollMargin: scroll.margin,
    scrollPaddingStart: 76,
    overscan: 12,
    // Drawn with the next frame, not within the scroll event: a fast wheel stays smooth.
    useFlushSync: false,
    getItemKey: (i) => rows[i]?.id ?? i,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: heights are cached until told otherwise
  useEffect(() => virtual.measure(), [virtual, rows]);

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
  }, [follow, selected, forest, rows, collapsed, scroll.element, virtual]);

  const choose = (id: string, how: 'glance' | 'choose'): void => {
    if (how === 'choose') sought.current = id;
    onSelect(id, how);
  };
  const toggle = useCallback((id: string): void => setCollapsed((set) => toggled(set, id)), []);
  const at = rows.findIndex((row) => row.id === selected);
  const toNextError = (): void => {
    const found = nextError(forest, selected);
    if (found) onSelect(found, 'glance');
  };
  useHotkeys({ n: toNextError });
  // Arrows should work at once, without stealing the focus from anything.
  useEffect(() => {
    if (document.activeElement === document.body) list.current?.focus({ preventScroll: true });
  }, []);

  const onKeyDown = (event: React.KeyboardEvent): void => {
    const row = rows[at];
    const go = (to: number): void => {
      const step = rows[Math.max(0, Math.min(rows.length - 1, to))];
      if (step?.kind === 'step') choose(step.id, 'glance');
      else if (step) choose(rows[to > at ? to + 1 : to - 1]?.id ?? step.id, 'glance');
    };
    const open = row?.kind === 'step' && row.expanded && row.node.children.length > 0;
    const shut = row?.kind === 'step' && !row.expanded;
    const acts: Record<string, () => void> = {
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
    const act = acts[event.key];
    if (!act || event.metaKey || event.ctrlKey || event.altKey) return;
    event.preventDefault();
    act();
  };

  const failed = useMemo(() => steps.filter((s) => s.status === 'error').length, [steps]);
  const line = (row: Row) => {
    if (row.kind === 'lane') return <LaneLine row={row} onToggle={() => toggle(row.id)} />;
    if (row.kind === 'fold') {
      return <FoldLine row={row} onOpen={() => setUnfolded((set) => new Set(set).add(row.id))} />;
    }
    return (
      <StepLine
        row={row}
        span={forest.span}
        nowNano={nowNano}
        decisive={decisive.has(row.id)}
        onToggle={toggle}
      />
    );
  };

  return (
    <div className="@container">
      <div className="sticky top-0 z-20 bg-surface">
        <TreeTools
          title={title}
          summary={plural(steps.length, 'step')}
          failed={failed}
          search={search}
          onSearch={setSearch}
          onNextError={toNextError}
          onCollapse={() =>
            setCollapsed(
              collapsed.size > 0
                ? new Set()
                : new Set(
                    [...forest.byId.values()]
                      .filter((n) => n.children.length > 0 && n.step.parentId)
                      .map((n) => n.step.id),
                  ),
            )
          }
          collapsed={collapsed.size > 0}
        />
        <Ruler span={forest.span} />
      </div>
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

/** An explained step has a second line. */
function heightOf(row: Row | undefined): number {
  return row?.kind === 'step' && row.node.step.headline ? 46 : 32;
}

function expandedOf(row: Row): boolean | undefined {
  if (row.kind === 'lane') return row.expanded;
  if (row.kind === 'step' && row.node.children.length > 0) return row.expanded;
  return undefined;
}
