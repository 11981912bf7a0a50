import type { ExecutionDetail, Step } from '@/api/types';
import { cost, duration, timestamp } from '@/lib/format';
import { int64 } from '@/lib/time';

const MOST_STEPS = 300;

/** An execution as Markdown: for a colleague, an issue, or a model. */
export function executionMarkdown(e: ExecutionDetail, steps: readonly Step[], url: string): string {
  const out = [
    `# ${oneLine(e.name)} (${e.status})`,
    '',
    `${url}`,
    '',
    `- Started ${timestamp(e.startedAt)}, took ${duration(int64(e.durationNano))}`,
    `- ${e.stepCount} steps, ${e.errorCount} failed`,
  ];
  if (e.models.length > 0) out.push(`- Models: ${e.models.join(', ')}`);
  if (e.costUsd !== undefined) out.push(`- Cost: ${cost(e.costUsd, e.costPartial)}`);
  if (e.reasoning) {
    out.push('', '## Why it ended this way', '', oneLine(e.reasoning.headline), '');
    for (const claim of e.reasoning.claims) {
      const where = claim.evidence
        .map((x) => `\`${x.stepId}${x.pointer}\` = \`${oneLine(x.quote)}\``)
        .join('; ');
      out.push(`- [${claim.verdict}] ${oneLine(claim.text)}${where ? ` (${where})` : ''}`);
    }
  }
  if (e.facts.length > 0) {
    out.push('', '## Computed facts', '');
    for (const fact of e.facts.slice(0, 50))
      out.push(`- ${fact.id} [${fact.severity}] ${oneLine(fact.text)}`);
  }
  out.push('', '## Steps', '', '| Step | Kind | Status | Duration | Id |', '|---|---|---|---|---|');
  for (const s of steps.slice(0, MOST_STEPS)) {
    const name = oneLine(s.name).replaceAll('|', '\\|');
    out.push(`| ${name} | ${s.type} | ${s.status} | ${duration(int64(s.durationNano))} | ${s.id} |`);
  }
  if (steps.length > MOST_STEPS) out.push('', `${steps.length - MOST_STEPS} more steps are left out.`);
  if (e.finalOutcome !== undefined) {
    out.push('', '## Final outcome', '', '```json', JSON.stringify(e.finalOutcome, null, 2), '```');
  }
  return `${out.join('\n')}\n`;
}

const oneLine = (text: string): string => text.replaceAll(/\s+/g, ' ').trim();
