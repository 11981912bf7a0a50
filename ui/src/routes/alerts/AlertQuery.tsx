import { useRef, useState } from 'react';
import { ApiError } from '@/api/client';
import type { QueryError } from '@/api/types';
import { ListQuery } from '../ListQuery';

const NONE: readonly QueryError[] = [];

/** The query of an alert, completed and marked as that of the list is. */
export function AlertQuery({
  q,
  error,
  onQuery,
}: {
  q: string;
  /** Of the preview: it says where the query cannot be read. */
  error: Error | null;
  onQuery: (q: string) => void;
}) {
  const input = useRef<HTMLInputElement>(null);
  const [draft, setDraft] = useState({ text: q, caret: q.length });
  return (
    <ListQuery
      input={input}
      q={q}
      draft={draft}
      onDraft={(next) => {
        setDraft(next);
        onQuery(next.text.trim());
      }}
      errors={error instanceof ApiError ? error.errors : NONE}
      onQuery={onQuery}
    />
  );
}
