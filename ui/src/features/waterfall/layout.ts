import { groupBy } from '@/lib/sets';
import type { Forest, Node } from './arrange';

/** Forest + what is folded → the rows that are drawn, top to bottom. */

export interface StepRow {
  kind: 'step';
  id: string;
  depth: number;
  node: Node;
  expanded: boolean;
  /** Position among its siblings, for screen readers. */
  position: number;
  siblings: number;
}

export interface LaneRow {
  kind: 'lane';
  id: string;
  depth: 0;
  parentId: string;
  size: number;
  expanded: boolean;
}

export interface FoldRow {
  kind: 'fold';
  id: string;
  depth: number;
  name: string;
  hidden: number;
  p50: number;
  p95: number;
}

export type Row = StepRow | LaneRow | FoldRow;

/** More equal children than this are folded, all but the first few. */
export const FOLD_ABOVE = 2_000;
const FOLD_KEEPS = 5;

export interface View {
  /** Ids of rows whose children are hidden. */
  collapsed: ReadonlySet<string>;
  /** Ids of fold rows that were opened. */
  unfolded: ReadonlySet<string>;
  /** Only steps that match, with the steps above them; '' shows all. */
  search: string;
}

export const EVERYTHING: View = { collapsed: new Set(), unfolded: new Set(), search: '' };

export function layout(forest: Forest, view: View): Row[] {
  const rows: Row[] = [];
  const wanted = view.search.trim() === '' ? undefined : matches(forest, view.search.trim().toLowerCase());
  emit(rows, forest.roots, 0, view, wanted, '');
  for (const [parentId, group] of forest.orphans) {
    if (wanted && !group.some((n) => wanted.has(n))) continue;
    const id = laneId(parentId);
    const expanded = !view.collapsed.has(id);
    rows.push({ kind: 'lane', id, depth: 0, parentId, size: group.length, expanded });
    if (expanded) emit(rows, group, 1, view, wanted, parentId);
  }
  return rows;
}

export const laneId = (parentId: string): string => `lane:${parentId}`;

type Work = { nodes: Node[]; at: number; depth: number; folded: Map<string, FoldRow> };

/** Depth first without recursion: a chain of 10,000 steps must not overflow. */
function emit(
  rows: Row[],
  tops: Node[],
  depth: number,
  view: View,
  wanted: Set<Node> | undefined,
  key: string,
): void {
  const start = (nodes: Node[], d: number, parent: string): Work => {
    const shown = wanted ? nodes.filter((n) => wanted.has(n)) : nodes;
    return { nodes: shown, at: 0, depth: d, folded: wanted ? new Map() : folds(shown, d, parent, view) };
  };
  const stack: Work[] = [start(tops, depth, key)];
  for (let work = stack.at(-1); work; work = stack.at(-1)) {
    const node = work.nodes[work.at++];
    if (!node) {
      stack.pop();
      continue;
    }
    const fold = work.folded.get(node.step.name);
    if (fold && node.step.status !== 'error') {
      if (fold.hidden < 0) {
        fold.hidden += 1;
      } else {
        if (fold.hidden++ === 0) rows.push(fold);
        continue;
      }
    }
    const expanded = wanted !== undefined || !view.collapsed.has(node.step.id);
    rows.push({
      kind: 'step',
      id: node.step.id,
      depth: work.depth,
      node,
      expanded,
      position: work.at,
      siblings: work.nodes.length,
    });
    if (expanded && node.children.length > 0) stack.push(start(node.children, work.depth + 1, node.step.id));
  }
}

/** A fold row per name that is too frequent; `hidden` counts up from -keeps. */
function folds(nodes: Node[], depth: number, parent: string, view: View): Map<string, FoldRow> {
  const out = new Map<string, FoldRow>();
  if (nodes.length <= FOLD_ABOVE) return out;
  const byName = groupBy(nodes, (n) => n.step.name);
  for (const [name, group] of byName) {
    const id = `fold:${parent}:${name}`;
    if (group.length <= FOLD_ABOVE || view.unfolded.has(id)) continue;
    const sorted = group.map((n) => n.duration).sort((a, b) => a - b);
    const at = (q: number): number => sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? 0;
    out.set(name, { kind: 'fold', id, depth, name, hidden: -FOLD_KEEPS, p50: at(0.5), p95: at(0.95) });
  }
  return out;
}

function matches(forest: Forest, search: string): Set<Node> {
  const found = new Set<Node>();
  for (const node of forest.byId.values()) {
    const { name, type, service, model, id, error, headline } = node.step;
    const text = `${name}\n${type}\n${service}\n${model ?? ''}\n${id}\n${error ?? ''}\n${headline ?? ''}`;
    if (!text.toLowerCase().includes(search)) continue;
    for (
      let n: Node | undefined = node;
      n && !found.has(n);
      n = n.cycle ? undefined : forest.byId.get(n.step.parentId)
    ) {
      found.add(n);
    }
  }
  return found;
}

/** The ids that must be open for a step to be seen. */
export function ancestors(forest: Forest, id: string): string[] {
  const out: string[] = [];
  let node = forest.byId.get(id);
  while (node && !node.cycle && node.step.parentId !== '') {
    const parent = forest.byId.get(node.step.parentId);
    out.push(parent ? parent.step.id : laneId(node.step.parentId));
    node = parent;
  }
  return out;
}

/** Where a bar is drawn, in fractions of the timeline; broken clocks are clamped to an edge. */
export function bar(
  node: Node,
  span: number,
): { left: number; width: number; off: 'before' | 'after' | undefined } {
  const left = node.start / span;
  const right = (node.start + node.duration) / span;
  const off = right < 0 ? 'before' : left > 1 ? 'after' : undefined;
  const from = Math.min(1, Math.max(0, left));
  return { left: from, width: Math.max(0, Math.min(1, right) - from), off };
}

/** Round marks for the ruler: at most `most`, none too near the end. */
export function ticks(span: number, most: number): number[] {
  const rough = span / Math.max(1, most);
  const power = 10 ** Math.floor(Math.log10(rough));
  const unit = [1, 2, 5, 10].map((m) => m * power).find((m) => m >= rough) ?? 10 * power;
  const out: number[] = [];
  for (let t = 0; t <= span * 0.97; t += unit) out.push(t);
  return out;
}

/** The next failed step after a row, wrapping round; for the key `n`. */
export function nextError(forest: Forest, after: string | undefined): string | undefined {
  const all = layout(forest, EVERYTHING);
  const from = all.findIndex((r) => r.id === after);
  const failed = (row: Row | undefined): row is StepRow =>
    row?.kind === 'step' && row.node.step.status === 'error';
  const order = [...all.slice(from + 1), ...all.slice(0, from + 1)];
  // The deepest failure says more than the parents that carry it.
  const found = order.find((row) => failed(row) && row.node.errorsBelow === 0) ?? order.find(failed);
  return found?.id;
}
