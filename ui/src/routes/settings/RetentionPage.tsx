import { useQuery, useQueryClient } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { expiryQuery, retentionQuery, saveRetention } from '@/api/settings';
import type { Retention } from '@/api/types';
import { Field } from '@/components/form/Field';
import { Check, NumberInput } from '@/components/form/inputs';
import { SaveBar } from '@/components/form/SaveBar';
import { Notice } from '@/components/Notice';
import { useNow } from '@/components/useNow';
import { useSettled } from '@/components/useSettled';
import { keptFrom, lossWords, type RetentionDraft, toDays, toDraft } from '@/features/policy/retention';
import { Loaded } from './Loaded';
import { LookOnly, useMayChange } from './LookOnly';
import { SectionHead } from './SectionHead';
import { Unsaved } from './Unsaved';
import { useForm, wrong } from './useForm';

export function RetentionPage() {
  return (
    <>
      <SectionHead title="Retention">
        For how long this project’s data is kept, counted from when it arrived. What is too old is deleted
        within six hours, for good.
      </SectionHead>
      <LookOnly />
      <Loaded query={useQuery(retentionQuery)}>{(stored) => <RetentionForm stored={stored} />}</Loaded>
    </>
  );
}

function RetentionForm({ stored }: { stored: Retention }) {
  const may = useMayChange();
  const client = useQueryClient();
  const now = useNow();
  const [agreed, setAgreed] = useState(false);
  const form = useForm({
    stored,
    queryKey: retentionQuery.queryKey,
    toDraft,
    save: async (draft) => {
      const days = toDays(draft);
      if ('wrong' in days) throw wrong(days.wrong, 'Give a whole number of days.');
      // What is asked now is what goes: more may have become too old since it was shown.
      const loss = lossWords(await client.fetchQuery(expiryQuery(days)));
      if (loss && !agreed) throw wrong('/agreed', 'Say first that this may be deleted.');
      return saveRetention(days);
    },
    onSaved: () => setAgreed(false),
  });
  const change = (part: Partial<RetentionDraft>): void => {
    setAgreed(false);
    form.change(part);
  };
  const days = toDays(form.draft);
  const settled = useSettled(JSON.stringify(days));
  const asked = JSON.parse(settled) as Retention | { wrong: string };
  const valid = !('wrong' in asked) && form.dirty;
  const expiry = useQuery({
    ...expiryQuery('wrong' in asked ? stored : asked),
    enabled: valid,
    retry: false,
  });
  const loss = valid && expiry.data ? lossWords(expiry.data) : undefined;
  const kept = (n: number): string => {
    const from = keptFrom(n, now);
    return from ? `Today that is what arrived on ${from} or later.` : 'From 1 day to 100 years.';
  };
  const typed = 'wrong' in days ? undefined : days;
  return (
    <form onSubmit={form.submit} noValidate>
      <fieldset disabled={!may} className="grid min-w-0 grid-cols-2 gap-4 max-md:grid-cols-1">
        <Kept
          title="Payloads"
          about="What steps were given and returned, their attributes and events. They take most of the disk. Without them an execution still shows its steps, times, costs and explanation."
        >
          <Field
            label="Keep payloads for"
            error={form.at('/payloadDays')}
            hint={kept(typed?.payloadDays ?? Number.NaN)}
          >
            {(control) => (
              <NumberInput
                {...control}
                unit="days"
                value={form.draft.payloadDays}
                onChange={(e) => change({ payloadDays: e.target.value })}
              />
            )}
          </Field>
        </Kept>
        <Kept
          title="Executions"
          about="The executions with all of their steps, items, facts, explanations and feedback, and the statistics made of them. The list of calls to models stays for 90 days at least."
        >
          <Field
            label="Keep executions for"
            error={form.at('/structureDays')}
            hint={kept(typed?.structureDays ?? Number.NaN)}
          >
            {(control) => (
              <NumberInput
                {...control}
                unit="days"
                value={form.draft.structureDays}
                onChange={(e) => change({ structureDays: e.target.value })}
              />
            )}
          </Field>
        </Kept>
      </fieldset>
      {loss && (
        <Notice tone="warn" className="mt-4">
          <p className="mb-1.5">{loss} Nobody can bring that back.</p>
          <Check
            label="Yes, delete that"
            checked={agreed}
            aria-invalid={form.at('/agreed') ? true : undefined}
            onChange={(e) => setAgreed(e.target.checked)}
          />
        </Notice>
      )}
      <SaveBar
        dirty={form.dirty}
        saving={form.saving}
        saved={form.saved}
        error={form.at('/agreed') ?? form.error}
        onDiscard={form.discard}
        label="Save days"
      />
      <Unsaved dirty={form.dirty && !form.saving} />
    </form>
  );
}

function Kept({ title, about, children }: { title: string; about: string; children: ReactNode }) {
  return (
    <section aria-label={title} className="flex flex-col gap-3 rounded-lg border border-line bg-surface p-4">
      <div className="flex-1">
        <h2 className="text-base font-semibold tracking-tight">{title}</h2>
        <p className="mt-1 text-sm text-ink-2">{about}</p>
      </div>
      {children}
    </section>
  );
}
