"""Macros with one mistake each, beside the ones without, all run in one dbt call."""

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from .compiler import ROOT, run_operation

SEGMENTS = ROOT / "macros" / "segments"


def printed_by_mutants(
    entry: str,
    paths: Sequence[Path],
    mutations: Sequence[Mapping[str, str]],
    cases: Mapping[str, Sequence[Sequence[Mapping[str, Any]]]],
    fields: Mapping[str, str],
    project: Path,
) -> list[str]:
    """What the macro `entry(cases, fields)` prints of each case; then, for every mistake in the
    files, what it prints of the case that the mistake is `about`."""
    files = {path.name: path.read_text() for path in paths}
    calls = [f"{entry}(cases['{name}'], fields)" for name in cases]
    for number, mutation in enumerate(mutations):
        (project / "macros" / f"mutant_{number}.sql").write_text(
            _mutant(f"mutant_{number}_", mutation, files, entry)
        )
        calls.append(f"mutant_{number}_{entry}(cases['{mutation['about']}'], fields)")
    body = "\n".join(f"{{%- do {call} -%}}" for call in calls)
    (project / "macros" / "all.sql").write_text(
        f"{{% macro print_all(cases, fields) %}}{body}{{% endmacro %}}"
    )
    arguments = {
        "cases": {name: [{"rules": rules} for rules in lists] for name, lists in cases.items()},
        "fields": dict(fields),
    }
    return run_operation("print_all", arguments, project / "target", project)


def _mutant(prefix: str, mutation: Mapping[str, str], files: Mapping[str, str], entry: str) -> str:
    """The macro with the mistake and all that leads to it, under names of their own."""
    text = files[mutation["file"]]
    assert text.count(mutation["text"]) == 1, mutation["name"]
    wrong = text.replace(mutation["text"], mutation["becomes"])
    right = _macros("\n".join(files.values()))
    macros = right | _macros(wrong)
    reached = {name for name in macros if macros[name] != right[name]}
    while callers := {
        name
        for name, body in macros.items()
        if name not in reached and re.search(rf"\b({'|'.join(reached)})\(", body)
    }:
        reached |= callers
    assert entry in reached, mutation["name"]
    whole = "\n".join(macros[name] for name in sorted(reached))
    return re.sub(rf"\b({'|'.join(reached)})(?=\()", rf"{prefix}\1", whole)


def _macros(text: str) -> dict[str, str]:
    found = re.finditer(r"(?s){%-? macro (\w+)\(.*?{%-? endmacro -?%}", text)
    return {macro[1]: macro[0] for macro in found}
