import { lazy, type RefObject, Suspense } from 'react';
import type { FacetList, QueryError } from '@/api/types';
import type { Density } from '@/features/search/ColumnPicker';
import type { Draft } from '@/features/search/QueryBar';
import { FacetSheet } from './ListFacets';
import { ListQuery } from './ListQuery';
import type { useListState } from './useListState';

// Used after the first rows are read: their code can come behind them.
const ColumnPicker = lazy(async () => ({
  default: (await import('@/features/search/ColumnPicker')).ColumnPicker,
}));
const ListViews = lazy(async () => ({ default: (await import('./ListViews')).ListViews }));

/** The row above the list: the query, and what changes how the list looks. */
export function ListTools({
  at,
  input,
  draft,
  onDraft,
  errors,
  facets,
  onMore,
  mayKeep,
  density,
  onDensity,
}: {
  at: ReturnType<typeof useListState>;
  input: RefObject<HTMLInputElement | null>;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  errors: readonly QueryError[];
  facets: FacetList | undefined;
  onMore: (field: string) => void;
  mayKeep: boolean;
  density: Density;
  onDensity: (density: Density) => void;
}) {
  return (
    <div className="flex shrink-0 items-start gap-1 border-b border-line bg-surface px-3 py-2">
      <h1 className="sr-only">Executions</h1>
      <ListQuery
        input={input}
        q={at.q}
        draft={draft}
        onDraft={onDraft}
        errors={errors}
        onQuery={at.setQuery}
      />
      <div className="flex h-9 shrink-0 items-center">
        <FacetSheet list={facets} onQuery={at.setQuery} onMore={onMore} />
        <Suspense>
          <ListViews filters={at.filters} columns={at.cols} mayKeep={mayKeep} onOpen={at.open} />
          <ColumnPicker shown={at.shown} onShown={at.setShown} density={density} onDensity={onDensity} />
        </Suspense>
      </div>
    </div>
  );
}
