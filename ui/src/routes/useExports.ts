import { useEffect, useState } from 'react';
import { type ExportFormat, exportExecution } from '@/api/exports';
import type { ExecutionDetail } from '@/api/types';
import { copyToClipboard } from '@/components/Copy';
import { base } from '@/lib/base';
import { saveAs } from './download';

const SUFFIX: Record<ExportFormat, string> = { otlp: 'otlp.json', ndjson: 'ndjson', markdown: 'md' };
const SAID_MS = 4_000;

/** What the header offers to take along, and how that went. */
export function useExports(execution: ExecutionDetail | undefined) {
  const [said, say] = useState<string>();
  useEffect(() => {
    if (!said) return;
    const timer = setTimeout(() => say(undefined), SAID_MS);
    return () => clearTimeout(timer);
  }, [said]);
  const attempt = async (act: (e: ExecutionDetail) => Promise<string>): Promise<void> => {
    if (!execution) return;
    say('One moment…');
    try {
      say(await act(execution));
    } catch (error) {
      say(error instanceof Error ? error.message : String(error));
    }
  };
  const copy = async (text: string): Promise<string> =>
    (await copyToClipboard(text)) ? 'Copied' : 'The browser does not allow copying here';
  return {
    said,
    onDownload: (format: ExportFormat) =>
      void attempt(async ({ id }) => {
        saveAs(await exportExecution(id, format), `${id}.${SUFFIX[format]}`);
        return 'Saved';
      }),
    onCopyForAgent: () =>
      void attempt(async ({ id }) => copy(await (await exportExecution(id, 'markdown')).text())),
    onCopyLink: () =>
      void attempt(async ({ id }) => {
        const url = new URL(window.location.href);
        url.pathname = `${base}/executions/${id}`; // the trace id stays, whoever reuses the other
        return copy(url.href);
      }),
  };
}
