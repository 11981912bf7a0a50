"""Executions and steps: what is recorded, and that the program does not notice."""

import asyncio
import concurrent.futures
import contextlib
import inspect
import json

import pytest
from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.sampling import ALWAYS_OFF

import xray


def test_an_execution_with_steps_and_decisions(got):
    with xray.execution("recommend", execution_id="e-1", input="q", session="s", user="u", tags=["a", "a"]) as ex:
        with xray.step("search", input="space", type="retriever") as s:
            s.set_output([1, 2])
        with xray.step("filter"):
            xray.criterion("rating", ">=", 7)
            xray.keep({"id": 1, "rating": 8}, "good")
            xray.drop({"id": 2}, "rated too low", score=5, criterion={"field": "rating", "op": ">=", "value": 7})
            xray.items(["x"], [3])
        ex.set_final_outcome({"id": 1})
        ex.set_metadata("shop", "Vienna")
        assert ex is xray.current_execution() and ex.execution_id == "e-1" and len(ex.trace_id) == 32
    assert got.parent("search") == got.parent("filter") == "recommend"
    assert got["search"].attributes["xray.step.type"] == "retriever"
    assert got.read("filter", "xray.items.kept") == [
        {"key": "1", "item": {"id": 1, "rating": 8}, "reason": "good"},
        {"key": "x"},
    ]
    assert got.read("filter", "xray.items.dropped")[0] == {
        "key": "2",
        "item": {"id": 2},
        "reason": "rated too low",
        "criterion": {"field": "rating", "op": ">=", "value": 7},
        "score": 5,
    }
    assert got.read("filter", "xray.criteria") == [{"field": "rating", "op": ">=", "value": 7}]
    root = dict(got["recommend"].attributes)
    assert root == {
        "xray.execution.id": "e-1",
        "xray.input": '"q"',
        "session.id": "s",
        "user.id": "u",
        "xray.tags": ("a",),
        "xray.execution.outcome": '{"id":1}',
        "xray.metadata": '{"shop":"Vienna"}',
        "xray.step.type": "chain",
        "xray.receipt.started": 3,
        "xray.receipt.ended": 3,
        "xray.receipt.dropped": 0,
        "xray.receipt.cut": 0,
    }


def test_many_decisions_keep_every_key(recording):
    got = recording(payload_limit=4000)
    with xray.step("filter"):
        for i in range(60):
            xray.drop({"id": i, "text": "x" * 200})
    dropped = got.read("filter", "xray.items.dropped")
    assert [d["key"] for d in dropped] == [str(i) for i in range(60)]
    assert got.read("filter", "xray.truncated.at") == [{"at": "/attributes/xray.items.dropped", "kept": 60, "of": 60}]


def test_decorated_functions_record_arguments_and_result(got):
    class Shop:
        @xray.step
        def search(self, query, *, most=3):
            return [query] * most

    @xray.step("rank", type="reranker", capture_input=False)
    async def rank(found):
        await asyncio.sleep(0)
        return found[0]

    @xray.execution
    async def recommend(query):
        return await rank(Shop().search(query, most=2))

    assert inspect.iscoroutinefunction(rank) and inspect.iscoroutinefunction(recommend)
    assert rank.__name__ == "rank" and not inspect.iscoroutinefunction(Shop.search)
    assert asyncio.run(recommend("q")) == "q"
    assert got.read("search", "xray.input") == {"query": "q", "most": 2}
    assert got.read("search", "xray.output") == ["q", "q"]
    assert "xray.input" not in got["rank"].attributes
    assert got.parent("rank") == "recommend"
    assert got.read("recommend", "xray.output") == "q"


def test_errors_are_recorded_and_pass_through(got):
    boom = KeyError("boom")

    @xray.step
    def step():
        raise boom

    with pytest.raises(KeyError) as caught:
        with xray.execution("run"):
            step()
    assert caught.value is boom
    for name in ("run", "step"):
        span = got[name]
        assert span.status.description == "KeyError: 'boom'"
        (event,) = span.events
        assert event.attributes["exception.type"] == "KeyError"
        assert "Traceback" in event.attributes["exception.stacktrace"]
    with pytest.raises(TypeError, match="takes 0 positional"):
        step(1)


