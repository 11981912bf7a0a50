import { skipToken, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { GitCompareArrows } from 'lucide-react';
import { compareQuery } from '@/api/queries';
import type { Comparison } from '@/api/types';
import { Button } from '@/components/Button';
import { Kbd } from '@/components/Kbd';
import { Blank } from '@/components/Notice';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { Split } from '@/components/Split';
import { useHotkeys } from '@/components/useHotkeys';
import { nextDifference } from '@/features/compare/fold';
import { PairList } from '@/features/compare/PairList';
import { PairPanel } from '@/features/compare/PairPanel';
import { Verdict } from '@/features/compare/Verdict';
import { Problem } from './Problem';
import { compact } from './search';

const route = getRouteApi('/compare');

/** Two executions side by side: where they part, and what followed from it. */
export function ComparePage() {
  const { a, b } = route.useSearch();
  const query = compareQuery(a ?? '', b ?? '');
  const both = a !== undefined && b !== undefined;
  const comparison = useQuery({ ...query, queryFn: both ? query.queryFn : skipToken });
  if (!both) return <HowTo />;
  if (comparison.isError) {
    return <Problem error={comparison.error} what="comparison" onRetry={() => void comparison.refetch()} />;
  }
  if (!comparison.data) return <Skeleton lines={12} className="p-6" />;
  return <Compared comparison={comparison.data} />;
}

function Compared({ comparison: c }: { comparison: Comparison }) {
  const { a, b, pair } = route.useSearch();
  const navigate = route.useNavigate();
  const at = pair !== undefined && pair < c.steps.length ? pair : c.first >= 0 ? c.first : undefined;
  const chosen = at === undefined ? undefined : c.steps[at];
  const choose = (index: number | undefined): void =>
    void navigate({ search: compact({ a, b, pair: index }), replace: true });
  const go = (by: 1 | -1): void => {
    const next = nextDifference(c.steps, at, by);
    if (next !== undefined) choose(next);
  };
  useHotkeys({ n: () => go(1), p: () => go(-1) });
  return (
    <Split
      over={pair !== undefined}
      left={
        <Scroll name="Verdict and steps" className="flex-1 bg-surface">
          <Verdict
            comparison={c}
            link={(e, label) => (
              <Link to="/executions/$id" params={{ id: e.id }} className="min-w-0 truncate hover:underline">
                {label}
              </Link>
            )}
          />
          <div className="flex h-[42px] items-center gap-2 border-b border-line px-4">
            <h2 className="text-sm font-semibold">Steps</h2>
            <span className="ml-auto flex items-center gap-1">
              <Button look="quiet" onClick={() => go(-1)} className="text-xs">
                Previous difference <Kbd>p</Kbd>
              </Button>
              <Button look="quiet" onClick={() => go(1)} className="text-xs">
                Next <Kbd>n</Kbd>
              </Button>
            </span>
          </div>
          <PairList pairs={c.steps} chosen={at} onChoose={choose} />
        </Scroll>
      }
      right={
        <Scroll name="Differences" className="flex-1">
          {pair !== undefined && (
            <Button look="quiet" className="m-2 lg:hidden" onClick={() => choose(undefined)}>
              Back to the steps
            </Button>
          )}
          {chosen ? (
            <PairPanel
              key={at}
              pair={chosen}
              links={
                <>
                  {chosen.a && <StepLink letter="A" id={c.a.id} step={chosen.a} />}
                  {chosen.b && <StepLink letter="B" id={c.b.id} step={chosen.b} />}
                </>
              }
            />
          ) : (
            <Blank title="No difference">Choose a step to see what both did.</Blank>
          )}
        </Scroll>
      }
    />
  );
}

function StepLink({ letter, id, step }: { letter: 'A' | 'B'; id: string; step: string }) {
  return (
    <Link
      to="/executions/$id"
      params={{ id }}
      search={{ step }}
      className="rounded-md border border-line px-2 py-0.5 text-xs font-medium text-ink-2 hover:bg-hover hover:text-ink"
    >
      Open in {letter}
    </Link>
  );
}

function HowTo() {
  return (
    <Blank
      icon={<GitCompareArrows size={30} aria-hidden />}
      title="Compare two executions"
      action={
        <Link to="/executions" className="font-medium text-accent hover:underline">
          To the executions
        </Link>
      }
    >
      In the list, select two with <Kbd>x</Kbd> or the box before their names, then press <Kbd>c</Kbd>.
    </Blank>
  );
}
