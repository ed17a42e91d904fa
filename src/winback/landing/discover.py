"""Which files the landing folder holds and which table each belongs to."""

from __future__ import annotations

import os
import re
import zipfile
from collections import Counter
from pathlib import Path

from winback.errors import UserError
from winback.landing.archives import ARCHIVE_ERRORS, DAMAGED_ARCHIVE, OUTSIDE
from winback.landing.catalog import Catalog
from winback.landing.discovery import Discovery, LandingFile
from winback.landing.limits import Limits, TooMuch
from winback.landing.mapping import NAMES as MAPPING_NAMES
from winback.landing.mapping import AccountMapping, read_mapping
from winback.landing.names import (
    forms,
    is_like,
    match,
    match_mapping,
    packed_problem,
    patterns,
    perhaps_mapping,
    printable,
    split_extension,
)
from winback.landing.unread import (
    Unread,
    files_below,
    is_ignored,
    may_hold_lists,
    says_leave,
    unhidden,
)

DEFAULT_ACCOUNT = "main"
BESIDE_THE_FOLDERS = (
    "it lies where folders of systems are expected: put it into <system>/<account>/"
)
NO_FILE = "it is a pipe, a socket or a device and no file: put the export itself here"
BROKEN_MAPPING = "the _mapping.yml of its folder has mistakes, see there: mend it first"
TWO_MAPPINGS = "there is a _mapping.yml and a _mapping.yaml in this folder: keep one"
HIDDEN = (
    "a file or folder whose name begins with a dot is not read: take the dot off its name if it is"
    " an export, else move it away"
)
MAX_DEPTH = 50


def discover(
    landing: Path,
    catalog: Catalog,
    systems: list[str],
    usual: list[str] | None = None,
    limits: Limits | None = None,
) -> Discovery:
    """List the files of these systems, sorted by path.

    Args:
        landing: the landing folder.
        catalog: what is declared.
        systems: the systems to read.
        usual: the systems that the project reads; None for `systems`.
        limits: what an archive may hold; None for what is shipped.

    Raises:
        UserError: the landing folder does not exist or cannot be read.
    """
    if not landing.is_dir():
        raise UserError(
            f"landing folder {landing} does not exist: "
            "give --landing, or set WINBACK_LANDING, to the folder of exports"
        )
    found = Discovery()
    declared = systems if usual is None else usual
    try:
        entries = sorted(landing.iterdir())
    except OSError as error:
        raise UserError(f"landing folder {landing} cannot be read: {error.strerror}") from None
    for entry in entries:
        name = printable(entry.name)
        if is_ignored(entry.name):
            continue
        if not entry.is_dir():
            found.notes.append(
                f"{name} lies where folders of systems are expected: nothing was read from it;"
                " put files into <system>/<account>/"
            )
            found.unread.append(
                Unread(None, None, name, BESIDE_THE_FOLDERS, may_hold_lists(name), entry)
            )
        elif entry.name not in catalog.systems:
            known = ", ".join(catalog.systems)
            found.notes.append(f"{name}/ is not the folder of a known system ({known})")
            problem = f"{name}/ is not the folder of a system that winback knows ({known})"
            for path in files_below(entry):
                parts = [printable(part) for part in path.relative_to(landing).parts]
                account = parts[1] if len(parts) > 2 else DEFAULT_ACCOUNT
                source_file = "/".join(parts)
                may_hold = may_hold_lists(source_file)
                found.unread.append(Unread(name, account, source_file, problem, may_hold, path))
        elif entry.name not in systems and entry.name not in declared:
            found.notes.append(
                f"{name}/ is not read: var `systems` of dbt_project.yml leaves {name} out"
            )
    for system in systems:
        if (landing / system).is_dir():
            _System(system, landing, catalog, found, limits or Limits()).read()
    found.files.sort(key=lambda file: file.source_file)
    found.unrecognised.sort()
    return found


