"""Shortens JSON so that it stays valid JSON.

The rule is docs/sdk-truncation.md; sdk/testdata/truncation.json holds what
every language's SDK must produce, byte for byte, so this works on bytes.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

MAX_CUTS = 32
"""A value that is cut in a thousand places is simply "cut"."""


class Cut(NamedTuple):
    """Says that something was left out of a value."""

    at: str  # JSON pointer (RFC 6901)
    kept: int  # elements of an array, fields of an object, bytes of a text
    of: int  # how many there were


@dataclass(slots=True)
class Node:
    """A value in a JSON text, by its place there."""

    start: int
    end: int
    kind: bytes  # b"{", b"[", b'"', or b"" for number, true, false, null
    key: bytes  # with its quotes, for a member of an object
    children: list[Node]

    @property
    def size(self) -> int:
        return self.end - self.start

    def overhead(self, comma: bool) -> int:
        """What a member takes beside its value: comma, key and colon."""
        return comma + (len(self.key) + 1 if self.key else 0)


_VALUE = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\]]|[^\s{}\[\],:"]+', re.DOTALL)
_TOKEN = re.compile(rb'"(?:[^"\\]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"]+', re.DOTALL)


def compact(text: str) -> str | None:
    """Takes the white space out of JSON; None if the text is not JSON."""
    try:
        json.loads(text, parse_constant=_refuse, parse_int=str, parse_float=str)
        return b"".join(_TOKEN.findall(text.encode())).decode()
    except (ValueError, RecursionError):
        return None


def _refuse(constant: str) -> object:
    raise ValueError(constant)  # NaN and Infinity are not JSON


def parse(text: bytes) -> Node:
    """Reads compact, valid JSON into places of the text."""
    root = Node(0, len(text), b"", b"", [])
    above = [root]
    key = b""
    for m in _VALUE.finditer(text):
        token = m.group()
        if token in (b"}", b"]"):
            above.pop().end = m.end()
            continue
        if token[0] == 0x22 and not key and above[-1].kind == b"{":
            key = token
            continue
        kind = token if token in (b"{", b"[") else b'"' if token[0] == 0x22 else b""
        node = Node(m.start(), m.end(), kind, key, [])
        key = b""
        above[-1].children.append(node)
        if kind in (b"{", b"["):
            above.append(node)
    return root.children[0]


def fit(text: str, limit: int, at: str, prior: Sequence[Cut] = ()) -> tuple[str, list[Cut]]:
    """Shortens compact JSON to at most limit bytes of UTF-8.

    Cuts get pointers that start with at; where prior (from encoding) has cut
    the same place before, its count of the original is kept.
    """
    if len(text) * 4 <= limit or len(raw := text.encode()) <= limit:
        return text, list(prior)
    f = _Fitter(raw, prior)
    if not f.fit(parse(raw), limit, at):
        f.parts[:] = [b"null"]
        f.cut(at, 0, len(raw))
    cut = {c.at for c in f.cuts}
    f.cuts += [c for c in prior if c.at not in cut]
    return b"".join(f.parts).decode(), f.cuts[:MAX_CUTS]


class _Fitter:
    def __init__(self, text: bytes, prior: Sequence[Cut]) -> None:
        self.text = text
        self.prior = {c.at: c.of for c in prior}
        self.cuts: list[Cut] = []
        self.parts: list[bytes] = []
        self.length = 0

    def cut(self, at: str, kept: int, of: int) -> None:
        if len(self.cuts) < MAX_CUTS:
            self.cuts.append(Cut(at, kept, self.prior.get(at, of)))

    def put(self, *parts: bytes) -> None:
        self.parts += parts
        self.length += sum(map(len, parts))

    def fit(self, n: Node, budget: int, at: str) -> bool:
        """Writes n within budget; False, with nothing written, if not even a stub fits."""
        if n.size <= budget:
            self.put(self.text[n.start : n.end])
            return True
        if n.kind == b'"':
            return self.fit_text(n, budget, at)
        if n.kind == b"" or budget < 2:
            return False
        self.fit_members(n, budget, at)
        return True

    def fit_members(self, n: Node, budget: int, at: str) -> None:
        left = budget - 2
        share = max(_level(n.children, left), min(max(budget // 8, 16), 1024))
        array = n.kind == b"["
        self.put(n.kind)
        kept = 0
        for i, c in enumerate(n.children):
            room = min(share, left - c.overhead(kept > 0))
            if array and room < min(share, c.size):
                break  # no room for a fair part of it: end the array here
            parts, before = len(self.parts), self.length
            if kept > 0:
                self.put(b",")
            name = str(i)
            if not array:
                self.put(c.key, b":")
                if c.size > room:  # the name is only needed where something is cut
                    name = pointer(json.loads(c.key))
            if room < 0 or not self.fit(c, room, f"{at}/{name}"):
                del self.parts[parts:]
                self.length = before
                if array:
                    break
                continue
            kept += 1
            left -= self.length - before
        self.put(b"]" if array else b"}")
        if kept < len(n.children):
            self.cut(at, kept, len(n.children))

    def fit_text(self, n: Node, budget: int, at: str) -> bool:
        """Keeps the first two thirds and the last third of what has room."""
        body = self.text[n.start + 1 : n.end - 1]
        room = budget - 2 - len(mark(len(body)).encode())
        if room < 0:
            return False
        want = room * 2 // 3
        head = boundary(body, want, after=False)
        tail = boundary(body, len(body) - (room - want), after=True)
        self.put(b'"', body[:head], mark(tail - head).encode(), body[tail:], b'"')
        self.cut(at, head + len(body) - tail, len(body))
        return True


def mark(left_out: int) -> str:
    """Stands where bytes of a text were left out."""
    return f"…[{left_out} bytes]…"


def pointer(name: str) -> str:
    """Escapes a name for a JSON pointer."""
    return name.replace("~", "~0").replace("/", "~1")


def boundary(body: bytes, at: int, after: bool) -> int:
    """The nearest place not after (or not before) at that splits no character and no escape.

    It reads from a place shortly before, not from the start: payloads are long.
    """
    i = max(at - 16, 0)
    while i > 0 and (body[i] & 0xC0 == 0x80 or body[i - 1] == 0x5C):
        i -= 1  # the first of several backslashes always begins an escape
    last = i
    while i < at:
        last = i
        i += unit(body, i)
    return i if after or i == at else last


def unit(b: bytes, i: int) -> int:
    """The length of the character or escape at i of an escaped text."""
    c = b[i]
    if c == 0x5C:
        return min(6 if b[i + 1] == 0x75 else 2, len(b) - i)
    return 1 if c < 0x80 else 2 if c < 0xE0 else 3 if c < 0xF0 else 4


def _level(members: list[Node], budget: int) -> int:
    """The largest L for which the members fit when each takes at most L bytes."""
    budget -= sum(m.overhead(i > 0) for i, m in enumerate(members))
    sizes = sorted(m.size for m in members)
    for i, s in enumerate(sizes):
        share = max(budget, 0) // (len(sizes) - i)
        if s > share:
            return share
        budget -= s
    return budget
