"""The shared test vectors: small programs and the spans that each language's SDK must leave."""

import contextlib
import json
import pathlib
from typing import Any

import pytest
from opentelemetry.trace import SpanKind, StatusCode

import xray

VECTORS = json.loads((pathlib.Path(__file__).parents[2] / "testdata" / "recording.json").read_text())


class Player:
    """Runs the program of a vector."""

    def __init__(self) -> None:
        self.first: xray.Execution | None = None
        self.call: xray.Call | None = None
        self.document: dict[str, Any] | None = None

    def all(self, ops: list[dict[str, Any]]) -> None:
        for op in ops:
            with contextlib.suppress(RuntimeError) if op.get("catches") else contextlib.nullcontext():
                getattr(self, f"op_{op['op']}")(op)

    def inside(self, op, opened) -> None:
        self.all(op.get("do", []))
        if "raises" in op:
            raise RuntimeError(op["raises"])
        if "returns" in op:
            opened.set_output(op["returns"])

    def op_execution(self, op) -> None:
        given = {k: op[k] for k in ("input", "session", "user", "tags", "metadata") if k in op}
        with xray.execution(op["name"], execution_id=op.get("id"), **given) as ex:
            self.first = self.first or ex
            self.inside(op, ex)

    def op_step(self, op) -> None:
        given = {k: op[k] for k in ("input", "type") if k in op}
        with xray.step(op["name"], **given) as s:
            self.inside(op, s)

    def op_llm(self, op) -> None:
        snake = {"topP": "top_p", "maxTokens": "max_tokens"}
        request = {snake.get(k, k): v for k, v in op["request"].items()}
        with xray.llm(**request) as self.call:
            self.all(op.get("do", []))
            if "raises" in op:
                raise RuntimeError(op["raises"])
            if "returns" in op and not any(o["op"] == "answered" for o in op["do"]):
                self.call.step.set_output(op["returns"])

    def op_session(self, op) -> None:
        xray.current_execution().set_session(op["value"])

    def op_user(self, op) -> None:
        xray.current_execution().set_user(op["value"])

    def op_tags(self, op) -> None:
        xray.current_execution().add_tags(*op["value"])

    def op_metadata(self, op) -> None:
        xray.current_execution().set_metadata(op["key"], op["value"])

    def op_outcome(self, op) -> None:
        xray.current_execution().set_final_outcome(op["value"])

    def op_error(self, op) -> None:
        xray.current_step().set_error(op["value"])

    def op_input(self, op) -> None:
        xray.current_step().set_input(op["value"])

    def op_output(self, op) -> None:
        xray.current_step().set_output(op["value"])

    def op_reasoning(self, op) -> None:
        xray.current_step().set_reasoning(op["value"])

    def op_type(self, op) -> None:
        xray.current_step().set_type(op["value"])

    def op_attributes(self, op) -> None:
        xray.current_step().set_attributes(op["value"])

    def op_criterion(self, op) -> None:
        xray.criterion(**op["criterion"])

    def op_keep(self, op) -> None:
        xray.keep(op["item"], **{k: op[k] for k in ("reason", "key", "score", "criterion") if k in op})

    def op_drop(self, op) -> None:
        xray.drop(op["item"], **{k: op[k] for k in ("reason", "key", "score", "criterion") if k in op})

    def op_items(self, op) -> None:
        xray.items(op["kept"], op["dropped"])

    def op_responded(self, op) -> None:
        self.call.responded(op["model"], op["id"])

    def op_used(self, op) -> None:
        self.call.used(op["input"], op["output"], cache_read=op.get("cacheRead", 0), thinking=op.get("thinking", 0))

    def op_firstToken(self, op) -> None:
        self.call.first_token()

    def op_answered(self, op) -> None:
        self.call.answered(*({"finish_reason" if k == "finishReason" else k: v for k, v in m.items()} for m in op["messages"]))


def options(client: dict[str, Any]) -> dict[str, Any]:
    names = {"live": "live", "payloadLimit": "payload_limit", "autoReasoning": "auto_reasoning"}
    given = {names[k]: v for k, v in client.items() if k in names}
    if mask := client.get("mask"):
        given["mask"] = mask_of(mask)
    return given


def mask_of(mask: dict[str, Any]) -> xray.Mask:
    def fails(attribute: str, value: str) -> str:
        raise ValueError("oops")

    if "fails" in mask:
        return fails
    if "answers" in mask:
        return lambda _, value: mask["answers"]
    if "replace" in mask:
        return lambda _, value: value.replace(*mask["replace"])
    return xray.mask_keys(*mask["keys"])


def described(spans) -> list[dict[str, Any]]:
    """Spans in the form of the vectors: ids are replaced by the names of their spans."""
    name_of = {s.context.span_id: s.name for s in spans if not s.attributes.get("xray.pending")}
    by_hex = {f"{i:016x}": f"<{name}>" for i, name in name_of.items()}
    out = []
    for s in spans:
        d: dict[str, Any] = {"name": s.name}
        if s.attributes.get("xray.pending"):
            d["pending"] = True
        if s.parent:
            d["parent"] = name_of[s.parent.span_id]
        if s.kind is not SpanKind.INTERNAL:
            d["kind"] = s.kind.name.lower()
        if s.status.status_code is StatusCode.ERROR:
            d["error"] = True
        if s.events:
            d["exceptions"] = [e.attributes["exception.message"] for e in s.events]
        values = {k: list(v) if isinstance(v, tuple) else v for k, v in s.attributes.items()}
        values = {k: by_hex.get(v, v) if isinstance(v, str) else v for k, v in values.items()}
        if "gen_ai.response.time_to_first_chunk" in values:
            assert values["gen_ai.response.time_to_first_chunk"] >= 0
            values["gen_ai.response.time_to_first_chunk"] = "*"
        out.append({**d, "attributes": values})
    return sorted(out, key=lambda d: (d["name"], "pending" not in d))


def document(ex: xray.Execution | None) -> dict[str, Any] | None:
    if ex is None:
        return None
    doc = json.loads(ex.to_json())
    assert doc.pop("startedAt")
    if doc["executionId"] == ex.trace_id:
        doc["executionId"] = "<trace>"
    for s in doc["steps"]:
        assert s.pop("durationMs") >= 0
        if "error" in s:  # Python's errors mean little without their type
            s["error"] = s["error"].removeprefix("RuntimeError: ")
    return doc


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
def test_the_shared_vectors_hold(recording, vector):
    got = recording(**options(vector["client"]))
    player = Player()
    with contextlib.suppress(RuntimeError):  # an error that reaches the top is the vector's intention
        player.all(vector["run"])
    assert described(got.spans) == vector["spans"]
    assert document(player.first) == vector["document"]
