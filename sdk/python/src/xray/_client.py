"""The client: how things are recorded, and the one that is used by default."""

from __future__ import annotations

import functools
import json
import logging
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from types import TracebackType
from typing import ParamSpec, Protocol

from opentelemetry import trace

from . import _names as names
from ._decide import criterion_text
from ._encode import encode, quote, well_formed
from ._fit import Cut, fit
from ._mask import Mask, apply_mask
from ._scope import Scope, current_scope
from ._version import VERSION

logger = logging.getLogger("xray")
P = ParamSpec("P")

DEFAULT_PAYLOAD_LIMIT = 256 << 10
"""How many bytes of JSON one input, output or other payload may take."""

MAX_MESSAGE = 8 << 10  # characters of an error message


@dataclass(frozen=True)
class Tally:
    """How many spans of one trace were started, ended, and given up before they were sent."""

    started: int
    ended: int
    dropped: int


class Backend(Protocol):
    """What a client needs of an exporter; xray.setup has the one that people use."""

    def tally(self, trace_id: int) -> Tally | None: ...
    def flush(self, timeout: float | None) -> None: ...
    def shutdown(self, timeout: float | None) -> None: ...


def quiet(method: Callable[P, None]) -> Callable[P, None]:
    """Keeps an error of ours, or of a span processor, from the code that is watched."""

    @functools.wraps(method)
    def guarded(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            method(*args, **kwargs)
        except Exception:
            logger.debug("xray: not recorded", exc_info=True)

    return guarded


class Client:
    """Makes executions and steps; see configure() and xray.setup.start()."""

    def __init__(
        self,
        *,
        tracer_provider: trace.TracerProvider | None = None,
        project: str | None = None,
        auto_reasoning: bool | None = None,
        live: bool = False,
        mask: Mask | None = None,
        payload_limit: int = DEFAULT_PAYLOAD_LIMIT,
        ui_url: str | None = None,
        backend: Backend | None = None,
    ) -> None:
        self.disabled = disabled_by_env()
        provider = tracer_provider or trace.get_tracer_provider()
        self.tracer = trace.NoOpTracer() if self.disabled else provider.get_tracer(names.SCOPE, VERSION)
        self.project = project or os.environ.get("XRAY_PROJECT") or None
        self.auto_reasoning = auto_reasoning
        self.live = live
        self.mask = mask
        self.limit = max(payload_limit, 64)
        self.ui_url = (os.environ.get("XRAY_UI_URL") or ui_url or "").rstrip("/")
        self.backend = backend

    def capture(self, key: str, at: str, value: object) -> tuple[str, list[Cut]]:
        """Turns a value into the JSON that is recorded under an attribute."""
        # Twice the limit is enough to share it fairly; the rest would be
        # thrown away, and the program would pay for it.
        text, cuts = encode(value, 2 * self.limit, at)
        if self.mask is not None:
            text = apply_mask(self.mask, key, text)
        return fit(text, self.limit, at, cuts)

    def criterion(self, field: str, op: str, value: object) -> str:
        """The text of a criterion, masked; "" if the mask left none."""
        text = criterion_text(field, op, value, self.limit)
        if self.mask is not None:
            text = apply_mask(self.mask, names.CRITERIA, text)
        return text if text[0] == "{" else ""

    def message(self, key: str, text: object) -> str:
        """Masks and bounds a text that is recorded as it is, not as JSON."""
        s = well_formed(str(text))
        if self.mask is not None:
            masked = apply_mask(self.mask, key, quote(s))
            s = _unquoted(masked)
        return s if len(s) <= MAX_MESSAGE else s[:MAX_MESSAGE] + "…"

    @contextmanager
    def use(self) -> Iterator[Client]:
        """Uses this client for what is recorded within."""
        scope = Scope(self, None, None)
        scope.enter(None)
        try:
            yield self
        finally:
            scope.leave()

    def flush(self, timeout: float | None = None) -> None:
        """Waits until all that has ended is delivered or given up; raises LossError like shutdown."""
        if self.backend is not None:
            self.backend.flush(timeout)

    def shutdown(self, timeout: float | None = None) -> None:
        """Delivers what waits, stops, and raises a LossError if anything did not arrive.

        It blocks until then or for at most timeout seconds (5 by default). A
        client on another provider has nothing to shut down: that is its owner's.
        """
        if self.backend is not None:
            self.backend.shutdown(timeout)

    def __enter__(self) -> Client:
        return self

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None) -> None:
        try:
            self.shutdown()
        except Exception as loss:
            if err is None:
                raise
            logger.warning("%s", loss)  # the program's own error goes first


def _unquoted(text: str) -> str:
    value = json.loads(text)
    return value if isinstance(value, str) else text


def disabled_by_env() -> bool:
    return os.environ.get("XRAY_DISABLED", "").lower() in ("1", "t", "true")


_default: Client | None = None


def set_default(client: Client) -> None:
    global _default
    _default = client


def current_client() -> Client:
    """The context's client, else the one made last, else one on the global provider."""
    if (scope := current_scope()) is not None:
        return scope.client
    if _default is None:
        set_default(Client())
    assert _default is not None
    return _default


def configure(
    *,
    tracer_provider: trace.TracerProvider | None = None,
    project: str | None = None,
    auto_reasoning: bool | None = None,
    live: bool = False,
    mask: Mask | None = None,
    payload_limit: int = DEFAULT_PAYLOAD_LIMIT,
    ui_url: str | None = None,
) -> Client:
    """Records through a provider that the program has already (its global one, if none is given).

    Its exporter decides where spans go. The client becomes this process's
    default. Programs without OpenTelemetry call xray.setup.start() instead.
    """
    client = Client(
        tracer_provider=tracer_provider,
        project=project,
        auto_reasoning=auto_reasoning,
        live=live,
        mask=mask,
        payload_limit=payload_limit,
        ui_url=ui_url,
    )
    set_default(client)
    return client
