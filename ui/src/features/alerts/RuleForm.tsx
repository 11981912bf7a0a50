import type { ReactNode } from 'react';
import type { NewAlert, Webhook } from '@/api/types';
import { Choice } from '@/components/Choice';
import { TextField } from '@/components/Field';
import { Tick } from '@/components/Tick';
import { AGGREGATES, aggregateOf } from './words';

const number = (text: string): number => (Number.isFinite(Number(text)) ? Number(text) : 0);

/** What an alert watches and whom it tells. */
export function RuleForm({
  draft,
  onDraft,
  query,
  hooks,
}: {
  draft: NewAlert;
  onDraft: (draft: NewAlert) => void;
  /** The field for the query, which knows its language. */
  query: ReactNode;
  /** Undefined where this caller may not see them. */
  hooks: readonly Webhook[] | undefined;
}) {
  const set = (change: Partial<NewAlert>): void => onDraft({ ...draft, ...change });
  const aggregate = aggregateOf(draft.aggregate);
  const missing = draft.aggregate === 'missing';
  const named = draft.webhooks ?? [];
  return (
    <div className="flex flex-col gap-4">
      <TextField
        label="Name"
        required
        maxLength={100}
        value={draft.name}
        onChange={(e) => set({ name: e.target.value })}
      />
      <div>
        <p className="pb-1 text-sm font-medium">Of executions that match</p>
        {query}
      </div>
      <div className="grid grid-cols-4 gap-3 max-md:grid-cols-2">
        <Choice
          label="Watch"
          options={AGGREGATES}
          value={draft.aggregate}
          onChange={(next) => set({ aggregate: next })}
        />
        {!missing && (
          <>
            <Choice
              label="That is"
              options={[
                { value: 'above', label: 'above' },
                { value: 'below', label: 'below' },
              ]}
              value={draft.below ? 'below' : 'above'}
              onChange={(side) => set({ below: side === 'below' })}
            />
            <TextField
              label={aggregate.unit ? `Threshold (${aggregate.unit})` : 'Threshold'}
              type="number"
              min={0}
              step="any"
              value={round((draft.threshold ?? 0) / aggregate.scale)}
              onChange={(e) => set({ threshold: number(e.target.value) * aggregate.scale })}
            />
          </>
        )}
        <TextField
          label="Over (minutes)"
          type="number"
          min={1}
          max={1440}
          value={draft.windowMinutes}
          onChange={(e) => set({ windowMinutes: number(e.target.value) })}
        />
      </div>
      <div className="grid grid-cols-2 gap-3 max-sm:grid-cols-1">
        <TextField
          label="For at least (minutes)"
          hint="How long it must hold before it fires."
          type="number"
          min={0}
          max={1440}
          value={draft.forMinutes ?? 0}
          onChange={(e) => set({ forMinutes: number(e.target.value) })}
        />
        <TextField
          label="Grace (seconds)"
          hint="How long to wait for what is late; more than your longest execution."
          type="number"
          min={0}
          max={3600}
          value={draft.graceSeconds ?? 60}
          onChange={(e) => set({ graceSeconds: number(e.target.value) })}
        />
      </div>
      {hooks && (
        <fieldset className="flex flex-col gap-1.5">
          <legend className="mb-1 text-sm font-medium">Tell</legend>
          {hooks.length === 0 && (
            <p className="text-sm text-ink-2">
              There is no webhook, channel or address yet: make one in the settings.
            </p>
          )}
          {hooks.map((h) => (
            <Tick
              key={h.id}
              label={h.events.includes('alert.fired') ? `${h.name} (is told of every alert)` : h.name}
              checked={named.includes(h.id) || h.events.includes('alert.fired')}
              onChange={(on) => set({ webhooks: on ? [...named, h.id] : named.filter((id) => id !== h.id) })}
            />
          ))}
        </fieldset>
      )}
    </div>
  );
}

const round = (n: number): number => Math.round(n * 1e6) / 1e6;
