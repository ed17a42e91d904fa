"""Exports the rules, and imports them into segments.yml."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from winback.errors import UserError
from winback.segments import splice, table
from winback.segments.rules import (
    FORMATS,
    RULES_FILE,
    canonical,
    normal,
    parse_properties,
    read_text,
    write_json,
)

# spreadsheets take a CSV without it for another encoding
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def export_rules(rules: list[Any], format_: str) -> str:
    """The rules in one of the formats that import reads.

    Raises:
        UserError: no such format, or a rule that is no mapping.
    """
    if format_ not in FORMATS:
        raise UserError(f"--format: found `{format_}`, expected one of {', '.join(FORMATS)}")
    if format_ == "json":
        return write_json(rules)
    if format_ == "yaml":
        return splice.write_yaml(rules)
    if not all(isinstance(rule, dict) for rule in rules):
        raise UserError("not all segments are mappings: `winback segments lint` names them")
    return table.write_csv(normal(rules))


def write_export(path: Path, text: str, format_: str) -> None:
    """Write what was exported, a CSV so that spreadsheets read its letters right.

    Raises:
        UserError: the file cannot be written.
    """
    mark = _BYTE_ORDER_MARK if format_ == "csv" else b""
    try:
        path.write_bytes(mark + text.encode())
    except OSError as error:
        raise UserError(f"--output {path}: cannot be written ({error.strerror})") from None


def import_rules(project: Path, rules: list[Any], dry_run: bool) -> Iterator[str]:
    """Put rules into segments.yml and say what changed.

    Args:
        project: folder of `dbt_project.yml`.
        rules: those that shall be there, all without mistakes.
        dry_run: say it only.

    Raises:
        UserError: they cannot be put there without changing something else in the file.
    """
    path, where = project / RULES_FILE, RULES_FILE.as_posix()
    text = read_text(path)
    before = parse_properties(text, where)
    try:
        changed = splice.replace_rules(text, rules, where)
        changed.encode()
    except UnicodeEncodeError:
        raise UserError("a text holds half a character, which no file can") from None
    if changed == text:
        yield f"{where} holds these rules already: nothing to change"
        return
    if not dry_run:
        splice.replace_file(path, changed)
    yield from summary(before, rules)
    yield f"{where} was {'not changed (--dry-run)' if dry_run else 'written'}"


def summary(before: Sequence[Any], after: Sequence[Any]) -> Iterator[str]:
    """Say which segments are added, removed and changed, and in what."""
    then = {str(rule.get("name")): rule for rule in before if isinstance(rule, dict)}
    now = {rule["name"]: rule for rule in after}
    same = [name for name in now if name in then and canonical(now[name]) == canonical(then[name])]
    for name in now:
        if name not in then:
            yield f"added    {name}"
        elif name not in same:
            keys = dict.fromkeys([*then[name], *now[name]])
            found = [
                key
                for key in keys
                if (key in then[name]) != (key in now[name])
                or canonical(then[name].get(key)) != canonical(now[name].get(key))
            ]
            yield f"changed  {name}: {', '.join(found)}"
    for name in then:
        if name not in now:
            yield f"removed  {name}"
    if [name for name in then if name in now] != [name for name in now if name in then]:
        yield "changed  the order, in which exclusive siblings are tried"
    yield f"unchanged: {len(same)}"
