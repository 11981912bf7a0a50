/** The attributes of docs/attributes.md. */
export const names = {
  stepType: "xray.step.type",
  input: "xray.input",
  output: "xray.output",
  reasoning: "xray.reasoning",
  truncated: "xray.truncated",
  truncatedAt: "xray.truncated.at",
  kept: "xray.items.kept",
  dropped: "xray.items.dropped",
  criteria: "xray.criteria",
  executionId: "xray.execution.id",
  executionName: "xray.execution.name",
  outcome: "xray.execution.outcome",
  metadata: "xray.metadata",
  tags: "xray.tags",
  autoReasoning: "xray.auto_reasoning",
  receiptStarted: "xray.receipt.started",
  receiptEnded: "xray.receipt.ended",
  receiptDropped: "xray.receipt.dropped",
  receiptCut: "xray.receipt.cut",
  pending: "xray.pending",
  pendingSpan: "xray.pending.span_id",
  pendingParent: "xray.pending.parent_id",
  session: "session.id",
  user: "user.id",
} as const;

/** Where a payload stands in the step's record, as docs/attributes.md points at it. */
export const pointerOf = (attribute: string): string => `/attributes/${attribute}`;

/** What a step does: the vocabulary of xray.step.type. */
export type StepType =
  | "llm" | "embedding" | "retriever" | "reranker" | "tool" | "agent" | "chain"
  | "guardrail" | "evaluator" | "prompt" | "parser" | "memory" | "function";
