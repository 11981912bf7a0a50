"""What OpenAI's API answers, in the terms of OpenTelemetry's GenAI conventions."""

from __future__ import annotations

import codecs
import json
from typing import Any

from ._llm import Call, Message
from ._openai_request import chat_message, item_message

MOST_CHOICES = 128  # the API allows no more
MOST_CALLS = 1024


def record(call: Call, answer: dict[str, Any]) -> str:
    """Writes an answer into the call; returns the error that the answer reports, "" if none."""
    call.responded(answer.get("model") or "", answer.get("id") or "")
    if u := answer.get("usage"):
        of_input = u.get("prompt_tokens_details") or u.get("input_tokens_details") or {}
        of_output = u.get("completion_tokens_details") or u.get("output_tokens_details") or {}
        call.used(
            u.get("prompt_tokens") or u.get("input_tokens") or 0,
            u.get("completion_tokens") or u.get("output_tokens") or 0,
            cache_read=of_input.get("cached_tokens") or 0,
            thinking=of_output.get("reasoning_tokens") or 0,
        )
    choices = [chat_message(c.get("message") or {}, c.get("finish_reason") or "") for c in answer.get("choices") or ()]
    if output := answer.get("output"):
        choices.append(_joined(answer, output))
    call.answered(*choices)
    return str((answer.get("error") or {}).get("message") or "")


def _joined(answer: dict[str, Any], output: list[dict[str, Any]]) -> Message:
    """The items of the Responses API are one message."""
    parts: list[Any] = []
    finish = (answer.get("incomplete_details") or {}).get("reason") or "stop"
    for it in output:
        m = item_message(it)
        if m["content"]:
            parts.append({"content": m["content"], "type": "text"})
        parts += m["parts"]
        if it.get("type") == "function_call":
            finish = "tool_calls"
    return Message(role="assistant", parts=parts, finish_reason=finish)


class Stream:
    """Puts a streamed answer together from its server-sent events."""

    def __init__(self, call: Call) -> None:
        self._call = call
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._line = ""
        self._whole: dict[str, Any] = {}
        self._texts: dict[int, list[str]] = {}

    def write(self, piece: bytes) -> None:
        *lines, self._line = (self._line + self._decoder.decode(piece)).split("\n")
        for line in lines:
            if line.startswith("data:"):
                self._event(line[5:].strip())

    def _event(self, data: str) -> None:
        if not data.startswith("{"):
            return  # [DONE]
        e = json.loads(data)
        if e.get("error"):
            self._whole["error"] = e["error"]
        if e.get("type"):  # of the Responses API, whose last event holds the whole answer
            if e.get("delta") is not None:
                self._call.first_token()
            if e.get("response"):
                self._whole = e["response"]
            return
        self._whole.update({k: e[k] for k in ("id", "model", "usage") if e.get(k)})
        for c in e.get("choices") or ():
            self._piece(c.get("index") or 0, c.get("delta") or {}, c.get("finish_reason"))

    def _piece(self, index: int, delta: dict[str, Any], finish: str | None) -> None:
        if not 0 <= index < MOST_CHOICES:
            return
        choices = self._whole.setdefault("choices", [])
        while len(choices) <= index:
            choices.append({"message": {"role": "assistant"}})
        if finish:
            choices[index]["finish_reason"] = finish
        if delta.get("content") or delta.get("refusal") or delta.get("tool_calls"):
            self._call.first_token()
        self._texts.setdefault(index, []).append(delta.get("content") or "")
        message = choices[index]["message"]
        if delta.get("refusal"):
            message["refusal"] = message.get("refusal", "") + delta["refusal"]
        for t in delta.get("tool_calls") or ():
            _add_call(message.setdefault("tool_calls", []), t)

    def whole(self) -> dict[str, Any]:
        for index, texts in self._texts.items():
            self._whole["choices"][index]["message"]["content"] = "".join(texts)
        return self._whole


def _add_call(calls: list[dict[str, Any]], piece: dict[str, Any]) -> None:
    """Of the pieces of a tool call the first has id and name, all have a part of the arguments."""
    index = piece.get("index") or 0
    if not 0 <= index < MOST_CALLS:
        return
    while len(calls) <= index:
        calls.append({"function": {"name": "", "arguments": ""}})
    into = calls[index]
    if piece.get("id"):
        into["id"] = piece["id"]
    f = piece.get("function") or {}
    into["function"]["name"] += f.get("name") or ""
    into["function"]["arguments"] += f.get("arguments") or ""
