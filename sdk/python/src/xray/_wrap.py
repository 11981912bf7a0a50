"""with xray.step(…), @xray.step, and the same for executions."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, Callable, Generator, Mapping
from types import TracebackType
from typing import Any, Generic, ParamSpec, TypeVar, cast, overload

from opentelemetry.context import attach, get_current
from opentelemetry.util.types import AttributeValue

from . import _names as names
from ._client import quiet
from ._execution import Execution, open_execution
from ._fit import Cut, fit
from ._names import StepType
from ._step import Step, open_step

P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T", Step, Execution)


class Opener(Generic[T]):
    """What xray.step(…) and xray.execution(…) return: use it once by `with`, or as a decorator."""

    def __init__(self, open_: Callable[[str | None], T], capture_input: bool, capture_output: bool) -> None:
        self._open: Callable[[str | None], T] = open_
        self._capture_input = capture_input
        self._capture_output = capture_output
        self._opened: T | None = None

    def __enter__(self) -> T:
        self._opened = self._open(None)
        return self._opened

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None) -> None:
        if self._opened is not None:
            _close(_step_of(self._opened), err)

    async def __aenter__(self) -> T:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None
    ) -> None:
        self.__exit__(kind, err, tb)

    def __call__(self, fn: Callable[P, R]) -> Callable[P, R]:
        call = _Call(fn, lambda: _step_of(self._open(_name(fn))), self._capture_input, self._capture_output)
        if inspect.isasyncgenfunction(fn):
            return cast(Callable[P, R], functools.wraps(fn)(call.async_generator))
        if inspect.isgeneratorfunction(fn):
            return cast(Callable[P, R], functools.wraps(fn)(call.generator))
        if inspect.iscoroutinefunction(fn):
            return cast(Callable[P, R], functools.wraps(fn)(call.coroutine))
        return functools.wraps(fn)(cast(Callable[P, R], call.plain))


def _name(fn: Callable[..., object]) -> str:
    return getattr(fn, "__name__", type(fn).__name__)


def _step_of(opened: Step | Execution) -> Step:
    if isinstance(opened, Step):
        return opened
    assert opened.step is not None  # open_execution gives it one
    return opened.step


def _close(step: Step, err: BaseException | None = None) -> None:
    step._end(err)
    step._leave()


class _Call:
    """Runs a decorated function within a step of its own for each call."""

    def __init__(self, fn: Callable[..., Any], open_: Callable[[], Step], inputs: bool, output: bool) -> None:
        self.fn = fn
        self.open = open_
        self.output = output
        self.signature = _signature(fn) if inputs else None
        # functools.wraps copies onto functions only, and inspect asks what kind of function it is.
        self.plain = self._plain()
        self.coroutine = self._coroutine()
        self.generator = self._generator()
        self.async_generator = self._async_generator()

    def begin(self, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Step:
        step = self.open()
        if not step._ended and self.signature is not None:
            _record_arguments(step, self.signature, args, kwargs)
        return step

    def returned(self, step: Step, value: object) -> None:
        if self.output and value is not None:
            step.set_output(value)

    def _plain(self) -> Callable[..., Any]:
        def plain(*args: Any, **kwargs: Any) -> Any:
            step = self.begin(args, kwargs)
            try:
                value = self.fn(*args, **kwargs)
                self.returned(step, value)
            except BaseException as err:
                _close(step, err)
                raise
            _close(step)
            return value

        return plain

    def _coroutine(self) -> Callable[..., Any]:
        async def coroutine(*args: Any, **kwargs: Any) -> Any:
            step = self.begin(args, kwargs)
            try:
                value = await self.fn(*args, **kwargs)
                self.returned(step, value)
            except BaseException as err:
                _close(step, err)
                raise
            _close(step)
            return value

        return coroutine

    def _generator(self) -> Callable[..., Any]:
        def generator(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            with _Suspended(self, args, kwargs) as run:
                inner: Generator[Any, Any, Any] = run.resume(lambda: self.fn(*args, **kwargs))
                advance: Callable[[], Any] = functools.partial(next, inner)
                while True:
                    try:
                        item = run.resume(advance)
                    except StopIteration as stop:
                        return stop.value
                    run.yielded(item)
                    try:
                        sent = yield item
                    except GeneratorExit:
                        run.resume(inner.close)
                        raise
                    except BaseException as err:
                        advance = functools.partial(inner.throw, err)
                    else:
                        advance = functools.partial(inner.send, sent)

        return generator

    def _async_generator(self) -> Callable[..., Any]:
        async def async_generator(*args: Any, **kwargs: Any) -> AsyncGenerator[Any, Any]:
            with _Suspended(self, args, kwargs) as run:
                inner: AsyncGenerator[Any, Any] = run.resume(lambda: self.fn(*args, **kwargs))
                advance: Callable[[], Any] = inner.__anext__
                while True:
                    run.enter()
                    try:
                        item = await advance()
                    except StopAsyncIteration:
                        return
                    finally:
                        run.suspend()
                    run.yielded(item)
                    try:
                        sent = yield item
                    except GeneratorExit:
                        await inner.aclose()
                        raise
                    except BaseException as err:
                        advance = functools.partial(inner.athrow, err)
                    else:
                        advance = functools.partial(inner.asend, sent)

        return async_generator


class _Suspended:
    """The step of a generator: current while the generator runs, not while its consumer does."""

    def __init__(self, call: _Call, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
        self.call = call
        self.outside = get_current()
        self.step = call.begin(args, kwargs)
        self.inside = get_current()
        attach(self.outside)
        self.items: list[str] = []
        self.size = 0
        self.count = 0

    def __enter__(self) -> _Suspended:
        return self

    def __exit__(self, kind: type[BaseException] | None, err: BaseException | None, tb: TracebackType | None) -> None:
        self.finish()
        _close(self.step, err)

    def enter(self) -> None:
        self.outside = get_current()
        attach(self.inside)

    def suspend(self) -> None:
        self.inside = get_current()  # the generator may have opened steps of its own
        attach(self.outside)

    def resume(self, advance: Callable[[], Any]) -> Any:
        self.enter()
        try:
            return advance()
        finally:
            self.suspend()

    @quiet
    def yielded(self, item: object) -> None:
        """Records an item now: the consumer may change it, and keeping it would cost memory."""
        step, limit = self.step, self.step._client.limit
        if not self.call.output or step._ended:
            return
        self.count += 1
        if self.size <= limit:
            text, _ = step._client.capture(names.OUTPUT, "/output", item)
            self.items.append(text)
            self.size += len(text)

    @quiet
    def finish(self) -> None:
        if self.count:
            cuts = [Cut("/output", len(self.items), self.count)] if self.count > len(self.items) else []
            text = "[" + ",".join(self.items) + "]"
            self.step._write(names.OUTPUT, "/output", *fit(text, self.step._client.limit, "/output", cuts))


def _signature(fn: Callable[..., object]) -> inspect.Signature | None:
    try:
        return inspect.signature(fn)
    except (TypeError, ValueError):  # some built-in functions have none
        return None


@quiet
def _record_arguments(step: Step, signature: inspect.Signature, args: tuple[Any, ...], kwargs: dict[str, Any]) -> None:
    """Records the arguments by name, without self and cls. A call that does not match fails by itself."""
    try:
        given = dict(signature.bind(*args, **kwargs).arguments)
    except TypeError:
        return
    first = next(iter(signature.parameters), "")
    if first in ("self", "cls"):
        given.pop(first, None)
    if given:
        step.set_input(given)


_UNSET = object()


@overload
def step(name: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def step(
    name: str | None = None,
    /,
    *,
    input: object = ...,
    type: StepType = ...,
    attributes: Mapping[str, AttributeValue] | None = ...,
    capture_input: bool = ...,
    capture_output: bool = ...,
) -> Opener[Step]: ...
def step(
    name: str | Callable[..., Any] | None = None,
    /,
    *,
    input: object = _UNSET,
    type: StepType = "function",
    attributes: Mapping[str, AttributeValue] | None = None,
    capture_input: bool = True,
    capture_output: bool = True,
) -> Any:
    """A step of the current execution, by `with` or as a decorator.

        with xray.step("search", input=query, type="retriever") as s:
            found = catalogue.search(query)
            s.set_output(found)

        @xray.step                       # or @xray.step("rank", type="reranker")
        async def rank(candidates): …    # arguments and result are recorded

    Functions, coroutines and both kinds of generators keep their kind. A
    generator's step is open from its first item to its end, and current only
    while the generator itself runs. Outside of an execution a step is an
    ordinary span.
    """
    if callable(name):
        return step()(name)

    def open_(default: str | None) -> Step:
        s = open_step(name or default or "step", type)
        if input is not _UNSET:
            s.set_input(input)
        if attributes:
            s.set_attributes(attributes)
        return s

    return Opener(open_, capture_input and input is _UNSET, capture_output)


@overload
def execution(name: Callable[P, R], /) -> Callable[P, R]: ...
@overload
def execution(
    name: str | None = None,
    /,
    *,
    input: object = ...,
    execution_id: str | None = ...,
    session: str | None = ...,
    user: str | None = ...,
    tags: tuple[str, ...] | list[str] = ...,
    metadata: Mapping[str, object] | None = ...,
    new_trace: bool = ...,
    capture_input: bool = ...,
    capture_output: bool = ...,
) -> Opener[Execution]: ...
def execution(
    name: str | Callable[..., Any] | None = None,
    /,
    *,
    input: object = _UNSET,
    execution_id: str | None = None,
    session: str | None = None,
    user: str | None = None,
    tags: tuple[str, ...] | list[str] = (),
    metadata: Mapping[str, object] | None = None,
    new_trace: bool = False,
    capture_input: bool = True,
    capture_output: bool = True,
) -> Any:
    """One run of a pipeline, by `with` or as a decorator.

        with xray.execution("recommend", input=query, user="u-7") as ex:
            …
            ex.set_final_outcome(movie)

    Within a span that is open already (an HTTP server's, say) the execution is
    part of that trace; new_trace=True gives it one of its own. An execution
    inside another is a step of it.
    """
    if callable(name):
        return execution()(name)

    def open_(default: str | None) -> Execution:
        ex = open_execution(name or default or "execution", execution_id, new_trace)
        if input is not _UNSET:
            ex.set_input(input)
        if session is not None:
            ex.set_session(session)
        if user is not None:
            ex.set_user(user)
        if tags:
            ex.add_tags(*tags)
        for key, value in (metadata or {}).items():
            ex.set_metadata(key, value)
        return ex

    return Opener(open_, capture_input and input is _UNSET, capture_output)


def carry(fn: Callable[P, R]) -> Callable[P, R]:
    """Returns fn so that it runs under what is current now, for threads, which start with nothing.

    pool.submit(xray.carry(search), query)
    """
    ctx = get_current()

    @functools.wraps(fn)
    def carried(*args: P.args, **kwargs: P.kwargs) -> R:
        before = get_current()
        attach(ctx)
        try:
            return fn(*args, **kwargs)
        finally:
            attach(before)

    return carried
