"""Calls of OpenAI's API: the shared vectors, and the openai package itself."""

import asyncio
import gzip
import json
import pathlib

import httpx2 as httpx
import openai
import pytest
from opentelemetry.trace import StatusCode

import xray
from xray.openai import AsyncTransport, Transport

VECTORS = json.loads((pathlib.Path(__file__).parents[2] / "testdata" / "openai.json").read_text())
BY_NAME = {v["name"]: v for v in VECTORS}
CHAT, STREAMED = BY_NAME["a chat completion"], BY_NAME["a streamed chat answer with a tool call"]


class Pieces(httpx.SyncByteStream, httpx.AsyncByteStream):
    """A body that comes in pieces of a few bytes, so that characters and lines are split."""

    def __init__(self, body: bytes) -> None:
        self.body = body

    def __iter__(self):
        for at in range(0, len(self.body), 7):
            yield self.body[at : at + 7]

    async def __aiter__(self):
        for piece in self:
            yield piece


def answering(*answers, encoding: str = ""):
    """A transport to nobody that gives the answers in turn; the last one stays."""
    left = list(answers)

    def handle(request: httpx.Request) -> httpx.Response:
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        headers = {"content-type": answer["type"]}
        body = answer["body"].encode()
        if encoding:
            headers["content-encoding"], body = encoding, gzip.compress(body)
        return httpx.Response(answer["status"], headers=headers, stream=Pieces(body))

    return httpx.MockTransport(handle)


def required(span, want) -> None:
    values = {k: list(v) if isinstance(v, tuple) else v for k, v in span.attributes.items()}
    if "gen_ai.response.time_to_first_chunk" in values:
        assert values["gen_ai.response.time_to_first_chunk"] >= 0
        values["gen_ai.response.time_to_first_chunk"] = "*"
    assert (span.name, values) == (want["name"], want["attributes"])
    assert (span.status.status_code is StatusCode.ERROR) == ("error" in want)
    assert want.get("error", "") in (span.status.description or "")


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["name"])
@pytest.mark.parametrize("encoding", ["", "gzip"])
def test_the_shared_vectors_hold(got, vector, encoding):
    url = "https://api.openai.com" + vector["path"]
    with httpx.Client(transport=Transport(answering(vector["answer"], encoding=encoding))) as client:
        assert client.post(url, json=vector["request"]).text == vector["answer"]["body"]

    async def again():
        async with httpx.AsyncClient(transport=AsyncTransport(answering(vector["answer"], encoding=encoding))) as client:
            assert (await client.post(url, json=vector["request"])).text == vector["answer"]["body"]

    asyncio.run(again())
    assert len(got.spans) == (2 if vector["span"] else 0)
    for span in got.spans:
        required(span, vector["span"])


def sync_client(*answers, **options) -> openai.OpenAI:
    return openai.OpenAI(api_key="k", http_client=openai.DefaultHttpxClient(transport=Transport(answering(*answers))), **options)


def test_the_openai_package_gets_its_answer_under_the_step_that_asks(got):
    with xray.execution("run"), xray.step("ask"):
        said = sync_client(CHAT["answer"]).chat.completions.create(**CHAT["request"])
        with xray.step("after"):
            pass
    assert said.choices[0].message.content == "hi"
    assert got.parent("chat gpt-5-mini") == got.parent("after") == "ask"
    assert got["run"].attributes["xray.receipt.started"] == 4


def test_the_openai_package_streams(got):
    with xray.execution("run"):
        stream = sync_client(STREAMED["answer"]).chat.completions.create(**STREAMED["request"])
        text = "".join(piece.choices[0].delta.content or "" for piece in stream if piece.choices)
    assert text == "Let me löok."
    assert got["chat m"].attributes["gen_ai.usage.output_tokens"] == 7
    assert got["chat m"].attributes["gen_ai.response.time_to_first_chunk"] >= 0


def test_the_openai_package_streams_asynchronously_and_a_stream_that_is_left_ends_the_call(got):
    async def main():
        http = openai.DefaultAsyncHttpxClient(transport=AsyncTransport(answering(STREAMED["answer"])))
        async with openai.AsyncOpenAI(api_key="k", http_client=http) as client, xray.execution("run"):
            async with await client.chat.completions.create(**STREAMED["request"]) as stream:
                async for _ in stream:
                    break

    asyncio.run(main())
    assert got.parent("chat m") == "run"


def test_a_call_that_is_repeated_is_a_step_for_each_attempt(got):
    client = sync_client(httpx.ConnectError("refused"), BY_NAME["an answer that is an error"]["answer"], CHAT["answer"])
    client.chat.completions.create(**CHAT["request"])
    assert [s.status.description for s in got.spans] == [
        "ConnectError: refused",
        "503 Service Unavailable: overloaded",
        None,
    ]


def test_disabled_the_package_works_all_the_same(monkeypatch, recording):
    monkeypatch.setenv("XRAY_DISABLED", "1")
    got = recording()
    assert sync_client(CHAT["answer"]).chat.completions.create(**CHAT["request"]).id == "c-1"
    assert got.spans == []
