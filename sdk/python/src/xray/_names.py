"""The attributes of docs/attributes.md, and the kinds of steps."""

from typing import Literal

SCOPE = "xray-sdk"  # the instrumentation scope of all spans made here

STEP_TYPE = "xray.step.type"
INPUT = "xray.input"
OUTPUT = "xray.output"
REASONING = "xray.reasoning"
TRUNCATED = "xray.truncated"
TRUNCATED_AT = "xray.truncated.at"
ITEMS_KEPT = "xray.items.kept"
ITEMS_DROPPED = "xray.items.dropped"
CRITERIA = "xray.criteria"

EXECUTION_ID = "xray.execution.id"
EXECUTION_NAME = "xray.execution.name"
OUTCOME = "xray.execution.outcome"
METADATA = "xray.metadata"
TAGS = "xray.tags"
AUTO_REASONING = "xray.auto_reasoning"
STARTED = "xray.receipt.started"
ENDED = "xray.receipt.ended"
DROPPED = "xray.receipt.dropped"
CUT = "xray.receipt.cut"

PENDING = "xray.pending"
PENDING_SPAN = "xray.pending.span_id"
PENDING_PARENT = "xray.pending.parent_id"

SESSION = "session.id"
USER = "user.id"

StepType = Literal[
    "llm", "embedding", "retriever", "reranker", "tool", "agent", "chain",
    "guardrail", "evaluator", "prompt", "parser", "memory", "function",
]  # fmt: skip
"""What a step does: the vocabulary of xray.step.type."""
