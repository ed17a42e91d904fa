"""Names of files: what they end in, which table they belong to, how they may be shown."""

from __future__ import annotations

import os
import re
from fnmatch import fnmatchcase

from winback.landing.catalog import Table
from winback.landing.mapping import AccountMapping

EXTENSIONS = {
    ".csv": "csv",
    ".csv.gz": "csv",
    ".tsv": "tsv",
    ".tsv.gz": "tsv",
    ".txt": "csv",
    ".txt.gz": "csv",
    ".jsonl": "jsonl",
    ".jsonl.gz": "jsonl",
    ".ndjson": "jsonl",
    ".ndjson.gz": "jsonl",
    ".parquet": "parquet",
    ".xlsx": "workbook",
    ".xlsm": "workbook",
    ".xls": "old workbook",
    ".xlsb": "old workbook",
    ".ods": "old workbook",
}
_PACKED = re.compile(r"[.](zip|7z|rar|tar|tar[.]gz|tgz|gz|bz2|xz|zst|lz4)$")
_PERHAPS_MAPPING = re.compile(r"_?mappings?([.]ya?ml)?([.]txt)?")
_OBEYED = re.compile("[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ufeff]")


def printable(name: str) -> str:
    """A name of the file system as text that can be shown: bytes that are not UTF-8, line breaks,
    terminal codes and marks that turn the direction of writing become backslash codes."""
    shown = os.fsencode(name).decode("utf-8", "backslashreplace")
    return escaped(shown)


def escaped(text: str) -> str:
    """A text with what a terminal would obey written as backslash codes."""
    return _OBEYED.sub(lambda found: found[0].encode("unicode_escape").decode("ascii"), text)


def split_extension(name: str) -> tuple[str, str]:
    """Split a file name into stem and known extension (empty when it is not one)."""
    lower = name.lower()
    for extension in sorted(EXTENSIONS, key=len, reverse=True):
        if lower.endswith(extension):
            return name[: -len(extension)], extension
    return name, ""


def packed_problem(source_file: str) -> str | None:
    """Say of a file that nobody declares that it is packed in a way that is not opened."""
    found = _PACKED.search(source_file.lower())
    if found is None:
        return None
    if found[1] == "zip":
        return "it is a zip archive inside another one: unpack the outer one here"
    return f"archives of the kind {found[1]} are not opened: unpack it here, or pack it as zip"


def perhaps_mapping(base: str) -> str | None:
    """Say of a file that nobody declares that it seems to be meant for a mapping."""
    if _PERHAPS_MAPPING.fullmatch(base.lower()) is None:
        return None
    return "if it says how the files of its folder are read, it has to be called _mapping.yml"


def match(below: str, patterns: list[tuple[str, Table]]) -> Table | None:
    """Return the table that declares the file `below` an account folder; longest pattern first."""
    stem = split_extension(below)[0].lower()
    for pattern, table in patterns:
        if is_like(stem, pattern):
            return table
    return None


def match_mapping(below: str, mapping: AccountMapping) -> Table | None:
    """Return the table that a mapping names for a file; its patterns may have an extension."""
    called = forms(below)
    for pattern, table in mapping.entries:
        if any(is_like(form, pattern) for form in called):
            mapping.used.add(pattern)
            return table
    return None


def is_like(path: str, pattern: str) -> bool:
    """Tell whether a path below an account's folder fits a pattern, both in lower case; one
    without `/` is about the file's own name."""
    if "/" in pattern:
        return fnmatchcase(path, pattern) or fnmatchcase(path, f"*/{pattern}")
    return fnmatchcase(path.rsplit("/", 1)[-1], pattern)


def forms(below: str) -> tuple[str, str]:
    """A path with and without its extension."""
    return below.lower(), split_extension(below)[0].lower()


def patterns(tables: tuple[Table, ...]) -> list[tuple[str, Table]]:
    """Return each pattern of these tables with its table, the longest pattern first."""
    pairs = [(pattern.lower(), table) for table in tables for pattern in table.layout.files]
    return sorted(pairs, key=lambda pair: -len(pair[0]))
