"""Payloads: encoding, shortening, masking."""

import collections
import dataclasses
import datetime
import enum
import json
import pathlib
import random
import uuid
from decimal import Decimal

import pytest

import xray
from xray._encode import encode
from xray._fit import boundary, fit, unit

VECTORS = pathlib.Path(__file__).parents[2] / "testdata" / "truncation.json"


@pytest.mark.parametrize("vector", json.loads(VECTORS.read_text()), ids=lambda v: v["name"])
def test_the_shared_vectors_hold(vector):
    text, _ = encode(vector["input"], 1 << 40)
    got, cuts = fit(text, vector["limit"], "/input")
    assert got == vector["output"]
    assert [c._asdict() for c in cuts] == vector["cuts"]


def test_whatever_is_shortened_is_valid_json_within_the_limit():
    rnd = random.Random(1)

    def value(depth):
        kind = rnd.randrange(6 if depth else 4)
        if kind < 2:
            return "".join(rnd.choices('ab"\\\n\x01ü🎬', k=rnd.randrange(60)))
        if kind < 4:
            return rnd.choice([None, True, 7, 1.5, 10**30])
        if kind == 4:
            return [value(depth - 1) for _ in range(rnd.randrange(8))]
        return {rnd.choice("ab/~é") + str(i): value(depth - 1) for i in range(rnd.randrange(8))}

    for _ in range(500):
        text, _ = encode(value(4), 1 << 40)
        limit = rnd.randrange(4, 400)
        short, cuts = fit(text, limit, "")
        json.loads(short)
        assert len(short.encode()) <= limit
        assert bool(cuts) == (len(text.encode()) > limit)


def test_a_cut_is_where_a_walk_from_the_start_would_put_it():
    rnd = random.Random(2)
    units = [b"a", b"0", b"u", rb"\\", rb"\n", rb"\u0001", rb"\"", "ü".encode(), "🎬".encode()]
    for _ in range(300):
        body = b"".join(rnd.choices(units, k=rnd.randint(1, 60)))
        ends = [0]
        while ends[-1] < len(body):
            ends.append(ends[-1] + unit(body, ends[-1]))
        for at in range(1, len(body)):
            assert boundary(body, at, after=False) == max(e for e in ends if e <= at)
            assert boundary(body, at, after=True) == min(e for e in ends if e >= at)


class Colour(enum.Enum):
    RED = "red"


@dataclasses.dataclass
class Movie:
    title: str
    year: int


Point = collections.namedtuple("Point", "x y")


class Plain:
    def __init__(self):
        self.shown, self._hidden = 1, 2


class Slotted:
    __slots__ = ("a",)

    def __init__(self):
        self.a = [1]


class Broken(dict):
    def items(self):
        raise RuntimeError("no")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ("aü\n\"\\\x01\ud83d", '"aü\\n\\"\\\\\\u0001\ufffd"'),
        ([1.0, 0.1, 1e-7, 1e-5, 1e21, 1e16, -0.5], "[1,0.1,1e-7,0.00001,1e+21,10000000000000000,-0.5]"),
        (float("nan"), '"NaN"'),
        (2**70, "1180591620717411303424"),
        (1 << 10_000, '"[a number of 10001 bits]"'),
        ({1: "a", None: "b", True: "c", Colour.RED: "d"}, '{"1":"c","null":"b","red":"d"}'),
        (Movie("Alien", 1979), '{"title":"Alien","year":1979}'),
        (Point(1, 2), '{"x":1,"y":2}'),
        (Plain(), '{"shown":1}'),
        (Slotted(), '{"a":[1]}'),
        ((1, {2}, frozenset(), b"ab"), '[1,[2],[],"YWI="]'),
        (datetime.date(2026, 1, 2), '"2026-01-02"'),
        (uuid.UUID(int=1), '"00000000-0000-0000-0000-000000000001"'),
        (Decimal("1.10"), '"1.10"'),
        (ValueError("bad"), '"bad"'),
        (iter([1]), '"[list_iterator]"'),
        (len, '"[builtin_function_or_method len]"'),
        ({"ok": 1, "bad": Broken()}, '{"ok":1,"bad":"[not recorded: RuntimeError]"}'),
        (b"x" * 5000, '"[5000 bytes]"'),
    ],
    ids=lambda v: str(v)[:24],
)
def test_values_are_written_as_people_expect(value, text):
    assert encode(value, 1 << 20)[0] == text


def test_a_cycle_is_a_note():
    loop: list = [1]
    loop.append(loop)
    assert encode(loop, 1000)[0] == '[1,"[cycle: list]"]'


def test_encoding_ends_soon_after_the_work_limit():
    text, cuts = encode({"many": range(10**9), "threshold": 7, "text": "x" * 10**6}, 1000, "/input")
    assert len(text) < 2000
    assert [c.at for c in cuts] == ["/input/many", "/input/text"] and json.loads(text)["threshold"] == 7
    text, cuts = encode(Movie("x" * 10**6, 7), 1000, "/input")
    assert json.loads(text)["year"] == 7 and cuts[0].of == 10**6
    many: dict = {}
    for _ in range(60):  # 2^60 objects to whoever writes them all
        many = {"a": many, "b": many, "text": "x" * 100}
    assert len(encode(many, 1000)[0]) < 20_000
    assert len(encode({i: i for i in range(10**5)}, 1000)[0]) < 2000


def test_large_payloads_are_shortened_and_marked(recording):
    got = recording(payload_limit=2000)
    with xray.execution("run"):
        with xray.step("filter", input={"candidates": [{"id": i} for i in range(1000)], "threshold": 7}):
            pass
    sent = got.read("filter", "xray.input")
    assert sent["threshold"] == 7
    assert got["filter"].attributes["xray.truncated"] == ("xray.input",)
    cuts = got.read("filter", "xray.truncated.at")
    assert cuts == [{"at": "/input/candidates", "kept": len(sent["candidates"]), "of": 1000}]
    assert got["run"].attributes["xray.receipt.cut"] == 1


def hide(attribute, value):
    return value.replace("4111", "[card]")


def fail(attribute, value):
    raise KeyError("oops")


@pytest.mark.parametrize("mask", [hide, fail])
def test_the_mask_sees_everything_and_one_that_fails_leaks_nothing(recording, mask):
    got = recording(mask=mask)
    with pytest.raises(ValueError):
        with xray.execution("run", metadata={"card": "4111"}, session="4111", input="4111") as ex:
            ex.set_final_outcome("4111")
            with xray.step("pay", input={"card": "4111"}) as s:
                s.drop({"card": "4111"}, key="k")
                s.set_reasoning("4111")
                raise ValueError("4111 was refused")
    assert "4111" not in "".join(s.to_json() for s in got.spans)


def test_mask_keys_replaces_at_any_depth():
    mask = xray.mask_keys("Password")
    assert mask("", '{"user":{"password":{"old":1},"n":1.50},"l":[{"PASSWORD":2}]}') == (
        '{"user":{"password":"[masked]","n":1.50},"l":[{"PASSWORD":"[masked]"}]}'
    )
    assert mask("", "no JSON") == "no JSON"
