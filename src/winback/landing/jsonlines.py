"""Why a line of a JSON Lines file is no object that can be read, without a value of it."""

from __future__ import annotations

import json
import re

MAX_JSON_DEPTH = 100
# staging_malformed_opt_outs knows such lines by this reason
NESTED = "its fields lie one level down, below a key that this layout does not know"

_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"?', re.DOTALL)
# a text, and whether it is a key
_WHOLE_TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"(\s*+:)?', re.DOTALL)
_BREAKS = str.maketrans("\n\r\t", "   ")
_WORDS = {
    "Expecting value": "a value is missing or not in quotes",
    "Expecting ',' delimiter": "a comma or a closing bracket is missing",
    "Expecting ':' delimiter": "a colon after a key is missing",
    "Expecting property name enclosed in double quotes": "a key is missing or not in double quotes",
    "Unterminated string starting at": "a quote is opened and not closed",
    "Invalid control character at": "a control character in a text",
    "Extra data": "more text after the end of the object",
}
_KINDS = {
    list: "a list",
    str: "a text",
    int: "a number",
    float: "a number",
    bool: "a truth value",
    type(None): "null",
}


def depth_of(line: bytes) -> int:
    """Return how deep brackets are nested, or a lower bound that is small enough."""
    if line.count(b"{") + line.count(b"[") <= MAX_JSON_DEPTH:
        return 0
    depth = deepest = 0
    for character in _TEXT.sub(b"", line):
        if character in b"{[":
            depth += 1
            deepest = max(deepest, depth)
        elif character in b"}]":
            depth -= 1
    return deepest


def unfolded(line: bytes) -> bytes:
    """Return a line in which objects written as texts are objects: webhooks and queues nest them so
    (`{"payload": "{\\"email\\": …}"}`). They are then read as what lies one level down."""
    if b'\\"' not in line and b"\\u0022" not in line:
        return line
    return _WHOLE_TEXT.sub(lambda found: found[0] if found[1] else _object_in(found[0]), line)


def _object_in(text: bytes) -> bytes:
    """What a text holds, where that is an object or a list of them; else the text as it is."""
    if b"{" not in text:
        return text
    try:
        inner = json.loads(text).translate(_BREAKS).encode()
        if depth_of(inner) <= MAX_JSON_DEPTH:
            json.loads(inner)
            # each level doubles the backslashes below it: there are few
            inner = unfolded(inner).strip()
            return inner if inner[:1] in b"{[" else text
    except ValueError:
        pass
    return text


def why_no_object(line: bytes) -> tuple[str, str]:
    """Return why a line is rejected, and the place in it where that shows (may be empty)."""
    try:
        found = json.loads(line, object_pairs_hook=_no_key_twice)
    except json.JSONDecodeError as error:
        # of an escape the message quotes a character
        text = _WORDS.get(error.msg, "an odd escape or character")
        return f"no valid JSON: {text}", f", at character {error.pos + 1:,}"
    except _KeyTwiceError:
        return "the same key twice in one object: one of its values would be lost", ""
    except (ValueError, RecursionError):
        return "no valid JSON: a value that JSON does not know", ""
    if isinstance(found, dict):
        return "no valid JSON: an odd escape or character", ""
    return f"no JSON object, but {_KINDS[type(found)]}", ""


class _KeyTwiceError(Exception):
    """An object holds one key twice."""


def _no_key_twice(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise _KeyTwiceError
    return found
