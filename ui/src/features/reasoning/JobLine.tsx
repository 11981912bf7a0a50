import { LoaderCircle } from 'lucide-react';
import type { ReasoningJob } from '@/api/types';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';

/** Where the explaining stands, said plainly; silent once it is done. */
export function JobLine({
  job,
  explaining,
  error,
  onRetry,
}: {
  job: ReasoningJob | undefined;
  explaining: boolean;
  error: string | undefined;
  onRetry: () => void;
}) {
  if (error) {
    return (
      <Notice tone="error" className="mt-3" action={<Retry onRetry={onRetry} />}>
        The explanation could not be asked for. {error}
      </Notice>
    );
  }
  if (explaining || job?.status === 'pending' || job?.status === 'processing') {
    return (
      <p role="status" className="mt-3 flex items-center gap-2 text-sm text-run">
        <LoaderCircle size={14} aria-hidden className="animate-spin" />
        {words(job)}
      </p>
    );
  }
  if (job?.status === 'failed') {
    return (
      <Notice tone="error" className="mt-3" action={<Retry onRetry={onRetry} />}>
        <strong className="font-semibold">The explanation failed</strong>
        {job.attempts > 1 && ` after ${job.attempts} attempts`}. {job.error ?? 'The server gave no reason.'}
      </Notice>
    );
  }
  return null;
}

function Retry({ onRetry }: { onRetry: () => void }) {
  return (
    <Button onClick={onRetry} className="-my-0.5 h-6 text-xs">
      Try again
    </Button>
  );
}

function words(job: ReasoningJob | undefined): string {
  if (!job || job.status === 'pending') {
    return job?.error ? `Waiting to try again: ${job.error}` : 'Waiting to be explained…';
  }
  const attempt = job.attempts > 1 ? `, attempt ${job.attempts}` : '';
  return job.model ? `${job.model} is explaining it${attempt}…` : `Explaining it${attempt}…`;
}
