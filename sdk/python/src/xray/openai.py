"""Records the calls of the openai package as steps, by OpenTelemetry's GenAI conventions.

    from openai import AsyncOpenAI, DefaultAsyncHttpxClient, DefaultHttpxClient, OpenAI
    from xray.openai import AsyncTransport, Transport

    client = OpenAI(http_client=DefaultHttpxClient(transport=Transport()))
    client = AsyncOpenAI(http_client=DefaultAsyncHttpxClient(transport=AsyncTransport()))

It understands chat completions, responses and embeddings, streamed or not, and
leaves other endpoints alone. It never changes a request or an answer, and reads
what passes while the program reads it: nothing is buffered before the program
gets it. A call that the client repeats is a step for each attempt.

A transport of your own (a proxy, say) goes inside: Transport(HTTPTransport(proxy=…)).
The module uses the HTTP library that the installed openai does: httpx2, or httpx
before version 3.
"""

from __future__ import annotations

import importlib
import importlib.metadata
import json
import zlib
from collections.abc import AsyncIterator, Iterator
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from ._client import quiet
from ._llm import Call
from ._openai_request import kind_of, parse_request
from ._openai_response import Stream, record

if TYPE_CHECKING:
    import httpx2 as httpx
else:

    def _library():
        try:
            needs = importlib.metadata.requires("openai") or []
        except importlib.metadata.PackageNotFoundError as err:
            raise ImportError("xray.openai records calls of the openai package: pip install openai") from err
        return importlib.import_module("httpx2" if any(n.startswith("httpx2") for n in needs) else "httpx")

    httpx = _library()

MAX_BODY = 16 << 20
"""How much of a request or an answer is looked at; what is larger is passed on all the same."""

__all__ = ["AsyncTransport", "Transport"]


class Transport(httpx.BaseTransport):
    """For httpx.Client and what is built on it."""

    def __init__(self, inner: httpx.BaseTransport | None = None) -> None:
        self._inner = inner or httpx.HTTPTransport()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        watch = _begin(request, isinstance(request.stream, httpx.SyncByteStream))
        if watch is None:
            return self._inner.handle_request(request)
        try:
            response = self._inner.handle_request(request)
        except BaseException as err:
            watch.end(err)
            raise
        watch.answered(response)
        if isinstance(response.stream, httpx.SyncByteStream):
            response.stream = _Watched(response.stream, watch)
        return response

    def close(self) -> None:
        self._inner.close()


class AsyncTransport(httpx.AsyncBaseTransport):
    """For httpx.AsyncClient and what is built on it."""

    def __init__(self, inner: httpx.AsyncBaseTransport | None = None) -> None:
        self._inner = inner or httpx.AsyncHTTPTransport()

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        watch = _begin(request, isinstance(request.stream, httpx.AsyncByteStream))
        if watch is None:
            return await self._inner.handle_async_request(request)
        try:
            response = await self._inner.handle_async_request(request)
        except BaseException as err:
            watch.end(err)
            raise
        watch.answered(response)
        if isinstance(response.stream, httpx.AsyncByteStream):
            response.stream = _AsyncWatched(response.stream, watch)
        return response

    async def aclose(self) -> None:
        await self._inner.aclose()


def _begin(request: httpx.Request, readable: bool) -> _Watch | None:
    """Starts the call of a request, None if it is not one of ours."""
    kind = kind_of(request.url.path)
    if kind is None or not readable:
        return None
    try:
        sent = json.loads(request.content)
        asked, given = parse_request(kind, sent)
    except Exception:  # not the request that we know: the program's business alone
        return None
    asked["provider"] = "azure.ai.openai" if request.url.host.endswith(".openai.azure.com") else "openai"
    watch = _Watch(Call(asked))
    watch.begin(request.url.host, given)
    return watch


class _Watch:
    """One call, from its request to the end of its answer."""

    def __init__(self, call: Call) -> None:
        self.call = call
        self.status = 200
        self.stream: Stream | None = None
        self.seen = bytearray()
        self.size = 0
        self.over = False
        self.unpack: Any = None

    @quiet
    def begin(self, host: str, given: object) -> None:
        self.call.__enter__()
        step = self.call.step
        if step is not None:
            # The answer may be read elsewhere, long after: what runs meanwhile
            # is not part of the call.
            step._leave()
            step.set_attributes({"server.address": host})
            if given is not None:
                step.set_input(given)

    @quiet
    def answered(self, response: httpx.Response) -> None:
        self.status = response.status_code
        if self.status < 400 and response.headers.get("content-type", "").startswith("text/event-stream"):
            self.stream = Stream(self.call)
        encoding = response.headers.get("content-encoding", "identity")
        if encoding in ("gzip", "deflate"):
            self.unpack = zlib.decompressobj(zlib.MAX_WBITS | 32)  # finds out which
        elif encoding != "identity":
            self.size = MAX_BODY  # brotli, zstd: passed on unread

    @quiet
    def saw(self, piece: bytes) -> None:
        if self.size + len(piece) > MAX_BODY:
            return  # recorded as far as it was read
        if self.unpack is not None:
            piece = self.unpack.decompress(piece, MAX_BODY - self.size)
        self.size += len(piece)
        if self.stream is not None:
            self.stream.write(piece)
        else:
            self.seen += piece

    def end(self, err: BaseException | None = None) -> None:
        if self.over:
            return
        self.over = True
        self._record(err)
        step = self.call.step
        if step is not None:
            step._end(err)

    @quiet
    def _record(self, err: BaseException | None) -> None:
        step = self.call.step
        if step is None or err is not None and not self.size:
            return  # no answer at all
        if self.stream is not None:
            answer: dict[str, Any] | None = self.stream.whole()
        else:
            answer = _parsed(bytes(self.seen))
        if self.status >= 400:
            text = self.seen.decode("utf-8", "replace").strip()[: 64 << 10]
            reason = ((answer or {}).get("error") or {}).get("message") or text
            step.set_error(f"{self.status} {_phrase(self.status)}: {reason}")
        elif answer is not None and (said := record(self.call, answer)):
            step.set_error(said)


def _parsed(body: bytes) -> dict[str, Any] | None:
    try:
        answer = json.loads(body)
    except ValueError:
        return None
    return answer if isinstance(answer, dict) else None


def _phrase(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return ""


class _Watched(httpx.SyncByteStream):
    def __init__(self, inner: httpx.SyncByteStream, watch: _Watch) -> None:
        self._inner = inner
        self._watch = watch

    def __iter__(self) -> Iterator[bytes]:
        try:
            for piece in self._inner:
                self._watch.saw(piece)
                yield piece
        except Exception as err:
            self._watch.end(err)
            raise
        self._watch.end()

    def close(self) -> None:
        self._watch.end()
        self._inner.close()


class _AsyncWatched(httpx.AsyncByteStream):
    def __init__(self, inner: httpx.AsyncByteStream, watch: _Watch) -> None:
        self._inner = inner
        self._watch = watch

    async def __aiter__(self) -> AsyncIterator[bytes]:
        try:
            async for piece in self._inner:
                self._watch.saw(piece)
                yield piece
        except Exception as err:
            self._watch.end(err)
            raise
        self._watch.end()

    async def aclose(self) -> None:
        self._watch.end()
        await self._inner.aclose()
