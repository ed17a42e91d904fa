"""What a check found, as data: what `--json` prints and what the report is made from."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass
class ColumnFinding:
    """A declared column of a file.

    Attributes:
        column: its name in the raw table.
        header: the header it was found by.
        filled: lines that hold something there.
        unread: of these, lines whose value could not be read as what the layout says.
    """

    column: str
    header: str
    filled: int = 0
    unread: int = 0

    @property
    def parse_rate(self) -> float | None:
        """Share of the filled values that could be read; None when none is filled."""
        return 1 - min(self.unread, self.filled) / self.filled if self.filled else None


@dataclass
class FileFinding:
    """A file of the landing folder.

    Attributes:
        file: path below the landing folder.
        status: `read`, or `refused`.
        taken_for: `<system>__<table>`; None when nothing could tell.
        because: which pattern its name fits, or why it was refused.
        delimiter: between the values of a text file; None for others.
        encoding: in which it was read; None for others.
        lines: records.
        unreadable: lines that are not well-formed.
        rejected: lines that are, and hold a value that cannot be used.
        reasons: (reason, lines) of both, most frequent first.
        in_part: (reason, lines) of lines that are used without a value that could not be read.
        first_at: time of the first event, order or session, UTC, ISO 8601; None without such.
        last_at: of the last.
        columns: declared columns that it has.
        unused: headers that no layout declares, kept in `extra`.
        suspicious: of these, header and what it looks like.
        remark: what the loader told of it.
        ids: lines with an id of a person; None where the table has none.
        ids_without_contact: of these, lines whose id is in no list of contacts.
        sampled_bytes: how much of a large file was read; None for all of it.
    """

    file: str
    status: str
    taken_for: str | None
    because: str
    delimiter: str | None = None
    encoding: str | None = None
    lines: int = 0
    unreadable: int = 0
    rejected: int = 0
    reasons: list[tuple[str, int]] = field(default_factory=list)
    in_part: list[tuple[str, int]] = field(default_factory=list)
    first_at: str | None = None
    last_at: str | None = None
    columns: list[ColumnFinding] = field(default_factory=list)
    unused: list[str] = field(default_factory=list)
    suspicious: list[tuple[str, str]] = field(default_factory=list)
    remark: str | None = None
    ids: int | None = None
    ids_without_contact: int | None = None
    sampled_bytes: int | None = None

    @property
    def bad_share(self) -> float:
        """Share of its lines that are left out."""
        return (self.unreadable + self.rejected) / self.lines if self.lines else 0.0


@dataclass
class Missing:
    """Something that no file tells.

    Attributes:
        what: what is missing.
        without_it: which feature does not work, or works less well.
    """

    what: str
    without_it: str


@dataclass
class Findings:
    """All that a check found.

    Attributes:
        landing: the landing folder.
        files: every file that a table declares, in the order of loading.
        unread: (file, problem, may_hold_opt_outs) of files that would not be read.
        notes: remarks on the folder.
        missing: what no file tells.
        held: (file, lines of it that would hold activation back), in words.
        problems: what would be refused, held back or stopped, a sentence each.
        seconds: how long the check took.
    """

    landing: str
    files: list[FileFinding] = field(default_factory=list)
    unread: list[tuple[str, str, bool]] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    missing: list[Missing] = field(default_factory=list)
    held: list[tuple[str, str]] = field(default_factory=list)
    problems: list[str] = field(default_factory=list)
    seconds: float = 0.0

    @property
    def ok(self) -> bool:
        """Whether nothing would be refused, held back or stopped."""
        return not self.problems
