import type { ReactNode } from 'react';
import type { StepDetail } from '@/api/types';
import type { Lit } from '@/components/Payload';
import { Scroll } from '@/components/Scroll';
import { TabPanel, Tabs } from '@/components/Tabs';
import { Attributes } from './Attributes';
import { Context } from './Context';
import { Events } from './Events';
import type { LoadLarge } from './Value';

export type StepSide = 'attributes' | 'events' | 'details' | 'notes' | 'ask';

/** What stands around a step: its attributes, events, cost and origin, and questions about it. */
export function StepContext({
  step,
  side,
  onSide,
  lit,
  large,
  notes,
  ask,
}: {
  step: StepDetail;
  side: StepSide | undefined;
  onSide: (side: StepSide) => void;
  /** A lit value of the attributes. */
  lit: Lit | undefined;
  large: LoadLarge;
  /** What was said of the step. */
  notes: ReactNode;
  ask: ReactNode;
}) {
  const attributes =
    Object.keys(step.attributes).length +
    (step.large ?? []).filter((o) => o.pointer.startsWith('/attributes/')).length;
  return (
    <Scroll name="Context of the step" className="flex-1 bg-surface">
      <Tabs
        label="Context of the step"
        tabs={[
          { value: 'attributes', label: 'Attributes', note: String(attributes) },
          { value: 'events', label: 'Events', note: String(step.events.length) },
          { value: 'details', label: 'Details' },
          { value: 'notes', label: 'Notes' },
          { value: 'ask', label: 'Ask' },
        ]}
        value={lit ? 'attributes' : (side ?? 'attributes')}
        onChange={onSide}
        className="sticky top-0 z-10 bg-surface pr-10 pl-2"
      >
        <TabPanel value="attributes" className="p-4">
          <Attributes step={step} lit={lit} large={large} />
        </TabPanel>
        <TabPanel value="events" className="p-4">
          <Events step={step} />
        </TabPanel>
        <TabPanel value="details" className="p-4">
          <Context step={step} large={large} />
        </TabPanel>
        <TabPanel value="notes" className="flex flex-col gap-4 p-4">
          {notes}
        </TabPanel>
        <TabPanel value="ask" className="p-4">
          {ask}
        </TabPanel>
      </Tabs>
    </Scroll>
  );
}