def test_what_is_stopped_has_not_failed(got):
    with contextlib.suppress(SystemExit):
        with xray.step("exit"):
            raise SystemExit(0)
    assert got["exit"].status.is_unset

    async def main():
        async with xray.step("cancelled"):
            await asyncio.sleep(10)

    async def cancel():
        task = asyncio.create_task(main())
        await asyncio.sleep(0)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    asyncio.run(cancel())
    assert got["cancelled"].status.description == "CancelledError"


def test_steps_of_concurrent_tasks_stay_apart(got):
    @xray.step
    async def inner(n):
        await asyncio.sleep(0)
        return n

    async def branch(n):
        async with xray.step(f"branch {n}"):
            await inner(n)

    async def main():
        with xray.execution("run"):
            await asyncio.gather(*(branch(n) for n in range(3)))

    asyncio.run(main())
    parents = {s.context.span_id: s.name for s in got.spans}
    for s in got.spans:
        if s.name == "inner":
            assert parents[s.parent.span_id] == f"branch {json.loads(s.attributes['xray.output'])}"
    assert got["run"].attributes["xray.receipt.ended"] == 7


def test_threads_are_carried(got):
    with xray.execution("run"), concurrent.futures.ThreadPoolExecutor() as pool:

        @xray.step
        def work(n):
            return n

        assert sorted(pool.map(xray.carry(work), range(4))) == [0, 1, 2, 3]
    assert {s.parent and s.parent.span_id for s in got.spans if s.name == "work"} == {got["run"].context.span_id}


def test_a_generator_is_still_one(got):
    @xray.step
    def numbers(n):
        total = 0
        try:
            for i in range(n):
                with xray.step("inside"):
                    pass
                total += (yield i) or 0
        except ValueError as err:
            yield f"thrown {err}"
        return total

    assert inspect.isgeneratorfunction(numbers)
    with xray.execution("run"):
        gen = numbers(2)
        assert next(gen) == 0
        with xray.step("consumer"):
            assert gen.send(40) == 1
        with pytest.raises(StopIteration) as stop:
            gen.send(2)
        assert stop.value.value == 42
        assert xray.current_step() is xray.current_execution().step
    assert got.parent("consumer") == "run"
    assert {got_parent(got, s) for s in got.spans if s.name == "inside"} == {"numbers"}
    assert got.read("numbers", "xray.output") == [0, 1]

    gen = numbers(5)
    next(gen)
    assert gen.throw(ValueError("x")) == "thrown x"
    gen.close()
    assert all(s.status.is_unset for s in got.spans)


def got_parent(got, span):
    return next(s.name for s in got.spans if s.context.span_id == span.parent.span_id)


def test_an_asynchronous_generator_is_still_one(got):
    closed = []

    @xray.step("stream")
    async def stream(n):
        try:
            for i in range(n):
                await asyncio.sleep(0)
                yield {"i": i}
        finally:
            closed.append(n)

    async def main():
        with xray.execution("run"):
            async with contextlib.aclosing(stream(3)) as s:
                async for item in s:
                    with xray.step("consumer"):
                        if item["i"] == 1:
                            break
            return [x async for x in stream(2)]

    assert inspect.isasyncgenfunction(stream)
    assert asyncio.run(main()) == [{"i": 0}, {"i": 1}]
    assert closed == [3, 2]
    assert {got_parent(got, s) for s in got.spans if s.name == "consumer"} == {"run"}
    assert all(s.status.is_unset for s in got.spans)


def test_a_long_stream_is_recorded_within_bounds(recording):
    got = recording(payload_limit=500)

    @xray.step
    def many():
        yield from range(10_000)

    assert sum(many()) == 49_995_000
    out = got.read("many", "xray.output")
    assert out == list(range(len(out)))
    assert got.read("many", "xray.truncated.at") == [{"at": "/output", "kept": len(out), "of": 10_000}]


def test_scopes_that_end_out_of_order_leave_nothing_open(got):
    def opened(name):
        with xray.step(name):
            yield

    with xray.execution("run"):
        a, b = opened("a"), opened("b")
        next(a), next(b)
        list(a), list(b)
        with xray.step("after"):
            pass
    assert got.parent("after") == "run"
    assert not trace.get_current_span().is_recording()


