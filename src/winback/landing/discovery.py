"""What the landing folder holds: its files, and what is to be told of the others."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from winback.landing.catalog import Table
from winback.landing.unread import Unread


@dataclass(frozen=True)
class LandingFile:
    """A file, or a member of a zip archive, in the landing folder.

    Attributes:
        source_file: path relative to the landing folder, `/` between parts.
        path: the file on disk (the archive, for a member).
        member: name inside the archive; None for a loose file.
        system: folder below the landing folder.
        account: folder below the system, `main` when there is none.
        extension: key of `EXTENSIONS`, empty for a damaged archive.
        table: the table it belongs to; None when nothing declares it.
        size: bytes (of the member, unpacked).
        modified: modification time in microseconds since 1970 (of the archive).
        problem: why it cannot even be opened.
    """

    source_file: str
    path: Path
    member: str | None
    system: str
    account: str
    extension: str
    table: Table | None
    size: int
    modified: int
    problem: str | None = None


@dataclass
class Discovery:
    """What the landing folder holds.

    Attributes:
        files: in load order, those that cannot be opened included.
        unrecognised: files that no table of their system declares.
        notes: remarks on what was passed over.
        archives: `source_file` of each zip archive -> those of all its members.
        unread: what is in neither of these lists to be read, with the reason.
    """

    files: list[LandingFile] = field(default_factory=list)
    unrecognised: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    archives: dict[str, set[str]] = field(default_factory=dict)
    unread: list[Unread] = field(default_factory=list)

    @property
    def present(self) -> set[str]:
        """Every file and every member that is there, whatever becomes of it."""
        return {
            *(file.source_file for file in self.files),
            *self.unrecognised,
            *(member for members in self.archives.values() for member in members),
        }
