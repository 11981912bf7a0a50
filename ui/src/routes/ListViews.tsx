import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Filters } from '@/api/list';
import type { NewView, View } from '@/api/types';
import { createView, deleteView, replaceView, viewsQuery } from '@/api/views';
import { Views } from '@/features/search/Views';
import { isRange, type TimeChoice } from '@/lib/time';

/** The saved views, and what is looked at now as one of them. */
export function ListViews({
  filters,
  columns,
  mayKeep,
  onOpen,
}: {
  filters: Filters;
  /** Those that are not the usual ones. */
  columns: readonly string[] | undefined;
  mayKeep: boolean;
  onOpen: (view: Filters & { columns?: readonly string[] | undefined }) => void;
}) {
  const client = useQueryClient();
  const views = useQuery(viewsQuery);
  const onSuccess = (): Promise<void> => client.invalidateQueries({ queryKey: viewsQuery.queryKey });
  const save = useMutation({
    mutationFn: (view: NewView) => {
      const old = views.data?.find((each) => each.name === view.name);
      return old ? replaceView(old.id, view) : createView(view);
    },
    onSuccess,
  });
  const remove = useMutation({ mutationFn: (view: View) => deleteView(view.id), onSuccess });
  const current = {
    query: filters.q ?? '',
    range: printTime(filters),
    ...(columns && { columns: [...columns] }),
  };
  return (
    <Views
      views={views.data ?? []}
      current={current}
      isCurrent={(view) =>
        view.query === current.query &&
        (view.range ?? '') === current.range &&
        (view.columns ?? []).join() === (columns ?? []).join()
      }
      onOpen={(view) =>
        onOpen({
          ...(view.query && { q: view.query }),
          ...parseTime(view.range),
          columns: view.columns && view.columns.length > 0 ? view.columns : undefined,
        })
      }
      onSave={mayKeep ? (view) => save.mutate(view) : undefined}
      onDelete={mayKeep ? (view) => remove.mutate(view) : undefined}
      error={(save.error ?? remove.error ?? views.error)?.message}
    />
  );
}

/** A relative range by its name, a fixed one as an ISO 8601 interval. */
function printTime({ range, since, until }: TimeChoice): string {
  return since && until ? `${since}/${until}` : (range ?? '');
}

function parseTime(text: string | undefined): TimeChoice {
  const [since, until] = text?.split('/') ?? [];
  if (since && until) return { since, until };
  return isRange(text) ? { range: text } : {};
}
