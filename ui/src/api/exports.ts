import { base } from '@/lib/base';
import { problemOf, unreachable } from './client';
import { authHeaders } from './key';

export type ExportFormat = 'otlp' | 'ndjson' | 'markdown';

/** The whole execution as a file; the key travels in a header, so a plain link would not do. */
export async function exportExecution(id: string, format: ExportFormat): Promise<Blob> {
  const path = `/api/executions/${encodeURIComponent(id)}/export?format=${format}`;
  const response = await fetch(base + path, { headers: authHeaders() }).catch(() => {
    throw unreachable();
  });
  if (!response.ok) throw problemOf(await response.json().catch(() => undefined), response);
  return response.blob();
}
