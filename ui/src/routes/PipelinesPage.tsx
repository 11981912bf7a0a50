import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';
import { ChartSpline } from 'lucide-react';
import { useRef } from 'react';
import { pipelineListQuery } from '@/api/pipelines';
import { Blank, Notice } from '@/components/Notice';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { useHotkeys } from '@/components/useHotkeys';
import { PipelineTable } from '@/features/pipelines/PipelineTable';
import { DEFAULT_SORT, sortOf } from '@/features/pipelines/sorting';
import { grouped } from '@/lib/format';
import { Problem } from './Problem';
import { compact } from './search';
import { useFound } from './useFound';

const route = getRouteApi('/pipelines');

/** What runs here: every name that executions have, how often, how well, for how much. */
export function PipelinesPage() {
  const { sort, ...time } = route.useSearch();
  const navigate = route.useNavigate();
  const list = useQuery(pipelineListQuery(time));
  const found = useFound(time);
  const box = useRef<HTMLDivElement>(null);
  const move = (by: number): void => {
    const links = [...(box.current?.querySelectorAll<HTMLElement>('tbody th a') ?? [])];
    const at = links.indexOf(document.activeElement as HTMLElement);
    links[Math.max(0, Math.min(links.length - 1, at < 0 ? 0 : at + by))]?.focus();
  };
  useHotkeys({ j: () => move(1), k: () => move(-1) });
  if (list.isError && !list.data) {
    return <Problem error={list.error} what="list of pipelines" onRetry={() => void list.refetch()} />;
  }
  if (!list.data) return <Skeleton lines={10} className="p-6" />;
  const { pipelines, leftOut } = list.data;
  if (pipelines.length === 0) {
    return (
      <Blank
        icon={<ChartSpline size={30} aria-hidden />}
        title="No execution ended in this range"
        action={
          <Link
            to="/pipelines"
            search={compact({ sort, range: 'all' as const })}
            className="inline-flex h-7 items-center rounded-md border border-line bg-raised px-2.5 text-sm font-medium hover:bg-hover"
          >
            Show all time
          </Link>
        }
      >
        A pipeline is all executions of one name. It appears here when one of them has ended.
      </Blank>
    );
  }
  return (
    <Scroll name="Pipelines" className="flex-1 bg-surface">
      <div ref={box}>
        <PipelineTable
          pipelines={pipelines}
          sort={sortOf(sort)}
          onSort={(by) =>
            void navigate({
              search: compact({ ...time, sort: by === DEFAULT_SORT ? undefined : by }),
              replace: true,
            })
          }
          open={(name, children) =>
            name === '' ? (
              <Link
                to="/executions"
                search={{ q: '-has:name', ...time }}
                className="flex min-w-0 text-ink-2 hover:underline"
              >
                {children}
              </Link>
            ) : (
              <Link
                to="/pipelines/$name"
                params={{ name }}
                search={time}
                title={name}
                className="flex min-w-0 rounded-sm hover:text-accent hover:underline"
              >
                {children}
              </Link>
            )
          }
          found={found}
        />
      </div>
      {leftOut > 0 && (
        <Notice tone="info" className="m-4">
          {grouped(leftOut)} more names ran in this range than are shown. Names that hold an id or an input
          make a pipeline of each execution: give the root step a fixed name.
        </Notice>
      )}
    </Scroll>
  );
}
