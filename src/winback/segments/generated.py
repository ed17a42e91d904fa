"""The files that `winback segments compile` writes: the rules as models of dbt, beside the rules.

They are committed, so that a change of a rule shows the change of its SQL, and dbt works alone.
segment_flags.sql begins with digests of the rules, of the other files and of itself; at the start
of a run dbt compares them with what lies there (macros/segments/check_segments.sql).
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from winback.segments.compiled import Compiled, compile_rules, require_compiled
from winback.segments.counts import mails_sql
from winback.segments.dialects import Model
from winback.segments.explanation_query import result_ctes, row_ctes
from winback.segments.explanations import Explanation
from winback.segments.flags import input_ctes, inputs_of, step_ctes, with_ctes
from winback.segments.models import (
    definitions_model,
    event_counts_model,
    expectations_model,
    membership_model,
)
from winback.segments.properties import flags_properties
from winback.segments.rules import RULES_FOLDER, parse_folder, rule_files, write_file
from winback.segments.vocabulary import read_vocabulary

FOLDER = Path("models/intermediate/segmentation")
# those that other tools read
PUBLIC_FOLDER = Path("models/marts/segmentation")
_HEAD_SQL = (
    "-- Written by `winback segments compile` from segments/: edit the rules, not this file.\n"
)
_GATE = "{{ after_gate('gate_intermediate') }}\n"
_VIEW = "{{ config(materialized='view') }}\n"
_HEAD_YAML = _HEAD_SQL.replace("--", "#", 1)


def compile_project(project: Path, variables: Mapping[str, Any]) -> list[Path]:
    """Write what the rules of the project come to, where it is not there already.

    Args:
        project: folder of `dbt_project.yml`.
        variables: dbt vars that differ from those of `dbt_project.yml`.

    Returns:
        The files that were written.

    Raises:
        UserError: the rules cannot be read or hold mistakes, or a file cannot be written.
    """
    written = []
    for path, text in _stale(project, variables):
        write_file(project / path, text)
        written.append(path)
    return written


def stale_files(project: Path, variables: Mapping[str, Any]) -> list[Path]:
    """The files that `compile_project` would write."""
    return [path for path, _ in _stale(project, variables)]


def _stale(project: Path, variables: Mapping[str, Any]) -> Iterator[tuple[Path, str]]:
    files = rule_files(project)
    compiled = compile_rules(parse_folder(files), read_vocabulary(project, variables))
    require_compiled(compiled, f"the segment rules ({RULES_FOLDER.as_posix()}/)")
    for path, text in generated_files(compiled, files).items():
        try:
            is_there = (project / path).read_text(encoding="utf-8") == text
        except (OSError, UnicodeDecodeError):
            is_there = False
        if not is_there:
            yield path, text


def generated_files(compiled: Compiled, files: Mapping[str, str]) -> dict[Path, str]:
    """Path -> text of every file that rules come to.

    Args:
        compiled: rules without mistakes.
        files: name of a file in the folder of rules -> its text.
    """
    dialect = Model()
    rules, vocabulary = compiled.rules, compiled.vocabulary
    inputs = inputs_of(rules, vocabulary)
    counted = f"select * from {dialect.relation('int_contact_event_counts')}"
    ctes, asked = input_ctes(inputs, vocabulary, dialect, counted)
    asked_rows = {asked: f"select * from {dialect.relation('segment_inputs')}"}
    steps, flags = step_ctes(rules, vocabulary, dialect, asked)
    explanation = Explanation(vocabulary, dialect, rules)
    history = {"history": f"select * from {dialect.relation('segment_history')}"}
    results = result_ctes(explanation, asked)
    explained = {**asked_rows, **history, **results, **row_ctes(explanation)}
    bodies = {
        FOLDER / "segment_inputs.sql": _VIEW + with_ctes(ctes, f"select * from {asked}"),
        FOLDER / "segment_expectations.sql": expectations_model(rules, dialect),
        FOLDER / "int_contact_event_counts.sql": event_counts_model(inputs.counts, dialect),
        FOLDER / "int_contact_activity__campaigns.sql": mails_sql(inputs.counts, dialect),
        PUBLIC_FOLDER / "segment_membership_history.sql": membership_model(rules, dialect),
        PUBLIC_FOLDER / "segment_definitions.sql": _GATE + definitions_model(compiled, dialect),
        PUBLIC_FOLDER / "segment_explanations.sql": _VIEW
        + with_ctes(explained, "select * from final"),
    }
    found = {path: f"{_HEAD_SQL}{body}\n" for path, body in bodies.items()}
    found[FOLDER / "_segment_flags__models.yml"] = _HEAD_YAML + flags_properties(compiled)
    made_of = {f"{RULES_FOLDER.as_posix()}/{name}": text for name, text in files.items()}
    made_of |= {path.as_posix(): text for path, text in found.items()}
    query = with_ctes({**asked_rows, **steps}, flags)
    found[FOLDER / "segment_flags.sql"] = _with_digests(f"{_GATE}{query}\n", made_of)
    return found


def _with_digests(body: str, files: Mapping[str, str]) -> str:
    """The file that says of all others, and of itself, what they are."""
    width = max(len(path) for path in files)
    lines = "".join(f"-- {path:<{width}} {_digest(text)}\n" for path, text in files.items())
    return f"{_HEAD_SQL}{lines}-- below {_digest(body)}\n{body}"


def _digest(text: str) -> str:
    """As dbt computes it in the database, whatever the line ends."""
    return hashlib.md5(text.replace("\r\n", "\n").encode(), usedforsecurity=False).hexdigest()
