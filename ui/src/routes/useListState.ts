import { getRouteApi, useNavigate, useRouter } from '@tanstack/react-router';
import type { Filters } from '@/api/list';
import type { Density } from '@/features/search/ColumnPicker';
import { parseColumns, printColumns, type Shown } from '@/features/search/columns';
import type { Span } from '@/lib/chart';
import type { TimeChoice } from '@/lib/time';
import { compact, type ListSearch, parseCols, printCols } from './search';

const route = getRouteApi('/executions');

/** All that the list's address holds, and the ways to change it. */
export function useListState() {
  const search = route.useSearch();
  const navigate = useNavigate();
  const router = useRouter();
  const { q, range, since, until, peek, cols } = search;
  const time: TimeChoice = compact({ range, since, until });
  const filters: Filters = compact({ q, ...time });

  const go = (next: ListSearch, how: { replace?: boolean; zoomed?: boolean } = {}): void =>
    void navigate({
      to: '/executions',
      search: compact(next),
      replace: how.replace ?? false,
      state: (old) => ({ ...old, zoomed: how.zoomed ?? false }),
    });
  const withTime = (next: TimeChoice): ListSearch => ({ q, cols, peek, ...next });
  const absolute = ({ from, to }: Span): TimeChoice => ({
    since: new Date(from).toISOString(),
    until: new Date(to).toISOString(),
  });
  return {
    q: q ?? '',
    time,
    filters,
    peek,
    cols: parseCols(cols),
    shown: parseColumns(parseCols(cols)),
    setQuery: (next: string) => next !== (q ?? '') && go({ ...search, q: next || undefined }),
    setFilters: (next: Filters) => go({ cols, ...next }),
    setPeek: (id: string | undefined) => go({ ...search, peek: id }, { replace: true }),
    setShown: (next: Shown) => go({ ...search, cols: printCols(printColumns(next)) }, { replace: true }),
    open: (view: Filters & { columns?: readonly string[] | undefined }) => {
      const { columns, ...rest } = view;
      go({ ...rest, cols: printCols(columns) });
    },
    zoom: (span: Span) => go(withTime(absolute(span)), { zoomed: true }),
    zoomOut: () => {
      if (router.history.location.state.zoomed) router.history.back();
      else go(withTime({}));
    },
  };
}

const DENSITY = 'xray.density';

export function storedDensity(): Density {
  try {
    return localStorage.getItem(DENSITY) === 'compact' ? 'compact' : 'comfortable';
  } catch {
    return 'comfortable';
  }
}

export function storeDensity(density: Density): void {
  try {
    localStorage.setItem(DENSITY, density);
  } catch {
    // it then holds until the page is closed
  }
}
