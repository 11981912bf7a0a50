"""Writes any Python value as bounded, compact JSON, and never fails.

It does not try to be json.dumps: what that refuses (functions, cycles, NaN,
properties that raise) becomes a note in the text, because a recording that
holds nine of ten fields is worth more than an error.
"""

from __future__ import annotations

import base64
import dataclasses
import datetime
import enum
import json
import math
import os
import types
import uuid
from collections.abc import Iterable, Mapping, Sequence, Set
from decimal import Decimal
from typing import Any

from ._fit import MAX_CUTS, Cut, mark, pointer

MAX_DEPTH = 64  # deeper is nothing that people read
MAX_BYTES = 4 << 10  # of a bytes value; longer ones are noted by their size
RECORD = 64  # a mapping with more members is a table: it may end early
OVER = 256  # characters that a text may still take once the work limit is reached

_NOTED = (types.FunctionType, types.BuiltinFunctionType, types.MethodType, types.ModuleType, type)


def encode(value: object, work: int, at: str = "") -> tuple[str, list[Cut]]:
    """Writes value as JSON.

    work bounds the effort in characters of output: beyond it, lists and
    tables end and texts are cut, while the remaining fields of objects still get
    their place, so that a threshold after a huge list is not lost.
    """
    e = _Encoder(work, at)
    try:
        e.value(value)
        return "".join(e.out), e.cuts
    except Exception as err:  # a value that changes while it is read
        return quote(f"[not recorded: {type(err).__name__}]"), []


def quote(s: str) -> str:
    """Writes a text as JSON; only what JSON demands is escaped."""
    return json.dumps(well_formed(s), ensure_ascii=False)


def well_formed(s: str) -> str:
    """Replaces halves of characters, which UTF-8 cannot hold, by U+FFFD."""
    try:
        s.encode()
    except UnicodeEncodeError:
        return s.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return s


def number(f: float) -> str:
    """Writes a float as JavaScript and Go do: 7, 0.00001, 1e-7."""
    if not math.isfinite(f):
        return '"NaN"' if math.isnan(f) else '"Infinity"' if f > 0 else '"-Infinity"'
    if f == int(f) and abs(f) < 1e21:
        return str(int(f))
    text = float.__repr__(f)
    if 1e-6 <= abs(f) < 1e-4:
        return format(Decimal(text), "f")
    mantissa, e, exponent = text.partition("e")
    return f"{mantissa}e{int(exponent):+d}" if e else mantissa


