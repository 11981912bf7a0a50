"""Executions: one run of a pipeline, its totals, and what people look it up by."""

from __future__ import annotations

import json
import secrets
import threading
import time
from collections.abc import Mapping
from datetime import datetime, timezone

from opentelemetry.trace import SpanContext, get_current_span

from . import _names as names
from ._client import Client, Tally, quiet
from ._encode import encode, quote, well_formed
from ._fit import Cut, fit
from ._mask import apply_mask
from ._scope import current_scope
from ._step import Step, open_step

MAX_RECORD_STEPS = 1_000
MAX_RECORD_BYTES = 4 << 20


class Execution:
    """An execution between its start and its end. Its methods never raise, and do nothing after the end."""

    def __init__(self, client: Client | None, outer: Execution | None, execution_id: str | None) -> None:
        self._client = client
        self._outer = outer  # the execution that this one is a step of
        self._id = well_formed(execution_id)[:256] if execution_id else ""
        self._random = secrets.token_hex(16)  # stands in for a trace id when there is no trace
        self._own: Step | None = None
        self._started_at = datetime.now(timezone.utc)
        self._lock = threading.Lock()
        self._counts = {"started": 0, "ended": 0, "cut": 0}
        self._metadata: dict[str, str] = {}  # values are JSON already
        self._metadata_cuts: list[Cut] = []
        self._tags: list[str] = []
        self._record: list[tuple[Step, dict[str, str]]] = []
        self._recorded_bytes = 0

    @property
    def step(self) -> Step | None:
        """The execution's own span as a step: for keep, drop and OpenTelemetry attributes."""
        return self._own

    @property
    def trace_id(self) -> str:
        """The id of its trace in hex, "" if there is none."""
        ctx = self._span_context()
        return f"{ctx.trace_id:032x}" if ctx is not None and ctx.is_valid else ""

    @property
    def execution_id(self) -> str:
        """The id by which it can be found: the program's own, else the trace id.

        A random one when nothing is recorded, so that it can be used all the same.
        """
        return self._id or self.trace_id or self._random

    @property
    def url(self) -> str:
        """Where it can be seen; "" if nothing is recorded or the address is not known."""
        ctx = self._span_context()
        if self._client is None or not self._client.ui_url or ctx is None or not ctx.trace_flags.sampled:
            return ""
        return f"{self._client.ui_url}/executions/{self.trace_id}"

    @quiet
    def set_input(self, value: object) -> None:
        """Records what the execution was asked for."""
        if self._own is not None:
            self._own.set_input(value)

    @quiet
    def set_output(self, value: object) -> None:
        """Records what it returned; decorated functions do it by themselves."""
        if self._own is not None:
            self._own.set_output(value)

    @quiet
    def set_final_outcome(self, value: object) -> None:
        """Records what came of it, where that is not simply the result of a function."""
        if self._own is not None:
            self._own._set(names.OUTCOME, f"/attributes/{names.OUTCOME}", value)

    @quiet
    def set_error(self, error: BaseException | str) -> None:
        """Marks the execution as failed even if nothing is raised."""
        if self._own is not None:
            self._own.set_error(error)

    @quiet
    def set_metadata(self, key: str, value: object) -> None:
        """Adds one entry to the metadata."""
        if not self._recording or self._client is None:
            return
        # Shortened at the end, with all other entries.
        text, cuts = encode({str(key): value}, 2 * self._client.limit, f"/attributes/{names.METADATA}")
        if self._client.mask is not None:
            text = apply_mask(self._client.mask, names.METADATA, text)
        entry = json.loads(text, parse_int=_Number, parse_float=_Number)
        entries = entry.items() if isinstance(entry, dict) else [(str(key), entry)]
        with self._lock:
            self._metadata.update((k, _rewrite(v)) for k, v in entries)
            self._metadata_cuts += cuts

    def set_session(self, session_id: str) -> None:
        """Says which conversation or session it belongs to."""
        self._label(names.SESSION, session_id)

    def set_user(self, user_id: str) -> None:
        """Says on whose behalf it runs."""
        self._label(names.USER, user_id)

    @quiet
    def add_tags(self, *tags: str) -> None:
        """Labels the execution; a tag that it has already is not added twice."""
        if (own := self._own) is None or not self._recording:
            return
        with self._lock:
            for tag in (own._client.message(names.TAGS, t) for t in tags):
                if tag not in self._tags:
                    self._tags.append(tag)
            own.span.set_attribute(names.TAGS, list(self._tags))

    @quiet
    def _label(self, key: str, value: str) -> None:
        if self._own is not None and self._client is not None and self._recording:
            self._own.span.set_attribute(key, self._client.message(key, value))

    def to_json(self) -> str:
        """The execution so far, in the form that POST /api/executions takes.

        Steps follow each other in the order of starting. At most 1,000 of them
        and 4 MiB of inputs and outputs are kept for it.
        """
        fields = {"executionId": quote(self.execution_id)}
        if self._client is not None and self._client.project:
            fields["projectId"] = quote(self._client.project)
        if self._own is not None:
            fields["name"] = quote(self._own._name)
            fields["startedAt"] = quote(self._started_at.isoformat())
        with self._lock:
            if written := self._own._texts.get(names.METADATA) if self._own is not None else None:
                fields["metadata"] = written
            elif self._metadata:
                fields["metadata"] = _object(self._metadata)
            fields["steps"] = "[" + ",".join(_object(f) for _, f in self._record) + "]"
        texts = self._own._texts if self._own is not None else {}
        if outcome := texts.get(names.OUTCOME) or texts.get(names.OUTPUT):
            fields["finalOutcome"] = outcome
        return _object(fields)

    @property
    def _recording(self) -> bool:
        return self._own is not None and not self._own._ended

    def _span_context(self) -> SpanContext | None:
        return self._own.span.get_span_context() if self._own is not None else None

    def _began(self, step: Step) -> None:
        """Counts a span and gives it its place in to_json()."""
        with self._lock:
            self._counts["started"] += 1
            if self._own is None:
                self._own = step
            elif len(self._record) < MAX_RECORD_STEPS:
                self._record.append((step, {"name": quote(step._name), "durationMs": "0"}))
        if self._outer is not None:
            self._outer._began(step)

    def _finished(self, step: Step) -> None:
        with self._lock:
            self._counts["ended"] += 1
            for recorded, fields in reversed(self._record):
                if recorded is step:
                    self._fill(step, fields)
                    break
        if self._outer is not None:
            self._outer._finished(step)

    def _fill(self, step: Step, fields: dict[str, str]) -> None:
        fields["durationMs"] = str(round((time.perf_counter() - step._begun) * 1e3, 6))
        texts = {"input": step._texts.get(names.INPUT), "output": step._texts.get(names.OUTPUT)}
        self._recorded_bytes += sum(len(t) for t in texts.values() if t)
        if self._recorded_bytes <= MAX_RECORD_BYTES:
            fields.update((k, t) for k, t in texts.items() if t)
        if step._error:
            fields["error"] = quote(step._error)
        if reasoning := step._texts.get(names.REASONING):
            fields["reasoning"] = quote(reasoning)

    def _cut(self, n: int) -> None:
        with self._lock:
            self._counts["cut"] += n
        if self._outer is not None:
            self._outer._cut(n)

    def _write_metadata(self, step: Step) -> None:
        if step is self._own and self._metadata:
            at = f"/attributes/{names.METADATA}"
            step._write(names.METADATA, at, *fit(_object(self._metadata), step._client.limit, at, self._metadata_cuts))

    def _receipt(self, step: Step) -> dict[str, int]:
        """What the SDK counted, written as the execution's own span ends; the server compares."""
        if step is not self._own:
            return {}
        tally = Tally(self._counts["started"], self._counts["ended"], 0)
        if (backend := step._client.backend) is not None:
            # All spans of the trace, whoever made them. A root elsewhere leaves ours.
            tally = backend.tally(step.span.get_span_context().trace_id) or tally
        return {
            names.STARTED: tally.started,
            names.ENDED: tally.ended + 1,  # and this one
            names.DROPPED: tally.dropped,
            names.CUT: self._counts["cut"],
        }


