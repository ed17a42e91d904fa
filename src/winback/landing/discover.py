"""Which files the landing folder holds and which table each belongs to."""

from __future__ import annotations

import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path

from winback.errors import UserError
from winback.landing.catalog import Catalog, Table

EXTENSIONS = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "tsv",
    ".tsv.gz": "tsv",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".parquet": "parquet",
}
DEFAULT_ACCOUNT = "main"


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
    """Files in load order, and remarks on what was passed over."""

    files: list[LandingFile]
    unrecognised: list[str]
    notes: list[str]


def discover(landing: Path, catalog: Catalog, systems: list[str]) -> Discovery:
    """List the files of these systems, sorted by path.

    Raises:
        UserError: the landing folder does not exist.
    """
    if not landing.is_dir():
        raise UserError(
            f"landing folder {landing} does not exist: "
            "give --landing, or set WINBACK_LANDING, to the folder of exports"
        )
    found = Discovery([], [], [])
    for folder in sorted(landing.iterdir()):
        if folder.is_dir() and not _ignored(folder.name) and folder.name not in catalog.systems:
            known = ", ".join(catalog.systems)
            found.notes.append(f"{folder.name}/ is not the folder of a known system ({known})")
    for system in systems:
        root = landing / system
        if not root.is_dir():
            continue
        patterns = _patterns(catalog.systems[system])
        for path in root.rglob("*"):
            parts = path.relative_to(root).parts
            if any(_ignored(part) for part in parts) or not path.is_file():
                continue
            account = parts[0] if len(parts) > 1 else DEFAULT_ACCOUNT
            below = parts[1:] if len(parts) > 1 else parts
            for file in _files(path, system, account, "/".join(below), landing, patterns):
                if file.table is None and file.problem is None:
                    found.unrecognised.append(file.source_file)
                else:
                    found.files.append(file)
    found.files.sort(key=lambda file: file.source_file)
    found.unrecognised.sort()
    return found


def split_extension(name: str) -> tuple[str, str]:
    """Split a file name into stem and known extension (empty when it is not one)."""
    lower = name.lower()
    for extension in sorted(EXTENSIONS, key=len, reverse=True):
        if lower.endswith(extension):
            return name[: -len(extension)], extension
    return name, ""


def match(below: str, patterns: list[tuple[str, Table]]) -> Table | None:
    """Return the table that declares the file `below` an account folder; longest pattern first."""
    stem = split_extension(below)[0].lower()
    base = stem.rsplit("/", 1)[-1]
    for pattern, table in patterns:
        if "/" in pattern:
            if fnmatchcase(stem, pattern) or fnmatchcase(stem, f"*/{pattern}"):
                return table
        elif fnmatchcase(base, pattern):
            return table
    return None


def _patterns(tables: tuple[Table, ...]) -> list[tuple[str, Table]]:
    pairs = [(pattern.lower(), table) for table in tables for pattern in table.layout.files]
    return sorted(pairs, key=lambda pair: -len(pair[0]))


def _ignored(name: str) -> bool:
    return name.startswith((".", "~$")) or name in ("__MACOSX", "Thumbs.db", "desktop.ini")


def _files(
    path: Path,
    system: str,
    account: str,
    below: str,
    landing: Path,
    patterns: list[tuple[str, Table]],
) -> Iterator[LandingFile]:
    stat = path.stat()
    source_file = path.relative_to(landing).as_posix()
    modified = stat.st_mtime_ns // 1000
    if path.suffix.lower() != ".zip":
        extension = split_extension(path.name)[1]
        table = match(below, patterns) if extension else None
        yield LandingFile(
            source_file, path, None, system, account, extension, table, stat.st_size, modified
        )
        return
    try:
        with zipfile.ZipFile(path) as archive:
            members = archive.infolist()
    except (zipfile.BadZipFile, OSError):
        yield LandingFile(
            source_file, path, None, system, account, "", None, stat.st_size, modified,
            problem="the zip archive is damaged or incomplete: export or copy it again",
        )  # fmt: skip
        return
    for member in members:
        parts = member.filename.split("/")
        if member.is_dir() or any(_ignored(part) for part in parts if part):
            continue
        extension = split_extension(parts[-1])[1]
        yield LandingFile(
            f"{source_file}/{member.filename}",
            path,
            member.filename,
            system,
            account,
            extension,
            match(f"{below}/{member.filename}", patterns) if extension else None,
            member.file_size,
            modified,
            problem="the zip archive asks for a password: unpack it first"
            if member.flag_bits & 1
            else None,
        )
