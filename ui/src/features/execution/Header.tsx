import {
  Bot,
  ChevronDown,
  ChevronRight,
  ChevronUp,
  Download,
  GitCompareArrows,
  Link2,
  Share,
} from 'lucide-react';
import type { ReactNode } from 'react';
import type { ExecutionDetail } from '@/api/types';
import { Button, IconButton } from '@/components/Button';
import { Copy } from '@/components/Copy';
import { Mark } from '@/components/Mark';
import { ActionMenu } from '@/components/Menu';
import { useNow } from '@/components/useNow';
import { cx } from '@/lib/cx';
import { age, cost, count, duration, grouped, timestamp } from '@/lib/format';
import { elapsedNano, int64 } from '@/lib/time';
import { receiptWords } from './receipt';

const FORMATS: ReadonlyArray<{ format: 'otlp' | 'ndjson' | 'markdown'; label: string }> = [
  { format: 'markdown', label: 'Download Markdown for an LLM' },
  { format: 'otlp', label: 'Download OTLP JSON' },
  { format: 'ndjson', label: 'Download NDJSON' },
];

/** What this run is, in two lines. */
export function Header({
  feedback,
  execution: e,
  home,
  said,
  onNeighbour,
  onCompare,
  onCopyLink,
  onCopyForAgent,
  onDownload,
}: {
  /** What people may say of the execution. */
  feedback: ReactNode;
  execution: ExecutionDetail;
  /** The link back to the list. */
  home: ReactNode;
  /** How the last act went. */
  said: string | undefined;
  /** To the newer (-1) or older (1) execution. */
  onNeighbour: (by: 1 | -1) => void;
  onCompare: () => void;
  onCopyLink: () => void;
  onCopyForAgent: () => void;
  onDownload: (format: 'otlp' | 'ndjson' | 'markdown') => void;
}) {
  return (
    <header className="border-b border-line bg-surface">
      <div className="flex min-w-0 items-center gap-2 px-4 pt-2.5">
        <span className="flex shrink-0 items-center gap-1 text-sm text-ink-3 max-sm:hidden">
          {home}
          <ChevronRight size={13} aria-hidden />
        </span>
        <h1 className="min-w-0 truncate text-lg font-semibold tracking-tight" title={e.name}>
          <bdi>{e.name || '(no name)'}</bdi>
        </h1>
        <Mark status={e.status} look="pill" />
        <div className="flex min-w-0 gap-1 overflow-hidden max-md:hidden">
          {e.tags.slice(0, 6).map((tag) => (
            <bdi
              key={tag}
              className="max-w-32 shrink-0 truncate rounded border border-line px-1.5 text-xs text-ink-2"
            >
              {tag}
            </bdi>
          ))}
        </div>
        <span className="ml-auto flex shrink-0 items-center gap-1">
          {feedback}
          <span role="status" className="max-w-60 truncate text-xs text-ink-2">
            {said}
          </span>
          <span className="flex max-sm:hidden">
            <IconButton name="Newer execution" keys="[" onClick={() => onNeighbour(-1)}>
              <ChevronUp size={15} aria-hidden />
            </IconButton>
            <IconButton name="Older execution" keys="]" onClick={() => onNeighbour(1)}>
              <ChevronDown size={15} aria-hidden />
            </IconButton>
          </span>
          <IconButton name="Compare with the one before" keys="c" onClick={onCompare}>
            <GitCompareArrows size={15} aria-hidden />
          </IconButton>
          <IconButton name="Copy link" keys="y" onClick={onCopyLink}>
            <Link2 size={15} aria-hidden />
          </IconButton>
          <ActionMenu
            actions={[
              { label: 'Copy for an agent', icon: <Bot size={13} aria-hidden />, onSelect: onCopyForAgent },
              ...FORMATS.map(({ format, label }) => ({
                label,
                icon: <Download size={13} aria-hidden />,
                onSelect: () => onDownload(format),
              })),
            ]}
          >
            <Button look="plain" className="px-2">
              <Share size={14} aria-hidden />
              <span className="max-md:sr-only">Export</span>
            </Button>
          </ActionMenu>
        </span>
      </div>
      <Figures execution={e} />
    </header>
  );
}

function Figures({ execution: e }: { execution: ExecutionDetail }) {
  const receipt = receiptWords(e);
  const side = (n: string | undefined): string => (n === undefined ? '–' : count(int64(n)));
  return (
    <dl className="num flex gap-x-6 overflow-x-auto px-4 pt-1.5 pb-2.5 text-sm whitespace-nowrap">
      <Figure label="Duration">
        {e.status === 'running' ? <Ticking startedAt={e.startedAt} /> : duration(int64(e.durationNano))}
      </Figure>
      <Figure label="Started" title={timestamp(e.startedAt)}>
        <Age startedAt={e.startedAt} />
      </Figure>
      <Figure label="Steps">
        {grouped(e.stepCount)}
        {e.errorCount > 0 && <span className="text-err"> · {grouped(e.errorCount)} failed</span>}
      </Figure>
      {(e.inputTokens !== undefined || e.outputTokens !== undefined) && (
        <Figure label="Tokens in → out">
          {side(e.inputTokens)} <span className="text-ink-3">→</span> {side(e.outputTokens)}
        </Figure>
      )}
      {e.costUsd !== undefined && (
        <Figure label="Cost" title={e.costPartial ? 'Some model call had no known cost' : undefined}>
          {cost(e.costUsd, e.costPartial)}
        </Figure>
      )}
      {e.models.length > 0 && (
        <Figure label={e.models.length > 1 ? 'Models' : 'Model'}>{e.models.join(', ')}</Figure>
      )}
      {e.service && <Figure label="Service">{e.service}</Figure>}
      {e.environment && <Figure label="Environment">{e.environment}</Figure>}
      {e.release && <Figure label="Release">{e.release}</Figure>}
      {e.sessionId && <Figure label="Session">{e.sessionId}</Figure>}
      {e.userId && <Figure label="User">{e.userId}</Figure>}
      <Figure label={e.executionId === e.id ? 'Trace id' : 'Execution id'} title={`Trace id ${e.id}`}>
        <span className="font-mono text-xs">{shorten(e.executionId)}</span>
        <Copy name="Copy trace id" text={() => e.id} className="ml-0.5 h-4" />
      </Figure>
      {receipt && (
        <Figure label="Receipt" title={receipt.title}>
          <span className={cx(!receipt.complete && 'text-warn')}>{receipt.text}</span>
        </Figure>
      )}
    </dl>
  );
}

function shorten(id: string): string {
  return id.length > 26 ? `${id.slice(0, 12)}…${id.slice(-6)}` : id;
}

function Figure({
  label,
  title,
  children,
}: {
  label: string;
  title?: string | undefined;
  children: ReactNode;
}) {
  return (
    <div title={title} className="flex shrink-0 flex-col">
      <dt className="text-2xs text-ink-3">{label}</dt>
      <dd className="flex max-w-72 items-center gap-1 truncate">{children}</dd>
    </div>
  );
}

function Ticking({ startedAt }: { startedAt: string }) {
  return (
    <span className="text-run">{duration(Math.floor(elapsedNano(startedAt, useNow()) / 1e9) * 1e9)}</span>
  );
}

function Age({ startedAt }: { startedAt: string }) {
  return age(Date.parse(startedAt), useNow());
}
