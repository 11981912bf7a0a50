"""Connects the SDK to a server: provider, queue and OTLP/HTTP exporter in one call.

    from xray import setup

    client = setup.start()
    …
    client.shutdown()      # raises a LossError if something did not arrive

It needs no configuration: spans go to http://localhost:4318. Settings come from
the arguments, then XRAY_ENDPOINT, XRAY_API_KEY and XRAY_PROJECT, then
OpenTelemetry's own variables (OTEL_EXPORTER_OTLP_ENDPOINT, _HEADERS, _TIMEOUT,
_COMPRESSION, _CERTIFICATE, their _TRACES_ forms, OTEL_SERVICE_NAME,
OTEL_RESOURCE_ATTRIBUTES, OTEL_TRACES_SAMPLER).

It sends traces only, and needs the extra: pip install "xray-sdk[setup]".
Programs with OpenTelemetry set up do not need it: see xray.configure.
"""

from __future__ import annotations

import os
import weakref
from collections.abc import Mapping

try:
    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.trace import TracerProvider
    from opentelemetry.sdk.trace.export import SpanExporter
    from opentelemetry.sdk.trace.sampling import Sampler
except ImportError as err:
    raise ImportError('xray.setup needs the OpenTelemetry SDK: pip install "xray-sdk[setup]"') from err

from opentelemetry import trace
from opentelemetry.util.types import AttributeValue

from . import _names as names
from ._client import DEFAULT_PAYLOAD_LIMIT, Client, Tally, disabled_by_env, set_default
from ._delivery import Delivery, Limits, Sender
from ._exporters import ExporterSender, FileSender, HTTPSender
from ._mask import Mask
from ._tally import Tallies
from ._target import resolve
from ._version import VERSION

__all__ = ["Limits", "start"]


def start(
    *,
    project: str | None = None,
    api_key: str | None = None,
    endpoint: str | None = None,
    auto_reasoning: bool | None = None,
    service: str | None = None,
    version: str | None = None,
    resource: Mapping[str, AttributeValue] | None = None,
    live: bool = False,
    mask: Mask | None = None,
    payload_limit: int = DEFAULT_PAYLOAD_LIMIT,
    ui_url: str | None = None,
    local: str | os.PathLike[str] | None = None,
    exporter: SpanExporter | None = None,
    sampler: Sampler | None = None,
    limits: Limits = Limits(),
    set_global: bool = True,
) -> Client:
    """Makes a client that sends to X-Ray, this process's default.

    Its provider becomes OpenTelemetry's global one unless set_global is False,
    so that instrumentation libraries record into the same executions. With
    local, spans go to a file that `xray import` reads; with exporter, through
    that. XRAY_DISABLED=1 makes a client that records and connects to nothing.
    """
    if (exporter is not None or local is not None) and (project or api_key or endpoint):
        raise ValueError("xray: exporter and local send elsewhere: leave project, api_key and endpoint out")
    backend = None
    if not disabled_by_env():
        sender: Sender
        if exporter is not None:
            sender = ExporterSender(exporter)
        elif local is not None:
            sender = FileSender(local)
        else:
            target = resolve(endpoint, api_key, project)
            ui_url = ui_url or target.ui_url()
            sender = HTTPSender(target, limits)
        backend = SetupBackend(sender, limits, _resource(service, version, resource), sampler)
        if set_global:
            trace.set_tracer_provider(backend.provider)
    client = Client(
        tracer_provider=backend.provider if backend else None,
        project=project,
        auto_reasoning=auto_reasoning,
        live=live,
        mask=mask,
        payload_limit=payload_limit,
        ui_url=ui_url,
        backend=backend,
    )
    set_default(client)
    return client


def _resource(service: str | None, version: str | None, more: Mapping[str, AttributeValue] | None) -> Resource:
    own: dict[str, AttributeValue] = dict(more or {})
    if service:
        own["service.name"] = service
    if version:
        own["service.version"] = version
    own["telemetry.distro.name"] = names.SCOPE
    own["telemetry.distro.version"] = VERSION
    return Resource.create().merge(Resource(own))


class SetupBackend:
    """Provider, queue and tallies of one client."""

    def __init__(self, sender: Sender, limits: Limits, resource: Resource, sampler: Sampler | None) -> None:
        self._tallies = Tallies()
        self._delivery = Delivery(sender, limits, self._tallies.lost)
        # The provider shuts its processors down when the interpreter ends.
        self.provider = TracerProvider(resource=resource, sampler=sampler)
        self.provider.add_span_processor(self._tallies)
        self.provider.add_span_processor(self._delivery)
        if hasattr(os, "register_at_fork"):  # servers that fork their workers after start-up
            me = weakref.ref(self)
            os.register_at_fork(after_in_child=lambda: _after_fork(me()))

    def tally(self, trace_id: int) -> Tally | None:
        return self._tallies.of(trace_id)

    def flush(self, timeout: float | None) -> None:
        self._delivery.flush(timeout)

    def shutdown(self, timeout: float | None) -> None:
        self._delivery.close(timeout)


def _after_fork(backend: SetupBackend | None) -> None:
    if backend is not None:
        backend._tallies.after_fork()
        backend._delivery.after_fork()
