import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { type FormEvent, useDeferredValue, useState } from 'react';
import { createAlert, previewQuery, replaceAlert, webhooksQuery } from '@/api/hooks';
import type { Alert, NewAlert } from '@/api/types';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { Skeleton } from '@/components/Skeleton';
import { AlertChart } from '@/features/alerts/AlertChart';
import { RuleForm } from '@/features/alerts/RuleForm';
import { definition, FRESH, ruleOf } from '@/features/alerts/words';
import { plural } from '@/lib/format';
import { AlertQuery } from './AlertQuery';

/** An alert in the making, with what it would have done in the last day. */
export function AlertEditor({
  alert,
  onDone,
}: {
  /** The one that is changed; undefined makes a new one. */
  alert: Alert | undefined;
  /** With the alert that was saved, or undefined if nothing was. */
  onDone: (saved: Alert | undefined) => void;
}) {
  const [draft, setDraft] = useState<NewAlert>(() => definition(alert ?? FRESH));
  const client = useQueryClient();
  const hooks = useQuery(webhooksQuery).data;
  const preview = useQuery(previewQuery(useDeferredValue(ruleOf(draft))));
  const save = useMutation({
    mutationFn: () => (alert ? replaceAlert(alert.id, draft) : createAlert(draft)),
    onSuccess: (saved) => {
      void client.invalidateQueries({ queryKey: ['alerts'] });
      onDone(saved);
    },
  });
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    save.mutate();
  };
  const fired = preview.data?.events.filter((e) => e.fired).length ?? 0;
  return (
    <form onSubmit={submit} className="flex flex-col gap-5">
      <RuleForm
        draft={draft}
        onDraft={setDraft}
        hooks={hooks}
        query={
          <AlertQuery
            q={draft.query ?? ''}
            error={preview.error}
            onQuery={(query) => setDraft((d) => ({ ...d, query }))}
          />
        }
      />
      <section aria-label="Preview" className="rounded-lg border border-line bg-surface p-4">
        {preview.error ? (
          <Notice tone="warn">{preview.error.message}</Notice>
        ) : preview.data ? (
          <>
            <p className="pb-2 text-sm" aria-live="polite">
              In the last day it would have fired{' '}
              <strong>{fired === 0 ? 'never' : plural(fired, 'time')}</strong>: {preview.data.rule}.
              {preview.data.partial && ' There were more executions than a preview looks at.'}
            </p>
            <AlertChart rule={draft} points={preview.data.series} events={preview.data.events} />
          </>
        ) : (
          <Skeleton lines={4} />
        )}
      </section>
      {save.error && <Notice tone="error">{save.error.message}</Notice>}
      <div className="flex justify-end gap-2">
        <Button onClick={() => onDone(undefined)}>Cancel</Button>
        <Button look="main" type="submit" disabled={save.isPending}>
          {alert ? 'Save' : 'Create alert'}
        </Button>
      </div>
    </form>
  );
}
