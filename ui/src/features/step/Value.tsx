import { FileText, MessagesSquare } from 'lucide-react';
import { type ReactNode, useMemo } from 'react';
import type { Outline, StepDetail } from '@/api/types';
import { type Lit, Payload } from '@/components/Payload';
import { Documents } from './Documents';
import { asDocuments, asMessages } from './forms';
import { Messages } from './Messages';

/** How a screen gets a large value, and draws it once it is there. */
export type LoadLarge = (outline: Outline, lit: boolean, draw: (value: unknown) => ReactNode) => ReactNode;

/** What went into a step, or came out of it. */
export function Value({
  step,
  which,
  lit,
  large,
}: {
  step: StepDetail;
  which: 'input' | 'output';
  lit: Lit | undefined;
  large: LoadLarge;
}) {
  const outline = step.large?.find((o) => o.pointer === `/${which}`);
  const draw = (value: unknown) => (
    <Drawn
      key={`${step.id}${which}${lit ? lit.path.join('/') : ''}`}
      value={value}
      kind={step[`${which}Kind`]}
      which={which}
      lit={lit}
    />
  );
  if (outline) return large(outline, lit !== undefined, draw);
  if (step[which] !== undefined) return draw(step[which]);
  const running = which === 'output' && step.status === 'running';
  return (
    <p className="py-6 text-center text-ink-3">
      {running ? 'No output yet: the step is still running.' : `No ${which} was recorded for this step.`}
    </p>
  );
}

function Drawn({
  value,
  kind,
  which,
  lit,
}: {
  value: unknown;
  kind: StepDetail['inputKind'];
  which: 'input' | 'output';
  lit: Lit | undefined;
}) {
  const base = `/${which}`;
  const special = useMemo(() => {
    const messages = kind === 'messages' ? asMessages(value) : undefined;
    if (messages) {
      return {
        label: 'Chat',
        icon: <MessagesSquare size={12} aria-hidden />,
        render: (at: Lit | undefined) => <Messages messages={messages} base={base} lit={at} />,
      };
    }
    const documents = kind === 'documents' ? asDocuments(value) : undefined;
    if (!documents) return undefined;
    return {
      label: 'Documents',
      icon: <FileText size={12} aria-hidden />,
      render: (at: Lit | undefined) => <Documents documents={documents} base={base} lit={at} />,
    };
  }, [value, kind, base]);
  return <Payload value={value} base={base} label={which} lit={lit} special={special} />;
}
