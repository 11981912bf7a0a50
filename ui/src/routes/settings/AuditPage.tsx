import { useInfiniteQuery, useQuery } from '@tanstack/react-query';
import { useCallback, useState } from 'react';
import { sessionQuery } from '@/api/queries';
import { actsQuery } from '@/api/settings';
import type { Act } from '@/api/types';
import { Select } from '@/components/form/inputs';
import { type LongColumn, LongTable } from '@/components/LongTable';
import { Segmented } from '@/components/Segmented';
import { actorWords, changes, KINDS, verbWords } from '@/features/audit/words';
import { clip, timestamp } from '@/lib/format';
import { Loaded } from './Loaded';
import { SectionHead } from './SectionHead';

const WHERE = [
  { value: 'project', label: 'This project' },
  { value: 'server', label: 'The server' },
] as const;

export function AuditPage() {
  const session = useQuery(sessionQuery).data;
  const [kind, setKind] = useState('');
  const [where, setWhere] = useState<'project' | 'server'>('project');
  const query = useInfiniteQuery(actsQuery(kind, where === 'server'));
  const { fetchNextPage } = query;
  const more = useCallback(() => void fetchNextPage({ cancelRefetch: false }), [fetchNextPage]);
  const seesServer = session?.local || session?.organisationRole === 'owner';
  return (
    <>
      <SectionHead title="Audit log">Who changed what, newest first. It holds no secrets.</SectionHead>
      <div className="mb-3 flex flex-wrap items-center gap-3">
        <Select
          aria-label="Which acts"
          options={KINDS}
          value={kind}
          onChange={setKind}
          className="max-w-48"
        />
        {seesServer && <Segmented label="Whose acts" options={WHERE} value={where} onChange={setWhere} />}
      </div>
      <Loaded query={query}>
        {({ pages }) => {
          const acts = pages.flatMap((page) => page.acts);
          if (acts.length === 0) {
            return (
              <p className="rounded-lg border border-dashed border-line-strong px-3 py-6 text-center text-sm text-ink-2">
                {kind ? 'Nothing of this kind has been done.' : 'Nothing has been changed yet.'}
              </p>
            );
          }
          return (
            <LongTable
              name="Acts"
              columns={COLUMNS}
              rows={acts}
              rowKey={(act) => act.id}
              hasMore={query.hasNextPage}
              onEnd={more}
              detail={(act) => <Detail act={act} />}
            />
          );
        }}
      </Loaded>
    </>
  );
}

const COLUMNS: ReadonlyArray<LongColumn<Act>> = [
  {
    label: 'When',
    className: 'w-36 shrink-0',
    cell: (act) => (
      <time dateTime={act.at} className="num text-ink-2">
        {timestamp(act.at).slice(0, 19)}
      </time>
    ),
  },
  {
    label: 'Who',
    className: 'w-48 shrink-0 @max-2xl:hidden',
    cell: (act) => (
      <bdi title={act.actor.address && `from ${act.actor.address}`}>{actorWords(act.actor)}</bdi>
    ),
  },
  {
    label: 'What',
    className: 'min-w-0 flex-1',
    cell: (act) => (
      <>
        <span className="font-medium">{verbWords(act.verb)}</span>{' '}
        {act.object && <bdi className="mono text-ink-2">{act.object}</bdi>}
        <span className="block truncate text-xs text-ink-3 @2xl:hidden">{actorWords(act.actor)}</span>
      </>
    ),
  },
  {
    label: 'From',
    className: 'w-32 shrink-0 @max-4xl:hidden',
    cell: (act) => <span className="mono text-ink-3">{act.actor.address}</span>,
  },
];

const LONGEST = 300;

function Detail({ act }: { act: Act }) {
  const all = changes(act.detail);
  if (all.length === 0) return null;
  return (
    <dl className="mt-1 grid grid-cols-[max-content_minmax(0,1fr)] gap-x-3 gap-y-0.5 text-xs text-ink-2">
      {all.map(({ name, from, to }) => (
        <div key={name} className="contents">
          <dt className="text-ink-3">{name}</dt>
          <dd className="mono [overflow-wrap:anywhere]">
            {from && (
              <>
                <del className="text-ink-3">{clip(from, LONGEST)}</del> →{' '}
              </>
            )}
            {to ? clip(to, LONGEST) : from && 'none'}
          </dd>
        </div>
      ))}
    </dl>
  );
}
