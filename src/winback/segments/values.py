"""Values in rules: what fits a field, and how a message shows one."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from datetime import date
from typing import Any, TypeGuard

_DAY = re.compile(r"[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])")
_CLOCK = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9](:[0-5][0-9])?Z?")


def shown(value: Any) -> str:
    """A value as a message shows it."""
    if value is None:
        return "nothing"
    if isinstance(value, str):
        return f"'{value}'"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Mapping):
        return f"a mapping with {', '.join(map(str, value)) or 'no key'}"
    if isinstance(value, list | tuple):
        return f"a list of {len(value)}"
    return str(value)


def is_number(value: Any) -> TypeGuard[int | float]:
    """Whether a value is a number; true and false are none."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def is_whole(value: Any) -> TypeGuard[int]:
    """Whether a value is a whole number; true and false are none."""
    return isinstance(value, int) and not isinstance(value, bool)


def is_whole_day(value: Any) -> bool:
    """Whether a value of a time rule names a whole day rather than a moment."""
    return len(str(value)) == len("2026-03-31")


def moment(value: Any) -> str:
    """A day or time in the one way of writing that SQL reads, and that sorts as it compares."""
    return str(value).replace("T", " ").replace("Z", "")


def value_problem(value: Any, kind: str) -> str | None:
    """What is wrong with a value for a field of this kind; None when it fits."""
    if kind == "text":
        if isinstance(value, bool):
            return (
                f"text expected, found {shown(value)} (YAML reads a bare yes, no, on and off as"
                " true and false: write it in quotes)"
            )
        if not isinstance(value, str):
            return f"text expected, found {shown(value)} (write it in quotes)"
    elif kind == "number":
        if not is_number(value) or not math.isfinite(value):
            return f"a number expected, found {shown(value)}"
    elif kind == "boolean":
        if not isinstance(value, bool):
            return f"true or false expected, found {shown(value)}"
    elif kind == "date":
        if not _is_day(str(value)):
            return f"a day as YYYY-MM-DD expected, found {shown(value)}"
    elif kind == "timestamp":
        day, *clocks = str(value).replace("T", " ").split(" ")
        if not _is_day(day) or len(clocks) > 1 or (clocks and not _CLOCK.fullmatch(clocks[0])):
            return (
                "a day as YYYY-MM-DD or a UTC time as YYYY-MM-DD HH:MM:SS expected, found"
                f" {shown(value)}"
            )
    return None


def _is_day(text: str) -> bool:
    """Whether a text is a day of the calendar, written YYYY-MM-DD."""
    if not _DAY.fullmatch(text):
        return False
    try:
        date.fromisoformat(text)
    except ValueError:
        return False
    return True
