"""Files that lie in the landing folder and are not read: which, why, and may one hold opt-outs."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from winback.landing.suspicious import LEAVING, looks_like

# what holds no text, or text for programs: nobody's "no" stands in it
_NO_TEXT = re.compile(
    r"\.(?:png|jpe?g|gif|svg|webp|bmp|ico|tiff?|heic|mp[34]|mov|avi|woff2?|ttf"
    r"|css|js|ts|py|ipynb|sh|bat|ps1|sql|exe|lnk|url|webloc"
    r"|ya?ml|toml|ini|cfg|conf|lock|md5|sha1|sha256|sig|asc)$"
)
# what people write and no tool writes lists into; every other kind may hold somebody's "no"
_DOCUMENTS = re.compile(r"\.(?:pdf|md|markdown|rst|html?|docx?|odt|rtf|pptx?|odp|eml|msg|ics|log)$")
# what programs write beside a delivery: which files it has, and their columns
_MANIFESTS = re.compile(r"_success|(?:manifest|schema|datapackage)\.(?:json|xml)")
_DOCUMENT_NAMES = ("readme", "read_me", "read.me", "license", "licence", "changelog", "lisezmoi")
# folders with copies of files that somebody has deleted or replaced
_OF_PROGRAMS = (".trash", ".git", ".stversions", ".ipynb_checkpoints", ".dropbox", ".snapshot")


@dataclass(frozen=True)
class Unread:
    """One row of `raw.landing_unread`.

    Attributes:
        source_system: folder below the landing folder; None for a file beside these folders.
        source_relation: the account; None where there is none.
        source_file: path relative to the landing folder.
        problem: a sentence, without a value of the file.
        may_hold_opt_outs: whether somebody's "no" may stand in it.
        path: the file on disk (the archive, for a member).
        member: name inside the archive; None for a loose file.
    """

    source_system: str | None
    source_relation: str | None
    source_file: str
    problem: str
    may_hold_opt_outs: bool
    path: Path | None = None
    member: str | None = None


def may_hold_lists(name: str) -> bool:
    """Tell by a file's name whether it may be a list of any kind: all but what surely is none."""
    base = name.rsplit("/", 1)[-1].lower()
    if _NO_TEXT.search(base) or _MANIFESTS.fullmatch(base):
        return False
    is_document = _DOCUMENTS.search(base) or base.startswith(_DOCUMENT_NAMES)
    return not is_document or says_leave(name)


def says_leave(name: str) -> bool:
    """Tell whether a file's name, or that of a folder it lies in, says that people left."""
    return any(looks_like(part) in LEAVING for part in name.split("/"))


def files_below(folder: Path, are_all: bool = False) -> Iterator[Path]:
    """Yield the files below a folder that no system reads; links to folders are not followed.

    Args:
        folder: the folder; a file yields itself.
        are_all: whether to yield what computers leave behind, too.
    """
    try:
        entries = sorted(folder.iterdir())
    except OSError:
        yield folder
        return
    for entry in entries:
        if is_ignored(entry.name) and not are_all:
            continue
        if entry.is_dir() and not entry.is_symlink():
            yield from files_below(entry, are_all)
        else:
            yield entry


def is_ignored(name: str) -> bool:
    """Tell whether a file is what computers leave behind: hidden, a lock, a thumbnail."""
    return name.startswith((".", "~$")) or name in ("__MACOSX", "Thumbs.db", "desktop.ini")


def unhidden(below: str) -> str | None:
    """The path of a hidden file without the dots that hide it; None for what computers leave
    behind: `._` is a file of attributes, `~$` a lock."""
    if any(part.lower().startswith(_OF_PROGRAMS) for part in below.split("/")):
        return None
    parts = [part.removeprefix(".") for part in below.split("/")]
    if any(is_ignored(part) or part.startswith("_") for part in parts):
        return None
    return "/".join(parts)
