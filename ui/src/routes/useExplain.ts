import { useMutation, useQueryClient } from '@tanstack/react-query';
import { executionQuery, explainAgain } from '@/api/queries';

/** Asks for a new explanation and shows its job at once. */
export function useExplain(ref: string) {
  const client = useQueryClient();
  return useMutation({
    mutationFn: () => explainAgain(ref),
    onSuccess: (job) => {
      client.setQueryData(executionQuery(ref).queryKey, (old) => old && { ...old, job });
    },
  });
}
