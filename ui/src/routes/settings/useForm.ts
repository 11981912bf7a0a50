import { useMutation, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useEffect, useRef, useState } from 'react';
import { ApiError } from '@/api/client';

/** A value of a form that cannot even be sent, as the API would say it. */
export function wrong(field: string, message: string): ApiError {
  return new ApiError('invalid', 0, message, [], field);
}

export interface Form<D> {
  draft: D;
  change: (part: Partial<D>) => void;
  dirty: boolean;
  saving: boolean;
  saved: boolean;
  /** What went wrong, unless it stands at a field. */
  error: string | undefined;
  /** What is wrong with the value at a pointer, or within it. */
  at: (pointer: string) => string | undefined;
  submit: (event: FormEvent<HTMLFormElement>) => void;
  discard: () => void;
}

/**
 * Settings that are edited as a draft and saved as a whole. `toDraft` must be
 * pure; `save` may throw what `wrong` makes. What was saved replaces what the
 * query under `queryKey` holds.
 */
export function useForm<S, D extends object>({
  stored,
  queryKey,
  toDraft,
  save,
  onSaved,
}: {
  stored: S;
  queryKey: readonly unknown[];
  toDraft: (stored: S) => D;
  save: (draft: D) => Promise<S>;
  onSaved?: () => void;
}): Form<D> {
  const client = useQueryClient();
  const [edited, setEdited] = useState<D>();
  const form = useRef<HTMLFormElement>(null);
  const base = toDraft(stored);
  const draft = edited ?? base;
  const mutation = useMutation({
    mutationFn: save,
    onSuccess: (now) => {
      client.setQueryData(queryKey, now);
      setEdited(undefined);
      onSaved?.();
    },
  });
  const error = mutation.error;
  const field = error instanceof ApiError ? error.field : undefined;
  useEffect(() => {
    if (error) form.current?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
  }, [error]);
  return {
    draft,
    change: (part) => {
      if (!mutation.isPending && !mutation.isIdle) mutation.reset();
      setEdited((now) => ({ ...(now ?? base), ...part }));
    },
    dirty: edited !== undefined && JSON.stringify(edited) !== JSON.stringify(base),
    saving: mutation.isPending,
    saved: mutation.isSuccess,
    error: error ? (field ? 'Not saved: a value is marked above.' : error.message) : undefined,
    at: (pointer) =>
      error && (field === pointer || field?.startsWith(`${pointer}/`)) ? error.message : undefined,
    submit: (event) => {
      event.preventDefault();
      form.current = event.currentTarget;
      mutation.mutate(draft);
    },
    discard: () => {
      mutation.reset();
      setEdited(undefined);
    },
  };
}
