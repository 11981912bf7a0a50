import { type Dispatch, type SetStateAction, useState } from 'react';
import type { Forest } from './arrange';

type Ids = ReadonlySet<string>;

/** Which rows are folded; kept above the views, so that tree and waterfall agree. */
export interface Folding {
  /** Ids of rows whose children are hidden. */
  collapsed: Ids;
  /** Ids of fold rows that were opened. */
  unfolded: Ids;
  setCollapsed: Dispatch<SetStateAction<Ids>>;
  setUnfolded: Dispatch<SetStateAction<Ids>>;
}

export function useFolding(): Folding {
  const [collapsed, setCollapsed] = useState<Ids>(new Set());
  const [unfolded, setUnfolded] = useState<Ids>(new Set());
  return { collapsed, unfolded, setCollapsed, setUnfolded };
}

/** Folds everything below the first level; opens everything if anything is folded. */
export function foldAll(forest: Forest, { collapsed, setCollapsed }: Folding): void {
  if (collapsed.size > 0) {
    setCollapsed(new Set());
    return;
  }
  const tops = new Set(forest.roots.length === 1 ? forest.roots.map((n) => n.step.id) : []);
  setCollapsed(
    new Set(
      [...forest.byId.values()]
        .filter((n) => n.children.length > 0 && !tops.has(n.step.id))
        .map((n) => n.step.id),
    ),
  );
}
