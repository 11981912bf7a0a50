import { downloadOtlp } from '@/api/queries';

/** Saves an execution as a file: fetched, because the key travels in a header. */
export async function download({ id }: { id: string }): Promise<void> {
  const url = URL.createObjectURL(await downloadOtlp(id));
  const link = document.createElement('a');
  link.href = url;
  link.download = `${id}.otlp.json`;
  link.click();
  URL.revokeObjectURL(url);
}
