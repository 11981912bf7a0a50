import { Link2, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StepDetail } from '@/api/types';
import { IconButton } from '@/components/Button';
import { Copy } from '@/components/Copy';
import { Glyph } from '@/components/Glyph';
import { Mark } from '@/components/Mark';
import { Notice } from '@/components/Notice';
import type { Lit } from '@/components/Payload';
import { TabPanel, Tabs } from '@/components/Tabs';
import { bytes, cost, count, duration } from '@/lib/format';
import { kindLabel } from '@/lib/kinds';
import { int64 } from '@/lib/time';
import { type LoadLarge, Value } from './Value';

export const STEP_TABS = ['input', 'output', 'changes'] as const;
export type StepTab = (typeof STEP_TABS)[number];

export interface StepPanelProps {
  step: StepDetail;
  /** From the start of the execution. */
  offsetNano: number | undefined;
  tab: StepTab | undefined;
  onTab: (tab: StepTab) => void;
  onClose: () => void;
  /** The value that a claim points at. */
  lit: { tab: StepTab; lit: Lit } | undefined;
  explanation: ReactNode;
  /** What people may say of the step. */
  feedback: ReactNode;
  /** What it changed, and a count of it for the tab. */
  changes: ReactNode;
  changed: string | undefined;
  large: LoadLarge;
}

/** One step: what it is, what happened in it, what went in and came out. Must stand inside a Scroll. */
export function StepPanel({
  step,
  offsetNano,
  tab,
  onTab,
  onClose,
  lit,
  explanation,
  feedback,
  changes,
  changed,
  large,
}: StepPanelProps) {
  const shown = tab ?? lit?.tab ?? firstTab(step);
  const at = (name: StepTab): Lit | undefined => (lit?.tab === name ? lit.lit : undefined);
  return (
    <article aria-label={`Step ${step.name}`}>
      <header className="flex flex-col gap-2.5 px-4 pt-3 pb-3">
        <div className="flex items-center gap-2">
          <Glyph kind={step.type} size={16} />
          <h2 className="min-w-0 truncate text-lg font-semibold tracking-tight" title={step.name}>
            <bdi>{step.name || '(no name)'}</bdi>
          </h2>
          <Mark status={step.status} look="pill" size={13} />
          <span className="ml-auto flex shrink-0 items-center">
            {feedback}
            <Copy
              name="Copy link to this step"
              text={() => window.location.href}
              icon={<Link2 size={14} aria-hidden />}
              className="size-7 justify-center"
            />
            <IconButton name="Close" keys="Esc" onClick={onClose}>
              <X size={15} aria-hidden />
            </IconButton>
          </span>
        </div>
        <Summary step={step} offsetNano={offsetNano} />
        {step.error && (
          <Notice tone="error">
            <bdi className="whitespace-pre-wrap">{step.error}</bdi>
          </Notice>
        )}
        {explanation}
      </header>
      <Tabs
        label="Parts of the step"
        tabs={[
          { value: 'input', label: 'Input', ...note(step, 'input') },
          { value: 'output', label: 'Output', ...note(step, 'output') },
          { value: 'changes', label: 'Changes', ...(changed ? { note: changed } : {}) },
        ]}
        value={shown}
        onChange={onTab}
        className="sticky top-0 z-10 bg-canvas px-3"
      >
        <TabPanel value="input" className="p-4">
          <Value step={step} which="input" lit={at('input')} large={large} />
        </TabPanel>
        <TabPanel value="output" className="p-4">
          <Value step={step} which="output" lit={at('output')} large={large} />
        </TabPanel>
        <TabPanel value="changes" className="p-4">
          {changes}
        </TabPanel>
      </Tabs>
    </article>
  );
}

function has(step: StepDetail, which: 'input' | 'output'): boolean {
  return step[which] !== undefined || Boolean(step.large?.some((o) => o.pointer === `/${which}`));
}

function firstTab(step: StepDetail): StepTab {
  return !has(step, 'output') && has(step, 'input') ? 'input' : 'output';
}

function note(step: StepDetail, which: 'input' | 'output'): { note?: string } {
  const large = step.large?.find((o) => o.pointer === `/${which}`);
  if (large) return { note: bytes(int64(large.bytes)) };
  return has(step, which) ? {} : { note: 'none' };
}

function Summary({ step, offsetNano }: { step: StepDetail; offsetNano: number | undefined }) {
  const tokens = [step.inputTokens, step.outputTokens].map((t) => (t === undefined ? '–' : count(int64(t))));
  const parts: Array<[string, string | undefined]> = [
    ['Kind', kindLabel(step.type)],
    ['Took', step.status === 'running' ? undefined : duration(int64(step.durationNano))],
    ['Began', offsetNano === undefined ? undefined : offset(offsetNano)],
    ['Model', step.model],
    ['Tokens', step.inputTokens || step.outputTokens ? `${tokens[0]} → ${tokens[1]}` : undefined],
    ['Cost', step.costUsd === undefined ? undefined : cost(step.costUsd)],
    ['Service', step.service],
  ];
  return (
    <dl className="flex flex-wrap gap-x-4 gap-y-0.5 text-sm">
      {parts.map(
        ([label, value]) =>
          value && (
            <div key={label} className="flex min-w-0 gap-1.5">
              <dt className="text-ink-3">{label}</dt>
              <dd className="num max-w-64 truncate">{value}</dd>
            </div>
          ),
      )}
    </dl>
  );
}

const offset = (nano: number): string =>
  nano === 0 ? 'at the start' : `${nano < 0 ? '' : '+'}${duration(nano)}`;
