import type { Claim, Fact } from '@/api/types';

/**
 * Without a model, claims are the facts' own sentences and a headline is made
 * of them: what was read once need not be read again right below.
 */

/** Facts that no claim already states. */
export function unsaid(facts: readonly Fact[], claims: readonly Claim[] | undefined): Fact[] {
  const said = new Set(claims?.map((c) => c.text));
  return facts.filter((fact) => !said.has(fact.text));
}

/** The headline without the sentences that follow it as claims; may be empty. */
export function ownWords(headline: string, claims: readonly Claim[]): string {
  let rest = headline;
  for (const { text } of claims) if (text) rest = rest.replace(text, '');
  return rest.replaceAll(/\s+/g, ' ').trim();
}
