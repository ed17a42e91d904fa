"""Bytes of files: where an address still is, outside the tables."""

from __future__ import annotations

import gzip
import os
import re
import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import IO, cast

from winback.build import target_folder
from winback.erasure.addresses import spellings

_CHUNK = 4 << 20
_TEXT = (".json", ".log", ".html", ".sql", ".csv", ".txt", ".yml", ".yaml", ".js", ".tsv", ".jsonl")
_ARCHIVES = (".zip", ".xlsx")
_MARK = b"erased"


def needles(words: Iterable[str]) -> list[bytes]:
    """Return the bytes to look for: UTF-8 and UTF-16, and as links spell it; in lower case."""
    found: dict[bytes, None] = {}
    for word in words:
        # letters beyond ASCII have two spellings in bytes
        for spelt in (word, word.upper(), *spellings(word)):
            for encoding in ("utf-8", "utf-16-le", "utf-16-be"):
                found[spelt.encode(encoding).lower()] = None
    return list(found)


def holds(path: Path, sought: Sequence[bytes], *, is_whole: bool = True) -> bool:
    """Tell whether a file holds one of these byte sequences, in capitals or not.

    Args:
        path: the file.
        sought: from `needles`.
        is_whole: not inside a longer address: whoever is called jimbob is not bob.
    """
    if not sought:
        return False
    pattern = _pattern(sought) if is_whole else None
    overlap = max(map(len, sought)) + 8
    return any(_in_stream(stream, sought, pattern, overlap) for stream in _streams(path))


def _streams(path: Path) -> Iterator[IO[bytes]]:
    """The file's bytes, and those that are packed in it."""
    with path.open("rb") as stream:
        yield stream
    try:
        if path.suffix.lower() == ".gz":
            with gzip.open(path) as unpacked:
                yield cast(IO[bytes], unpacked)
        elif path.suffix.lower() in _ARCHIVES:
            with zipfile.ZipFile(path) as archive:
                for member in archive.infolist():
                    if not member.is_dir() and not member.flag_bits & 1:
                        with archive.open(member) as unpacked:
                            yield unpacked
    except (OSError, EOFError, zlib.error, zipfile.BadZipFile, RuntimeError, ValueError):
        return  # damaged: nothing could be read from it either


def _in_stream(
    stream: IO[bytes], sought: Sequence[bytes], pattern: re.Pattern[bytes] | None, overlap: int
) -> bool:
    rest = b""
    while data := stream.read(_CHUNK):
        data = (rest + data).lower()
        # the plain search is many times faster, and mostly finds nothing
        if any(word in data for word in sought) and (pattern is None or pattern.search(data)):
            return True
        rest = data[-overlap:]
    return False


def _pattern(sought: Sequence[bytes]) -> re.Pattern[bytes]:
    words = b"|".join(re.escape(word) for word in sorted(sought, key=len, reverse=True))
    return re.compile(
        rb"(?:(?<![a-z0-9._+-])|(?<=%[0-9a-f]{2})|(?<=%25[0-9a-f]{2})|(?<=\\[nrt]))"
        rb"(?:" + words + rb")(?![a-z0-9-]|\.[a-z0-9])",
        re.IGNORECASE,
    )


def clean_sidecars(project: Path, database: Path, sought: Sequence[bytes]) -> list[dict[str, str]]:
    """Take the addresses out of what dbt, the gates and DuckDB left beside the database.

    Text is overwritten in place; other files are made again by the next run and are removed.

    Returns:
        Per file that held one: its name and what was done.
    """
    logs = project / os.environ.get("DBT_LOG_PATH", "logs")
    folders = [project / "target", target_folder(project), logs]
    folders += [database.with_name(database.name + end) for end in (".tmp", ".landing", ".target")]
    done: dict[Path, str] = {}
    for path in _files(folders):
        if path.resolve() == database.resolve() or path in done:
            continue
        try:
            if not holds(path, sought):
                continue
            if path.suffix.lower() in _TEXT:
                path.write_bytes(_pattern(sought).sub(_MARK, path.read_bytes()))
                done[path] = "still holds it" if holds(path, sought) else "overwritten"
            else:
                path.unlink()
                done[path] = "removed"
        except OSError:
            done[path] = "still holds it"
    return [{"file": path.name, "done": what} for path, what in sorted(done.items())]


def scan_landing(folders: Sequence[Path], sought: Sequence[bytes]) -> list[str]:
    """Return the files that hold an address, by their path below the folder; changes nothing."""
    found = []
    for folder in folders:
        for path in _files([folder]):
            try:
                if holds(path, sought):
                    below = path.relative_to(folder) if folder.is_dir() else path
                    found.append(below.as_posix())
            except OSError:
                continue
    return found


def _files(places: Iterable[Path]) -> Iterator[Path]:
    for place in places:
        if place.is_file():
            yield place
        elif place.is_dir():
            yield from sorted(path for path in place.rglob("*") if path.is_file())
