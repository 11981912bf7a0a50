"""Masking: what is recorded is changed before it leaves the program."""

from __future__ import annotations

import json
from collections.abc import Callable

from ._encode import quote, well_formed
from ._fit import Node, compact, parse

Mask = Callable[[str, str], str]
"""Is given the attribute (xray.input, exception.message, …) and the value as
JSON, whole, before it is shortened, and returns what is recorded instead. An
answer that is not JSON is recorded as a text. If it raises, nothing of the
value is recorded."""


def mask_keys(*names: str) -> Mask:
    """Replaces the values of all members with these names, at any depth and in any letter case."""
    hidden = {n.lower() for n in names}

    def mask(attribute: str, value: str) -> str:
        text = compact(value)
        return value if text is None else _hide(text.encode(), hidden).decode()

    return mask


def _hide(text: bytes, hidden: set[str]) -> bytes:
    out: list[bytes] = []
    done = 0

    def walk(n: Node) -> None:
        nonlocal done
        for c in n.children:
            if c.key and json.loads(c.key).lower() in hidden:
                out.extend((text[done : c.start], b'"[masked]"'))
                done = c.end
            else:
                walk(c)

    walk(parse(text))
    return b"".join(out) + text[done:]


def apply_mask(mask: Mask, attribute: str, text: str) -> str:
    """Returns JSON, whatever the mask does."""
    try:
        masked = well_formed(str(mask(attribute, text)))
    except Exception:
        return '"[not recorded: the mask failed]"'
    valid = compact(masked)
    return quote(masked) if valid is None else valid
