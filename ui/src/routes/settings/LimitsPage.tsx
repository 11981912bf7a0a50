import { useQuery } from '@tanstack/react-query';
import { Trash2 } from 'lucide-react';
import { limitsQuery, saveLimits } from '@/api/ingest';
import { keysQuery } from '@/api/keys';
import type { LimitSettings } from '@/api/types';
import { IconButton } from '@/components/Button';
import { Group } from '@/components/form/Group';
import { Select } from '@/components/form/inputs';
import { SaveBar } from '@/components/form/SaveBar';
import { LimitFields } from '@/features/ingest/LimitFields';
import { NO_LIMITS, toDraft, toSettings } from '@/features/ingest/limits';
import { inOrder, works } from '@/features/keys/keys';
import { Loaded } from './Loaded';
import { LookOnly, useMayChange } from './LookOnly';
import { SectionHead } from './SectionHead';
import { Unsaved } from './Unsaved';
import { useForm, wrong } from './useForm';

export function LimitsPage() {
  return (
    <>
      <SectionHead title="Limits">
        How much is taken at most. Over a limit senders are told to come back later; clients of OpenTelemetry
        do so by themselves. They hold within two seconds.
      </SectionHead>
      <LookOnly />
      <Loaded query={useQuery(limitsQuery)}>{(stored) => <LimitsForm stored={stored} />}</Loaded>
    </>
  );
}

function LimitsForm({ stored }: { stored: LimitSettings }) {
  const may = useMayChange();
  const keys = useQuery({ ...keysQuery, enabled: may }).data ?? [];
  const form = useForm({
    stored,
    queryKey: limitsQuery.queryKey,
    toDraft,
    save: async (draft) => {
      const settings = toSettings(draft);
      if ('wrong' in settings) throw wrong(settings.wrong, 'This is no number.');
      return saveLimits(settings);
    },
  });
  const { draft, change } = form;
  const free = inOrder(keys).filter(
    (key) =>
      works(key) &&
      key.scope !== 'read' &&
      !key.replacedBy &&
      !draft.keys.some(({ keyId }) => keyId === key.id),
  );
  const named = (id: string): string => {
    const key = keys.find((each) => each.id === id);
    return key ? key.name || `${key.prefix}…` : `Key ${id}`;
  };
  return (
    <form onSubmit={form.submit} noValidate>
      <fieldset disabled={!may} className="min-w-0">
        <Group title="The project" about="All that is sent to it, by whatever key.">
          <LimitFields
            limits={draft.project}
            at={(name) => form.at(`/project/${name}`)}
            onChange={(part) => change({ project: { ...draft.project, ...part } })}
          />
        </Group>
        <Group
          title="Single keys"
          about="So that one pipeline cannot take the room of the others. The project’s limits hold besides."
          action={
            free.length > 0 && (
              <Select
                aria-label="Limit another key"
                value=""
                onChange={(keyId) => change({ keys: [...draft.keys, { keyId, limits: NO_LIMITS }] })}
                options={[
                  { value: '', label: 'Limit another key…' },
                  ...free.map((key) => ({ value: key.id, label: key.name || `${key.prefix}…` })),
                ]}
                className="w-48!"
              />
            )
          }
        >
          {draft.keys.length === 0 && <p className="text-sm text-ink-2">No key has limits of its own.</p>}
          <ul className="flex flex-col gap-3">
            {draft.keys.map(({ keyId, limits }, i) => (
              <li key={keyId} className="rounded-lg border border-line bg-surface p-3">
                <div className="mb-2 flex items-center justify-between gap-2">
                  <h3 className="min-w-0 truncate font-medium">
                    <bdi>{named(keyId)}</bdi>
                  </h3>
                  <IconButton
                    name={`Take the limits of ${named(keyId)} away`}
                    onClick={() => change({ keys: draft.keys.filter((each) => each.keyId !== keyId) })}
                  >
                    <Trash2 size={14} aria-hidden />
                  </IconButton>
                </div>
                <LimitFields
                  limits={limits}
                  at={(name) => form.at(`/keys/${i}/limits/${name}`)}
                  onChange={(part) =>
                    change({
                      keys: draft.keys.map((each) =>
                        each.keyId === keyId ? { keyId, limits: { ...each.limits, ...part } } : each,
                      ),
                    })
                  }
                />
              </li>
            ))}
          </ul>
        </Group>
      </fieldset>
      <SaveBar
        dirty={form.dirty}
        saving={form.saving}
        saved={form.saved}
        error={form.error}
        onDiscard={form.discard}
        label="Save limits"
      />
      <Unsaved dirty={form.dirty && !form.saving} />
    </form>
  );
}
