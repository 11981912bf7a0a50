import { ArrowDown } from 'lucide-react';
import type { ReactNode } from 'react';
import type { ListedPipeline } from '@/api/types';
import { Sparkbars } from '@/components/Sparkbars';
import { cx } from '@/lib/cx';
import { cost, count, duration, grouped, plural } from '@/lib/format';
import { int64 } from '@/lib/time';
import { type Found, ofPipeline, slower } from './links';
import { percent } from './series';
import { failedShare, type Sort, sorted, tokensOf } from './sorting';

/** What a column shows, and from which width of the screen on it has room. */
interface Column {
  sort: Sort;
  label: string;
  from?: string;
}

const COLUMNS: readonly Column[] = [
  { sort: 'count', label: 'Executions' },
  { sort: 'failed', label: 'Failed' },
  { sort: 'p50', label: 'P50', from: 'max-lg:hidden' },
  { sort: 'p95', label: 'P95' },
  { sort: 'p99', label: 'P99', from: 'max-lg:hidden' },
  { sort: 'tokens', label: 'Tokens', from: 'max-md:hidden' },
  { sort: 'cost', label: 'Cost', from: 'max-sm:hidden' },
];

/** All pipelines of a range: each number finds the executions that it counts. */
export function PipelineTable({
  pipelines,
  sort,
  onSort,
  open,
  found: Found,
}: {
  pipelines: readonly ListedPipeline[];
  sort: Sort;
  onSort: (sort: Sort) => void;
  /** How the screen links to a pipeline's page. */
  open: (name: string, children: ReactNode) => ReactNode;
  found: Found;
}) {
  return (
    <table className="w-full table-fixed border-collapse text-sm">
      <caption className="sr-only">Pipelines</caption>
      <thead>
        <tr className="border-b border-line">
          <Head label="Pipeline" by="name" sort={sort} onSort={onSort} className="text-left" />
          <th className="w-40 max-lg:hidden" scope="col">
            <span className="sr-only">Over time</span>
          </th>
          {COLUMNS.map((c) => (
            <Head
              key={c.sort}
              label={c.label}
              by={c.sort}
              sort={sort}
              onSort={onSort}
              className={cx('w-24 max-sm:w-[74px]', c.from)}
            />
          ))}
        </tr>
      </thead>
      <tbody>
        {sorted(pipelines, sort).map((p) => (
          <tr key={p.name} className="border-b border-line/60 hover:bg-hover">
            <th scope="row" className="px-4 py-2.5 text-left font-medium">
              <span className="flex min-w-0">
                {open(p.name, <bdi className="truncate">{p.name || '(no name)'}</bdi>)}
              </span>
            </th>
            <td className="px-3 max-lg:hidden">
              <Sparkbars
                all={p.runs ?? []}
                some={p.failures ?? []}
                label={`${plural(p.count, 'execution')} over time, ${grouped(p.errorCount)} of them failed`}
              />
            </td>
            <Numbers pipeline={p} Found={Found} />
          </tr>
        ))}
      </tbody>
    </table>
  );
}

function Numbers({ pipeline: p, Found }: { pipeline: ListedPipeline; Found: Found }) {
  const percentile = (nano: string): ReactNode => (
    <Found
      q={ofPipeline(p.name, slower(int64(nano)))}
      hint={`Executions that took at least ${duration(int64(nano))}`}
    >
      {duration(int64(nano))}
    </Found>
  );
  const cells: Record<Exclude<Sort, 'name'>, ReactNode> = {
    count: (
      <Found q={ofPipeline(p.name)} hint={`All ${grouped(p.count)} executions`}>
        {count(p.count)}
      </Found>
    ),
    failed:
      p.errorCount > 0 ? (
        <Found
          q={ofPipeline(p.name, 'status:error')}
          hint={`The ${plural(p.errorCount, 'execution')} that failed`}
        >
          <span className="text-err">{percent(failedShare(p))}</span>
        </Found>
      ) : (
        <span className="text-ink-3">0 %</span>
      ),
    p50: percentile(p.p50Nano),
    p95: percentile(p.p95Nano),
    p99: percentile(p.p99Nano),
    tokens: (
      <Found q={ofPipeline(p.name, 'has:tokens')} hint={`${grouped(tokensOf(p))} tokens, input and output`}>
        {count(tokensOf(p))}
      </Found>
    ),
    cost: (
      <Found q={ofPipeline(p.name, 'has:cost')} hint="Executions whose cost is known">
        {cost(p.costUsd)}
      </Found>
    ),
  };
  return COLUMNS.map((c) => (
    <td key={c.sort} className={cx('num px-3 text-right', c.from)}>
      {cells[c.sort as Exclude<Sort, 'name'>]}
    </td>
  ));
}

function Head({
  label,
  by,
  sort,
  onSort,
  className,
}: {
  label: string;
  by: Sort;
  sort: Sort;
  onSort: (sort: Sort) => void;
  className?: string;
}) {
  const on = by === sort;
  return (
    <th
      scope="col"
      aria-sort={on ? (by === 'name' ? 'ascending' : 'descending') : undefined}
      className={cx('h-8 font-normal', className)}
    >
      <button
        type="button"
        onClick={() => onSort(by)}
        className={cx(
          'flex h-full w-full items-center gap-0.5 px-3 text-xs hover:text-ink',
          by === 'name' ? 'pl-4' : 'justify-end',
          on ? 'font-medium text-ink' : 'text-ink-3',
        )}
      >
        {label}
        {on && <ArrowDown size={11} aria-hidden className={cx(by === 'name' && 'rotate-180')} />}
      </button>
    </th>
  );
}
