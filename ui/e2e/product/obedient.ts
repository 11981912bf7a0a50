import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

interface Step {
  id: string;
  output?: unknown;
}

/**
 * A model that takes every text of a payload for what it has to say, in every
 * place of its answer: an OpenAI-compatible server on a port of its own.
 */
export class Obedient {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Obedient> {
    const server = createServer((req, res) => {
      let body = '';
      req.on('data', (chunk: Buffer) => {
        body += chunk.toString();
      });
      req.on('end', () => {
        const asked = JSON.parse(body) as { messages: Array<{ role: string; content: string }> };
        const prompt = asked.messages.find((m) => m.role === 'user')?.content ?? '';
        res.setHeader('content-type', 'application/json');
        res.end(
          JSON.stringify({
            id: '1',
            model: 'obedient',
            choices: [
              { index: 0, finish_reason: 'stop', message: { role: 'assistant', content: answer(prompt) } },
            ],
            usage: { prompt_tokens: 1, completion_tokens: 1 },
          }),
        );
      });
    });
    await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready));
    return new Obedient(server);
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/v1`;
  }

  stop(): void {
    this.server.closeAllConnections();
    this.server.close();
  }
}

/** The record stands in one line between two marks. */
function answer(prompt: string): string {
  const lines = prompt.split('\n');
  const at = lines.findIndex((line) => line.startsWith('-----'));
  const { steps } = JSON.parse(lines[at + 1] ?? '{"steps":[]}') as { steps: Step[] };
  if (lines[0]?.includes('each step')) {
    return JSON.stringify({ steps: steps.map((s) => ({ step: s.id, ...said(s) })) });
  }
  return JSON.stringify(said(steps[0] ?? { id: 's1' }));
}

function said(step: Step): object {
  const text = typeof step.output === 'string' ? step.output : JSON.stringify(step.output ?? '');
  return {
    headline: text,
    claims: [
      {
        text,
        kind: 'observed',
        evidence: [{ step: step.id, ptr: '/output', quote: text.slice(0, 120) }],
        facts: [],
      },
      { text: `${text} `, kind: 'derived', evidence: [], facts: ['F1'] },
    ],
    decisive_steps: [step.id],
    missing_information: [text],
    confidence: 'high',
  };
}
