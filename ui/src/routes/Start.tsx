import { useMutation, useQueryClient } from '@tanstack/react-query';
import { apiKey } from '@/api/key';
import { loadDemo } from '@/api/list';
import type { Session } from '@/api/types';
import { Onboarding } from '@/features/onboarding/Onboarding';

/** The page of a server that has nothing to show yet. */
export function Start({ session, live }: { session: Session; live: boolean }) {
  const client = useQueryClient();
  const demo = useMutation({
    mutationFn: loadDemo,
    // The live stream tells it too; without one, or paused, the button must still do what it says.
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <Onboarding
      session={session}
      apiKey={session.scope === 'read' ? undefined : apiKey()}
      live={live}
      demo={{
        load: session.scope === 'read' ? undefined : () => demo.mutate(),
        loading: demo.isPending || demo.isSuccess,
        error: demo.error?.message,
      }}
    />
  );
}
