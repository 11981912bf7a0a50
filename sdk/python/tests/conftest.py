"""A client whose spans end up in memory."""

import json
import os
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from opentelemetry.sdk.trace import ReadableSpan, TracerProvider
from opentelemetry.sdk.trace.export import SimpleSpanProcessor
from opentelemetry.sdk.trace.export.in_memory_span_exporter import InMemorySpanExporter

import xray


class Recorded:
    def __init__(self, **options: Any) -> None:
        self.memory = InMemorySpanExporter()
        provider = TracerProvider()
        provider.add_span_processor(SimpleSpanProcessor(self.memory))
        self.client = xray.Client(tracer_provider=provider, **options)

    @property
    def spans(self) -> list[ReadableSpan]:
        return list(self.memory.get_finished_spans())

    def __getitem__(self, name: str) -> ReadableSpan:
        (span,) = [s for s in self.spans if s.name == name]
        return span

    def read(self, name: str, attribute: str) -> Any:
        return json.loads(self[name].attributes[attribute])

    def parent(self, name: str) -> str:
        above = self[name].parent
        return next(s.name for s in self.spans if above and s.context.span_id == above.span_id)


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for key in [k for k in os.environ if k.startswith(("XRAY_", "OTEL_")) and k != "XRAY_BIN"]:
        monkeypatch.delenv(key)


@pytest.fixture
def recording() -> Iterator[Callable[..., Recorded]]:
    """Makes clients; the first one is used for the whole test."""
    open_: list[Any] = []

    def make(**options: Any) -> Recorded:
        r = Recorded(**options)
        open_.append(r.client.use())
        open_[-1].__enter__()
        return r

    yield make
    for used in reversed(open_):
        used.__exit__(None, None, None)


@pytest.fixture
def got(recording: Callable[..., Recorded]) -> Recorded:
    return recording()