class _Encoder:
    def __init__(self, work: int, at: str) -> None:
        self.work = work
        self.at = at
        self.out: list[str] = []
        self.cuts: list[Cut] = []
        self.length = 0
        self.path: list[str] = []
        self.above: set[int] = set()

    def push(self, s: str) -> None:
        self.out.append(s)
        self.length += len(s)

    def note(self, s: str) -> None:
        self.push(quote(f"[{s}]"))

    def cut(self, kept: int, of: int) -> None:
        if len(self.cuts) < MAX_CUTS:
            self.cuts.append(Cut(self.at + "".join("/" + p for p in self.path), kept, of))

    def value(self, v: object) -> None:
        if v is None or v is True or v is False:
            self.push("null" if v is None else "true" if v else "false")
        elif isinstance(v, enum.Enum):
            self.value(v.value)
        elif isinstance(v, str):
            self.text(str.__str__(v))
        elif isinstance(v, int):
            self.integer(v)
        elif isinstance(v, float):
            self.push(number(v))
        elif isinstance(v, (bytes, bytearray, memoryview)):
            self.binary(v)
        elif isinstance(v, (datetime.date, datetime.time)):
            self.push(quote(v.isoformat()))
        elif isinstance(v, (uuid.UUID, Decimal, os.PathLike)):
            self.text(str(v))
        elif isinstance(v, BaseException):
            self.text(str(v) or type(v).__name__)
        elif isinstance(v, _NOTED):
            self.note(f"{type(v).__name__} {getattr(v, '__name__', '')}".rstrip())
        else:
            self.container(v)

    def integer(self, v: int) -> None:
        if v.bit_length() > 4096:  # int to text takes quadratic time, and Python refuses it
            self.note(f"a number of {v.bit_length()} bits")
        else:
            self.push(int.__repr__(v))

    def text(self, s: str) -> None:
        room = max(self.work - self.length, OVER)
        if len(s) <= room:
            return self.push(quote(s))
        head, tail = well_formed(s[: room * 2 // 3]), well_formed(s[len(s) - room // 3 :])
        of = len(s.encode("utf-8", "surrogatepass"))
        kept = len(head.encode()) + len(tail.encode())
        self.push(quote(head + mark(of - kept) + tail))
        self.cut(kept, of)

    def binary(self, v: bytes | bytearray | memoryview) -> None:
        size = v.nbytes if isinstance(v, memoryview) else len(v)
        if size > MAX_BYTES:
            self.note(f"{size} bytes")
            return self.cut(0, size)
        self.push(f'"{base64.b64encode(v).decode()}"')

    def container(self, v: object) -> None:
        if len(self.path) >= MAX_DEPTH:
            return self.note(f"deeper than {MAX_DEPTH} levels")
        if id(v) in self.above:
            return self.note(f"cycle: {type(v).__name__}")
        self.above.add(id(v))
        out, length, path = len(self.out), self.length, len(self.path)
        try:
            self.members(v)
        except Exception as err:  # its own code failed: the rest is still worth having
            del self.out[out:], self.path[path:]
            self.length = length
            self.note(f"not recorded: {type(err).__name__}")
        finally:
            self.above.discard(id(v))

    def members(self, v: Any) -> None:
        cls = type(v)
        if isinstance(v, Mapping):
            self.fields(v.items(), len(v))
        elif dataclasses.is_dataclass(cls):
            names = [f.name for f in dataclasses.fields(cls)]
            self.fields(((n, getattr(v, n, None)) for n in names), len(names))
        elif isinstance(v, tuple) and hasattr(cls, "_fields"):
            self.fields(zip(cls._fields, v), len(v))
        elif isinstance(v, (Sequence, Set)):
            self.list(v, len(v))
        elif callable(getattr(cls, "model_dump", None)):  # pydantic
            self.value(v.model_dump())
        elif hasattr(cls, "dtype") and hasattr(cls, "shape"):  # numpy and its kin
            self.list(v, len(v)) if v.shape else self.value(v.item())
        else:
            self.shown(v)

    def shown(self, v: object) -> None:
        """Writes what an object shows: its attributes that do not begin with an underscore."""
        shown = dict(getattr(v, "__dict__", {}))
        for cls in type(v).__mro__:
            slots = cls.__dict__.get("__slots__", ())
            for name in (slots,) if isinstance(slots, str) else slots:
                if hasattr(v, name):
                    shown.setdefault(name, getattr(v, name))
        shown = {k: x for k, x in shown.items() if not k.startswith("_")}
        if not shown:  # an iterator, a lock, a connection: reading it could change it
            return self.note(type(v).__name__)
        self.fields(shown.items(), len(shown))

    def list(self, v: Iterable[object], n: int) -> None:
        self.push("[")
        for i, x in enumerate(v):
            if self.length > self.work:
                self.cut(i, n)
                break
            if i > 0:
                self.push(",")
            self.path.append(str(i))
            self.value(x)
            self.path.pop()
        self.push("]")

    def fields(self, v: Iterable[tuple[object, object]], n: int) -> None:
        # Not without end: a few objects that hold each other often are huge.
        work = self.work * 4 if n <= RECORD else self.work
        self.push("{")
        for i, (k, x) in enumerate(v):
            if self.length > work:
                self.cut(i, n)
                break
            key = well_formed(k if isinstance(k, str) else _key(k))
            self.push(("," if i > 0 else "") + quote(key) + ":")
            self.path.append(pointer(key))
            self.value(x)
            self.path.pop()
        self.push("}")


def _key(k: object) -> str:
    if k is None or isinstance(k, bool):
        return "null" if k is None else "true" if k else "false"
    return str(k.value) if isinstance(k, enum.Enum) else str(k)
