"""Exports the rules, and imports them into the folder of the project."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from winback.errors import UserError
from winback.segments import table
from winback.segments.rules import (
    FORMATS,
    ORDER_FILE,
    RULES_FOLDER,
    canonical,
    normal,
    parse_folder,
    rule_files,
    write_file,
    write_json,
)
from winback.segments.text import write_rule, write_yaml

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
        return write_yaml(rules)
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
    """Put rules into the folder, one file each, and say what changed.

    A file whose rule did not change stays as it is; a changed one keeps the comments at its
    beginning; that of a segment which is gone goes.

    Args:
        project: folder of `dbt_project.yml`.
        rules: those that shall be there, all without mistakes.
        dry_run: say it only.

    Raises:
        UserError: a file cannot be written.
    """
    folder, where = project / RULES_FOLDER, f"{RULES_FOLDER.as_posix()}/"
    files = rule_files(project) if folder.is_dir() else {}
    before = parse_folder(files)
    known = {rule["name"]: canonical(rule) for rule in before}
    changed = {
        f"{rule['name']}.yml": _comments(files.get(f"{rule['name']}.yml", "")) + write_rule(rule)
        for rule in rules
        if known.get(rule["name"]) != canonical(rule)
    }
    gone = [f"{name}.yml" for name in known if name not in {rule["name"] for rule in rules}]
    order = _order(files.get(ORDER_FILE, ""), [rule["name"] for rule in rules])
    if _order_read(files, rules) != [rule["name"] for rule in rules]:
        changed[ORDER_FILE] = order
    if not changed and not gone:
        yield f"{where} holds these rules already: nothing to change"
        return
    if not dry_run:
        for name, text in changed.items():
            write_file(folder / name, text)
        for name in gone:
            (folder / name).unlink()
    yield from summary(before, rules)
    yield f"{where} was {'not changed (--dry-run)' if dry_run else 'written'}"


def _comments(text: str) -> str:
    """The comments at the beginning of a file."""
    lines = []
    for line in text.splitlines():
        if line.strip() and not line.startswith("#"):
            break
        lines.append(f"{line}\n")
    return "".join(lines)


def _order_read(files: Mapping[str, str], rules: Sequence[Any]) -> list[str] | None:
    """The order in which rules would be read beside the order file as it is; None if not at all."""
    kept = {f"{rule['name']}.yml": write_rule(rule) for rule in rules}
    if ORDER_FILE in files:
        kept[ORDER_FILE] = files[ORDER_FILE]
    try:
        return [rule["name"] for rule in parse_folder(dict(sorted(kept.items())))]
    except UserError:
        return None


def _order(text: str, names: Sequence[str]) -> str:
    """The order file with other names; each keeps the comments and empty lines above it."""
    head, lines, above = "", "", dict[str, str]()
    for line in text.splitlines():
        lines += f"{line}\n"
        if line.startswith("- "):
            above[line[2:].split("#")[0].strip()] = lines
            lines = ""
        elif not line.strip() and not head and not above:
            head, lines = lines, ""
    return head + "".join(above.get(name, f"- {name}\n") for name in names) + lines


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
