"""`winback segments …`, `winback preview` and `winback impact`."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer
from rich.console import Console

from winback.errors import UserError, hint
from winback.options import (
    DatabaseOption,
    ProjectOption,
    VarsOption,
    find_database,
    find_project,
    parse_share,
)

if TYPE_CHECKING:
    from winback.segments.compiled import Compiled

app = typer.Typer(
    help="List, check, export and import the segment rules.",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)

_LOG_WIDTH = 160
# what messages call the rules of the project
_RULES = "segments/"
JsonOption = Annotated[bool, typer.Option("--json", help="Print JSON.")]


@app.command(name="list")
def list_command(
    database: DatabaseOption = None, as_json: JsonOption = False, project: ProjectOption = None
) -> None:
    """Print the rules as a tree, with labels, levels and sizes as last built."""
    from winback.segments.listing import list_segments
    from winback.segments.printed import print_list
    from winback.segments.rules import read_project_rules

    folder = find_project(project)
    listed, as_of, problem = list_segments(
        read_project_rules(folder), find_database(database, folder)
    )
    if as_json:
        segments = [asdict(segment) for segment in listed]
        _print_json({"as_of_date": as_of, "segments": segments})
    else:
        print_list(listed, as_of, problem, _console())


@app.command()
def lint(
    file: Annotated[
        Path | None, typer.Option("--file", help="Other rules than those of the project.")
    ] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Warnings count as mistakes.")] = False,
    as_json: JsonOption = False,
    variables: VarsOption = None,
    project: ProjectOption = None,
) -> None:
    """Check the rules, without a database: what does not compile, and what cannot be meant.

    Exit code 0: every rule compiles. 1: one does not.
    """
    from winback.segments.lint import WARNING
    from winback.segments.printed import print_lint
    from winback.segments.rules import read_project_rules

    folder = find_project(project)
    rules, where = read_project_rules(folder), _RULES
    if file is not None:
        rules, where, only = _with_file(folder, rules, file, variables)
    else:
        only = None
    errors, remarks = _check(folder, rules, only, variables)
    if as_json:
        _print_json({"mistakes": errors, "remarks": [asdict(remark) for remark in remarks]})
    else:
        count = len(rules if only is None else only)
        print_lint(where, errors, remarks, count, _console())
    warned = strict and any(remark.kind == WARNING for remark in remarks)
    raise typer.Exit(code=1 if errors or warned else 0)


@app.command()
def export(
    format_: Annotated[str, typer.Option("--format", help="yaml, json or csv.")],
    output: Annotated[
        Path | None, typer.Option("--output", help="File to write. Default: print.")
    ] = None,
    project: ProjectOption = None,
) -> None:
    """Write the rules for another program or a spreadsheet."""
    from winback.segments.exchange import export_rules, write_export
    from winback.segments.rules import read_project_rules

    text = export_rules(read_project_rules(find_project(project)), format_)
    if output is None:
        typer.echo(text, nl=False)
    else:
        write_export(output, text, format_)


@app.command(name="import")
def import_command(
    file: Annotated[Path, typer.Argument(help="Rules as .yml, .yaml, .json or .csv.")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would change.")] = False,
    variables: VarsOption = None,
    project: ProjectOption = None,
) -> None:
    """Replace the rules of the project by those of a file, one file per segment.

    Files of segments whose rule did not change stay as they are.

    Exit code 1: a rule does not compile, and nothing was written.
    """
    from winback.segments.compiled import require_compiled
    from winback.segments.exchange import import_rules
    from winback.segments.generated import compile_project
    from winback.segments.rules import read_rules
    from winback.settings import parse_vars

    folder = find_project(project)
    rules = read_rules(file)
    require_compiled(_compile(folder, rules, variables), file.name)
    for line in import_rules(folder, rules, dry_run):
        typer.echo(line)
    if not dry_run:
        compile_project(folder, parse_vars(variables))


@app.command(name="compile")
def compile_command(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 where a file is not up to date.")
    ] = False,
    variables: VarsOption = None,
    project: ProjectOption = None,
) -> None:
    """Write the rules as SQL: one boolean column per segment, and the models around it.

    `winback run` does it by itself; before dbt alone, and before a commit, this command does.

    Exit code 1: a rule does not compile, or --check found a file that is not up to date.
    """
    from winback.segments.generated import compile_project, stale_files
    from winback.settings import parse_vars

    folder, given = find_project(project), parse_vars(variables)
    if check:
        stale = stale_files(folder, given)
        if stale:
            raise UserError(
                f"not what the rules come to: {', '.join(path.as_posix() for path in stale)};"
                " run `winback segments compile`"
            )
    else:
        written = compile_project(folder, given)
        for path in written:
            typer.echo(f"wrote {path.as_posix()}")
        if not written:
            typer.echo("every file is what the rules come to: nothing to write")


def preview(
    segment: Annotated[
        str | None, typer.Argument(help="Name of a segment, as its rule stands in the file now.")
    ] = None,
    file: Annotated[
        Path | None,
        typer.Option("--file", help="A segment, a list of them or a condition, as YAML or JSON."),
    ] = None,
    as_of: Annotated[
        datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="A date built. Default: the current."),
    ] = None,
    sample: Annotated[int, typer.Option("--sample", min=0, max=1000, help="Contact ids.")] = 5,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
    variables: VarsOption = None,
    project: ProjectOption = None,
) -> None:
    """Show who a rule would give, without building anything: sizes, overlaps, twelve months."""
    from winback.segments.compiled import require_compiled
    from winback.segments.preview import preview_segments, targets_in
    from winback.segments.printed import print_preview
    from winback.segments.rules import fields_of, read_project_rules, read_rules

    if (segment is None) == (file is None):
        raise UserError("give the name of a segment, or --file")
    folder = find_project(project)
    rules = read_project_rules(folder)
    where = _RULES
    if file is not None:
        rules, names = targets_in(read_rules(file), rules, file.name)
        where = f"{file.name} and {where}"
    else:
        names = [str(segment)]
    warehouse = find_database(database, folder)
    compiled = require_compiled(_compile(folder, rules, variables), where)
    if names[0] not in compiled.segments:
        if Path(names[0]).is_file():
            raise UserError(f"{names[0]} is a file: give it by --file")
        near = hint(names[0], compiled.segments)
        raise UserError(f"no segment {names[0]}{near} accepted: {', '.join(compiled.segments)}")
    day = as_of.date() if as_of else None
    read = {rule["name"]: fields_of(rule.get("where") or {}) for rule in rules}
    fields = {name: read[name] for name in names}
    previews = preview_segments(warehouse, compiled, fields, day, sample)
    if as_json:
        _print_json([_with_shares(asdict(found), found) for found in previews])
        return
    for found in previews:
        print_preview(found, _currency(folder, variables), _console())


def impact(
    against: Annotated[str, typer.Option("--against", help="A commit, branch or tag of git.")],
    max_change: Annotated[
        str | None,
        typer.Option("--max-change", help="Exit 1 when more of a segment moves, e.g. 10%."),
    ] = None,
    contacts: Annotated[
        Path | None,
        typer.Option("--contacts", help="CSV to write: segment, contact_id, entered or left."),
    ] = None,
    database: DatabaseOption = None,
    as_json: JsonOption = False,
    variables: VarsOption = None,
    project: ProjectOption = None,
) -> None:
    """Compare the rules of the working tree with those of a commit, on the data that is built.

    Exit code 1: --max-change is exceeded, or a segment could not be compared under it.
    """
    from winback.segments.compiled import require_compiled
    from winback.segments.history import read_commit
    from winback.segments.impact import measure_impact
    from winback.segments.pairing import compile_both
    from winback.segments.printed import print_impact
    from winback.segments.rules import read_project_rules
    from winback.segments.vocabulary import read_vocabulary
    from winback.settings import parse_vars

    limit = None if max_change is None else parse_share("--max-change", max_change)
    folder = find_project(project)
    commit = read_commit(folder, against)
    rules = read_project_rules(folder)
    warehouse = find_database(database, folder)
    vocabulary = read_vocabulary(folder, parse_vars(variables))
    before, old, new, skipped = compile_both(commit.rules, rules, vocabulary)
    require_compiled(new, _RULES)
    found = measure_impact(warehouse, (before, old), (rules, new), skipped, contacts)
    beyond = [] if limit is None else found.beyond(limit)
    named = f"{commit.ref} ({commit.short_id})"
    if as_json:
        changes = [
            asdict(change) | {"growth": change.growth, "is_beyond": change in beyond}
            for change in found.changes
        ]
        _print_json(
            {
                "against": commit.ref,
                "commit": commit.short_id,
                "as_of_date": found.as_of_date,
                "changes": changes,
                "not_compared": found.skipped,
            }
        )
    else:
        print_impact(found, named, _currency(folder, variables), _console())
    problems = [
        f"{change.segment} ({change.moved:,} enter or leave of {change.before:,})"
        for change in beyond
    ]
    if limit is not None:
        problems += [f"{name} (not compared)" for name in found.skipped]
    if problems:
        raise UserError(f"more than --max-change {max_change} in " + ", ".join(problems))


def _compile(folder: Path, rules: Any, variables: str | None) -> Compiled:
    from winback.segments.compiled import compile_rules
    from winback.segments.vocabulary import read_vocabulary
    from winback.settings import parse_vars

    return compile_rules(rules, read_vocabulary(folder, parse_vars(variables)))


def _with_file(
    folder: Path, rules: list[Any], file: Path, variables: str | None
) -> tuple[list[Any], str, list[str] | None]:
    """The rules of a file alone where they are whole, else among those of the project, which they
    may name; what messages call them, and the names of those in the file."""
    from winback.segments.preview import targets_in
    from winback.segments.rules import read_rules

    given = read_rules(file)
    if not _compile(folder, given, variables).errors:
        return given, file.name, None
    merged, names = targets_in(given, rules, file.name)
    return merged, file.name, names


def _check(
    folder: Path, rules: Any, only: list[str] | None, variables: str | None
) -> tuple[list[str], list[Any]]:
    """Mistakes, and remarks when there are none; on some of the segments or on all."""
    from winback.segments.lint import remarks_on

    compiled = _compile(folder, rules, variables)
    if compiled.errors:
        return compiled.errors, []
    remarks = remarks_on(rules, compiled.vocabulary.columns, compiled.fitted)
    return [], [each for each in remarks if only is None or each.segment in only]


def _currency(folder: Path, variables: str | None) -> str:
    from winback.declared import read_vars
    from winback.settings import parse_vars

    return str({**read_vars(folder), **parse_vars(variables)}.get("currency", ""))


def _with_shares(found: dict[str, Any], preview: Any) -> dict[str, Any]:
    """The figures of a preview with the shares that follow from them."""
    sizes = [(found["now"], preview.now), *zip(found["dates"], preview.dates, strict=True)]
    for shown, size in sizes:
        shown["share_of_contacts"] = size.share_of_contacts
        shown["mailable_share"] = size.mailable_share
    return found


def _console() -> Console:
    """Where there is no terminal, as in CI, tables need not fit into 80 columns."""
    console = Console(emoji=False)
    return console if console.is_terminal else Console(width=_LOG_WIDTH, emoji=False)


def _print_json(found: Any) -> None:
    typer.echo(json.dumps(found, indent=2, ensure_ascii=False, default=str))
