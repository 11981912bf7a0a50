"""What a context carries: the client, the execution and the innermost open step."""

from __future__ import annotations

from typing import TYPE_CHECKING

from opentelemetry.context import Context, attach, create_key, get_current, get_value, set_value
from opentelemetry.trace import Span, set_span_in_context

if TYPE_CHECKING:
    from ._client import Client
    from ._execution import Execution
    from ._step import Step

_KEY = create_key("xray-scope")


class Scope:
    __slots__ = ("client", "execution", "step", "outer", "left")

    def __init__(self, client: Client, execution: Execution | None, step: Step | None) -> None:
        self.client = client
        self.execution = execution
        self.step = step
        self.outer = get_current()
        self.left = False

    def enter(self, span: Span | None) -> Context:
        """Makes this the current scope, and span the current one."""
        ctx = self.outer if span is None else set_span_in_context(span, self.outer)
        ctx = set_value(_KEY, self, ctx)
        attach(ctx)
        return ctx

    def leave(self) -> None:
        """Goes back to the innermost scope that is still open.

        Not OpenTelemetry's detach, which logs an error when scopes end out of
        order or in another context. Generators do both.
        """
        self.left = True
        current = ctx = get_current()
        while isinstance(inner := get_value(_KEY, ctx), Scope) and inner.left:
            ctx = inner.outer
        if ctx is not current:
            attach(ctx)


def current_scope() -> Scope | None:
    scope = get_value(_KEY)
    return scope if isinstance(scope, Scope) else None
