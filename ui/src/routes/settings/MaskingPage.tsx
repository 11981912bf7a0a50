import { useQuery } from '@tanstack/react-query';
import { Plus } from 'lucide-react';
import { useState } from 'react';
import { ApiError } from '@/api/client';
import { maskingQuery, saveMasking, tryMasking } from '@/api/settings';
import type { MaskingSettings } from '@/api/types';
import { Button } from '@/components/Button';
import { Group } from '@/components/form/Group';
import { SaveBar } from '@/components/form/SaveBar';
import { useSettled } from '@/components/useSettled';
import { ModelSide } from '@/features/masking/ModelSide';
import { RuleCard } from '@/features/masking/RuleCard';
import { MOST_RULES, moved, nextRule, SAMPLE, toDraft, toSettings } from '@/features/masking/rules';
import { TestBox } from '@/features/masking/TestBox';
import { Loaded } from './Loaded';
import { LookOnly, useMayChange } from './LookOnly';
import { SectionHead } from './SectionHead';
import { Unsaved } from './Unsaved';
import { useForm } from './useForm';

export function MaskingPage() {
  const query = useQuery(maskingQuery);
  return (
    <>
      <SectionHead title="Masking">
        What X-Ray never writes down, and what a model that explains is not shown. Rules hold for what arrives
        from the moment they are saved.
      </SectionHead>
      <LookOnly />
      <Loaded query={query}>{(stored) => <MaskingForm stored={stored} />}</Loaded>
    </>
  );
}

function MaskingForm({ stored }: { stored: MaskingSettings }) {
  const may = useMayChange();
  const form = useForm({
    stored,
    queryKey: maskingQuery.queryKey,
    toDraft,
    save: (draft) => saveMasking(toSettings(draft)),
  });
  const { rules, presets, structureOnly } = form.draft;
  const [sample, setSample] = useState(SAMPLE);
  const settled = useSettled(JSON.stringify([toSettings(form.draft), sample]));
  const [settings, tried] = JSON.parse(settled) as [MaskingSettings, string];
  const trial = useQuery(tryMasking(settings, tried));
  const refused = trial.error instanceof ApiError ? trial.error : undefined;
  const refusedAt = refused?.field?.replace(/^\/settings/, '');
  const at = (pointer: string): string | undefined =>
    form.at(pointer) ??
    (refused && (refusedAt === pointer || refusedAt?.startsWith(`${pointer}/`))
      ? refused.message
      : undefined);

  return (
    <form
      onSubmit={form.submit}
      noValidate
      className="grid grid-cols-[minmax(0,1fr)_minmax(0,25rem)] gap-6 max-xl:grid-cols-1"
    >
      <div className="min-w-0">
        <fieldset disabled={!may} className="min-w-0">
          <Group
            title="Before anything is stored"
            about="What rules take out is nowhere: in no table, index, log line or prompt. Where two find the same, the upper one names it."
            action={
              may && (
                <Button
                  onClick={() => form.change({ rules: [...rules, nextRule(rules)] })}
                  disabled={rules.length >= MOST_RULES}
                >
                  <Plus size={14} aria-hidden />
                  Add a rule
                </Button>
              )
            }
          >
            {rules.length === 0 && (
              <p className="rounded-lg border border-dashed border-line-strong px-3 py-5 text-center text-sm text-ink-2">
                No rules: everything is stored as it comes.
              </p>
            )}
            <ol aria-label="Masking rules" className="flex flex-col gap-3">
              {rules.map((rule, i) => (
                <RuleCard
                  key={rule.key}
                  rule={rule}
                  place={i}
                  count={rules.length}
                  at={(part) => at(`/rules/${i}${part}`)}
                  onChange={(part) =>
                    form.change({ rules: rules.map((r) => (r.key === rule.key ? { ...r, ...part } : r)) })
                  }
                  onMove={(to) => form.change({ rules: moved(rules, i, to) })}
                  onRemove={() => form.change({ rules: rules.filter((r) => r.key !== rule.key) })}
                />
              ))}
            </ol>
          </Group>
          <Group
            title="Before a model sees it"
            about="The rules above hold here, too, for what was stored before there were any. These come on top."
          >
            <ModelSide
              presets={presets}
              structureOnly={structureOnly}
              onPresets={(now) => form.change({ presets: now })}
              onStructureOnly={(on) => form.change({ structureOnly: on })}
            />
          </Group>
        </fieldset>
        <SaveBar
          dirty={form.dirty}
          saving={form.saving}
          saved={form.saved}
          error={form.error}
          onDiscard={form.discard}
          label="Save rules"
        />
      </div>
      <div className="xl:sticky xl:top-0 xl:self-start">
        <TestBox
          sample={sample}
          onSample={setSample}
          result={trial.data}
          busy={trial.isFetching}
          error={refused && (refusedAt ? 'A rule is marked as wrong.' : refused.message)}
        />
      </div>
      <Unsaved dirty={form.dirty && !form.saving} />
    </form>
  );
}
