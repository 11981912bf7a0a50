import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { endSession, type LoginSession, loginSessionsQuery, logOutEverywhere } from '@/api/account';
import { sessionQuery } from '@/api/queries';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { Skeleton } from '@/components/Skeleton';
import { browserName } from '@/features/account/browser';
import { age } from '@/lib/format';

/** Where the person is signed in, and the way out of each. */
export function LoginSessions() {
  const client = useQueryClient();
  const sessions = useQuery(loginSessionsQuery);
  const end = useMutation({
    mutationFn: endSession,
    onSuccess: () => client.invalidateQueries({ queryKey: loginSessionsQuery.queryKey }),
  });
  const endAll = useMutation({
    mutationFn: logOutEverywhere,
    onSuccess: () => client.resetQueries({ queryKey: sessionQuery.queryKey }),
  });
  const problem = sessions.error ?? end.error ?? endAll.error;
  return (
    <section aria-label="Where you are signed in">
      <div className="mb-3 flex items-center justify-between gap-3">
        <h2 className="text-sm font-semibold">Where you are signed in</h2>
        <Button onClick={() => endAll.mutate()} disabled={endAll.isPending}>
          Sign out everywhere
        </Button>
      </div>
      {problem && (
        <Notice tone="error" className="mb-3">
          {problem.message}
        </Notice>
      )}
      {sessions.data ? (
        <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
          {sessions.data.map((s) => (
            <Row key={s.id} session={s} onEnd={() => end.mutate(s.id)} />
          ))}
        </ul>
      ) : (
        <Skeleton lines={3} />
      )}
    </section>
  );
}

const METHODS: Record<LoginSession['method'], string> = {
  password: 'with the password',
  oidc: 'with the provider',
  link: 'with a link',
};

function Row({ session: s, onEnd }: { session: LoginSession; onEnd: () => void }) {
  return (
    <li className="flex items-center gap-3 px-4 py-2.5 text-sm">
      <div className="min-w-0 flex-1">
        <p className="truncate font-medium" title={s.agent}>
          {browserName(s.agent)}
          {s.here && <span className="ml-1.5 text-xs font-normal text-ok">this browser</span>}
        </p>
        <p className="truncate text-xs text-ink-3">
          {s.address} · seen {age(Date.parse(s.lastSeenAt), Date.now())} · since{' '}
          {new Date(s.createdAt).toLocaleDateString()} {METHODS[s.method]}
        </p>
      </div>
      {!s.here && (
        <Button onClick={onEnd} aria-label={`Sign out in ${browserName(s.agent)}`}>
          Sign out
        </Button>
      )}
    </li>
  );
}
