"""Segment rules as CSV, for spreadsheets: a row a segment, and not a cell that would be executed.

Every cell says one thing only. An empty cell: the key is absent. In the columns of text, the text
as it is; in quotes, as JSON, where a spreadsheet would take it for a formula or a number, or where
it would be read as something else here. In all other columns JSON, so that `false`, `null` and
absent stay apart.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Mapping
from typing import Any

from winback.errors import UserError

COLUMNS = (
    "name",
    "label_en",
    "label_fr",
    "description",
    "level",
    "parent",
    "exclusive",
    "otherwise",
    "where",
    "expect",
)
_TEXTS = {"name", "label_en", "label_fr", "description", "parent"}
_LANGUAGES = {"label_en": "en", "label_fr": "fr"}
# the full-width signs are formulas to spreadsheets with an Asian setting
_FORMULA = re.compile(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]")
_NUMBER = re.compile(r"[\s\d.,:/%()eE+-]+")
_EXCEL_WORDS = {"true", "false", "null"}  # spreadsheets write them in capitals


def write_csv(rules: list[Mapping[str, Any]]) -> str:
    """The rules as CSV. Keys without a column of their own get one, as JSON.

    Args:
        rules: mappings in their normal form, days and times as text.

    Raises:
        UserError: a text column would hold something else.
    """
    rows = [_row(rule) for rule in rules]
    more = list(dict.fromkeys(name for row in rows for name in row if name not in COLUMNS))
    out = io.StringIO()
    writer = csv.DictWriter(out, [*COLUMNS, *more], restval="", lineterminator="\r\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def parse_csv(text: str, where: str) -> list[dict[str, Any]]:
    """The rules in a CSV with commas, semicolons or tabs between its columns.

    Raises:
        UserError: names every cell that cannot be read.
    """
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    rules, mistakes = [], []
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error as error:
        raise UserError(f"{where}: not valid CSV ({error})") from None
    header = [name.strip() for name in rows[0]] if rows else []
    if "name" not in header or len(set(header)) < len(header):
        raise UserError(f"{where}: each column once expected in the first line, `name` among them")
    for number, cells in enumerate(rows[1:], start=1):
        if not any(cells):
            continue  # spreadsheets leave such lines at the end
        if any(cells[len(header) :]):
            mistakes.append(f"segment {number}: more cells than columns")
        rule: dict[str, Any] = {}
        for column, cell in zip(header, cells, strict=False):
            try:
                _put(rule, column, cell)
            except ValueError as error:
                mistakes.append(f"segment {number}, {column}: {error}")
        rules.append(rule)
    if mistakes:
        raise UserError(f"{where}: cells that cannot be read\n  - " + "\n  - ".join(mistakes))
    if not rules:
        raise UserError(f"{where}: no segment in it")
    return rules


def no_key_twice(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Builds a mapping of JSON, without letting the second of two equal keys win.

    Raises:
        ValueError: a key is there twice.
    """
    found: dict[str, Any] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"the key {key!r} is there twice")
        found[key] = value
    return found


def _row(rule: Mapping[str, Any]) -> dict[str, str]:
    row = {}
    for key, value in rule.items():
        if key == "label" and _has_columns(value):
            for language, label in value.items():
                row[f"label_{language}"] = _text_cell(label, rule, key)
        elif key in _TEXTS and key not in _LANGUAGES:
            row[key] = _text_cell(value, rule, key)
        else:
            row[key] = json.dumps(value, ensure_ascii=False)
    return row


def _has_columns(label: Any) -> bool:
    """Whether a label is one of the columns label_en and label_fr; else it is JSON in a third."""
    return (
        isinstance(label, Mapping)
        and bool(label)
        and all(language in ("en", "fr") for language in label)
        and all(isinstance(text, str) for text in label.values())
    )


def _text_cell(value: Any, rule: Mapping[str, Any], key: str) -> str:
    if value is None:
        return "null"
    if not isinstance(value, str):
        raise UserError(f"{rule.get('name')}.{key}: text expected, found {value!r}")
    is_plain = (
        value
        and value not in _EXCEL_WORDS
        and not value.startswith('"')
        and value == value.strip()
        and not _FORMULA.match(value)
        and not _NUMBER.fullmatch(value)
    )
    return value if is_plain else json.dumps(value, ensure_ascii=False)


def _put(rule: dict[str, Any], column: str, cell: str) -> None:
    if cell == "":
        return
    if column in _TEXTS and cell != "null" and not cell.startswith('"'):
        value: Any = cell
    else:
        plain = cell.strip()
        if plain.lower() in _EXCEL_WORDS:
            plain = plain.lower()
        try:
            value = json.loads(plain, object_pairs_hook=no_key_twice)
        except json.JSONDecodeError:
            raise ValueError(f"JSON expected, found {cell[:60]!r}") from None
    if column not in _LANGUAGES:
        if column in rule:
            raise ValueError("label and label_en or label_fr: keep one")
        rule[column] = value
        return
    label = rule.setdefault("label", {})
    if not isinstance(label, dict) or _LANGUAGES[column] in label:
        raise ValueError("label and label_en or label_fr: keep one")
    label[_LANGUAGES[column]] = value
