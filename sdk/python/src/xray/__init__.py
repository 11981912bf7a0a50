"""Records why a pipeline ended the way it did: executions, their steps with
input and output, and the decisions taken on candidates.

A thin layer over OpenTelemetry: an execution is a trace, a step is a span, and
what OpenTelemetry has no word for goes into xray.* attributes
(docs/attributes.md).

    from xray import setup
    import xray

    with setup.start():                                  # sends to localhost:4318
        with xray.execution("recommend", input=query) as ex:
            with xray.step("search", input=query, type="retriever") as s:
                s.set_output(found := search(query))
            ex.set_final_outcome(pick(found))

This package needs opentelemetry-api only and exports nothing itself: spans go
to the program's provider, or to the one that xray.setup makes. It never raises
an error of its own into the code it watches, and lets that code's pass.
"""

from collections.abc import Iterable

from ._client import Backend, Client, Tally, configure, current_client
from ._decide import Criterion
from ._execution import Execution
from ._llm import Call, Message, llm
from ._loss import LossError
from ._mask import Mask, mask_keys
from ._names import StepType
from ._scope import current_scope
from ._step import Step
from ._version import VERSION as __version__
from ._wrap import Opener, carry, execution, step

__all__ = [
    "Backend",
    "Call",
    "Client",
    "Criterion",
    "Execution",
    "LossError",
    "Mask",
    "Message",
    "Opener",
    "Step",
    "StepType",
    "Tally",
    "__version__",
    "carry",
    "configure",
    "criterion",
    "current_client",
    "current_execution",
    "current_step",
    "drop",
    "execution",
    "items",
    "keep",
    "llm",
    "mask_keys",
    "step",
]


def current_step() -> Step:
    """The innermost open step; outside of any, one that records nothing."""
    from opentelemetry.trace import INVALID_SPAN

    scope = current_scope()
    if scope is not None and scope.step is not None:
        return scope.step
    return Step(current_client(), None, INVALID_SPAN, "", "function")


def current_execution() -> Execution:
    """The current execution; outside of any, one that records nothing."""
    scope = current_scope()
    if scope is not None and scope.execution is not None:
        return scope.execution
    return Execution(None, None, None)


def keep(
    item: object,
    reason: str = "",
    *,
    key: str | None = None,
    score: float | None = None,
    criterion: Criterion | None = None,
) -> None:
    """Records that the current step let a candidate pass, and why."""
    current_step().keep(item, reason, key=key, score=score, criterion=criterion)


def drop(
    item: object,
    reason: str = "",
    *,
    key: str | None = None,
    score: float | None = None,
    criterion: Criterion | None = None,
) -> None:
    """Records that the current step took a candidate out, and why."""
    current_step().drop(item, reason, key=key, score=score, criterion=criterion)


def items(kept: Iterable[object], dropped: Iterable[object] = ()) -> None:
    """Records the fate of all candidates of the current step at once."""
    current_step().items(kept, dropped)


def criterion(field: str, op: str, value: object = None) -> None:
    """Records a condition that the current step applied to all of its candidates."""
    current_step().criterion(field, op, value)
