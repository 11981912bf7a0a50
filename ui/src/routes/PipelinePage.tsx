import { skipToken, useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ChartSpline } from 'lucide-react';
import { useEffect, useMemo, useState } from 'react';
import { before, costQuery, pipelineQuery, rangeOf, shapeQuery, stabilityQuery } from '@/api/pipelines';
import { Blank } from '@/components/Notice';
import { Scroll } from '@/components/Scroll';
import { Section } from '@/components/Section';
import { Skeleton } from '@/components/Skeleton';
import { useHotkeys } from '@/components/useHotkeys';
import { Drops } from '@/features/pipelines/Drops';
import { Figures } from '@/features/pipelines/Figures';
import { Releases } from '@/features/pipelines/Releases';
import { Shape } from '@/features/pipelines/Shape';
import { Trends } from '@/features/pipelines/Trends';
import { plural } from '@/lib/format';
import type { TimeChoice } from '@/lib/time';
import { PipelineHead } from './PipelineHead';
import { Problem } from './Problem';
import { StabilityPart } from './StabilityPart';
import { compact, type PipelineSearch } from './search';
import { useFound } from './useFound';

const route = getRouteApi('/pipelines/$name');

/** One pipeline: what it is made of, how it does, and where its items go. */
export function PipelinePage() {
  const { name } = route.useParams();
  const search = route.useSearch();
  const { step, vs, ...time } = search;
  const navigate = route.useNavigate();
  const range = useRange(time);
  const pipeline = useQuery(pipelineQuery(name, range));
  const then = useOptional(pipelineQuery(name, before(range), step), vs !== undefined);
  const thenWhole = useOptional(pipelineQuery(name, before(range)), vs !== undefined);
  const timed = useOptional(pipelineQuery(name, range, step), step !== undefined);
  const daily = useQuery(costQuery(name, range));
  const shape = useQuery(shapeQuery(name, range));
  const stability = useQuery(stabilityQuery(name));
  const found = useFound(time);
  const go = (next: PipelineSearch): void => void navigate({ search: compact(next), replace: true });
  useHotkeys({ b: () => go({ ...search, vs: vs ? undefined : 'before' }) });

  if (pipeline.isError && !pipeline.data) {
    return <Problem error={pipeline.error} what="pipeline" onRetry={() => void pipeline.refetch()} />;
  }
  const head = (
    <PipelineHead
      name={name}
      time={time}
      vs={vs !== undefined}
      failed={pipeline.data?.total.errorCount}
      onVs={(on) => go({ ...search, vs: on ? 'before' : undefined })}
    />
  );
  if (!pipeline.data) {
    return (
      <>
        {head}
        <Skeleton lines={12} className="p-6" />
      </>
    );
  }
  if (pipeline.data.total.count === 0) {
    return (
      <>
        {head}
        <Nothing name={name} />
      </>
    );
  }
  const releases = shape.data?.releases ?? [];
  return (
    <>
      {head}
      <Scroll name="Pipeline" className="flex-1 bg-canvas">
        <div className="mx-auto flex max-w-[1600px] flex-col gap-4 p-4 max-sm:p-3">
          <Figures total={pipeline.data.total} before={vs && thenWhole.data?.total} found={found} />
          <Releases name={name} releases={releases} found={found} />
          <Trends
            pipeline={pipeline.data}
            step={step}
            stepSeries={timed.data}
            before={vs && then.data}
            daily={daily.data}
            releases={releases}
            onZoom={({ from, to }) => {
              const zoomed = { since: new Date(from).toISOString(), until: new Date(to).toISOString() };
              void navigate({ search: compact({ step, vs, ...zoomed }) });
            }}
            onWhole={() => go({ ...search, step: undefined })}
          />
          <Section
            title="Steps"
            note={
              shape.data &&
              `As the newest ${plural(shape.data.lookedAt, 'execution')} ran; items as counted in ${shape.data.counted}.`
            }
          >
            {shape.data ? (
              <Shape
                pipeline={pipeline.data}
                shape={shape.data}
                stability={stability.data?.steps}
                selected={step}
                onSelect={(next) => go({ ...search, step: next })}
                found={found}
              />
            ) : shape.isError ? (
              <Problem error={shape.error} what="shape" onRetry={() => void shape.refetch()} />
            ) : (
              <Skeleton lines={6} />
            )}
          </Section>
          <div className="grid grid-cols-2 gap-4 max-lg:grid-cols-1">
            <Section title="Criteria by items dropped" boxed>
              {shape.data && (
                <Drops
                  name={name}
                  drops={shape.data.drops}
                  counted={shape.data.counted}
                  found={found}
                  example={(drop, children) => (
                    <Link
                      to="/executions/$id"
                      params={{ id: drop.example.executionId }}
                      search={{ step: drop.example.stepId, tab: 'changes' }}
                      className="flex min-w-0 text-accent hover:underline"
                    >
                      {children}
                    </Link>
                  )}
                />
              )}
            </Section>
            <StabilityPart name={name} stability={stability} />
          </div>
        </div>
      </Scroll>
    </>
  );
}

/** The range with both ends. One that moves does so by the minute, so that what was read is not read again with each look. */
function useRange({ range, since, until }: TimeChoice) {
  const [minute, setMinute] = useState(() => Math.floor(Date.now() / 60_000));
  useEffect(() => {
    const timer = setInterval(() => setMinute(Math.floor(Date.now() / 60_000)), 5_000);
    return () => clearInterval(timer);
  }, []);
  return useMemo(
    () => rangeOf(compact({ range, since, until }) as TimeChoice, minute * 60_000),
    [range, since, until, minute],
  );
}

function useOptional(query: ReturnType<typeof pipelineQuery>, wanted: boolean) {
  return useQuery({ ...query, queryFn: wanted ? query.queryFn : skipToken });
}

function Nothing({ name }: { name: string }) {
  return (
    <Blank
      icon={<ChartSpline size={30} aria-hidden />}
      title="No execution of this name ended in this range"
      action={
        <Link
          to="/pipelines/$name"
          params={{ name }}
          search={{ range: 'all' }}
          className="inline-flex h-7 items-center rounded-md border border-line bg-raised px-2.5 text-sm font-medium hover:bg-hover"
        >
          Show all time
        </Link>
      }
    >
      It may have run before, run still, or have been deleted with its executions.
    </Blank>
  );
}
