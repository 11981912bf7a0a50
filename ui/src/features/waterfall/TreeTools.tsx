import { CircleX, FoldVertical, Search, UnfoldVertical } from 'lucide-react';
import type { ReactNode } from 'react';
import { IconButton } from '@/components/Button';

/** The line above the tree: how much there is, and ways through it. */
export function TreeTools({
  title,
  summary,
  failed,
  search,
  onSearch,
  onNextError,
  onCollapse,
  collapsed,
}: {
  /** What the line is called, or the choice between this view and others. */
  title: ReactNode;
  summary: string;
  failed: number;
  search: string;
  onSearch: (text: string) => void;
  onNextError: () => void;
  /** Undefined where nothing can be folded. */
  onCollapse: (() => void) | undefined;
  collapsed: boolean;
}) {
  return (
    <div className="@container sticky top-0 z-20 flex h-[42px] items-center gap-2 border-b border-line bg-surface px-3">
      {title}
      <span className="num text-xs whitespace-nowrap text-ink-3 @max-md:hidden">{summary}</span>
      {failed > 0 && (
        <button
          type="button"
          onClick={onNextError}
          title="Go to the next failed step (n)"
          className="num flex items-center gap-1 rounded-full bg-err-soft px-2 py-0.5 text-xs font-medium text-err hover:brightness-105"
        >
          <CircleX size={12} aria-hidden />
          {failed} failed
        </button>
      )}
      <label className="ml-auto flex h-7 w-40 min-w-16 items-center gap-1.5 rounded-md border border-line bg-canvas px-2 text-ink-3 focus-within:border-ring">
        <Search size={13} aria-hidden className="shrink-0" />
        <input
          type="search"
          data-search=""
          value={search}
          onChange={(e) => onSearch(e.target.value)}
          onKeyDown={(e) => e.key === 'Escape' && e.currentTarget.blur()}
          aria-label="Find a step"
          placeholder="Find a step"
          className="w-full min-w-0 bg-transparent text-sm text-ink outline-none"
        />
      </label>
      {onCollapse && (
        <IconButton name={collapsed ? 'Unfold all' : 'Fold all'} onClick={onCollapse}>
          {collapsed ? <UnfoldVertical size={14} aria-hidden /> : <FoldVertical size={14} aria-hidden />}
        </IconButton>
      )}
    </div>
  );
}
