"""Decisions: which candidates a step kept and dropped, and why."""

from __future__ import annotations

import hashlib
import json
import math
from dataclasses import dataclass, field
from typing import TypedDict

from ._encode import encode, number, quote
from ._fit import Cut, fit, parse

MAX_DECISIONS = 100_000  # per step and fate: keys alone, a few MB of memory
MAX_CRITERIA = 1_000
_KEYS = ("id", "key", "sku", "asin", "uuid", "url", "name", "title")


class Criterion(TypedDict, total=False):
    """A condition on a field: {"field": "price", "op": "<=", "value": 100}.

    op is one of = != < <= > >= in not_in contains missing present; the last two
    need no value.
    """

    field: str
    op: str
    value: object


def criterion_text(field: str, op: str, value: object, limit: int) -> str:
    text = f'{{"field":{quote(field)},"op":{quote(op)}'
    if value is not None:
        text += f',"value":{encode(value, limit)[0]}'
    return text + "}"


@dataclass
class Decision:
    key: str
    item: str  # JSON; "" for texts and numbers, which are their own key
    rest: str  # ,"reason":… and so on

    def text(self, bare: bool) -> str:
        item = f',"item":{self.item}' if self.item and not bare else ""
        return f'{{"key":{quote(self.key)}{item}{self.rest}}}'


def decision(body: str, key: str | None, reason: str, criterion: str, score: float | None) -> Decision:
    rest = f',"reason":{quote(reason)}' if reason else ""
    if criterion:
        rest += f',"criterion":{criterion}'
    if score is not None and math.isfinite(score):
        rest += f',"score":{number(float(score))}'
    return Decision(key_of(body) if key is None else key, body if body[0] in "{[" else "", rest)


def key_of(body: str) -> str:
    """A candidate's key: itself, if it is a text or number, else its id or name, else a hash."""
    scalar = body
    if body[0] in "{[":
        raw = body.encode()
        members = {json.loads(c.key).lower(): raw[c.start : c.end].decode() for c in parse(raw).children if c.key}
        usable = (members[k] for k in _KEYS if members.get(k, "null") not in ("null", '""') and members[k][0] not in "{[")
        if not (scalar := next(usable, "")):
            return hashlib.sha256(raw).hexdigest()[:16]
    return str(json.loads(scalar)) if scalar[0] == '"' else scalar


@dataclass
class Decisions:
    """One fate of a step.

    Bodies of items are kept while they fit the payload limit; then only keys
    and reasons are, since the candidates themselves are mostly in the step's
    input too, and every key counts.
    """

    made: list[Decision] = field(default_factory=list)
    total: int = 0  # also those beyond MAX_DECISIONS
    size: int = 0
    bare: bool = False

    def add(self, d: Decision, limit: int) -> None:
        self.total += 1
        if len(self.made) >= MAX_DECISIONS:
            return
        self.size += 48 + len(d.key) + len(d.item) + len(d.rest)
        if self.size > limit and not self.bare:
            self.bare = True
            for earlier in self.made:
                earlier.item = ""
        if self.bare:
            d.item = ""
        self.made.append(d)

    def write(self, limit: int, at: str) -> tuple[str, list[Cut]]:
        text = "[" + ",".join(d.text(self.bare) for d in self.made) + "]"
        short, cuts = fit(text, limit, at, [Cut(at, len(self.made), self.total)] if self.bare else [])
        return short, cuts
