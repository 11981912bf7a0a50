import { ArrowLeft, FileText, Link2, MessagesSquare, X } from 'lucide-react';
import type { ReactNode } from 'react';
import type { StepDetail } from '@/api/types';
import { IconButton } from '@/components/Button';
import { Copy } from '@/components/Copy';
import { Glyph } from '@/components/Glyph';
import { Mark } from '@/components/Mark';
import { Notice } from '@/components/Notice';
import { type Lit, Payload } from '@/components/Payload';
import { type Tab, TabPanel, Tabs } from '@/components/Tabs';
import { cost, count, duration } from '@/lib/format';
import { kindLabel } from '@/lib/kinds';
import { int64 } from '@/lib/time';
import { Attributes } from './Attributes';
import { Context } from './Context';
import { Documents } from './Documents';
import { Events } from './Events';
import { asDocuments, asMessages } from './forms';
import { Messages } from './Messages';

export const STEP_TABS = ['input', 'output', 'changes', 'attributes', 'events', 'context'] as const;
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
  /** What it did to the items; undefined if it touched none. */
  changes: ReactNode | undefined;
}

/** One step with everything it carried. Must stand inside a Scroll. */
export function StepPanel({
  step,
  offsetNano,
  tab,
  onTab,
  onClose,
  lit,
  explanation,
  changes,
}: StepPanelProps) {
  const wanted = tab ?? lit?.tab ?? firstTab(step);
  const shown = wanted === 'changes' && !changes ? firstTab(step) : wanted;
  const at = (name: StepTab): Lit | undefined => (lit?.tab === name ? lit.lit : undefined);
  return (
    <article aria-label={`Step ${step.name}`}>
      <header className="flex flex-col gap-2.5 px-4 pt-3 pb-3">
        <div className="flex items-center gap-2">
          <IconButton name="Back to the steps" onClick={onClose} className="-ml-1.5 lg:hidden">
            <ArrowLeft size={16} aria-hidden />
          </IconButton>
          <Glyph kind={step.type} size={16} />
          <h2 className="min-w-0 truncate text-lg font-semibold tracking-tight" title={step.name}>
            <bdi>{step.name || '(no name)'}</bdi>
          </h2>
          <Mark status={step.status} look="pill" size={13} />
          <span className="ml-auto flex shrink-0">
            <Copy
              name="Copy link to this step"
              text={() => window.location.href}
              icon={<Link2 size={14} aria-hidden />}
              className="size-7 justify-center"
            />
            <IconButton name="Close" keys="Esc" onClick={onClose} className="max-lg:hidden">
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
        tabs={tabsOf(step, changes !== undefined)}
        value={shown}
        onChange={onTab}
        className="sticky top-0 z-10 bg-canvas px-3"
      >
        <TabPanel value="input" className="p-4">
          <Value step={step} which="input" lit={at('input')} />
        </TabPanel>
        <TabPanel value="output" className="p-4">
          <Value step={step} which="output" lit={at('output')} />
        </TabPanel>
        {changes && (
          <TabPanel value="changes" className="p-4">
            {changes}
          </TabPanel>
        )}
        <TabPanel value="attributes" className="p-4">
          <Attributes attributes={step.attributes} lit={at('attributes')} />
        </TabPanel>
        <TabPanel value="events" className="p-4">
          <Events step={step} />
        </TabPanel>
        <TabPanel value="context" className="p-4">
          <Context step={step} />
        </TabPanel>
      </Tabs>
    </article>
  );
}

function firstTab(step: StepDetail): StepTab {
  if (step.output !== undefined) return 'output';
  return step.input !== undefined ? 'input' : 'attributes';
}

function tabsOf(step: StepDetail, changes: boolean): Tab<StepTab>[] {
  const attributes = Object.keys(step.attributes).length;
  return [
    { value: 'input', label: 'Input', note: step.input === undefined ? 'none' : undefined },
    { value: 'output', label: 'Output', note: step.output === undefined ? 'none' : undefined },
    ...(changes ? [{ value: 'changes', label: 'Changes' }] : []),
    { value: 'attributes', label: 'Attributes', note: String(attributes) },
    { value: 'events', label: 'Events', note: String(step.events.length) },
    { value: 'context', label: 'Context' },
  ].map(({ note, ...tab }: { value: string; label: string; note?: string | undefined }) =>
    note === undefined ? tab : { ...tab, note },
  ) as Tab<StepTab>[];
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

function Value({ step, which, lit }: { step: StepDetail; which: 'input' | 'output'; lit: Lit | undefined }) {
  const value = step[which];
  if (value === undefined) {
    const running = which === 'output' && step.status === 'running';
    return (
      <p className="py-6 text-center text-ink-3">
        {running ? 'No output yet: the step is still running.' : `No ${which} was recorded for this step.`}
      </p>
    );
  }
  const base = `/${which}`;
  const messages = step[`${which}Kind`] === 'messages' ? asMessages(value) : undefined;
  const documents = step[`${which}Kind`] === 'documents' ? asDocuments(value) : undefined;
  const special = messages
    ? {
        label: 'Chat',
        icon: <MessagesSquare size={12} aria-hidden />,
        render: (at: Lit | undefined) => <Messages messages={messages} base={base} lit={at} />,
      }
    : documents
      ? {
          label: 'Documents',
          icon: <FileText size={12} aria-hidden />,
          render: (at: Lit | undefined) => <Documents documents={documents} base={base} lit={at} />,
        }
      : undefined;
  const key = `${step.id}${which}${lit ? lit.path.join('/') : ''}`;
  return <Payload key={key} value={value} base={base} label={which} lit={lit} special={special} />;
}
