import { askExecution } from '@/api/ask';
import type { Evidence, ExecutionDetail } from '@/api/types';
import { Scroll } from '@/components/Scroll';
import { Skeleton } from '@/components/Skeleton';
import { TabPanel, Tabs } from '@/components/Tabs';
import { About } from '@/features/execution/About';
import { Ask } from '@/features/reasoning/Ask';
import { StepContext } from '@/features/step/StepContext';
import { WhyNotBox } from './Items';
import { largeOf, litOf, useShownStep } from './StepPane';
import type { ExecutionSearch } from './search';
import type { useAnswers } from './useAnswer';
import type { Feedback } from './useFeedback';

type Side = NonNullable<ExecutionSearch['side']>;

interface Props {
  id: string;
  execution: ExecutionDetail;
  search: ExecutionSearch;
  hasItems: boolean;
  stepName: (stepId: string) => string;
  onEvidence: (evidence: Evidence) => void;
  onSide: (side: Side) => void;
  onWhyNot: (q: string | undefined) => void;
  answers: ReturnType<typeof useAnswers>;
  feedback: Feedback;
}

/** The right pane: what stands around the step, or around the execution while none is chosen. */
export function ContextPane(props: Props) {
  return props.search.step ? <OfStep {...props} stepId={props.search.step} /> : <OfExecution {...props} />;
}

function OfStep({ stepId, ...props }: Props & { stepId: string }) {
  const { id, search, onSide } = props;
  const step = useShownStep(id, stepId).data;
  if (!step) return <Skeleton lines={9} className="p-5" />;
  const lit = step.id === stepId ? litOf(search) : undefined;
  const side = search.side === 'about' ? undefined : search.side;
  return (
    <StepContext
      key={step.id}
      step={step}
      side={side}
      onSide={onSide}
      lit={lit?.tab === 'attributes' ? lit.lit : undefined}
      large={largeOf(id, step.id)}
      notes={
        <>
          {props.feedback.scores(props.stepName, step.id)}
          {props.feedback.notes(props.stepName, step.id)}
        </>
      }
      ask={<Questions {...props} step={{ id: step.id, name: step.name }} />}
    />
  );
}

function OfExecution(props: Props) {
  const { id, execution, search, hasItems, onSide, onWhyNot, onEvidence } = props;
  return (
    <Scroll name="Context" className="flex-1 bg-surface">
      <Tabs
        label="Context"
        tabs={[
          { value: 'about', label: 'About' },
          { value: 'ask', label: 'Ask' },
        ]}
        value={search.side === 'ask' ? 'ask' : 'about'}
        onChange={onSide}
        className="sticky top-0 z-10 bg-surface pr-10 pl-2"
      >
        <TabPanel value="about" className="p-4">
          <About
            execution={execution}
            notes={props.feedback.notes(props.stepName)}
            scores={props.feedback.scores(props.stepName)}
            whyNot={
              hasItems && <WhyNotBox id={id} asked={search.why} onAsk={onWhyNot} onEvidence={onEvidence} />
            }
          />
        </TabPanel>
        <TabPanel value="ask" className="p-4">
          <Questions {...props} step={undefined} />
        </TabPanel>
      </Tabs>
    </Scroll>
  );
}

function Questions({
  id,
  execution,
  hasItems,
  stepName,
  onEvidence,
  answers,
  step,
}: Props & { step: { id: string; name: string } | undefined }) {
  return (
    <Ask
      turns={answers.turns}
      about={step ? step.name || 'this step' : execution.name || 'this execution'}
      suggestions={suggestions(step?.name, hasItems, execution.errorCount > 0)}
      onAsk={(question) =>
        void answers.ask(question, (signal) =>
          askExecution(id, { question, ...(step ? { stepId: step.id } : {}) }, signal),
        )
      }
      onStop={answers.stop}
      stepName={stepName}
      onEvidence={onEvidence}
    />
  );
}

function suggestions(step: string | undefined, hasItems: boolean, failed: boolean): string[] {
  if (step) {
    return ['What did this step decide, and by which rule?', 'Is there anything odd in its input?'];
  }
  return [
    failed ? 'What failed first, and what followed from it?' : 'Which step decided the result?',
    hasItems ? 'Which items came close to being chosen?' : 'What took the most time?',
  ];
}
