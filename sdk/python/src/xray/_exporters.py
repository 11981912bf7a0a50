"""Where batches go: a server, a file, or another exporter."""

from __future__ import annotations

import base64
import gzip
import json
import os
import random
import ssl
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from http.client import HTTPException
from typing import Any

from google.protobuf.json_format import MessageToDict
from google.protobuf.message import DecodeError
from opentelemetry.exporter.otlp.proto.common.trace_encoder import encode_spans
from opentelemetry.proto.collector.trace.v1.trace_service_pb2 import ExportTraceServiceResponse
from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.sdk.trace.export import SpanExporter, SpanExportResult

from ._client import logger
from ._delivery import Divisible, Limits, Partial
from ._target import Target

RETRYABLE = (429, 502, 503, 504)  # OTLP/HTTP: everything else that is not 2xx is final


def _encode(spans: Sequence[ReadableSpan]) -> Any:
    try:
        return encode_spans(spans)
    except Exception as err:  # text that protobuf cannot hold, from another instrumentation
        raise Divisible(f"encode spans: {err}") from err


class _Temporary(Exception):
    def __init__(self, message: str, after: float = 0) -> None:
        super().__init__(message)
        self.after = after  # Retry-After in seconds


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *args: Any, **kwargs: Any) -> None:
        return None  # urllib would repeat a POST as a GET, and the key with it


class HTTPSender:
    """Posts OTLP protobuf, by urllib: no library that the program would have to share with us."""

    def __init__(self, target: Target, limits: Limits) -> None:
        self._target = target
        self._limits = limits
        handlers: list[urllib.request.BaseHandler] = [_NoRedirect(), urllib.request.HTTPSHandler(context=target.tls)]
        if target.loopback:
            handlers.append(urllib.request.ProxyHandler({}))
        self._opener = urllib.request.build_opener(*handlers)
        self._warned = float("-inf")

    def send(self, spans: Sequence[ReadableSpan], stop: threading.Event) -> None:
        body = _encode(spans).SerializeToString()
        if self._target.compress:
            body = gzip.compress(body, 1)
        deadline = time.monotonic() + self._limits.retry_total
        pause = self._limits.retry_first
        while True:
            try:
                return self._post(body)
            except _Temporary as err:
                # Jitter, so that many programs do not come back at once; never
                # less than the server asked for.
                wait = max(err.after, random.uniform(0, pause))
                if time.monotonic() + wait > deadline:
                    raise TimeoutError(f"given up after {self._limits.retry_total:g} s: {err}") from err
                self._warn(err)
                if stop.wait(wait):
                    raise
                pause = min(2 * pause, self._limits.retry_longest)

    def _warn(self, err: Exception) -> None:
        """A server that is away is one piece of news, not one per batch."""
        if time.monotonic() - self._warned >= 30:
            self._warned = time.monotonic()
            logger.warning("xray: cannot send for now, trying again: %s", err)

    def _post(self, body: bytes) -> None:
        headers = {**self._target.headers, "Content-Type": "application/x-protobuf"}
        if self._target.compress:
            headers["Content-Encoding"] = "gzip"
        request = urllib.request.Request(self._target.url, body, headers, method="POST")
        try:
            with self._opener.open(request, timeout=self._target.timeout) as response:
                answer: bytes = response.read(64 << 10)
        except urllib.error.HTTPError as err:
            with err:
                self._refused(err.code, err.headers.get("Retry-After", ""), err.read(64 << 10))
        except urllib.error.URLError as err:
            if isinstance(err.reason, ssl.SSLCertVerificationError):
                raise
            raise _Temporary(f"{self._target.url}: {err.reason}") from err
        except (OSError, HTTPException) as err:  # reset, timed out, no whole answer
            raise _Temporary(f"{self._target.url}: {err}") from err
        else:
            self._accepted(answer)

    def _refused(self, status: int, after: str, body: bytes) -> None:
        said = f"{self._target.url} answered {status}: {_readable(body)}"
        if status in RETRYABLE:
            raise _Temporary(said, _retry_after(after))
        if status in (400, 413):
            raise Divisible(said)
        if status in (401, 403):
            said += " (check the API key: XRAY_API_KEY)"
        raise PermissionError(said) if status in (401, 403) else OSError(said)

    def _accepted(self, answer: bytes) -> None:
        try:
            partial = ExportTraceServiceResponse.FromString(answer).partial_success
        except DecodeError:
            return  # another server's way to say yes
        if partial.rejected_spans > 0:
            raise Partial(partial.rejected_spans, partial.error_message)
        if partial.error_message:  # OTLP: a warning without refusal
            logger.warning("xray: the server says: %s", partial.error_message)

    def close(self) -> None:
        """Has no connections to close: each request has its own."""


def _readable(body: bytes) -> str:
    """The text of an error's body, which may be a protobuf Status {1: code, 2: message}."""
    at = body.find(b"\x12", 0, 12) if body[:1] == b"\x08" else -1
    if at > 0:
        body = body[at + (2 if body[at + 1] < 0x80 else 3) :]
    text = "".join(c if c.isprintable() else " " for c in body.decode("utf-8", "replace"))
    return text.strip()[:512]


def _retry_after(text: str) -> float:
    if text.isdigit():
        return min(float(text), 3600)
    try:
        return min(max(parsedate_to_datetime(text).timestamp() - time.time(), 0), 3600)
    except (ValueError, TypeError):
        return 0


class FileSender:
    """Appends OTLP JSON to a file, one TracesData document per line, as `xray import` reads it."""

    def __init__(self, path: str | os.PathLike[str]) -> None:
        # Opened now, so that a path that cannot be written is known at once.
        # Payloads are nobody else's: 0600.
        self._file = os.open(path, os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600)

    def send(self, spans: Sequence[ReadableSpan], stop: threading.Event) -> None:
        doc = MessageToDict(_encode(spans), use_integers_for_enums=True)
        for span in (s for r in doc["resourceSpans"] for c in r["scopeSpans"] for s in c["spans"]):
            for holder in (span, *span.get("links", ())):
                for key in ("traceId", "spanId", "parentSpanId"):
                    if key in holder:  # OTLP JSON writes ids in hex, not in base64
                        holder[key] = base64.b64decode(holder[key]).hex()
        line = json.dumps(doc, ensure_ascii=False, separators=(",", ":")) + "\n"
        rest = line.encode()
        while rest:
            rest = rest[os.write(self._file, rest) :]

    def close(self) -> None:
        if self._file >= 0:
            os.close(self._file)
            self._file = -1


class ExporterSender:
    """Sends through another exporter, with our queue."""

    def __init__(self, exporter: SpanExporter) -> None:
        self._exporter = exporter

    def send(self, spans: Sequence[ReadableSpan], stop: threading.Event) -> None:
        if self._exporter.export(spans) is not SpanExportResult.SUCCESS:
            raise OSError(f"{type(self._exporter).__name__} reported a failure")

    def close(self) -> None:
        self._exporter.shutdown()
