import { ArrowUp, LoaderCircle, Square } from 'lucide-react';
import { useState } from 'react';
import type { Answer, Claim, Reasoning } from '@/api/types';
import { Button } from '@/components/Button';
import { Notice } from '@/components/Notice';
import { Missing } from './Answer';
import { Claims, type ClaimsProps } from './Claims';
import { ownWords } from './repeats';
import { Source } from './Source';

/** A question and what has come of it so far. */
export interface Turn {
  id: number;
  question: string;
  /** From code alone at first, then the whole. */
  answer?: Answer;
  /** Checked claims that came before the whole. */
  claims: readonly Claim[];
  done?: boolean;
  busy: boolean;
  error?: string;
}

const MOST = 1_000;

/** Questions in one's own words, answered in claims with evidence like everything else. */
export function Ask({
  turns,
  onAsk,
  onStop,
  suggestions,
  about,
  ...rest
}: {
  turns: readonly Turn[];
  onAsk: (question: string) => void;
  onStop: () => void;
  suggestions: readonly string[];
  /** What the question is about: the execution, or a step's name. */
  about: string;
} & Omit<ClaimsProps, 'claims'>) {
  const [text, setText] = useState('');
  const busy = turns.some((turn) => turn.busy);
  const submit = (question: string): void => {
    if (question.trim() === '' || busy) return;
    onAsk(question.trim());
    setText('');
  };
  return (
    <section aria-label="Ask" className="flex flex-col gap-4">
      {turns.length === 0 && (
        <div className="flex flex-col items-start gap-1.5">
          <p className="text-sm text-ink-2">
            Ask about <bdi className="font-medium">{about}</bdi>. What is answered cites the record, and is
            checked against it.
          </p>
          {suggestions.map((question) => (
            <Button
              key={question}
              onClick={() => submit(question)}
              className="max-w-full text-left text-xs whitespace-normal!"
            >
              {question}
            </Button>
          ))}
        </div>
      )}
      {turns.map((turn) => (
        <TurnView key={turn.id} turn={turn} {...rest} />
      ))}
      <form
        className="flex items-end gap-2 rounded-lg border border-line-strong bg-canvas p-1.5 focus-within:border-ring"
        onSubmit={(event) => {
          event.preventDefault();
          submit(text);
        }}
      >
        <textarea
          dir="auto"
          rows={2}
          value={text}
          maxLength={MOST}
          onChange={(e) => setText(e.target.value)}
          onKeyDown={(e) => {
            if (e.key !== 'Enter' || e.shiftKey || e.nativeEvent.isComposing) return;
            e.preventDefault();
            submit(text);
          }}
          aria-label={`Ask about ${about}`}
          placeholder="Why was … dropped?"
          className="min-h-10 w-full min-w-0 resize-y bg-transparent px-1 text-sm outline-none"
        />
        {busy ? (
          <Button aria-label="Stop" onClick={onStop} className="w-7 px-0!">
            <Square size={12} aria-hidden />
          </Button>
        ) : (
          <Button
            type="submit"
            look="main"
            aria-label="Ask"
            disabled={text.trim() === ''}
            className="w-7 px-0!"
          >
            <ArrowUp size={14} aria-hidden />
          </Button>
        )}
      </form>
    </section>
  );
}

/** One answer, growing while it comes. */
export function TurnView({ turn, ...rest }: { turn: Turn } & Omit<ClaimsProps, 'claims'>) {
  const reasoning: Reasoning | undefined = turn.answer?.reasoning;
  const claims = !turn.done && turn.claims.length > 0 ? turn.claims : (reasoning?.claims ?? []);
  const headline =
    reasoning && (turn.done || turn.claims.length === 0) ? ownWords(reasoning.headline, claims) : '';
  return (
    <article aria-label={turn.question || 'Answer'} aria-busy={turn.busy} className="flex flex-col gap-2">
      {turn.question && (
        <h3
          dir="auto"
          className="self-end rounded-lg bg-accent-soft px-2.5 py-1 text-sm [overflow-wrap:anywhere]"
        >
          {turn.question}
        </h3>
      )}
      {headline && (
        <p dir="auto" className="font-medium [overflow-wrap:anywhere]">
          {headline}
        </p>
      )}
      <Claims claims={claims} {...rest} />
      {turn.done && reasoning && <Missing items={reasoning.missingInformation} />}
      {turn.busy && (
        <p role="status" className="flex items-center gap-2 text-sm text-run">
          <LoaderCircle size={14} aria-hidden className="animate-spin" />
          {turn.answer ? 'From computed facts so far; a model is asked…' : 'Reading the record…'}
        </p>
      )}
      {turn.answer?.note && <p className="text-xs text-ink-3">{turn.answer.note}</p>}
      {turn.error && <Notice tone="warn">{turn.error}</Notice>}
      {turn.done && reasoning && <Source reasoning={reasoning} />}
    </article>
  );
}
