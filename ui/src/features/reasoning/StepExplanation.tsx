import { Quote } from 'lucide-react';
import type { StepDetail } from '@/api/types';
import { plural } from '@/lib/format';
import { Missing } from './Answer';
import { Claims, type ClaimsProps } from './Claims';
import { Facts } from './Facts';
import { Outdated } from './Outdated';
import { ownWords, unsaid } from './repeats';

/** What one step did, and what the program itself said about it. */
export function StepExplanation({ step, ...rest }: { step: StepDetail } & Omit<ClaimsProps, 'claims'>) {
  const { reasoning, clientReasoning } = step;
  const facts = unsaid(step.facts, reasoning?.claims);
  // Without a model the headline is the first fact in fewer words.
  const byFacts = reasoning?.source === 'facts' && reasoning.claims.length > 0;
  const headline = reasoning && !byFacts && ownWords(reasoning.headline, reasoning.claims);
  if (!reasoning && !clientReasoning && facts.length === 0) return null;
  return (
    <section
      aria-label="Explanation of the step"
      className="flex flex-col gap-2.5 rounded-lg border border-line bg-surface px-3 py-2.5"
    >
      <h3 className="eyebrow">What happened here</h3>
      {reasoning && (
        <>
          <Outdated reasoning={reasoning} />
          {headline && (
            <p dir="auto" className="font-medium [overflow-wrap:anywhere]">
              {headline}
            </p>
          )}
          <Claims claims={reasoning.claims} {...rest} />
          <Missing items={reasoning.missingInformation} />
        </>
      )}
      {clientReasoning && (
        <figure className="flex gap-2 text-sm text-ink-2">
          <Quote size={13} aria-hidden className="mt-0.5 shrink-0 text-ink-3" />
          <div className="min-w-0">
            <blockquote dir="auto" className="[overflow-wrap:anywhere] whitespace-pre-wrap">
              {clientReasoning}
            </blockquote>
            <figcaption className="text-xs text-ink-3">in the program's own words</figcaption>
          </div>
        </figure>
      )}
      {!reasoning && facts.length > 0 && <Facts facts={facts} onEvidence={rest.onEvidence} />}
      {reasoning && facts.length > 0 && (
        <details>
          <summary className="w-fit rounded text-xs font-medium text-ink-2 hover:text-ink">
            {plural(facts.length, 'more computed fact')}
          </summary>
          <div className="mt-1.5">
            <Facts facts={facts} onEvidence={rest.onEvidence} />
          </div>
        </details>
      )}
    </section>
  );
}
