import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { getRouteApi, Link, useNavigate } from '@tanstack/react-router';
import { useState } from 'react';
import { alertQuery, deleteAlert, muteAlert } from '@/api/hooks';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { State } from '@/components/State';
import { useNow } from '@/components/useNow';
import { AlertChart } from '@/features/alerts/AlertChart';
import { isMuted, stateOf, valueWords } from '@/features/alerts/words';
import { timestamp } from '@/lib/format';
import { Problem } from '../Problem';
import { SectionHead } from '../settings/SectionHead';
import { AlertEditor } from './AlertEditor';

const route = getRouteApi('/alerts/$id');
const HOUR_MS = 3_600_000;

/** One alert: where it stands, what it saw, when it fired; or a new one. */
export function AlertPage() {
  const { id } = route.useParams();
  const navigate = useNavigate();
  return (
    <Scroll key={id} name="Alert" className="flex-1 bg-canvas">
      <div className="mx-auto max-w-4xl p-6 max-sm:p-4">
        <p className="pb-2 text-sm">
          <Link to="/alerts" className="text-accent hover:underline">
            Alerts
          </Link>
        </p>
        {id === 'new' ? (
          <>
            <SectionHead title="New alert" />
            <AlertEditor
              alert={undefined}
              onDone={(saved) =>
                void (saved
                  ? navigate({ to: '/alerts/$id', params: { id: saved.id } })
                  : navigate({ to: '/alerts' }))
              }
            />
          </>
        ) : (
          <Standing id={id} />
        )}
      </div>
    </Scroll>
  );
}

function Standing({ id }: { id: string }) {
  const read = useQuery(alertQuery(id));
  const client = useQueryClient();
  const navigate = useNavigate();
  const now = useNow();
  const [editing, setEditing] = useState(false);
  const again = (): void => void client.invalidateQueries({ queryKey: ['alerts'] });
  const mute = useMutation({
    mutationFn: (hours: number) =>
      muteAlert(id, hours > 0 ? new Date(Date.now() + hours * HOUR_MS).toISOString() : undefined),
    onSettled: again,
  });
  const remove = useMutation({
    mutationFn: () => deleteAlert(id),
    onSuccess: () => {
      client.removeQueries({ queryKey: ['alerts', id] });
      void navigate({ to: '/alerts' });
    },
    onSettled: again,
  });
  if (read.isError) return <Problem error={read.error} what="alert" onRetry={() => void read.refetch()} />;
  const alert = read.data;
  if (!alert) return <Skeleton lines={8} />;
  if (editing) {
    return (
      <>
        <SectionHead title={`Edit ${alert.name}`} />
        <AlertEditor alert={alert} onDone={() => setEditing(false)} />
      </>
    );
  }
  const problem = mute.error ?? remove.error;
  return (
    <>
      <SectionHead
        title={alert.name}
        action={
          <div className="flex flex-wrap gap-2">
            {isMuted(alert, now) ? (
              <Button onClick={() => mute.mutate(0)}>Unmute</Button>
            ) : (
              [1, 8, 24].map((hours) => (
                <Button key={hours} onClick={() => mute.mutate(hours)}>
                  Mute {hours} h
                </Button>
              ))
            )}
            <Button onClick={() => setEditing(true)}>Edit</Button>
            <Button look="quiet" onClick={() => confirm(`Delete “${alert.name}”?`) && remove.mutate()}>
              Delete
            </Button>
          </div>
        }
      >
        {alert.rule}
      </SectionHead>
      {problem && <Notice tone="error">{problem.message}</Notice>}
      {alert.error && <Notice tone="warn">{alert.error}</Notice>}
      <p className="flex flex-wrap items-center gap-x-4 gap-y-1 pb-4 text-sm">
        <State {...stateOf(alert, now)} />
        <span className="num">{valueWords(alert.aggregate, alert.value)}</span>
        {alert.since && <span className="text-ink-2">since {timestamp(alert.since)}</span>}
        {isMuted(alert, now) && alert.mutedUntil && (
          <span className="text-ink-2">muted until {timestamp(alert.mutedUntil)}</span>
        )}
        <Link
          to="/executions"
          search={{ q: alert.query || undefined }}
          className="text-accent hover:underline"
        >
          Its executions
        </Link>
      </p>
      <section aria-label="The last day" className="rounded-lg border border-line bg-surface p-4">
        <AlertChart rule={alert} points={alert.series} events={alert.events} />
      </section>
      <h2 className="pt-5 pb-2 font-semibold">History</h2>
      {alert.events.length === 0 && <p className="text-sm text-ink-2">It has not fired.</p>}
      <ul className="divide-y divide-line text-sm">
        {alert.events.map((e) => (
          <li key={e.at} className="flex flex-wrap items-center gap-x-4 py-1.5">
            <State word={e.fired ? 'fired' : 'resolved'} tone={e.fired ? 'err' : 'ok'} />
            <span className="num">{timestamp(e.at)}</span>
            <span className="num text-ink-2">{valueWords(alert.aggregate, e.value)}</span>
            {!e.told && <span className="text-ink-2">nobody was told</span>}
          </li>
        ))}
      </ul>
    </>
  );
}