class _Number(str):
    """A number as it was written: a float would change large ones."""


def _rewrite(value: object) -> str:
    if isinstance(value, _Number):
        return str(value)
    if isinstance(value, dict):
        return _object({k: _rewrite(v) for k, v in value.items()})
    if isinstance(value, list):
        return "[" + ",".join(map(_rewrite, value)) + "]"
    return encode(value, 1 << 62)[0]


def _object(fields: Mapping[str, str]) -> str:
    return "{" + ",".join(f"{quote(k)}:{v}" for k, v in fields.items()) + "}"


def open_execution(name: str, execution_id: str | None, new_trace: bool) -> Execution:
    """Starts an execution; within a span that is open already it is part of that trace."""
    scope = current_scope()
    above = get_current_span().get_span_context()
    outer = scope.execution if scope is not None and not new_trace else None
    made: list[Execution] = []

    def make(client: Client) -> Execution:
        made.append(Execution(client, outer, execution_id))
        return made[0]

    step = open_step(name, "chain", make, new_trace)
    ex = made[0]
    ex._own = step
    _introduce(ex, step, name, inside=above.is_valid and not new_trace and outer is None)
    return ex


@quiet
def _introduce(ex: Execution, step: Step, name: str, inside: bool) -> None:
    if not ex._recording:
        return
    if ex._id:
        step.span.set_attribute(names.EXECUTION_ID, ex._id)
    if inside:  # the root span has another name
        step.span.set_attribute(names.EXECUTION_NAME, name)
    if step._client.auto_reasoning is not None:
        step.span.set_attribute(names.AUTO_REASONING, step._client.auto_reasoning)
