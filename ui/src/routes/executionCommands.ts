import { useNavigate, useParams } from '@tanstack/react-router';
import { useMemo } from 'react';
import { type ExportFormat, exportExecution } from '@/api/exports';
import type { Command } from '@/features/palette/match';
import { saveAs } from './download';
import type { ExecutionSearch } from './search';

/** What the palette offers on the page of an execution; nothing elsewhere. */
export function useExecutionCommands(): Command[] {
  const { id } = useParams({ strict: false }) as { id?: string };
  const navigate = useNavigate();
  return useMemo(() => {
    if (!id) return [];
    const go = (label: string, change: ExecutionSearch): Command => ({
      id: `here ${label}`,
      group: 'This execution',
      label,
      run: () =>
        void navigate({
          to: '/executions/$id',
          params: { id },
          search: (old: ExecutionSearch) => ({ ...old, ...change }),
        }),
    });
    const save = (label: string, format: ExportFormat, suffix: string): Command => ({
      id: `save ${format}`,
      group: 'This execution',
      label,
      run: () => void exportExecution(id, format).then((file) => saveAs(file, `${id}.${suffix}`)),
    });
    return [
      go('Steps as a funnel', { view: 'funnel', pane: 'steps' }),
      go('Steps as a tree', { view: 'tree', pane: 'steps' }),
      go('Steps as a waterfall', { view: 'waterfall', pane: 'steps' }),
      go('Ask a question', { side: 'ask', pane: 'context' }),
      go('Computed facts only', { only: 'facts', pane: 'why' }),
      save('Download Markdown for an LLM', 'markdown', 'md'),
      save('Download OTLP JSON', 'otlp', 'otlp.json'),
      save('Download NDJSON', 'ndjson', 'ndjson'),
    ];
  }, [id, navigate]);
}
