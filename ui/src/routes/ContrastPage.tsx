import { skipToken, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { Split } from 'lucide-react';
import type { ReactNode } from 'react';
import { isCode } from '@/api/client';
import { newestIds } from '@/api/list';
import { contrastQuery } from '@/api/pipelines';
import { Kbd } from '@/components/Kbd';
import { Blank } from '@/components/Notice';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { Differences } from '@/features/contrast/Differences';
import { grouped, plural } from '@/lib/format';
import { quoted } from '@/lib/query';
import type { TimeChoice } from '@/lib/time';
import { Problem } from './Problem';

const route = getRouteApi('/contrast');

/** What several executions have in common that others have not. */
export function ContrastPage() {
  const { ids, q, vs, ...time } = route.useSearch();
  const chosen = ids?.split(',').filter(Boolean);
  const selected = useIds(chosen === undefined ? q : undefined, time);
  const others = useIds(vs, time);
  const a = chosen ?? selected.data;
  const b = vs === undefined ? [] : others.data;
  const query = contrastQuery(a ?? [], b ?? []);
  const known = a !== undefined && b !== undefined;
  const contrast = useQuery({ ...query, queryFn: known && a.length > 0 ? query.queryFn : skipToken });
  if (chosen === undefined && q === undefined) return <HowTo />;

  const error = contrast.error ?? selected.error ?? others.error;
  const body = (): ReactNode => {
    if (isCode(error, 'invalid') || (known && a.length === 0)) return <TooFew message={error?.message} />;
    if (error) return <Problem error={error} what="contrast" onRetry={() => void contrast.refetch()} />;
    if (!contrast.data) return <Skeleton lines={10} className="p-6" />;
    const { differences, leftOut } = contrast.data;
    return (
      <Scroll name="Differences" className="flex-1 bg-surface">
        {differences.length === 0 && (
          <Blank icon={<Split size={30} aria-hidden />} title="Nothing tells them apart">
            Steps, models, parameters, drop rates, scores, durations and facts are alike in both groups.
          </Blank>
        )}
        <Differences
          differences={differences}
          link={(condition, children) => (
            <Link
              to="/executions"
              search={{ q: [nameOf(q), condition].filter(Boolean).join(' '), ...time }}
              className="text-accent hover:underline"
            >
              {children}
            </Link>
          )}
        />
        {leftOut > 0 && (
          <p className="px-4 py-3 text-xs text-ink-3">
            {grouped(leftOut)} were too large to read and are not compared.
          </p>
        )}
      </Scroll>
    );
  };
  const inTime = (query: string, words: string): ReactNode => (
    <Link to="/executions" search={{ q: query, ...time }} className="font-medium text-accent hover:underline">
      {words}
    </Link>
  );
  const of = contrast.data;
  return (
    <>
      <header className="shrink-0 border-b border-line bg-surface px-4 py-3">
        <h1 className="text-lg font-semibold tracking-tight">What tells them apart</h1>
        <p className="num mt-0.5 text-sm text-ink-2">
          {inTime(
            q ?? `id:(${chosen?.map(quoted).join(' OR ')})`,
            of ? plural(of.selected, 'execution') : 'The selected executions',
          )}
          {' against '}
          {vs === undefined
            ? of
              ? `the newest ${grouped(of.baseline)} others of the same name`
              : 'the newest others of the same name'
            : inTime(vs, of ? `${grouped(of.baseline)} others` : 'the others')}
          .
        </p>
      </header>
      {body()}
    </>
  );
}

/** The newest executions that a query finds, as many as a group may have. */
function useIds(q: string | undefined, time: TimeChoice) {
  const query = newestIds(q ?? '', time);
  return useQuery({ ...query, queryFn: q === undefined ? skipToken : query.queryFn });
}

/** The condition on the name that a query begins with, so that what is found is of the same pipeline. */
function nameOf(q: string | undefined): string | undefined {
  return /^name:("(?:[^"\\]|\\.)*"|\S+)/.exec(q ?? '')?.[0];
}

function TooFew({ message }: { message: string | undefined }) {
  return (
    <Blank icon={<Split size={30} aria-hidden />} title="Too few to tell apart">
      <p role="alert">{message ?? 'No execution fits the query in this range of time.'}</p>
    </Blank>
  );
}

function HowTo() {
  return (
    <Blank icon={<Split size={30} aria-hidden />} title="Tell executions apart">
      Pick three or more in the list with <Kbd>x</Kbd>, then press <Kbd>c</Kbd>. Or open a pipeline and ask
      what fails differently.
    </Blank>
  );
}
