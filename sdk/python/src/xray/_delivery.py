"""The queue between ended spans and the server.

Ours and not OpenTelemetry's batch processor, because that one counts spans and
not bytes, drops without telling, and loses a batch with its one bad span.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

from opentelemetry.context import Context
from opentelemetry.sdk.trace import ReadableSpan, Span, SpanProcessor

from ._client import logger
from ._loss import LossError
from ._tally import is_pending

MAX_SPLITS = 64  # bounds the requests that a batch of nothing but bad spans causes


@dataclass(frozen=True)
class Limits:
    """How spans are queued and sent."""

    queue_bytes: int = 64 << 20
    """What may wait in memory, about what it takes on the wire."""
    block_for: float = 2.0
    """Seconds that the end of a step may wait for room, once per outage; then spans are dropped and counted."""
    batch_bytes: int = 4 << 20
    """A larger span goes alone; the server takes 20 MB."""
    batch_spans: int = 512
    delay: float = 0.5
    """Seconds until a batch goes that is not full."""
    grace: float = 5.0
    """Seconds that shutdown tries, if it is not told."""
    retry_first: float = 0.25
    """Seconds before the second attempt, doubling up to retry_longest, with jitter."""
    retry_longest: float = 10.0
    retry_total: float = 300.0
    """Seconds after which a batch is given up."""


class Divisible(Exception):
    """The batch was refused as a whole, but a part of it may be accepted."""


class Partial(Exception):
    """Some spans were refused, the others are stored (OTLP partial success)."""

    def __init__(self, rejected: int, message: str) -> None:
        super().__init__(f"the server rejected {rejected} spans: {message}")
        self.rejected = rejected


class Sender(Protocol):
    def send(self, spans: Sequence[ReadableSpan], stop: threading.Event) -> None:
        """Sends one batch, again and again if need be, until stop is set. Raises if it is lost."""

    def close(self) -> None: ...


class _Item:
    __slots__ = ("span", "size", "since")

    def __init__(self, span: ReadableSpan) -> None:
        self.span = span
        self.size = size_of(span)
        self.since = time.monotonic()


class Delivery(SpanProcessor):
    """One thread sends; close() waits for it."""

    def __init__(self, sender: Sender, limits: Limits, lost: Callable[[Sequence[ReadableSpan], int], None]) -> None:
        self._sender = sender
        self._limits = limits
        self._lost = lost
        self._counts = {"delivered": 0, "dropped": 0, "failed": 0, "rejected": 0}
        self._cause: BaseException | None = None
        self._reported = False
        self._begin()

    def _begin(self) -> None:
        """Starts with an empty queue: at first, and in a forked child, whose parent sends what was waiting."""
        self._changed = threading.Condition()
        self._waiting: deque[_Item] = deque()
        self._waiting_bytes = 0
        self._flying = 0  # bytes of the batch under way
        self._flying_spans = 0  # those of it whose fate is not known
        self._full = False  # a caller has waited in vain: do not wait again until there is room
        self._flushes = 0
        self._closed = False
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="xray-delivery", daemon=True)
        self._thread.start()

    def after_fork(self) -> None:
        """In a forked child: threads do not survive a fork, and locks may have been held."""
        if not self._closed:
            self._begin()

    def on_start(self, span: Span, parent_context: Context | None = None) -> None:
        """Does nothing: only ended spans are sent."""

    def on_end(self, span: ReadableSpan) -> None:
        if span.context is None or not span.context.trace_flags.sampled:
            return
        item = _Item(span)
        with self._changed:
            if not self._wait_for_room(item.size):
                if not is_pending(span):
                    self._counts["dropped"] += 1
                    self._lost([span], 1)
                return
            self._waiting.append(item)
            self._waiting_bytes += item.size
            if len(self._waiting) == 1 or self._due() <= 0:
                self._changed.notify_all()

    def _wait_for_room(self, size: int) -> bool:
        """Whether a span of that size may be queued. One larger than the whole queue may, alone."""

        def fits() -> bool:
            used = self._waiting_bytes + self._flying
            return used == 0 or used + size <= self._limits.queue_bytes

        if not fits() and not self._full and not self._closed:
            self._changed.wait_for(lambda: fits() or self._closed, self._limits.block_for)
            self._full = not fits()
        return fits() and not self._closed

    def _due(self) -> float:
        """Seconds until the next batch should go."""
        full = len(self._waiting) >= self._limits.batch_spans or self._waiting_bytes >= self._limits.batch_bytes
        if full or self._closed or self._flushes:
            return 0
        return self._waiting[0].since + self._limits.delay - time.monotonic()

    def _run(self) -> None:
        while True:
            with self._changed:
                while not self._waiting or (pause := self._due()) > 0:
                    if self._closed and not self._waiting:
                        return
                    self._changed.wait(pause if self._waiting else None)
                if self._stop.is_set():
                    return
                batch = self._cut()
            self._deliver(batch)

    def _cut(self) -> list[_Item]:
        """Takes the first spans that make a batch."""
        batch: list[_Item] = []
        size = 0
        while self._waiting and len(batch) < self._limits.batch_spans:
            if batch and size + self._waiting[0].size > self._limits.batch_bytes:
                break
            batch.append(self._waiting.popleft())
            size += batch[-1].size
        self._waiting_bytes -= size
        self._flying = size
        self._flying_spans = sum(not is_pending(it.span) for it in batch)
        return batch

    def _deliver(self, batch: list[_Item]) -> None:
        ended = {it.span.context.span_id for it in batch if it.span.context and not is_pending(it.span)}
        spans = [  # a step that has ended needs no announcement
            it.span for it in batch if not is_pending(it.span) or it.span.parent is None or it.span.parent.span_id not in ended
        ]
        try:
            self._send(spans, [MAX_SPLITS])
        except Exception as err:  # a defect of ours must not end the thread
            self._lose("failed", [], self._flying_spans, err)
        with self._changed:
            self._flying = self._flying_spans = 0
            self._full = False
            self._changed.notify_all()

    def _send(self, spans: Sequence[ReadableSpan], splits: list[int]) -> None:
        """Sends spans; what is refused as a whole is halved, so that one bad span does not take the others down."""
        if not spans:
            return
        counted = [s for s in spans if not is_pending(s)]
        n = len(counted)
        try:
            self._sender.send(spans, self._stop)
            self._count("delivered", n)
        except Partial as err:
            self._lose("rejected", counted, min(err.rejected, n), err)
            self._count("delivered", max(n - err.rejected, 0))
        except Divisible as err:
            if len(spans) == 1 or splits[0] == 0:
                return self._lose("failed", counted, n, err)
            splits[0] -= 1
            self._send(spans[: len(spans) // 2], splits)
            self._send(spans[len(spans) // 2 :], splits)
        except Exception as err:
            if self._stop.is_set():
                self._cause = err
                return  # counted as waiting
            self._lose("failed", counted, n, err)

    def _count(self, what: str, n: int) -> None:
        with self._changed:
            self._counts[what] += n
            self._flying_spans -= n

    def _lose(self, what: str, spans: Sequence[ReadableSpan], n: int, err: Exception) -> None:
        self._cause = err
        self._count(what, n)
        self._lost(spans, n)
        logger.warning("xray: %d spans were not delivered: %s", n, err)

    def flush(self, timeout: float | None = None) -> None:
        """Waits until all that was queued is delivered or given up; raises LossError for all loss so far."""
        with self._changed:
            self._flushes += 1
            self._changed.notify_all()
            done = self._changed.wait_for(lambda: not self._waiting and not self._flying or self._closed, timeout)
            self._flushes -= 1
            if (loss := self._loss(0)) is not None:
                raise loss
            if not done:
                raise TimeoutError("xray: flush: time was up")

    def close(self, timeout: float | None = None) -> None:
        """Sends what waits for at most timeout seconds, stops, and raises LossError if something is missing."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(self._limits.grace if timeout is None else timeout)
        self._stop.set()
        with self._changed:
            self._changed.notify_all()
            waiting = sum(not is_pending(it.span) for it in self._waiting) + self._flying_spans
            loss = self._loss(waiting)
        self._sender.close()
        if loss is not None:
            self._reported = True
            raise loss

    def _loss(self, waiting: int) -> LossError | None:
        c = self._counts
        if not waiting and c["dropped"] + c["failed"] + c["rejected"] == 0:
            return None
        return LossError(**c, waiting=waiting, cause=self._cause)

    def force_flush(self, timeout_millis: int = 30_000) -> bool:
        try:
            self.flush(timeout_millis / 1000)
        except (LossError, TimeoutError):
            return False
        return True

    def shutdown(self) -> None:
        """The provider's shutdown, also at the interpreter's exit, when nobody else would tell."""
        try:
            if not self._reported:
                self.close()
        except LossError as loss:
            logger.warning("%s", loss)


def size_of(span: ReadableSpan) -> int:
    """What a span takes on the wire, roughly: batches need the order of magnitude."""
    n = 128 + len(span.name) + len(span.status.description or "") + 48 * len(span.links)
    for attributes in (span.attributes or {}, *(e.attributes or {} for e in span.events)):
        for key, v in attributes.items():
            n += 12 + len(key) + (len(v) if isinstance(v, str) else 8 * len(v) if isinstance(v, (tuple, list)) else 8)
    return n
