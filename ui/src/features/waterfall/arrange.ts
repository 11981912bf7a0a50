import type { Step } from '@/api/types';
import { int64, parseNano } from '@/lib/time';

/**
 * Steps as they came → a forest that always has every step exactly once, in
 * whatever state the record is: several roots, parents that never arrived,
 * cycles, clocks that disagree. Layout and drawing then need no care.
 */
export interface Node {
  step: Step;
  children: Node[];
  /** Nanoseconds from the start of the timeline. */
  start: number;
  duration: number;
  /** Steps below this one, and how many of them failed. */
  below: number;
  errorsBelow: number;
  /** Began before its parent: the clocks of two machines disagree. */
  skewed: boolean;
  /** Its way up leads back to itself; it was cut loose here. */
  cycle: boolean;
  /** 2 for the step that tries again what the one before it failed to do, and so on. */
  attempt: number;
}

export interface Forest {
  roots: Node[];
  /** Steps whose parent was not received, by that parent's id. */
  orphans: Map<string, Node[]>;
  byId: Map<string, Node>;
  /** Length of the timeline in nanoseconds, at least 1. */
  span: number;
}

// A run longer than this is more often a broken clock than a run; such steps
// are drawn at the edge, so that they do not flatten all others to a line.
const SANE_NANO = 30 * 86_400 * 1e9;

export function arrange(steps: readonly Step[]): Forest {
  const { starts, span } = timeline(steps);

  const byId = new Map<string, Node>();
  const nodes: Node[] = [];
  steps.forEach((step, i) => {
    if (byId.has(step.id)) return;
    const node: Node = {
      step,
      children: [],
      start: starts[i] as number,
      duration: Math.max(0, int64(step.durationNano)),
      below: 0,
      errorsBelow: 0,
      skewed: false,
      cycle: false,
      attempt: 1,
    };
    byId.set(step.id, node);
    nodes.push(node);
  });

  const roots: Node[] = [];
  const orphans = new Map<string, Node[]>();
  for (const node of nodes) {
    const { parentId, id } = node.step;
    const parent = byId.get(parentId);
    if (parentId === '') roots.push(node);
    else if (parentId === id) loose(node, roots);
    else if (parent) parent.children.push(node);
    else if (orphans.has(parentId)) orphans.get(parentId)?.push(node);
    else orphans.set(parentId, [node]);
  }
  cutCycles(nodes, roots, [...orphans.values()].flat(), byId);

  const tops = [...roots, ...[...orphans.values()].flat()];
  summarize(tops);
  roots.sort(byStart);
  countAttempts(roots);
  for (const group of orphans.values()) group.sort(byStart);
  return { roots, orphans, byId, span };
}

const byStart = (a: Node, b: Node): number => a.start - b.start;

function loose(node: Node, roots: Node[]): void {
  node.cycle = true;
  roots.push(node);
}

/** Whatever no root reaches is a cycle: cut it at its earliest step. */
function cutCycles(nodes: Node[], roots: Node[], orphans: Node[], byId: Map<string, Node>): void {
  const reached = new Set<Node>();
  const reach = (top: Node): void => {
    const stack = [top];
    for (let n = stack.pop(); n; n = stack.pop()) {
      if (reached.has(n)) continue;
      reached.add(n);
      stack.push(...n.children);
    }
  };
  roots.forEach(reach);
  orphans.forEach(reach);
  if (reached.size === nodes.length) return;
  for (const node of nodes.toSorted(byStart)) {
    if (reached.has(node)) continue;
    const parent = byId.get(node.step.parentId);
    if (parent) parent.children = parent.children.filter((child) => child !== node);
    loose(node, roots);
    reach(node);
  }
}

/** Children in order of start; counts and skew from the leaves up. */
function summarize(tops: Node[]): void {
  const order: Node[] = [];
  const stack = [...tops];
  for (let n = stack.pop(); n; n = stack.pop()) {
    order.push(n);
    for (const child of n.children) stack.push(child);
  }
  for (let i = order.length - 1; i >= 0; i--) {
    const node = order[i] as Node;
    node.children.sort(byStart);
    countAttempts(node.children);
    for (const child of node.children) {
      node.below += 1 + child.below;
      node.errorsBelow += child.errorsBelow + (child.step.status === 'error' ? 1 : 0);
      child.skewed = child.start < node.start;
    }
  }
}

/** A step tries again when one of its name failed beside it and was over by then. */
function countAttempts(siblings: Node[]): void {
  const last = new Map<string, Node>();
  for (const node of siblings) {
    const key = `${node.step.type}\n${node.step.name}`;
    const before = last.get(key);
    if (before?.step.status === 'error' && node.start >= before.start + before.duration) {
      node.attempt = before.attempt + 1;
    }
    last.set(key, node);
  }
}

/** Starts in nanoseconds from the first sane one, and the length of it all. */
function timeline(steps: readonly Step[]): { starts: Float64Array; span: number } {
  const starts = new Float64Array(steps.length);
  const first = parseNano(steps[0]?.startedAt ?? '');
  // Only differences become numbers: those keep their nanoseconds.
  for (let i = 0; i < starts.length; i++) starts[i] = Number(parseNano((steps[i] as Step).startedAt) - first);
  const median = starts.toSorted()[starts.length >> 1] ?? 0;
  let from = median;
  let to = median;
  for (let i = 0; i < starts.length; i++) {
    const start = starts[i] as number;
    if (Math.abs(start - median) > SANE_NANO) continue;
    const took = Math.max(0, Math.min(int64((steps[i] as Step).durationNano), SANE_NANO));
    from = Math.min(from, start);
    to = Math.max(to, start + took);
  }
  return { starts: starts.map((start) => start - from), span: Math.max(1, to - from) };
}
