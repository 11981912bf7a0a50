import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { client, take } from '@/api/client';

/** What comparisons of a pipeline leave out, and how to change that. */
export function useIgnored(name: string) {
  const cache = useQueryClient();
  const params = { path: { name } };
  const queryKey = ['ignored', name] as const;
  const saved = useQuery({
    queryKey,
    queryFn: ({ signal }) => take(client.GET('/api/pipelines/{name}/ignored-paths', { params, signal })),
  });
  const save = useMutation({
    mutationFn: (paths: string[]) =>
      take(client.PUT('/api/pipelines/{name}/ignored-paths', { params, body: { paths } })),
    onSuccess: (now) => {
      cache.setQueryData(queryKey, now);
      void cache.invalidateQueries({ queryKey: ['stability', name] });
      return cache.invalidateQueries({ queryKey: ['compare'] });
    },
  });
  return {
    paths: saved.data?.paths,
    save: (paths: string[]) => save.mutateAsync(paths),
    add: (path: string) => save.mutate([...new Set([...(saved.data?.paths ?? []), path])]),
    error: save.error?.message,
  };
}
