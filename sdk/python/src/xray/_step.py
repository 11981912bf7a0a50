"""Steps: a span, and what is said about it while it is open."""

from __future__ import annotations

import json
import threading
import time
import traceback
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any

from opentelemetry.context import Context, get_current
from opentelemetry.trace import INVALID_SPAN, Link, Span, SpanContext, SpanKind, Status, StatusCode, get_current_span, set_span_in_context
from opentelemetry.util.types import AttributeValue

from . import _names as names
from ._client import Client, current_client, quiet
from ._decide import MAX_CRITERIA, Criterion, Decisions, decision
from ._fit import MAX_CUTS, Cut, fit
from ._names import StepType
from ._scope import Scope, current_scope

if TYPE_CHECKING:
    from ._execution import Execution


class Step:
    """A step between its start and its end. Its methods never raise, and do nothing after the end."""

    def __init__(self, client: Client, execution: Execution | None, span: Span, name: str, kind: StepType) -> None:
        self._client = client
        self._execution = execution
        self._span = span
        self._name = name
        self._type = kind
        self._begun = time.perf_counter()
        self._lock = threading.Lock()
        self._ended = not span.is_recording()
        self._scope: Scope | None = None
        self._context: Context | None = None
        self._texts: dict[str, str] = {}
        self._error = ""
        self._failure: BaseException | None = None
        self._truncated: list[str] = []
        self._cuts: list[Cut] = []
        self._fates = {names.ITEMS_KEPT: Decisions(), names.ITEMS_DROPPED: Decisions()}
        self._criteria: list[str] = []

    @property
    def span(self) -> Span:
        """OpenTelemetry's span behind the step; one that does nothing if nothing is recorded."""
        return self._span

    @quiet
    def set_input(self, value: object) -> None:
        """Records what the step was given, in place of earlier inputs."""
        self._set(names.INPUT, "/input", value)

    @quiet
    def set_output(self, value: object) -> None:
        """Records what the step returned; decorated functions do it by themselves."""
        self._set(names.OUTPUT, "/output", value)

    @quiet
    def set_reasoning(self, text: str) -> None:
        """Records the program's own explanation of what the step did."""
        if not self._ended:
            self._texts[names.REASONING] = self._client.message(names.REASONING, text)
            self._span.set_attribute(names.REASONING, self._texts[names.REASONING])

    @quiet
    def set_type(self, kind: StepType) -> None:
        """Says what kind of step it is."""
        self._type = kind

    @quiet
    def set_attributes(self, attributes: Mapping[str, AttributeValue]) -> None:
        """Adds OpenTelemetry attributes, e.g. gen_ai.*."""
        if not self._ended:
            self._span.set_attributes(attributes)

    @quiet
    def set_error(self, error: BaseException | str) -> None:
        """Marks the step as failed. The last error given is the one that people see."""
        self._fail(error)

    @quiet
    def keep(
        self,
        item: object,
        reason: str = "",
        *,
        key: str | None = None,
        score: float | None = None,
        criterion: Criterion | None = None,
    ) -> None:
        """Records that the step let a candidate pass, and why."""
        self._decide(names.ITEMS_KEPT, item, reason, key, score, criterion)

    @quiet
    def drop(
        self,
        item: object,
        reason: str = "",
        *,
        key: str | None = None,
        score: float | None = None,
        criterion: Criterion | None = None,
    ) -> None:
        """Records that the step took a candidate out, and why."""
        self._decide(names.ITEMS_DROPPED, item, reason, key, score, criterion)

    def items(self, kept: Iterable[object], dropped: Iterable[object] = ()) -> None:
        """Records the fate of all candidates at once. Give lists: an iterator would be used up."""
        for item in kept:
            self.keep(item)
        for item in dropped:
            self.drop(item)

    @quiet
    def criterion(self, field: str, op: str, value: object = None) -> None:
        """Records a condition that the step applied to all candidates."""
        if self._ended:
            return
        text = self._client.criterion(field, op, value)
        with self._lock:
            if text and not self._ended and len(self._criteria) < MAX_CRITERIA:
                self._criteria.append(text)

    def _decide(
        self, fate: str, item: object, reason: str, key: str | None, score: float | None, by: Criterion | None
    ) -> None:
        if self._ended:
            return
        # The mask sees each of them by itself, so that a key comes from a masked body.
        body, _ = self._client.capture(fate, "", item)
        key = None if key is None else self._client.message(fate, key)
        reason = self._client.message(fate, reason) if reason else ""
        criterion = self._client.criterion(by["field"], by["op"], by.get("value")) if by is not None else ""
        made = decision(body, key, reason, criterion, score)
        with self._lock:
            if not self._ended:
                self._fates[fate].add(made, self._client.limit)

    def _set(self, key: str, at: str, value: object) -> None:
        if not self._ended:
            self._write(key, at, *self._client.capture(key, at, value))

    def _write(self, key: str, at: str, text: str, cuts: list[Cut]) -> None:
        """Writes a payload; one that is set again replaces the earlier one and its cuts."""
        with self._lock:
            if self._ended:
                return
            if key in self._truncated:
                self._truncated.remove(key)
                self._cuts = [c for c in self._cuts if c.at != at and not c.at.startswith(at + "/")]
            self._note_cuts(key, cuts)
            self._texts[key] = text
        self._span.set_attribute(key, text)

    def _note_cuts(self, key: str, cuts: list[Cut]) -> None:
        if cuts:
            self._truncated.append(key)
            self._cuts = (self._cuts + cuts)[:MAX_CUTS]

    def _fail(self, error: BaseException | str) -> None:
        if self._ended or error is self._failure:
            return
        message = shown = self._client.message("exception.message", _text(error))
        attributes: dict[str, AttributeValue] = {"exception.message": message}
        if isinstance(error, BaseException):
            self._failure = error
            shown = f"{type(error).__name__}: {message}" if message else type(error).__name__
            attributes["exception.type"] = _type_name(error)
            if error.__traceback__ is not None:
                stack = "".join(traceback.format_exception(type(error), error, error.__traceback__, limit=-32))
                attributes["exception.stacktrace"] = self._client.message("exception.stacktrace", stack)
        self._error = shown
        self._span.add_event("exception", attributes)
        self._span.set_status(Status(StatusCode.ERROR, shown))

    @quiet
    def _end(self, error: BaseException | None = None) -> None:
        """Ends the step once; what a consumer or the interpreter stops has not failed."""
        if self._ended:
            return
        if error is not None and not _stopped(error):
            self._fail(error)
        ex = self._execution
        if ex is not None:
            ex._write_metadata(self)
        with self._lock:
            gathered = self._gathered()
            self._ended = True
        if ex is not None:
            gathered.update(ex._receipt(self))
            ex._finished(self)
        self._span.set_attributes(gathered)
        self._span.end()

    def _gathered(self) -> dict[str, AttributeValue]:
        attributes: dict[str, AttributeValue] = {names.STEP_TYPE: self._type}
        for key, fate in self._fates.items():
            if fate.total:
                attributes[key], cuts = fate.write(self._client.limit, f"/attributes/{key}")
                self._note_cuts(key, cuts)
        if self._criteria:
            at = f"/attributes/{names.CRITERIA}"
            attributes[names.CRITERIA], cuts = fit(f"[{','.join(self._criteria)}]", self._client.limit, at)
            self._note_cuts(names.CRITERIA, cuts)
        if self._truncated:
            if self._execution is not None:
                self._execution._cut(len(self._truncated))
            attributes[names.TRUNCATED] = list(self._truncated)
            attributes[names.TRUNCATED_AT] = json.dumps([c._asdict() for c in self._cuts], ensure_ascii=False, separators=(",", ":"))
        return attributes

    def _leave(self) -> None:
        if self._scope is not None:
            self._scope.leave()


