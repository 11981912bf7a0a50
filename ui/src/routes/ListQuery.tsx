import { useQuery } from '@tanstack/react-query';
import { type RefObject, useEffect, useState } from 'react';
import { valuesQuery, vocabularyQuery } from '@/api/list';
import type { QueryError } from '@/api/types';
import { completions, wanted } from '@/features/search/completions';
import { type Draft, QueryBar } from '@/features/search/QueryBar';
import { recentQueries } from '@/features/search/recent';
import { typingAt } from '@/features/search/terms';

const NONE: readonly QueryError[] = [];
const TYPED_MS = 120;

/** The query's text: what is in the URL, and what somebody is making of it. */
export function ListQuery({
  input,
  q,
  draft,
  onDraft,
  errors,
  onQuery,
}: {
  input: RefObject<HTMLInputElement | null>;
  /** What the list shows. */
  q: string;
  draft: Draft;
  onDraft: (draft: Draft) => void;
  /** Of q, where the server could not read it. */
  errors: readonly QueryError[];
  onQuery: (q: string) => void;
}) {
  const [wasUsed, setUsed] = useState(false);
  const vocabulary = useQuery({ ...vocabularyQuery, enabled: wasUsed });
  const typing = typingAt(draft.text, draft.caret);
  const ask = useLate(wanted(vocabulary.data, typing), TYPED_MS);
  const values = useQuery({
    ...valuesQuery(ask?.field ?? '', ask?.prefix ?? '', errors.length > 0 ? '' : typing.rest),
    enabled: ask !== undefined,
  });
  const observed = ask ? (values.data?.values ?? []) : [];
  return (
    <QueryBar
      input={input}
      draft={draft}
      onDraft={onDraft}
      onSubmit={(text) => {
        const next = text.trim();
        onDraft({ text: next, caret: next.length });
        onQuery(next);
      }}
      options={completions(vocabulary.data, draft.text, typing, observed, recentQueries())}
      errors={draft.text.trim() === q ? errors : NONE}
      onFocus={() => setUsed(true)}
    />
  );
}

/** The value once it has stayed the same for a moment. */
function useLate<T>(value: T, ms: number): T {
  const key = JSON.stringify(value);
  const [late, setLate] = useState<{ key: string; value: T }>({ key, value });
  useEffect(() => {
    if (late.key === key) return;
    const timer = setTimeout(() => setLate({ key, value }), ms);
    return () => clearTimeout(timer);
  }, [late.key, key, value, ms]);
  return late.value;
}