def test_an_execution_in_another_is_a_step_of_it(got):
    with xray.execution("outer"):
        with xray.execution("inner"):
            with xray.step("step"):
                pass
        with xray.execution("apart", new_trace=True):
            pass
    assert got.parent("inner") == "outer"
    assert got["inner"].attributes["xray.receipt.started"] == 2
    assert got["outer"].attributes["xray.receipt.started"] == 3
    assert got["apart"].context.trace_id != got["outer"].context.trace_id
    assert got["apart"].links[0].context.span_id == got["outer"].context.span_id


def test_within_another_span_the_execution_keeps_its_name(got):
    with got.client.tracer.start_as_current_span("GET /"):
        with xray.execution("recommend"):
            pass
    assert got["recommend"].attributes["xray.execution.name"] == "recommend"


def test_live_steps_are_announced(recording):
    got = recording(live=True)
    with xray.execution("run"):
        (pending,) = got.spans
        with xray.step("step"):
            pass
    root = got.spans[-1]
    assert pending.attributes == {"xray.pending": True, "xray.pending.span_id": f"{root.context.span_id:016x}"}
    assert pending.parent.span_id == root.context.span_id
    assert pending.start_time == pending.end_time == root.start_time
    assert root.attributes["xray.receipt.started"] == 2


def test_to_json_is_what_the_server_takes(recording):
    recording(project="shop")
    with xray.execution("run", execution_id="e", metadata={"n": 1.50, "big": 10**30, "l": [1, None, "ü"]}) as ex:
        with xray.step("one", input="in") as s:
            s.set_reasoning("because")
            s.set_output(1)
        with contextlib.suppress(ValueError), xray.step("two"):
            raise ValueError("no")
        doc = json.loads(ex.to_json())
    for s in doc["steps"]:
        assert s.pop("durationMs") >= 0
    assert doc.pop("startedAt")
    assert doc == {
        "executionId": "e",
        "projectId": "shop",
        "name": "run",
        "metadata": {"n": 1.5, "big": 10**30, "l": [1, None, "ü"]},
        "steps": [
            {"name": "one", "input": "in", "output": 1, "reasoning": "because"},
            {"name": "two", "error": "ValueError: no"},
        ],
    }


def use_everything():
    with xray.execution("run", input=1, metadata={"a": 1}, tags=["t"]) as ex:
        with xray.step("s", input=[1]) as s:
            xray.keep(1)
            xray.criterion("a", "=", 1)
            s.set_reasoning("r")
            s.set_error("e")
        ex.set_final_outcome(1)
        json.loads(ex.to_json())
        assert len(ex.execution_id) == 32 and ex.execution_id != "0" * 32
        assert xray.current_execution() is ex
        return ex


def test_disabled_by_the_environment_everything_works_and_nothing_is_recorded(monkeypatch, recording):
    monkeypatch.setenv("XRAY_DISABLED", "1")
    got = recording()
    ex = use_everything()
    assert ex.url == "" and ex.trace_id == "" and got.spans == []


def test_not_sampled_everything_works_and_nothing_is_recorded():
    with xray.Client(tracer_provider=TracerProvider(sampler=ALWAYS_OFF), ui_url="http://ui").use():
        assert use_everything().url == ""


def test_a_provider_that_raises_does_no_harm():
    class Bad(trace.TracerProvider):
        def get_tracer(self, *args, **kwargs):
            return self

        def start_span(self, *args, **kwargs):
            raise RuntimeError("no spans today")

    with xray.Client(tracer_provider=Bad()).use():
        with xray.execution("run"):
            with xray.step("s") as s:
                s.set_output(1)


def test_outside_of_an_execution_nothing_breaks(got):
    xray.keep(1)
    xray.current_execution().set_metadata("a", 1)
    assert json.loads(xray.current_execution().to_json())["steps"] == []
    with xray.step("alone"):
        pass
    assert got["alone"].parent is None


def test_after_the_end_nothing_changes(got):
    with xray.step("s") as s:
        s.set_output(1)
    s.set_output(2)
    s.keep(1)
    s.set_error("late")
    assert got.read("s", "xray.output") == 1 and got["s"].status.is_unset