def _text(error: BaseException | str) -> str:
    try:
        return str(error)
    except Exception as err:
        return f"[its text raised {type(err).__name__}]"


def _type_name(error: BaseException) -> str:
    cls = type(error)
    return cls.__qualname__ if cls.__module__ == "builtins" else f"{cls.__module__}.{cls.__qualname__}"


def _stopped(error: BaseException) -> bool:
    return isinstance(error, GeneratorExit) or isinstance(error, SystemExit) and not error.code


def open_step(
    name: str,
    kind: StepType,
    make_execution: Callable[[Client], Execution] | None = None,
    new_trace: bool = False,
    span_kind: SpanKind = SpanKind.INTERNAL,
) -> Step:
    """Starts a span and makes it the current one; what fails here leaves a step that records nothing."""
    client = current_client()
    outer = current_scope()
    execution = make_execution(client) if make_execution else outer.execution if outer else None
    if client.disabled:
        step = Step(client, execution, INVALID_SPAN, name, kind)
        if make_execution:
            step._scope = Scope(client, execution, step)
            step._context = step._scope.enter(None)
        return step
    try:
        span, start = _start_span(client, name, new_trace, span_kind)
    except Exception:
        return Step(client, execution, INVALID_SPAN, name, kind)
    step = Step(client, execution, span, name, kind)
    step._scope = Scope(client, execution, step)
    step._context = step._scope.enter(span)
    _begun(step, get_current_span(step._scope.outer).get_span_context(), start)
    return step


def _start_span(client: Client, name: str, new_trace: bool, kind: SpanKind) -> tuple[Span, int | None]:
    options: dict[str, Any] = {"kind": kind}
    above = get_current_span().get_span_context()
    if new_trace:
        options["context"] = set_span_in_context(INVALID_SPAN)
        if above.is_valid:
            options["links"] = [Link(above)]
    start = time.time_ns() if client.live else None  # the pending span has the same
    return client.tracer.start_span(name, start_time=start, record_exception=False, **options), start


@quiet
def _begun(step: Step, above: SpanContext, start: int | None) -> None:
    if step._ended:  # not sampled
        return
    if step._execution is not None:
        step._execution._began(step)
    if step._client.live:
        _announce(step, above, start)


def _announce(step: Step, above: SpanContext, start: int | None) -> None:
    """Sends the pending span of a step that has just started (docs/attributes.md)."""
    own = step._span.get_span_context()
    attributes: dict[str, AttributeValue] = {names.PENDING: True, names.PENDING_SPAN: f"{own.span_id:016x}"}
    if above.is_valid and above.trace_id == own.trace_id:
        attributes[names.PENDING_PARENT] = f"{above.span_id:016x}"
    pending = step._client.tracer.start_span(step._name, context=get_current(), attributes=attributes, start_time=start)
    pending.end(end_time=start)