class _System:
    """The walk through the folder of one system."""

    def __init__(
        self, name: str, landing: Path, catalog: Catalog, found: Discovery, limits: Limits
    ):
        self._name = name
        self._limits = limits
        self._landing = landing
        self._patterns = patterns(catalog.systems[name])
        self._tables = catalog.systems[name]
        self._catalog = catalog
        self._mappings: dict[Path, AccountMapping | None] = {}
        self._ignored = [pattern.lower() for pattern in catalog.ignored.get(name, ())]
        self._not_used = catalog.not_used.get(name, {})
        self._found = found
        self._seen: dict[tuple[int, int], str] = {}

    def read(self) -> None:
        self._folder(self._landing / self._name)
        for mapping in self._mappings.values():
            for pattern in mapping.unused if mapping else ():
                self._found.notes.append(
                    f"{mapping.source_file if mapping else ''}: no file of its folder is named"
                    f" {pattern}"
                )

    def _folder(self, folder: Path) -> None:
        """Take the files below a folder. Links are followed, and each real folder is read once:
        one that holds itself would never end, and one that is there twice would count twice."""
        source = printable(folder.relative_to(self._landing).as_posix())
        if source.count("/") > MAX_DEPTH:
            self._refuse(
                folder, f"folders are nested more than {MAX_DEPTH} deep: move its files up"
            )
            return
        try:
            stat = folder.stat()
            entries = sorted(os.scandir(folder), key=lambda entry: (entry.is_symlink(), entry.name))
        except OSError as error:
            self._refuse(folder, f"the folder cannot be read: {error.strerror or 'input error'}")
            return
        first = self._seen.setdefault((stat.st_dev, stat.st_ino), source)
        if first != source:
            self._found.notes.append(f"{source}/ is the same folder as {first}/: it is read once")
            return
        for entry in entries:
            path = folder / entry.name
            if is_ignored(entry.name):
                if unhidden(entry.name) is not None:
                    for file in filter(Path.is_file, files_below(path, are_all=True)):
                        self._hidden(file, None, self._place(file)[0])
                continue
            try:
                if path.is_dir():
                    self._folder(path)
                elif path.is_file():
                    self._file(path)
                elif path.is_symlink() and not path.exists():
                    self._refuse(path, "the link leads nowhere: restore what it points to")
                else:
                    # a pipe would be waited for without end
                    self._refuse(path, NO_FILE)
            except OSError as error:
                self._refuse(path, f"cannot be read: {error.strerror or 'input error'}")

    def _file(self, path: Path) -> None:
        name = os.fsencode(path.relative_to(self._landing))
        if name.decode("utf-8", "replace") != name.decode("utf-8", "ignore"):
            self._refuse(path, "its name is not UTF-8: rename the file or its folder")
            return
        if path.name in MAPPING_NAMES:
            self._mapping_file(path)
            return
        stat = path.stat()
        if path.suffix.lower() == ".zip":
            self._archive(path, stat)
            return
        extension = split_extension(path.name)[1]
        self._add(path, None, extension, stat.st_size, stat)

    def _mapping_file(self, path: Path) -> None:
        """Say what is wrong with a mapping; what is right is used by the files beside it."""
        if path.parent not in (self._landing / self._name, self._folder_of(path)):
            self._refuse(path, "a mapping lies in the folder of an account, not below it: move it")
            return
        mapping = self._mapping(path.parent)
        if mapping is not None and mapping.problem:
            self._refuse(path, mapping.problem)

    def _mapping(self, folder: Path) -> AccountMapping | None:
        """Return what the `_mapping.yml` of an account's folder says; None without one."""
        if folder not in self._mappings:
            there = [folder / name for name in MAPPING_NAMES if (folder / name).is_file()]
            mapping = None
            if there:
                source = printable(there[0].relative_to(self._landing).as_posix())
                mapping = read_mapping(there[0], source, self._tables)
                if len(there) > 1:
                    mapping.problem, mapping.entries = TWO_MAPPINGS, []
            self._mappings[folder] = mapping
        return self._mappings[folder]

    def _folder_of(self, path: Path) -> Path:
        """Return the folder of the account that a file belongs to."""
        parts = path.relative_to(self._landing / self._name).parts
        return self._landing / self._name / (parts[0] if len(parts) > 1 else "")

    def _archive(self, path: Path, stat: os.stat_result) -> None:
        try:
            with zipfile.ZipFile(path) as archive:
                self._limits.check_archive(archive)
                members = [member for member in archive.infolist() if not member.is_dir()]
        except PermissionError as error:
            self._refuse(path, f"cannot be read: {error.strerror}", stat)
            return
        except TooMuch as error:
            self._refuse(path, f"the zip archive is not opened: {error}", stat)
            return
        except ARCHIVE_ERRORS:
            self._refuse(path, DAMAGED_ARCHIVE, stat)
            return
        source_file = self._source_file(path)
        # Windows tools may write backslashes between folders
        names = [printable(member.filename.replace("\\", "/")) for member in members]
        twice = sorted(name for name, times in Counter(names).items() if times > 1)
        if twice:
            # only the last of them could be read: the lines of the others would be lost unseen
            self._refuse(
                path,
                f"the zip archive holds more than one file named {twice[0]}:"
                " unpack it and give each a name of its own",
                stat,
            )
            return
        self._found.archives[source_file] = {f"{source_file}/{name}" for name in names}
        for member, name in zip(members, names, strict=True):
            parts = name.split("/")
            if any(is_ignored(part) for part in parts if part and part != ".."):
                self._hidden(path, member.filename, name)
                continue
            problem = None
            if ".." in parts or name.startswith("/") or re.match("[A-Za-z]:", name):
                problem = OUTSIDE
            elif member.flag_bits & 1:
                problem = "the zip archive asks for a password: unpack it first"
            self._add(
                path,
                member.filename,
                split_extension(parts[-1])[1],
                member.file_size,
                stat,
                name=name,
                problem=problem,
            )

    def _add(
        self,
        path: Path,
        member: str | None,
        extension: str,
        size: int,
        stat: os.stat_result,
        name: str | None = None,
        problem: str | None = None,
    ) -> None:
        below, account = self._place(path)
        source_file = self._source_file(path)
        if name is not None:
            below, source_file = f"{below}/{name}", f"{source_file}/{name}"
        table = match(below, self._patterns) if extension else None
        mapping = self._mapping(self._folder_of(path)) if extension else None
        if mapping is not None and mapping.problem:
            problem = problem or BROKEN_MAPPING
        elif mapping is not None:
            table = match_mapping(below, mapping) or table
        if table is None and problem is None:
            self._pass_over(path, member, below, account, source_file)
            return
        self._found.files.append(
            LandingFile(
                source_file, path, member, self._name, account, extension, table, size,
                _microseconds(stat), problem,
            )
        )  # fmt: skip

    def _hidden(self, path: Path, member: str | None, below: str) -> None:
        """Tell of a file that is not read only because it, or its folder, is hidden."""
        shown = unhidden(below)
        if shown is None or not split_extension(shown)[1]:
            return
        mapping = self._mapping(self._folder_of(path))
        table = (match_mapping(shown, mapping) if mapping else None) or match(shown, self._patterns)
        is_of_leavers = says_leave(shown) and may_hold_lists(shown)
        if table is None and not is_of_leavers:
            return
        source_file = self._source_file(path) + (f"/{below}" if member else "")
        self._found.notes.append(f"{source_file} lies hidden: {HIDDEN}")
        may_hold = is_of_leavers or (table is not None and table.may_hold_opt_outs)
        self._found.unread.append(
            Unread(self._name, self._place(path)[1], source_file, HIDDEN, may_hold, path, member)
        )

    def _pass_over(
        self, path: Path, member: str | None, below: str, account: str, source_file: str
    ) -> None:
        """List a file that no table declares; what tools bring along is not worth a word, unless
        its name says that people left."""
        base = below.rsplit("/", 1)[-1]
        if not (says_leave(base) and may_hold_lists(base)):
            called = forms(below)
            if any(is_like(form, pattern) for pattern in self._ignored for form in called):
                return
            for pattern, why in self._not_used.items():
                if any(is_like(form, pattern.lower()) for form in called):
                    self._found.notes.append(
                        f"{printable(source_file)} is known and not read: {why}"
                    )
                    return
        self._found.unrecognised.append(source_file)
        problem = (
            packed_problem(source_file)
            or perhaps_mapping(base)
            or (
                f"no table of {self._name} declares a file of this name;"
                f" {self._catalog.nearest(self._name, below)}"
            )
        )
        may_hold = may_hold_lists(source_file)
        self._found.unread.append(
            Unread(self._name, account, source_file, problem, may_hold, path, member)
        )

    def _refuse(self, path: Path, problem: str, stat: os.stat_result | None = None) -> None:
        """List something that cannot be opened, so that the load says so."""
        self._found.files.append(
            LandingFile(
                self._source_file(path),
                path,
                None,
                self._name,
                printable(self._place(path)[1]),
                "",
                None,
                stat.st_size if stat else 0,
                _microseconds(stat) if stat else 0,
                problem,
            )
        )

    def _place(self, path: Path) -> tuple[str, str]:
        """Return the path below the account's folder, and the account."""
        parts = path.relative_to(self._landing / self._name).parts
        parts = tuple(printable(part) for part in parts)
        if len(parts) > 1:
            return "/".join(parts[1:]), parts[0]
        return "/".join(parts), DEFAULT_ACCOUNT

    def _source_file(self, path: Path) -> str:
        """Return how the load calls a file on disk."""
        return printable(path.relative_to(self._landing).as_posix())


def _microseconds(stat: os.stat_result) -> int:
    return stat.st_mtime_ns // 1000
