import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { useCallback, useState } from 'react';
import { callsQuery, policyQuery, spendQuery } from '@/api/settings';
import type { ModelCall } from '@/api/types';
import { Chart } from '@/components/chart/Chart';
import { Group } from '@/components/form/Group';
import { type LongColumn, LongTable } from '@/components/LongTable';
import { Segmented } from '@/components/Segmented';
import { useNow } from '@/components/useNow';
import { byDay, totals } from '@/features/policy/policy';
import { age, bytes, cost, count, plural, timestamp } from '@/lib/format';
import { int64 } from '@/lib/time';
import { Loaded } from './Loaded';
import { SectionHead } from './SectionHead';

const DAYS = [
  { value: '31', label: '31 days' },
  { value: '92', label: '3 months' },
  { value: '365', label: 'A year' },
] as const;

type Days = (typeof DAYS)[number]['value'];

export function SpendPage() {
  const [days, setDays] = useState<Days>('31');
  return (
    <>
      <SectionHead
        title="Model spend"
        action={<Segmented label="How far back" options={DAYS} value={days} onChange={setDays} />}
      >
        What the models that explain your executions cost. What your own pipelines cost is under Pipelines.
      </SectionHead>
      <Spent days={Number(days)} />
      <Group
        title="The books"
        about="Each call to a model, from the moment it was made. Nothing of what was said is kept, only the fingerprint of the prompt."
      >
        <Books />
      </Group>
    </>
  );
}

function Spent({ days }: { days: number }) {
  const now = useNow();
  const caps = useQuery(policyQuery).data;
  return (
    <Loaded query={useQuery(spendQuery(days))}>
      {(spend) => {
        const sum = totals(spend, now);
        const { start, cost: values } = byDay(spend, days, now);
        return (
          <div className="mb-7">
            <dl className="mb-4 grid grid-cols-4 gap-3 max-md:grid-cols-2">
              <Sum name="Today (UTC)" value={cost(sum.today)} of={caps?.dailyCapUsd} share={sum.today} />
              <Sum name="This month" value={cost(sum.month)} of={caps?.monthlyCapUsd} share={sum.month} />
              <Sum
                name={`In ${days} days`}
                value={cost(sum.range, sum.unpriced > 0)}
                note={`${cost(sum.range / days)} a day`}
              />
              <Sum name="Calls" value={count(sum.calls)} note={`${count(sum.tokens)} tokens`} />
            </dl>
            {sum.unpriced > 0 && (
              <p className="mb-3 text-sm text-ink-2">
                {plural(sum.unpriced, 'call')} of models without a known price{' '}
                {sum.unpriced === 1 ? 'is' : 'are'} not in these sums.{' '}
                <Link
                  to="/settings/{-$section}"
                  params={{ section: 'prices' }}
                  className="font-medium text-accent hover:underline"
                >
                  Give them one
                </Link>
              </p>
            )}
            <div className="rounded-lg border border-line bg-surface p-3">
              <Chart
                name={`Cost of models by day, over ${days} days`}
                start={start}
                width={86_400_000}
                look="bars"
                fractions
                series={[{ label: 'spent', tone: 'accent', values }]}
                height={150}
                format={(usd) => cost(usd)}
              />
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}

/** A sum, and how much of its cap it takes. */
function Sum({
  name,
  value,
  of,
  share = 0,
  note,
}: {
  name: string;
  value: string;
  of?: number | undefined;
  share?: number;
  note?: string;
}) {
  const part = of === undefined ? 0 : of === 0 ? 1 : Math.min(1, share / of);
  return (
    <div className="rounded-lg border border-line bg-surface px-3 py-2">
      <dt className="text-xs text-ink-2">{name}</dt>
      <dd>
        <span className="num block text-lg font-semibold tracking-tight">{value}</span>
        <span className="block text-xs text-ink-3">
          {of === undefined ? (note ?? 'no cap') : `of ${cost(of)}`}
        </span>
        {of !== undefined && (
          <span aria-hidden className="mt-1.5 block h-1 overflow-hidden rounded-full bg-sunken">
            <span
              className={part >= 0.9 ? 'block h-full bg-bar-err' : 'block h-full bg-accent-fill'}
              style={{ width: `${part * 100}%` }}
            />
          </span>
        )}
      </dd>
    </div>
  );
}

const COLUMNS: ReadonlyArray<LongColumn<ModelCall>> = [
  {
    label: 'When',
    className: 'w-20 shrink-0',
    cell: (call) => <When at={call.createdAt} />,
  },
  {
    label: 'About',
    className: 'w-20 shrink-0 @max-4xl:hidden',
    cell: (call) => (
      <Link
        to="/executions/$id"
        params={{ id: call.executionId }}
        className="mono text-accent hover:underline"
        aria-label={`The execution ${call.executionId}`}
      >
        {call.executionId.slice(0, 8)}
      </Link>
    ),
  },
  { label: 'Task', className: 'w-20 shrink-0 @max-md:hidden', cell: (call) => call.task },
  {
    label: 'Model',
    className: 'min-w-0 flex-1',
    cell: (call) => (
      <bdi className="mono" title={call.model}>
        {call.model}
      </bdi>
    ),
  },
  {
    label: 'Prompt',
    className: 'w-32 shrink-0 @max-5xl:hidden',
    cell: (call) => (
      <span title={`SHA-256 ${call.promptHash}`}>
        <span className="mono text-ink-2">{call.promptHash.slice(0, 8)}</span>{' '}
        {bytes(int64(call.promptBytes))}
      </span>
    ),
  },
  {
    label: 'Tokens',
    className: 'w-28 shrink-0 @max-2xl:hidden',
    end: true,
    cell: (call) => `${count(int64(call.inputTokens))} → ${count(int64(call.outputTokens))}`,
  },
  {
    label: 'Cost',
    className: 'w-20 shrink-0',
    end: true,
    cell: (call) => (call.costUsd === undefined ? 'no price' : cost(call.costUsd, call.outcome === 'open')),
  },
  {
    label: 'Outcome',
    className: 'w-36 shrink-0 @max-xl:hidden',
    cell: (call) => (
      <span
        title={call.outcome}
        className={
          call.outcome === 'answered' ? 'text-ok' : call.outcome === 'open' ? 'text-run' : 'text-err'
        }
      >
        {call.outcome === 'open' ? 'under way' : call.outcome}
      </span>
    ),
  },
];

function When({ at }: { at: string }) {
  const now = useNow();
  return (
    <time dateTime={at} title={timestamp(at)}>
      {age(Date.parse(at), now)}
    </time>
  );
}

function Books() {
  const query = useInfiniteQuery(callsQuery);
  const { fetchNextPage } = query;
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  return (
    <Loaded query={query}>
      {({ pages }) => {
        const calls = pages.flatMap((page) => page.calls);
        if (calls.length === 0) return <p className="text-sm text-ink-2">No model was asked yet.</p>;
        return (
          <LongTable
            name="Calls to models"
            columns={COLUMNS}
            rows={calls}
            rowKey={(call) => call.id}
            hasMore={query.hasNextPage}
            onEnd={more}
          />
        );
      }}
    </Loaded>
  );
}
