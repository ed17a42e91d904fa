"""Policy seeds checked before dbt starts.

Each seed's YAML holds its schema under ``config: meta:`` (``key``, ``complete_key``, ``fields``,
``where_empty``, ``any_true``). The macro ``check_seed`` applies it when dbt loads the seed; this
module applies the same rules to the files beforehand, so that ``winback run`` stops before it loads
anything. Both say the same about the same file: a test compares them.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import product
from pathlib import Path
from typing import Any

from winback.declared import read_list, read_meta, read_yaml
from winback.errors import UserError

Rules = Mapping[str, Any]

_INTEGER = re.compile(r"-?[0-9]+")
_NUMBER = re.compile(r"-?[0-9]+([.][0-9]+)?")
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_BETWEEN = re.compile("[,;| ]+")
# what the columns' types hold: integer, and decimal(18,8)
_LARGEST = {"integer": 2_147_483_647, "number": 9_999_999_999}


@dataclass(frozen=True)
class Problem:
    """One bad value of a seed: where it is, what was found, what was expected."""

    file: str
    line: int | None
    field: str
    found: str
    expected: str

    def __str__(self) -> str:
        """Give the problem as one line for the user."""
        place = self.file if self.line is None else f"{self.file}, line {self.line}"
        return f"{place}, {self.field}: found {self.found}; expected {self.expected}"


def check(project: Path) -> list[Problem]:
    """Check every seed of the project that declares a schema.

    Args:
        project: folder of ``dbt_project.yml``.

    Returns:
        The problems in the order of files and lines; empty when every value makes sense.
    """
    problems: list[Problem] = []
    for properties in sorted((project / "seeds").rglob("*.yml")):
        where = properties.relative_to(project).as_posix()
        for seed in read_list(read_yaml(properties, where), "seeds", where):
            rules = read_meta(seed)
            if rules.get("fields"):
                problems += check_file(properties.parent / f"{seed['name']}.csv", rules, project)
    return problems


def require_good(project: Path) -> None:
    """Stop with every bad value of the seeds.

    Args:
        project: folder of ``dbt_project.yml``.

    Raises:
        UserError: when a value makes no sense; names file, line, field, found and expected.
    """
    problems = check(project)
    if problems:
        raise UserError(
            "The policies hold values that make no sense; nothing was loaded or built:\n  - "
            + "\n  - ".join(str(problem) for problem in problems)
            + "\nCorrect the files and run again (docs/seeds has a page on each)."
        )


def check_file(path: Path, rules: Rules, project: Path) -> list[Problem]:
    """Check one seed file against its schema.

    Args:
        path: the CSV file.
        rules: ``config: meta:`` of the seed.
        project: folder that file names in messages start from.

    Returns:
        The problems of the file, empty when there are none.
    """
    name = path.relative_to(project).as_posix()
    if not path.is_file():
        return [Problem(name, None, "file", "nothing", "a CSV file of this name")]
    try:
        with path.open(encoding="utf-8-sig", newline="") as lines:
            reader = csv.reader(lines, strict=True)
            headers = next(reader, [])
            rows = [(reader.line_num, row) for row in reader]
    except UnicodeDecodeError:
        return [Problem(name, None, "file", "bytes that are not UTF-8", "a CSV saved as UTF-8")]
    except csv.Error as error:
        return [Problem(name, reader.line_num, "file", str(error), "a CSV file")]
    fields: Mapping[str, Rules] = rules["fields"]
    problems = [
        Problem(name, 1, column, "no such column", "a column of this name")
        for column in fields
        if column not in headers
    ]
    problems += [
        Problem(name, 1, column, "the column again", "each once")
        if column in headers[:index]
        else Problem(name, 1, column, "an unknown column", ", ".join(fields))
        for index, column in enumerate(headers)
        if column not in fields or column in headers[:index]
    ]
    # a decimal comma makes two values of one
    problems += [
        Problem(name, line, "row", f"{len(row)} values", f"{len(headers)}")
        for line, row in rows
        if len(row) > len(headers)
    ]
    if problems:
        return problems
    texts = [
        (line, dict(zip(headers, map(_text, row + [""] * len(headers)), strict=False)))
        for line, row in rows
    ]
    problems += [
        problem for line, row in texts for problem in _row_problems(name, line, row, rules)
    ]
    problems += _repetitions(name, texts, rules)
    if not problems:
        problems += _column_problems(name, [row for _, row in texts], rules)
    return sorted(problems, key=lambda problem: problem.line or 0)


def _text(value: str) -> str:
    """Blanks alone are no value; blanks around one are part of it, in the table too."""
    return value if value.strip() else ""


def _row_problems(name: str, line: int, row: Mapping[str, str], rules: Rules) -> Iterator[Problem]:
    for column, rule in rules["fields"].items():
        expected = _expectation(row[column], rule, row)
        if expected is not None:
            yield Problem(name, line, column, f"'{row[column]}'", expected)
    for empty, stricter in rules.get("where_empty", {}).items():
        for column, rule in stricter.items() if row[empty] == "" else ():
            expected = _expectation(row[column], rules["fields"][column] | rule, row)
            if expected is not None:
                wanted = f"{expected} where {empty} is empty"
                yield Problem(name, line, column, f"'{row[column]}'", wanted)
    for columns in rules.get("any_true", []):
        if not any(row[column].lower() == "true" for column in columns):
            yield Problem(name, line, ", ".join(columns), "all false", "at least one true")


def _repetitions(
    name: str, texts: Sequence[tuple[int, Mapping[str, str]]], rules: Rules
) -> Iterator[Problem]:
    groups = [list(rules.get("key", []))]
    groups += [[column] for column, rule in rules["fields"].items() if rule.get("unique")]
    for columns in groups:
        seen: set[tuple[str, ...]] = set()
        for line, row in texts:
            values = tuple(row[column] for column in columns)
            if columns and values in seen:
                found = f"'{', '.join(values)}' again"
                yield Problem(name, line, ", ".join(columns), found, "each once")
            seen.add(values)


def _column_problems(
    name: str, rows: Sequence[Mapping[str, str]], rules: Rules
) -> Iterator[Problem]:
    if rules.get("complete_key"):
        held = {tuple(row[column] for column in rules["key"]) for row in rows}
        accepted = (rules["fields"][column]["accepted"] for column in rules["key"])
        for combination in product(*accepted):
            if combination not in held:
                missing = f"no row with '{', '.join(combination)}'"
                yield Problem(name, None, ", ".join(rules["key"]), missing, "one")
    for column, rule in rules["fields"].items():
        values = [row[column] for row in rows]
        wanted = list(rule["accepted"]) if rule.get("complete") else []
        if rule.get("includes") is not None:
            wanted.append(str(rule["includes"]))
        for value in wanted:
            if value not in values:
                yield Problem(name, None, column, f"no row with '{value}'", "one")
        if rule.get("empty_once") and "" not in values:
            yield Problem(name, None, column, "no empty row", "one")
        if rule.get("total_above") is not None:
            total = sum(float(value) for value in values if value)
            if total <= rule["total_above"]:
                yield Problem(
                    name, None, column, f"a sum of {total:g}", f"above {rule['total_above']}"
                )


def _expectation(text: str, rule: Rules, row: Mapping[str, str]) -> str | None:
    """Say what the field should have held, None when it holds it."""
    if text == "":
        return "a value" if rule.get("required") else None
    if text != text.strip():
        return "no blank before or after it"
    if rule.get("accepted"):
        return None if text in rule["accepted"] else "one of " + ", ".join(rule["accepted"])
    if rule.get("list_of"):
        unknown = set(_BETWEEN.split(text)) - set(rule["list_of"])
        return f"some of {', '.join(rule['list_of'])}, commas between" if unknown else None
    kind = rule.get("type", "text")
    if kind == "boolean":
        return None if text.lower() in ("true", "false") else "true or false"
    if kind == "date":
        return None if _is_date(text) else "a date like 2026-01-31"
    if kind in ("integer", "number"):
        return _number_expectation(text, kind, rule, row)
    return None


def _number_expectation(text: str, kind: str, rule: Rules, row: Mapping[str, str]) -> str | None:
    low, high, above = rule.get("min"), rule.get("max"), rule.get("above")
    wanted = "a whole number" if kind == "integer" else "a number"
    if low is not None and high is not None:
        wanted += f" from {low} to {high}"
    elif low is not None:
        wanted += f" of {low} or more"
    elif high is not None:
        wanted += f" of {high} or less"
    elif above is not None:
        wanted += f" above {above}"
    if not (_INTEGER if kind == "integer" else _NUMBER).fullmatch(text):
        return wanted
    value = float(text)
    if abs(value) > _LARGEST[kind]:
        return f"{wanted}, not beyond {_LARGEST[kind]}"
    outside = (
        (low is not None and value < low)
        or (high is not None and value > high)
        or (above is not None and value <= above)
    )
    if outside:
        return wanted
    other = rule.get("not_below")
    if other and _NUMBER.fullmatch(row[other]) and value < float(row[other]):
        return f"at least {other} ({row[other]})"
    return None


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
