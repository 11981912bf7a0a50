import { Link } from '@tanstack/react-router';
import { ChevronLeft, ListTree, Split } from 'lucide-react';
import { Segmented } from '@/components/Segmented';
import { ofPipeline } from '@/features/pipelines/links';
import type { TimeChoice } from '@/lib/time';

/** How many executions it takes on a side before anything is said of it. */
const LEAST = 3;

const BUTTON =
  'inline-flex h-7 shrink-0 items-center gap-1.5 rounded-md border border-line bg-raised px-2.5 text-sm font-medium hover:border-line-strong hover:bg-hover';

/** The name of a pipeline, and where to go from it. */
export function PipelineHead({
  name,
  time,
  vs,
  onVs,
  failed,
}: {
  name: string;
  time: TimeChoice;
  vs: boolean;
  onVs: (on: boolean) => void;
  /** How many executions failed, if that is known. */
  failed: number | undefined;
}) {
  return (
    <header className="flex shrink-0 flex-wrap items-center gap-x-3 gap-y-2 border-b border-line bg-surface px-4 py-2 max-sm:px-3">
      <Link
        to="/pipelines"
        search={time}
        aria-label="To all pipelines"
        className="-ml-1 inline-flex size-7 shrink-0 items-center justify-center rounded-md text-ink-2 hover:bg-hover hover:text-ink"
      >
        <ChevronLeft size={16} aria-hidden />
      </Link>
      <h1 className="flex min-w-0 flex-[1_1_200px] text-lg font-semibold tracking-tight" title={name}>
        <bdi className="truncate">{name}</bdi>
      </h1>
      <Segmented
        label="Compare with"
        options={[
          { value: 'alone', label: 'This range' },
          { value: 'before', label: 'And the one before' },
        ]}
        value={vs ? 'before' : 'alone'}
        onChange={(v) => onVs(v === 'before')}
      />
      {failed !== undefined && failed >= LEAST && (
        <Link
          to="/contrast"
          search={{ q: ofPipeline(name, 'status:error'), vs: ofPipeline(name, 'status:ok'), ...time }}
          className={BUTTON}
        >
          <Split size={14} aria-hidden />
          What fails differently
        </Link>
      )}
      <Link to="/executions" search={{ q: ofPipeline(name), ...time }} className={BUTTON}>
        <ListTree size={14} aria-hidden />
        Executions
      </Link>
    </header>
  );
}
