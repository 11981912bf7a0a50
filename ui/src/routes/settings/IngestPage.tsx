import { useQuery } from '@tanstack/react-query';
import { CircleCheck } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { ingestQuery } from '@/api/ingest';
import type { IngestLog } from '@/api/types';
import { Chart } from '@/components/chart/Chart';
import { Group } from '@/components/form/Group';
import { Segmented } from '@/components/Segmented';
import { useNow } from '@/components/useNow';
import { buckets, reasons, reasonWords, sums } from '@/features/ingest/log';
import { Senders } from '@/features/ingest/Senders';
import { bytes, count, duration, plural } from '@/lib/format';
import { Loaded } from './Loaded';
import { SectionHead } from './SectionHead';

const RANGES = [
  { value: '60', label: 'An hour' },
  { value: '1440', label: 'A day' },
  { value: '10080', label: 'A week' },
] as const;

const MOST_BARS = 120;

export function IngestPage() {
  const [minutes, setMinutes] = useState<(typeof RANGES)[number]['value']>('60');
  return (
    <>
      <SectionHead
        title="Ingest"
        action={<Segmented label="How far back" options={RANGES} value={minutes} onChange={setMinutes} />}
      >
        What was sent to this project: taken, refused and why. It is a few seconds late.
      </SectionHead>
      <Loaded query={useQuery(ingestQuery(Number(minutes)))}>{(log) => <Health log={log} />}</Loaded>
    </>
  );
}

function Health({ log }: { log: IngestLog }) {
  const now = useNow();
  const sum = sums(log);
  const why = reasons(log);
  const { start, width, taken, refused } = buckets(log, MOST_BARS);
  const waiting = log.queue.waiting;
  return (
    <>
      <dl className="mb-4 grid grid-cols-4 gap-3 max-md:grid-cols-2">
        <Sum name="Taken" value={plural(sum.requests, 'request')}>
          {plural(sum.records, 'record')}, {bytes(sum.bytes)}
        </Sum>
        <Sum name="Refused" value={plural(sum.refused, 'request')}>
          {why[0] ? `most: ${reasonWords(why[0].reason)[0].toLowerCase()}` : 'nothing'}
        </Sum>
        <Sum name="Today (UTC)" value={bytes(log.bytesToday)}>
          unpacked
        </Sum>
        <Sum name="Waiting to be explained" value={waiting >= 10_000 ? '10k or more' : count(waiting)}>
          {waiting > 0 ? `the oldest for ${duration(log.queue.ageSeconds * 1e9)}` : 'none'}
        </Sum>
      </dl>
      <div className="mb-7 rounded-lg border border-line bg-surface p-3">
        <Chart
          name="Requests over time"
          start={start}
          width={width}
          look="bars"
          series={[
            { label: 'taken', tone: 'bar-ok', values: taken },
            { label: 'refused', tone: 'bar-err', values: refused },
          ]}
          height={150}
          format={count}
        />
      </div>
      <Group title="Refused, and why">
        {why.length === 0 ? (
          <p className="flex items-center gap-1.5 text-sm text-ink-2">
            <CircleCheck size={14} className="text-ok" aria-hidden />
            Nothing was refused.
          </p>
        ) : (
          <ul className="divide-y divide-line rounded-lg border border-line bg-surface text-sm">
            {why.map(({ reason, requests, records }) => {
              const [what, next] = reasonWords(reason);
              return (
                <li key={reason} className="flex flex-wrap items-baseline gap-x-4 px-3 py-2">
                  <span className="min-w-56 flex-1">
                    <span className="font-medium">{what}.</span> <span className="text-ink-2">{next}</span>
                  </span>
                  <span className="num text-ink-2">
                    {requests > 0 ? plural(requests, 'request') : plural(records, 'record')}
                  </span>
                </li>
              );
            })}
          </ul>
        )}
      </Group>
      <Group title="Who sent">
        {log.keys.length === 0 ? (
          <p className="text-sm text-ink-2">Nobody sent anything in this time.</p>
        ) : (
          <Senders keys={log.keys} now={now} />
        )}
      </Group>
    </>
  );
}

function Sum({ name, value, children }: { name: string; value: string; children: ReactNode }) {
  return (
    <div className="min-w-0 rounded-lg border border-line bg-surface px-3 py-2">
      <dt className="text-xs text-ink-2">{name}</dt>
      <dd>
        <span className="num block text-lg font-semibold tracking-tight">{value}</span>
        <span className="block text-xs text-ink-3">{children}</span>
      </dd>
    </div>
  );
}
