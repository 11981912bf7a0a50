import { base } from '@/lib/base';
import { sseReader } from '@/lib/sse';
import { problemOf, unreachable } from './client';
import { authHeaders } from './key';
import type { Answer, Claim, ComparisonQuestion, Problem, Question } from './types';

/** What comes of an answer while it is made. */
export type AnswerPart =
  | { event: 'facts'; answer: Answer }
  | { event: 'claim'; claim: Claim }
  | { event: 'done'; answer: Answer };

export function askExecution(id: string, question: Question, signal: AbortSignal) {
  return answers(`/api/executions/${encodeURIComponent(id)}/ask`, question, signal);
}

export function explainComparison(question: ComparisonQuestion, signal: AbortSignal) {
  return answers('/api/compare/explain', question, signal);
}

/** The parts as they come; throws what went wrong as an ApiError. */
async function* answers(path: string, body: unknown, signal: AbortSignal): AsyncGenerator<AnswerPart> {
  const response = await fetch(base + path, {
    method: 'POST',
    headers: { ...authHeaders(), 'Content-Type': 'application/json', Accept: 'text/event-stream' },
    body: JSON.stringify(body),
    signal,
  }).catch((error: unknown) => {
    throw signal.aborted ? error : unreachable();
  });
  if (!response.ok || !response.body) throw problemOf(await response.json().catch(() => undefined), response);
  const parse = sseReader();
  const decoder = new TextDecoder();
  const reader = response.body.getReader();
  let finished = false;
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    for (const { event, data } of parse(decoder.decode(chunk.value, { stream: true }))) {
      if (event === 'error') throw problemOf(JSON.parse(data) as Problem, response);
      if (event === 'claim') yield { event, claim: JSON.parse(data) as Claim };
      if (event === 'facts' || event === 'done') yield { event, answer: JSON.parse(data) as Answer };
      finished ||= event === 'done';
    }
  }
  if (!finished) throw unreachable();
}
