"""Compiles rules through dbt: the one way from a list of rules to its mistakes or its query."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from winback.build import run_operation, target_folder
from winback.errors import UserError
from winback.segments.store import Store

# as which dbt sees the database: no name that a rule could hold
_DATABASE_NAME = "winback_compiled_rules"
_TEMPLATE_MARKS = ("{{", "{%", "{#")
_BUILT_FEATURES = "select * from int_contact_features"


@dataclass(frozen=True)
class Compiled:
    """What the compiler made of one list of rules.

    Attributes:
        errors: its refusals, one sentence each; empty when there are none.
        query: over a relation `features`: a row per contact and date with contact_id, as_of_date,
            is_current, is_mailable, revenue_365d and the memberships as bits of `word_<n>`.
        features: the select that gives `features` in a built warehouse.
        bits: segment -> its word and the value of its bit.
        fitted: segment -> the fitted fields on which it rests -> what fits them (var `fitted`).
            They are known at the current date only.
    """

    errors: list[str]
    query: str = ""
    features: str = ""
    bits: dict[str, tuple[int, int]] = field(default_factory=dict)
    fitted: dict[str, dict[str, str]] = field(default_factory=dict)

    @property
    def words(self) -> list[str]:
        """The columns of `query` that hold memberships."""
        count = max((word for word, _ in self.bits.values()), default=1)
        return [f"word_{word}" for word in range(1, count + 1)]


def compile_rules(
    project: Path, cases: Sequence[Any], variables: Mapping[str, Any]
) -> list[Compiled]:
    """Compile each case, a list of rules, against the vocabulary of the project as it is now.

    dbt works in a folder of its own, `target/segments`, where it finds what it parsed the last
    time; cases that were compiled from the same files before are not compiled again. No warehouse
    is opened, and what is compiled fits every one.

    Args:
        project: folder of `dbt_project.yml`.
        cases: lists of rules.
        variables: dbt vars that differ from those of `dbt_project.yml`.

    Raises:
        UserError: dbt cannot read the project.
    """
    folder = target_folder(project) / "segments"
    store = Store(folder / "compiled.json", project, variables)
    found = [store.get(case) for case in cases]
    unknown = [case for case, known in zip(cases, found, strict=True) if known is None]
    if unknown:
        printed = run_operation(
            project,
            folder / f"{_DATABASE_NAME}.duckdb",
            variables,
            macro="validate_segments",
            arguments={"cases": [{"rules": case, "is_packed": True} for case in unknown]},
        )
        store.keep(unknown, json.loads(printed[-1]))
    return [_compiled(case, store.get(case) or {}) for case in cases]


def require_compiled(found: Compiled, where: str) -> Compiled:
    """Return what was compiled, or stop with all that is wrong.

    Raises:
        UserError: names `where` and lists the mistakes.
    """
    if not found.errors:
        return found
    many = "s" if len(found.errors) > 1 else ""
    raise UserError(
        f"{len(found.errors)} mistake{many} in {where}:\n  - " + "\n  - ".join(found.errors)
    )


def _compiled(case: Any, found: Mapping[str, Any]) -> Compiled:
    errors = [*found["errors"], *_template_errors(case)]
    if errors:
        return Compiled(errors)
    return Compiled(
        errors=[],
        query=found["sql"],
        features=(found.get("features_sql") or _BUILT_FEATURES).replace(f'"{_DATABASE_NAME}".', ""),
        bits={name: (word, int(bit)) for name, (word, bit) in found["bits"].items()},
        fitted=found["fitted"],
    )


def _template_errors(case: Any) -> Iterator[str]:
    """dbt runs what stands in double braces in its files, whoever wrote it, as its own code."""
    for number, rule in enumerate(case if isinstance(case, list) else []):
        name = rule.get("name") if isinstance(rule, Mapping) else None
        for path, text in _texts(rule, str(name or f"segments[{number}]")):
            for mark in _TEMPLATE_MARKS:
                if mark in text:
                    yield (
                        f"{path}: {mark} starts a template, which dbt would run; write the value"
                        " itself"
                    )


def _texts(value: Any, path: str) -> Iterator[tuple[str, str]]:
    if isinstance(value, str):
        yield path, value
    elif isinstance(value, Mapping):
        for key, item in value.items():
            yield from _texts(item, f"{path}.{key}")
    elif isinstance(value, list):
        for number, item in enumerate(value):
            yield from _texts(item, f"{path}[{number}]")
