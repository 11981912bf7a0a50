"""What OpenAI's API is asked, in the terms of OpenTelemetry's GenAI conventions."""

from __future__ import annotations

import json
from typing import Any, Literal

from ._llm import Message, Request

Kind = Literal["chat", "responses", "embeddings"]
_PATHS: dict[str, Kind] = {"/chat/completions": "chat", "/responses": "responses", "/embeddings": "embeddings"}


def kind_of(path: str) -> Kind | None:
    """What an endpoint does."""
    return next((kind for end, kind in _PATHS.items() if path.endswith(end)), None)


def parse_request(kind: Kind, sent: dict[str, Any]) -> tuple[Request, object]:
    """The request, and for embeddings, which have no messages, their input."""
    most = next((sent[k] for k in ("max_output_tokens", "max_completion_tokens", "max_tokens") if sent.get(k) is not None), None)
    request = Request(
        model=str(sent["model"]),
        stream=bool(sent.get("stream")),
        temperature=sent.get("temperature"),
        top_p=sent.get("top_p"),
        max_tokens=most,
        tools=sent.get("tools"),
    )
    if kind == "embeddings":
        request["operation"] = "embeddings"
        return request, sent.get("input")
    if kind == "chat":
        request["messages"] = [chat_message(m) for m in sent.get("messages") or ()]
    else:
        request["messages"] = _items(sent)
    return request, None


def _items(sent: dict[str, Any]) -> list[Message]:
    first = [Message(role="system", content=sent["instructions"])] if sent.get("instructions") else []
    given = sent.get("input")
    if isinstance(given, str):
        return [*first, Message(role="user", content=given)]
    return [*first, *(item_message(it) for it in given or ())]


def chat_message(m: dict[str, Any], finish: str = "") -> Message:
    """A message of the chat API."""
    role = m.get("role") or "assistant"
    if role == "tool":
        return _message(role, "", [_answered(m.get("tool_call_id"), m.get("content"))], finish)
    parts: list[dict[str, Any]] = []
    if m.get("refusal"):
        parts.append({"content": m["refusal"], "type": "refusal"})
    text = _contents(m.get("content"), parts)
    for c in m.get("tool_calls") or ():
        f = c.get("function") or {}
        parts.append(_call(c.get("id"), f.get("name"), f.get("arguments")))
    return _message(role, text, parts, finish)


def item_message(it: dict[str, Any]) -> Message:
    """An input or output item of the Responses API."""
    kind = it.get("type")
    if kind == "function_call":
        return _message("assistant", "", [_call(it.get("call_id"), it.get("name"), it.get("arguments"))])
    if kind == "function_call_output":
        return _message("tool", "", [_answered(it.get("call_id"), it.get("output"))])
    if kind == "reasoning":
        return _message("assistant", "", [{"content": s.get("text"), "type": "reasoning"} for s in it.get("summary") or ()])
    parts: list[dict[str, Any]] = []
    text = _contents(it.get("content"), parts)
    return _message(it.get("role") or "assistant", text, parts)


def _message(role: str, content: str, parts: list[dict[str, Any]], finish: str = "") -> Message:
    return Message(role=role, content=content, parts=parts, finish_reason=finish)


def _contents(content: object, parts: list[dict[str, Any]]) -> str:
    """A content that is a text; one that is a list goes into parts."""
    if isinstance(content, str):
        return content
    for p in content if isinstance(content, list) else ():
        # Images, files, audio: as the API has them, bounded by the SDK.
        parts.append({"content": p["text"], "type": "text"} if "text" in p else p)
    return ""


def _call(id: object, name: object, arguments: object) -> dict[str, Any]:
    try:
        arguments = json.loads(arguments) if isinstance(arguments, str) else arguments
    except ValueError:
        pass  # cut off: the text
    return {"arguments": arguments, "id": id, "name": name, "type": "tool_call"}


def _answered(id: object, result: object) -> dict[str, Any]:
    return {"id": id, "result": result, "type": "tool_call_response"}
