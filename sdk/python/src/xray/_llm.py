"""Calls to language models, by OpenTelemetry's GenAI conventions."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping, Sequence
from types import TracebackType
from typing import Any, TypedDict

from opentelemetry.trace import SpanKind
from opentelemetry.util.types import AttributeValue

from ._client import quiet
from ._names import StepType
from ._step import Step, open_step


class Message(TypedDict, total=False):
    """One chat message: {"role": "user", "content": "hello"}.

    content is the plain text; a message that also calls tools or answers one
    has parts in place of it, in the form of OpenTelemetry's GenAI conventions
    (gen-ai-input-messages.json). finish_reason is for answers: stop, length,
    tool_calls, …
    """

    role: str
    content: str
    parts: Sequence[Mapping[str, Any]]
    finish_reason: str


class Call:
    """A model call: what xray.llm(…) returns. Use it once, by `with` or `async with`; its methods never raise."""

    def __init__(self, request: Request) -> None:
        self._request = request
        self._step: Step | None = None
        self._started = 0.0
        self._lock = threading.Lock()
        self._heard = False

    @property
    def step(self) -> Step | None:
        """The call's step, for set_output and OpenTelemetry attributes; None before it has begun."""
        return self._step

    def __enter__(self) -> Call:
        r = self._request
        operation = r.get("operation") or "chat"
        kind: StepType = "embedding" if operation == "embeddings" else "llm"
        self._step = open_step(f"{operation} {r['model']}", kind, span_kind=SpanKind.CLIENT)
        self._started = time.perf_counter()
        self._ask(operation)
        return self

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None) -> None:
        if self._step is not None:
            self._step._end(err)
            self._step._leave()

    async def __aenter__(self) -> Call:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.__exit__(kind, err, tb)

    @quiet
    def _ask(self, operation: str) -> None:
        r = self._request
        if self._step is None or self._step._ended:
            return
        attributes: dict[str, AttributeValue] = {"gen_ai.operation.name": operation, "gen_ai.request.model": r["model"]}
        if provider := r.get("provider"):
            attributes["gen_ai.provider.name"] = provider
        for name, value in (("temperature", r.get("temperature")), ("top_p", r.get("top_p"))):
            if value is not None:
                attributes[f"gen_ai.request.{name}"] = float(value)
        if (most := r.get("max_tokens")) is not None:
            attributes["gen_ai.request.max_tokens"] = most
        if r.get("stream"):
            attributes["gen_ai.request.stream"] = True
        self._step.set_attributes(attributes)
        if messages := r.get("messages"):
            self._payload("gen_ai.input.messages", _gen_ai(messages))
        if (tools := r.get("tools")) is not None:
            self._payload("gen_ai.tool.definitions", tools)

    @quiet
    def responded(self, model: str = "", id: str = "") -> None:
        """Records which model answered, not always the one that was asked, and the response's id."""
        self._set({k: v for k, v in (("gen_ai.response.model", model), ("gen_ai.response.id", id)) if v})

    @quiet
    def used(self, input: int, output: int, *, cache_read: int = 0, thinking: int = 0) -> None:
        """Records the tokens that the provider counted.

        Cached and reasoning tokens are parts of input and output, not
        additions to them, as providers and OpenTelemetry count.
        """
        self._set({"gen_ai.usage.input_tokens": input, "gen_ai.usage.output_tokens": output})
        if cache_read > 0:
            self._set({"gen_ai.usage.cache_read.input_tokens": cache_read})
        if thinking > 0:
            self._set({"gen_ai.usage.reasoning.output_tokens": thinking})

    @quiet
    def first_token(self) -> None:
        """Records the time to the first piece of a streamed answer. Only the first call counts."""
        with self._lock:
            again, self._heard = self._heard, True
        if not again:
            self._set({"gen_ai.response.time_to_first_chunk": time.perf_counter() - self._started})

    @quiet
    def answered(self, *choices: Message) -> None:
        """Records the model's answer, one message per choice."""
        if not choices:
            return
        if reasons := [m["finish_reason"] for m in choices if m.get("finish_reason")]:
            self._set({"gen_ai.response.finish_reasons": reasons})
        self._payload("gen_ai.output.messages", _gen_ai(choices))

    def _set(self, attributes: Mapping[str, AttributeValue]) -> None:
        if self._step is not None:
            self._step.set_attributes(attributes)

    def _payload(self, key: str, value: object) -> None:
        """Records a JSON attribute, masked and bounded as all payloads are."""
        if self._step is not None:
            self._step._set(key, f"/attributes/{key}", value)


class Request(TypedDict, total=False):
    """What a model is asked."""

    operation: str
    provider: str
    model: str
    messages: Sequence[Message]
    temperature: float | None
    top_p: float | None
    max_tokens: int | None
    tools: object
    stream: bool


def _gen_ai(messages: Sequence[Message]) -> list[dict[str, Any]]:
    out = []
    for m in messages:
        parts: list[Mapping[str, Any]] = list(m.get("parts") or ())
        if m.get("content") or not parts:
            parts.insert(0, {"content": m.get("content", ""), "type": "text"})
        one: dict[str, Any] = {"role": m.get("role", ""), "parts": parts}
        if reason := m.get("finish_reason"):
            one["finish_reason"] = reason
        out.append(one)
    return out


def llm(
    model: str,
    *,
    provider: str = "",
    operation: str = "chat",
    messages: Sequence[Message] = (),
    temperature: float | None = None,
    top_p: float | None = None,
    max_tokens: int | None = None,
    tools: object = None,
    stream: bool = False,
) -> Call:
    """A call to a language model, as a step with OpenTelemetry's GenAI attributes.

        with xray.llm("gpt-5-mini", provider="openai", messages=messages) as call:
            answer = ask(messages)
            call.responded(answer.model, answer.id)
            call.used(answer.usage.input, answer.usage.output)
            call.answered({"role": "assistant", "content": answer.text, "finish_reason": "stop"})

    operation is one of OpenTelemetry's: chat, generate_content,
    text_completion, embeddings; provider too: openai, anthropic, gcp.gemini, …
    tools are the definitions of the tools on offer, as the API takes them. For
    the openai package, xray.openai records calls by itself.
    """
    return Call(
        Request(
            operation=operation,
            provider=provider,
            model=model,
            messages=messages,
            temperature=temperature,
            top_p=top_p,
            max_tokens=max_tokens,
            tools=tools,
            stream=stream,
        )
    )
