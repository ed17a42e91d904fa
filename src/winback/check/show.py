"""The report of a check: as a person reads it, and as JSON."""

from __future__ import annotations

import json
from dataclasses import asdict

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

from winback.check.findings import FileFinding, Findings
from winback.landing.summary import LOOK

SHOWN = 12


def as_json(findings: Findings) -> str:
    """Return all findings; docs/bring_your_own_exports.md lists the keys."""
    found = asdict(findings)
    found["ok"] = findings.ok
    for entry, finding in zip(found["files"], findings.files, strict=True):
        entry["reasons"] = [_counted(*item) for item in finding.reasons]
        entry["in_part"] = [_counted(*item) for item in finding.in_part]
        entry["suspicious"] = [
            {"header": header, "looks_like": kind} for header, kind in finding.suspicious
        ]
        for column, known in zip(entry["columns"], finding.columns, strict=True):
            column["parse_rate"] = known.parse_rate
    found["unread"] = [
        {"file": file, "problem": problem, "may_hold_opt_outs": may_hold}
        for file, problem, may_hold in findings.unread
    ]
    found["held"] = [{"file": file, "what": what} for file, what in findings.held]
    return json.dumps(found, indent=2, ensure_ascii=False)


def _counted(reason: str, lines: int) -> dict[str, object]:
    return {"reason": reason, "lines": lines}


def print_report(findings: Findings, console: Console) -> None:
    """Print what lies there, what is wrong, what is missing, and the verdict. Never a value."""
    if findings.files:
        _files(findings.files, console)
    else:
        console.print("No file that a table declares lies in the landing folder.")
    read = [finding for finding in findings.files if finding.status == "read"]
    for finding in read:
        if finding.remark:
            style = "bold red" if LOOK in finding.remark else "yellow"
            _say(console, style, "note", f"{finding.file}: {finding.remark}")
    for finding in read:
        for reason, lines in finding.reasons[:SHOWN]:
            word = "line is" if lines == 1 else "lines are"
            _say(console, "yellow", "left out", f"{finding.file}: {lines:,} {word}: {reason}")
        for reason, lines in finding.in_part[:SHOWN]:
            word = "line is" if lines == 1 else "lines are"
            _say(
                console, "yellow", "in part",
                f"{finding.file}: {lines:,} {word} used without a value: {reason}",
            )  # fmt: skip
    _columns(read, console)
    for finding in read:
        if finding.ids_without_contact:
            _say(
                console, "yellow", "ids",
                f"{finding.file}: {finding.ids_without_contact:,} of {finding.ids:,} lines"
                f" ({finding.ids_without_contact / (finding.ids or 1):.1%}) have an id that is in"
                " no list of contacts of the same account",
            )  # fmt: skip
    for note in findings.notes:
        _say(console, "yellow", "note", note)
    if findings.missing:
        table = Table(title="Not told by any file", title_justify="left", box=SIMPLE_HEAD)
        table.add_column("missing", overflow="fold")
        table.add_column("so", overflow="fold")
        for missing in findings.missing:
            table.add_row(missing.what, missing.without_it)
        console.print(table)
    for file, problem, may_hold in findings.unread:
        if not may_hold:
            _say(console, "yellow", "not read", f"{file}: {problem}")
    for problem in findings.problems:
        _say(console, "bold red", "wrong", problem)
    sampled = [finding.file for finding in findings.files if finding.sampled_bytes]
    if sampled:
        _say(
            console, "dim", "sampled",
            "only the beginning was read of " + ", ".join(sampled) + ": their figures are of that",
        )  # fmt: skip
    if findings.ok:
        console.print("Nothing would be refused or held back. Nothing was changed.")
    else:
        count = len(findings.problems)
        console.print(
            f"{count} {'thing is' if count == 1 else 'things are'} wrong. Nothing was changed."
        )


def _files(files: list[FileFinding], console: Console) -> None:
    table = Table(title="Landing folder", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
    for heading in ("file", "is taken for"):
        table.add_column(heading, overflow="fold")
    for heading in ("lines", "left out"):
        table.add_column(heading, justify="right")
    table.add_column("from - to", overflow="fold")
    for finding in files:
        if finding.status == "refused":
            kind = Text(f"{finding.taken_for or 'nothing'}: refused", style="red")
        else:
            known = f"{len(finding.columns)} columns known"
            if finding.unused:
                known += f", {len(finding.unused)} kept in extra"
            written = f"; {finding.delimiter} between" if finding.delimiter else ""
            if finding.encoding and finding.encoding != "utf-8":
                written += f", {finding.encoding}"
            kind = Text(f"{finding.taken_for}: {finding.because}; {known}{written}")
        out = finding.unreadable + finding.rejected
        span = ""
        if finding.first_at and finding.last_at:
            span = f"{finding.first_at[:10]} - {finding.last_at[:10]}"
        table.add_row(
            Text(finding.file), kind, f"{finding.lines:,}",
            Text(f"{out:,}", style="yellow" if out else ""), span,
        )  # fmt: skip
    console.print(table)


def _columns(read: list[FileFinding], console: Console) -> None:
    """The columns of which not everything could be read."""
    rows = [
        (finding.file, column)
        for finding in read
        for column in finding.columns
        if column.unread and column.parse_rate is not None
    ]
    if not rows:
        return
    table = Table(title="Columns not read in full", title_justify="left", box=SIMPLE_HEAD)
    table.add_column("file", overflow="fold")
    table.add_column("column", overflow="fold")
    table.add_column("filled", justify="right")
    table.add_column("read", justify="right")
    for file, column in rows:
        table.add_row(
            Text(file), Text(column.header), f"{column.filled:,}", f"{column.parse_rate:.1%}"
        )
    console.print(table)


def _say(console: Console, style: str, lead: str, text: str) -> None:
    console.print(Text.assemble((lead, style), " ", text), soft_wrap=True)
