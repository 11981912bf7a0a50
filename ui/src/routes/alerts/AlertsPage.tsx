import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { Bell } from 'lucide-react';
import { alertsQuery } from '@/api/hooks';
import type { Alert } from '@/api/types';
import { Blank } from '@/components/Notice';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { State } from '@/components/State';
import { useNow } from '@/components/useNow';
import { Line } from '@/features/alerts/Line';
import { stateOf, valueWords } from '@/features/alerts/words';
import { Problem } from '../Problem';
import { SectionHead } from '../settings/SectionHead';

/** All alerts, those that fire first. */
export function AlertsPage() {
  const list = useQuery(alertsQuery);
  const now = useNow();
  if (list.isError) return <Problem error={list.error} what="alerts" onRetry={() => void list.refetch()} />;
  const create = (
    <Link
      to="/alerts/$id"
      params={{ id: 'new' }}
      className="inline-flex h-7 items-center rounded-md bg-accent-fill px-2.5 text-sm font-semibold text-on-accent hover:brightness-110"
    >
      New alert
    </Link>
  );
  const rank = { firing: 0, pending: 1, ok: 2 };
  const alerts = list.data?.toSorted((a, b) => rank[a.status] - rank[b.status]);
  return (
    <Scroll name="Alerts" className="flex-1 bg-canvas">
      <div className="mx-auto max-w-4xl p-6 max-sm:p-4">
        <SectionHead title="Alerts" action={alerts?.length ? create : undefined}>
          What this project watches its executions for.
        </SectionHead>
        {!alerts && <Skeleton lines={5} />}
        {alerts?.length === 0 && (
          <Blank icon={<Bell size={30} aria-hidden />} title="Nothing is watched yet" action={create}>
            An alert looks at the executions of a query every minute: how many fail, how long they take, what
            they cost, how many items they drop, or that none runs at all.
          </Blank>
        )}
        {alerts && alerts.length > 0 && (
          <ul className="divide-y divide-line rounded-lg border border-line bg-surface">
            {alerts.map((a) => (
              <Row key={a.id} alert={a} now={now} />
            ))}
          </ul>
        )}
      </div>
    </Scroll>
  );
}

function Row({ alert: a, now }: { alert: Alert; now: number }) {
  return (
    <li>
      <Link
        to="/alerts/$id"
        params={{ id: a.id }}
        className="flex flex-wrap items-center gap-x-4 gap-y-1 px-4 py-3 hover:bg-hover"
      >
        <span className="min-w-0 flex-1 basis-56">
          <span className="flex flex-wrap items-center gap-x-2">
            <span className="font-medium [overflow-wrap:anywhere]">{a.name}</span>
            <State {...stateOf(a, now)} />
          </span>
          <span className="block text-xs text-ink-2 [overflow-wrap:anywhere]">
            {a.rule}
            {a.query && (
              <>
                {' '}
                · <code className="font-mono">{a.query}</code>
              </>
            )}
          </span>
        </span>
        <span className="flex items-center gap-4">
          <Line points={a.recent} />
          <span className="num w-20 text-sm sm:text-right">{valueWords(a.aggregate, a.value)}</span>
        </span>
      </Link>
    </li>
  );
}
