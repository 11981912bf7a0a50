import { useQuery, useQueryClient } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import { sessionQuery } from '@/api/queries';
import { policyQuery, savePolicy } from '@/api/settings';
import type { ReasoningSettings } from '@/api/types';
import { Field } from '@/components/form/Field';
import { Group } from '@/components/form/Group';
import { NumberInput, RadioCards, Select, TextInput } from '@/components/form/inputs';
import { SaveBar } from '@/components/form/SaveBar';
import { POLICIES, policyLabel, toDraft, toSettings } from '@/features/policy/policy';
import { Loaded } from './Loaded';
import { LookOnly, useMayChange } from './LookOnly';
import { SectionHead } from './SectionHead';
import { Unsaved } from './Unsaved';
import { useForm, wrong } from './useForm';

export function PolicyPage() {
  return (
    <>
      <SectionHead title="Explanations">
        Facts are computed for every execution and cost nothing. Here you say which ones a model explains in
        words, which model, and what it may cost.
      </SectionHead>
      <LookOnly />
      <Loaded query={useQuery(policyQuery)}>{(stored) => <PolicyForm stored={stored} />}</Loaded>
    </>
  );
}

function PolicyForm({ stored }: { stored: ReasoningSettings }) {
  const may = useMayChange();
  const client = useQueryClient();
  const form = useForm({
    stored,
    queryKey: policyQuery.queryKey,
    toDraft,
    save: async (draft) => {
      const settings = toSettings(draft);
      if ('wrong' in settings) throw wrong(settings.wrong, 'This is no number.');
      return savePolicy(settings);
    },
    // It says who explains.
    onSaved: () => void client.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  });
  const { draft, change, at } = form;
  const endpoints = stored.endpoints ?? [];
  return (
    <form onSubmit={form.submit} noValidate>
      <InForce stored={stored} />
      <fieldset disabled={!may} className="min-w-0">
        <Group title="What a model explains">
          <RadioCards
            legend="Policy"
            name="policy"
            options={POLICIES}
            value={draft.policy}
            onChange={(policy) => change({ policy })}
          />
          {draft.policy === 'sample' && (
            <Field
              label="Share of all executions"
              error={at('/samplePercent')}
              hint="Chosen by trace id: the same execution is always in it or never."
              className="mt-3"
            >
              {(control) => (
                <NumberInput
                  {...control}
                  unit="%"
                  value={draft.samplePercent}
                  onChange={(e) => change({ samplePercent: e.target.value })}
                />
              )}
            </Field>
          )}
        </Group>
        <Group title="Which model">
          <div className="grid grid-cols-2 gap-4 max-sm:grid-cols-1">
            <Field label="Model" error={at('/model')} hint="Empty: the server’s own choice.">
              {(control) => (
                <TextInput
                  {...control}
                  value={draft.model}
                  onChange={(e) => change({ model: e.target.value })}
                  className="font-mono"
                />
              )}
            </Field>
            <Field
              label="Endpoint"
              error={at('/baseUrl')}
              hint={
                endpoints.length > 0
                  ? 'Those that this server allows. It holds their keys.'
                  : 'This server has only one. Whoever runs it can allow others with XRAY_MODEL_ENDPOINTS.'
              }
            >
              {(control) => (
                <Select
                  {...control}
                  options={[
                    { value: '', label: 'The server’s own' },
                    ...endpoints.map((url) => ({ value: url, label: url })),
                  ]}
                  value={draft.baseUrl}
                  onChange={(baseUrl) => change({ baseUrl })}
                />
              )}
            </Field>
          </div>
        </Group>
        <Group
          title="What it may cost"
          about="A call that could exceed a cap is not made: facts stand in its place. Days and months are of UTC."
        >
          <div className="grid grid-cols-3 gap-4 max-sm:grid-cols-1">
            <Field label="Daily cap" error={at('/dailyCapUsd')} hint="Empty: none.">
              {(control) => (
                <NumberInput
                  {...control}
                  unit="US$"
                  value={draft.dailyCap}
                  onChange={(e) => change({ dailyCap: e.target.value })}
                />
              )}
            </Field>
            <Field label="Monthly cap" error={at('/monthlyCapUsd')} hint="Empty: none.">
              {(control) => (
                <NumberInput
                  {...control}
                  unit="US$"
                  value={draft.monthlyCap}
                  onChange={(e) => change({ monthlyCap: e.target.value })}
                />
              )}
            </Field>
            <Field
              label="Calls at once"
              error={at('/concurrency')}
              hint={`1 to 64. Empty: ${stored.effectiveConcurrency && !stored.concurrency ? stored.effectiveConcurrency : 'what the server says'}.`}
            >
              {(control) => (
                <NumberInput
                  {...control}
                  value={draft.concurrency}
                  onChange={(e) => change({ concurrency: e.target.value })}
                />
              )}
            </Field>
          </div>
        </Group>
      </fieldset>
      <SaveBar
        dirty={form.dirty}
        saving={form.saving}
        saved={form.saved}
        error={form.error}
        onDiscard={form.discard}
        label="Save policy"
      />
      <Unsaved dirty={form.dirty && !form.saving} />
    </form>
  );
}

/** What holds at the moment, with what the server adds to what was set. */
function InForce({ stored }: { stored: ReasoningSettings }) {
  return (
    <p className="mb-6 rounded-lg border border-line bg-surface px-3 py-2.5 text-sm text-ink-2">
      {stored.effectiveModel ? (
        <>
          In force:{' '}
          <span className="font-medium text-ink">{policyLabel(stored.effectivePolicy ?? stored.policy)}</span>
          , by <span className="mono text-ink">{stored.effectiveModel}</span>.{' '}
          <Link
            to="/settings/{-$section}"
            params={{ section: 'spend' }}
            className="font-medium text-accent hover:underline"
          >
            What it has cost
          </Link>
        </>
      ) : stored.policy === 'off' ? (
        'In force: off. Explanations come from computed facts alone.'
      ) : (
        <>
          This server knows no model: explanations come from computed facts alone. Whoever runs it sets{' '}
          <code className="mono text-ink">OPENAI_API_KEY</code> or{' '}
          <code className="mono text-ink">OPENAI_BASE_URL</code>.
        </>
      )}
    </p>
  );
}
