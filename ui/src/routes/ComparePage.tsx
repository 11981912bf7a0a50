import { skipToken, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { GitCompareArrows, ScanSearch } from 'lucide-react';
import { explainComparison } from '@/api/ask';
import { compareQuery } from '@/api/queries';
import type { Comparison, Evidence } from '@/api/types';
import { Button } from '@/components/Button';
import { Kbd } from '@/components/Kbd';
import { Blank, Notice } from '@/components/Notice';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { Split } from '@/components/Split';
import { useHotkeys } from '@/components/useHotkeys';
import { nextDifference } from '@/features/compare/fold';
import { Ignored } from '@/features/compare/Ignored';
import { PairList } from '@/features/compare/PairList';
import { PairPanel } from '@/features/compare/PairPanel';
import { Verdict } from '@/features/compare/Verdict';
import { TurnView } from '@/features/reasoning/Ask';
import { Problem } from './Problem';
import { compact } from './search';
import { useAnswers } from './useAnswer';
import { useIgnored } from './useIgnored';

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
  const ignored = useIgnored(c.a.name);
  const answers = useAnswers();
  const at = pair !== undefined && pair < c.steps.length ? pair : c.first >= 0 ? c.first : undefined;
  const chosen = at === undefined ? undefined : c.steps[at];
  const choose = (index: number | undefined): void =>
    void navigate({ search: compact({ a, b, pair: index }), replace: true });
  const go = (by: 1 | -1): void => {
    const next = nextDifference(c.steps, at, by);
    if (next !== undefined) choose(next);
  };
  const explain = (): void =>
    void answers.ask('', (signal) => explainComparison({ a: c.a.id, b: c.b.id }, signal));
  const onEvidence = (e: Evidence): void =>
    void navigate({
      to: '/executions/$id',
      params: { id: e.executionId ?? c.a.id },
      search: compact({ step: e.stepId, at: e.pointer || undefined, quote: e.quote || undefined }),
    });
  const names = new Map(c.steps.flatMap((p) => [p.a, p.b].map((id) => [id, p.name] as const)));
  useHotkeys({ n: () => go(1), p: () => go(-1), e: explain });
  const turn = answers.turns.at(-1);
  return (
    <>
      <Scroll name="Comparison" className="shrink-0 bg-surface max-lg:max-h-[50%] lg:max-h-[48%]">
        <Verdict
          comparison={c}
          link={(e, label) => (
            <Link to="/executions/$id" params={{ id: e.id }} className="min-w-0 truncate hover:underline">
              {label}
            </Link>
          )}
          ignored={
            <Ignored
              name={c.a.name}
              noise={c.ignored}
              saved={ignored.paths}
              onSave={ignored.save}
              error={ignored.error}
            />
          }
          explained={turn !== undefined}
          explanation={
            turn ? (
              <TurnView turn={turn} stepName={(id) => names.get(id) ?? id} onEvidence={onEvidence} />
            ) : (
              c.first >= 0 && (
                <Button className="text-xs" onClick={explain}>
                  <ScanSearch size={13} aria-hidden />
                  Explain the divergence
                </Button>
              )
            )
          }
        />
      </Scroll>
      <Split
        over={pair !== undefined}
        left={
          <Scroll name="Aligned steps" className="flex-1 bg-surface">
            <div className="sticky top-0 z-10 flex h-[42px] items-center gap-2 border-b border-line bg-surface px-4">
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
            {ignored.error && (
              <Notice tone="error" className="m-4 mb-0">
                {ignored.error}
              </Notice>
            )}
            {chosen ? (
              <PairPanel
                key={at}
                pair={chosen}
                onIgnore={ignored.add}
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
    </>
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
