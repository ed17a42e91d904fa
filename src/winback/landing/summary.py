"""What a load did, as data and as the table shown at its end."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table
from rich.text import Text

Status = Literal["loaded", "held", "refused"]

LOOK = "LOOK HERE"
"""Begins what is told of a file at every load, read now or held: who may be mailed hangs on it."""


@dataclass(frozen=True)
class FileResult:
    """One file of the landing folder and what became of it.

    Attributes:
        source_file: path relative to the landing folder (`…/a.zip/member.csv` inside an archive).
        source_table: `<system>__<table>` it belongs to.
        status: loaded now, held already, or refused.
        lines: records in the file, header and blank lines apart.
        accepted: of these, the ones now in the raw table.
        rejected: of these, the ones in `raw.rejected_lines`.
        message: why it was refused, or a remark on a loaded file; of a held one only what is told
            at every load; None when all is well.
        delimiter: between the values of a text file that was read now; None for others.
        encoding: in which it was read; None for others.
    """

    source_file: str
    source_table: str
    status: Status
    lines: int = 0
    accepted: int = 0
    rejected: int = 0
    message: str | None = None
    delimiter: str | None = None
    encoding: str | None = None


@dataclass
class LoadSummary:
    """All files of one load.

    Attributes:
        files: one entry per recognised file, in load order.
        unrecognised: files that no table of their system declares.
        notes: remarks on the landing folder as a whole.
        because: `source_file` of each of these -> why it is not read.
    """

    files: list[FileResult] = field(default_factory=list)
    unrecognised: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    because: dict[str, str] = field(default_factory=dict)

    def of(self, status: Status) -> list[FileResult]:
        """Return the files with this status."""
        return [file for file in self.files if file.status == status]

    @property
    def loaded(self) -> list[FileResult]:
        """Files read by this load."""
        return self.of("loaded")

    @property
    def held(self) -> list[FileResult]:
        """Files already held, unchanged."""
        return self.of("held")

    @property
    def refused(self) -> list[FileResult]:
        """Files that could not be read as declared."""
        return self.of("refused")


def show(summary: LoadSummary, console: Console) -> None:
    """Print the table of tables, then every refusal and remark. Never a line's content."""
    per_table: dict[str, list[FileResult]] = {}
    for file in summary.files:
        per_table.setdefault(file.source_table, []).append(file)
    if per_table:
        table = Table(title="Landing", title_justify="left", box=SIMPLE_HEAD, pad_edge=False)
        # a log file has no width: let no figure be cut there
        wide = None if console.is_terminal else 140
        width = max(len(name) for name in per_table)
        table.add_column("table", min_width=min(width, 48), overflow="fold")
        headings = ("files", "new", "held", "refused", "lines", "accepted", "rejected")
        for heading in headings:
            table.add_column(heading, justify="right")
        rows = sorted(per_table.items())
        if len(rows) > 1:
            rows.append(("all", summary.files))
        for name, files in rows:
            if name == "all" and files is summary.files:
                table.add_section()
            new = [file for file in files if file.status == "loaded"]
            refused = sum(file.status == "refused" for file in files)
            rejected = sum(file.rejected for file in new)
            table.add_row(
                name,
                f"{len(files):,}",
                f"{len(new):,}",
                f"{sum(file.status == 'held' for file in files):,}",
                Text(f"{refused:,}", style="red" if refused else ""),
                f"{sum(file.lines for file in new):,}",
                f"{sum(file.accepted for file in new):,}",
                Text(f"{rejected:,}", style="yellow" if rejected else ""),
            )
        console.print(table, width=wide, crop=False)
        console.print("lines, accepted and rejected count the new files", style="dim")
    else:
        console.print("No files found in the landing folder.", highlight=False)

    def say(style: str, lead: str, text: str) -> None:
        console.print(Text.assemble((lead, style), " ", text), soft_wrap=True)

    for file in summary.refused:
        say("bold red", "refused", f"{file.source_file}: {file.message}")
    for file in [*summary.loaded, *summary.held]:
        if file.message:
            style = "bold red" if LOOK in file.message else "yellow"
            say(style, "note", f"{file.source_file}: {file.message}")
    for name in summary.unrecognised:
        say("yellow", "not recognised", f"{name}: {summary.because[name]}")
    for note in summary.notes:
        say("yellow", "note", note)
