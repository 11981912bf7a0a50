import { CloudOff, SearchX } from 'lucide-react';
import { isCode } from '@/api/client';
import { Button } from '@/components/Button';
import { Blank } from '@/components/Notice';

/** A page that could not be read, and why. */
export function Problem({ error, what, onRetry }: { error: unknown; what: string; onRetry: () => void }) {
  const message = error instanceof Error ? error.message : String(error);
  if (isCode(error, 'not_found')) {
    return (
      <Blank icon={<SearchX size={30} aria-hidden />} title={`There is no such ${what}`}>
        <p role="alert">{message}</p>
        <p className="mt-1 text-sm text-ink-3">
          It may have been deleted, be past its retention, or belong to another project.
        </p>
      </Blank>
    );
  }
  return (
    <Blank
      icon={<CloudOff size={30} aria-hidden />}
      title={isCode(error, 'unreachable') ? 'The server does not answer' : `The ${what} could not be read`}
      action={<Button onClick={onRetry}>Try again</Button>}
    >
      <p role="alert">{message}</p>
      {!isCode(error, 'invalid') && (
        <p className="mt-1 text-sm text-ink-3">
          This page tries again by itself when the connection is back.
        </p>
      )}
    </Blank>
  );
}
