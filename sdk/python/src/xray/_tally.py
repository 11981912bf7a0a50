"""Counts the spans of each trace, for receipts."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from dataclasses import dataclass

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from . import _names as names
from ._client import Tally


@dataclass
class _Count:
    root: int
    started: int = 0
    ended: int = 0
    dropped: int = 0


class Tallies(SpanProcessor):
    """Counts from the start of a trace's local root (the first span without a parent in this process) to its end.

    It is a span processor so that spans of other instrumentations count too.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: dict[int, _Count] = {}

    def after_fork(self) -> None:
        self._lock = threading.Lock()

    def of(self, trace_id: int) -> Tally | None:
        with self._lock:
            c = self._counts.get(trace_id)
            return Tally(c.started, c.ended, c.dropped) if c else None

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        if is_pending(span) or not span.context.trace_flags.sampled:
            return
        with self._lock:
            c = self._counts.get(span.context.trace_id)
            if c is None:
                if span.parent is not None and not span.parent.is_remote:
                    return  # its root has ended already: too late to be in a receipt
                c = self._counts[span.context.trace_id] = _Count(root=span.context.span_id)
            c.started += 1

    def on_end(self, span: ReadableSpan) -> None:
        ctx = span.context
        if ctx is None or is_pending(span):
            return
        with self._lock:
            if (c := self._counts.get(ctx.trace_id)) is not None:
                c.ended += 1
                if c.root == ctx.span_id:
                    del self._counts[ctx.trace_id]

    def lost(self, spans: Sequence[ReadableSpan], n: int) -> None:
        """Counts spans that did not arrive: n of them, if it is not known which."""
        traces = [s.context.trace_id for s in spans if s.context is not None]
        if n < len(traces) and len(set(traces)) > 1:
            return  # whose they are only the server knows
        with self._lock:
            for trace_id in traces[:n]:
                if (c := self._counts.get(trace_id)) is not None:
                    c.dropped += 1


def is_pending(span: ReadableSpan) -> bool:
    """True for a span that only announces a running step (docs/attributes.md)."""
    return span.attributes is not None and span.attributes.get(names.PENDING) is True
