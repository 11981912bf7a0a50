/** What a step does, in words; the glyph of the same name draws it. */

const LABELS: Record<string, string> = {
  llm: 'Model call',
  embedding: 'Embedding',
  retriever: 'Retriever',
  reranker: 'Reranker',
  tool: 'Tool',
  agent: 'Agent',
  chain: 'Chain',
  guardrail: 'Guardrail',
  evaluator: 'Evaluator',
  prompt: 'Prompt',
  parser: 'Parser',
  memory: 'Memory',
  http: 'HTTP',
  db: 'Database',
  rpc: 'RPC',
  messaging: 'Messaging',
  function: 'Step',
  span: 'Span',
};

export function kindLabel(type: string): string {
  return LABELS[type] ?? type;
}
