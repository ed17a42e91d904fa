"""`winback load`: every file of the landing folder, whole or not at all."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import ExitStack, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import duckdb
from rich.console import Console

from winback.database import open_for_writing
from winback.declared import read_vars
from winback.errors import UserError
from winback.landing import columns, leavers, workbook
from winback.landing.catalog import Catalog, Table, choose_systems
from winback.landing.content import may_hold_opt_outs, set_aside
from winback.landing.decode import (
    Archives,
    Refused,
    hash_member,
    is_interrupt,
    is_out_of_room,
    unpack,
)
from winback.landing.discover import discover
from winback.landing.discovery import Discovery, LandingFile
from winback.landing.erased import RawEraser
from winback.landing.ledger import Entry, Ledger, to_timestamp
from winback.landing.limits import Limits, read_limits
from winback.landing.names import EXTENSIONS, escaped
from winback.landing.parse import (
    Target,
)
from winback.landing.progress import Progress
from winback.landing.read import FileReader
from winback.landing.recover import Accounts
from winback.landing.sources import read_catalog
from winback.landing.summary import LOOK, FileResult, LoadSummary, show
from winback.landing.unread import Unread
from winback.landing.workfolder import WorkFolder

NOT_REACHED = "the load was stopped before this file was read: run `winback load` again"


def load(
    landing: Path,
    database: Path,
    project: Path,
    systems: Sequence[str] | None = None,
    console: Console | None = None,
    variables: Mapping[str, Any] | None = None,
) -> LoadSummary:
    """Read new and changed files of the landing folder into schema `raw`.

    Empty tables are made for all declared tables of all systems; files are read of `systems` only.
    Each file is one transaction with its ledger row, in the order of their paths.

    Args:
        landing: folder with `<system>/<account>/<file>`.
        database: DuckDB file, made when absent.
        project: folder of `dbt_project.yml`.
        systems: systems to read; None for var `systems`.
        console: where progress and the summary go; None for silence.
        variables: dbt vars that differ from those of `dbt_project.yml`.

    Raises:
        UserError: the landing folder, the sources YAML or the database cannot be used.
    """
    console = console or Console(quiet=True)
    catalog = read_catalog(project)
    if not catalog.systems:
        raise UserError(
            f"no models/staging/*/_*__sources.yml in {project}: nothing says what to read"
        )
    chosen = choose_systems(list(systems) if systems is not None else None, catalog, project)
    usual = choose_systems(None, catalog, project)
    settings = {**read_vars(project), **(variables or {})}
    held_to = read_limits(settings)
    found = discover(landing, catalog, chosen, usual, held_to)
    set_aside(found, catalog)
    summary = LoadSummary(
        unrecognised=found.unrecognised,
        notes=found.notes,
        because={row.source_file: row.problem for row in found.unread},
    )
    connection = open_for_writing(database, is_logged=False)
    try:
        with (
            WorkFolder(database) as folder,
            Progress(console, found.files) as progress,
            ExitStack() as closing,
        ):
            loader = Loader(connection, catalog, folder, progress, settings, held_to)
            closing.callback(loader.close)
            others = [system for system in usual if system not in chosen]
            loader.note_unread(found, summary, others)
            loader.keep()
            for file in found.files:
                progress.start(file)
                result = loader.take(file)
                loader.keep()
                summary.files.append(result)
                progress.finish(file, result)
            loader.tidy(found, chosen, summary)
            loader.note_unread(found, summary, others)
    except Exception as error:
        if is_interrupt(error):
            raise KeyboardInterrupt from None
        if not is_out_of_room(error):
            raise
        raise UserError(
            f"memory or disk ran out while loading into {database}: {str(error).splitlines()[0]}"
            " (files loaded so far are kept; free memory or disk space and run again)"
        ) from None
    finally:
        connection.close()
    show(summary, console)
    return summary


class Loader:
    """Takes one landing file after the other."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        catalog: Catalog,
        folder: Path,
        progress: Progress,
        variables: Mapping[str, Any],
        limits: Limits | None = None,
    ) -> None:
        """Make the tables of the catalog that are missing and read the ledger."""
        self._connection = connection
        self._catalog = catalog
        self._limits = limits or Limits()
        self._archives = Archives()
        self._folder = folder
        self._progress = progress
        self._ledger = Ledger(connection)
        self._ledger.prepare(catalog)
        self._entries = self._ledger.entries()
        self._started_at = self._ledger.next_time()
        self._eraser = RawEraser(connection, catalog, variables)
        self._written: tuple[str | None, str | None] = (None, None)

    def take(self, file: LandingFile) -> FileResult:
        """Load a file, or find that it is held, or refuse it."""
        former = self._entries.get(file.source_file)
        entry = Entry(
            source_system=file.system,
            source_table=file.table.identifier if file.table else None,
            source_relation=file.account,
            source_file=file.source_file,
            size_bytes=file.size,
            modified_at=to_timestamp(file.modified),
            content_hash=None,
            physical_lines=0,
            lines=0,
            accepted_lines=0,
            rejected_lines=0,
            status="refused",
            message=None,
            loaded_at=self._ledger.next_time(),
            layout_hash=None,
            load_started_at=self._started_at,
        )
        label = entry.source_table or file.system
        try:
            if file.problem or file.table is None:
                raise Refused(file.problem or "no table declares it")
            if former is not None and self._is_held(file, entry, former):
                _, mark, told = (former.message or "").partition(LOOK)
                return FileResult(
                    file.source_file, label, "held",
                    former.lines, former.accepted_lines, former.rejected_lines,
                    f"{mark}{told}" or None,
                )  # fmt: skip
            self._written = (None, None)
            with tempfile.TemporaryDirectory(dir=self._folder) as folder:
                entry = self._load(file, entry, former, Path(folder))
        except Exception as problem:
            is_expected = isinstance(problem, (Refused, OSError))
            is_traced = not is_expected and os.environ.get("WINBACK_TRACEBACK")
            if is_out_of_room(problem) or is_interrupt(problem) or is_traced:
                raise
            message = "\n".join(map(escaped, _sentence(problem).split("\n")))
            if isinstance(problem, Refused) and file.table is not None and file.table.conversion:
                message += " (read as the _mapping.yml of its folder says)"
            self._ledger.refuse(replace(entry, message=message), former)
            return FileResult(file.source_file, label, "refused", message=message)
        return FileResult(
            file.source_file, label, "loaded",
            entry.lines, entry.accepted_lines, entry.rejected_lines, entry.message, *self._written,
        )  # fmt: skip

    def keep(self) -> None:
        """Write to disk what is committed: the connection writes no log ahead."""
        self._connection.execute("checkpoint")

    def close(self) -> None:
        """Let go of the archive that was read last."""
        self._archives.close()

    def note_unread(
        self, found: Discovery, summary: LoadSummary, other_systems: Sequence[str]
    ) -> None:
        """Write `raw.landing_unread`: before the first file is taken, for the case that the load
        is stopped, all that is not held; at the end what was refused."""
        taken = {result.source_file: result for result in summary.files}
        rows = list(found.unread)
        for file in found.files:
            result = taken.get(file.source_file)
            if result is not None:
                problem = result.message if result.status == "refused" else None
            else:
                problem = None if self._seems_held(file) else file.problem or NOT_REACHED
            if problem is None:
                rows += self._partly_read(file)
                continue
            may_hold = may_hold_opt_outs(file, self._catalog, was_read=result is not None)
            rows.append(Unread(file.system, file.account, file.source_file, problem, may_hold))
        self._ledger.write_unread(rows, other_systems)

    def _partly_read(self, file: LandingFile) -> list[Unread]:
        entry = self._entries.get(file.source_file)
        problem = workbook.partly_read(entry.message if entry else None)
        if problem is None:
            return []
        return [Unread(file.system, file.account, file.source_file, problem, True)]

    def _seems_held(self, file: LandingFile) -> bool:
        former = self._entries.get(file.source_file)
        if former is None or file.table is None or former.status != "loaded":
            return False
        stat = (file.size, to_timestamp(file.modified), file.table.fingerprint)
        return (former.size_bytes, former.modified_at, former.layout_hash) == stat

    def tidy(self, found: Discovery, systems: Sequence[str], summary: LoadSummary) -> None:
        """Bring the ledger in line with what is no longer in the folder."""
        refused = {file.source_file for file in summary.refused}
        read = {name for name, members in found.archives.items() if not members & refused}
        self._ledger.tidy(systems, found.present, read)
        self._connection.execute("begin")
        self._eraser.clean_ids()
        self._connection.execute("commit")

    def _is_held(self, file: LandingFile, entry: Entry, former: Entry) -> bool:
        table = file.table
        if table is None or former.layout_hash != table.fingerprint:
            return False
        if self._seems_held(file):
            return True
        # what was told of a file whose newer version was refused is gone: it is read again
        if former.status != "loaded" or former.size_bytes != entry.size_bytes:
            return False
        if hash_member(file, self._archives, lambda _: None) != former.content_hash:
            return False
        self._ledger.hold(replace(former, modified_at=entry.modified_at))
        return True

    def _load(self, file: LandingFile, entry: Entry, former: Entry | None, folder: Path) -> Entry:
        if file.table is None:
            raise Refused("no table declares it")
        target = Target(file.table, file.account, file.source_file, entry.loaded_at)
        path, packed_digest = unpack(file, folder, self._archives, self._limits)
        replaced = self._replaced(former)
        self._begin(target, former)
        try:
            form = EXTENSIONS[file.extension]
            if form == "old workbook":
                raise Refused(f"a workbook of this kind is not read: {workbook.SAVE_AS}")
            if form == "csv" and file.table.layout.format in ("jsonl", "tsv"):
                form = file.table.layout.format
            reader = FileReader(
                self._connection, self._progress, lambda: self._begin_anew(target, former)
            )
            accounts, digest = reader.read(target, path, folder, form)
            self._written = (reader.delimiter, reader.encoding)
            if file.member is None:
                self._check_unchanged(file)
            told = columns.tell(target)
            self._note_meaning(file.table, file.source_file)
            gone = self._eraser.clean(file.table, file.source_file)
            if gone or accounts.rejected:
                self._eraser.clean_rejected(file.source_file)
            self._ledger.write_columns(target)
            lines = accounts.accepted + accounts.rejected
            loaded = replace(
                entry,
                content_hash=digest if packed_digest is None or file.member else packed_digest,
                physical_lines=None if form == "parquet" else accounts.physical,
                lines=lines,
                accepted_lines=accounts.accepted - gone,
                rejected_lines=accounts.rejected + gone,
                status="loaded",
                message=_joined(self._remark(target, accounts), told, _left_out(gone)),
                layout_hash=file.table.fingerprint,
            )
            if replaced is not None:
                replaced.settle()
            self._ledger.write(loaded)
            self._connection.execute("commit")
        except BaseException:
            self._roll_back()
            raise
        self._entries[file.source_file] = loaded
        return loaded

    def _replaced(self, former: Entry | None) -> leavers.Replaced | None:
        if former is None or not former.is_held or former.source_table is None:
            return None
        leavers.record(self._connection, former.source_file)
        return leavers.Replaced(self._connection, former.source_table, former.source_file)

    def _note_meaning(self, table: Table, source_file: str) -> None:
        """Note what rejected lines say of leaving in words of a mapping: SQL knows none of them."""
        meaning = table.conversion and table.conversion.meaning("line_text")
        if meaning:
            self._connection.execute(
                f"update raw.rejected_lines set meaning = {meaning} where source_file = ?",
                [source_file],
            )

    def _begin(self, target: Target, former: Entry | None) -> None:
        """Start the file's transaction without any former line of it, whatever the ledger says."""
        self._connection.execute("begin")
        tables = [target.table.identifier, former.source_table if former else None]
        self._ledger.forget_lines(target.source_file, *tables)

    def _begin_anew(self, target: Target, former: Entry | None) -> None:
        self._roll_back()
        self._begin(target, former)

    def _roll_back(self) -> None:
        # a commit that failed has ended its transaction: that error is the one to be told
        with suppress(duckdb.Error):
            self._connection.rollback()

    @staticmethod
    def _check_unchanged(file: LandingFile) -> None:
        stat = file.path.stat()
        if (stat.st_size, stat.st_mtime_ns // 1000) != (file.size, file.modified):
            raise Refused(
                "the file changed while it was read: run again when it is written to the end"
            )

    @staticmethod
    def _remark(target: Target, accounts: Accounts) -> str | None:
        notes = "; ".join(accounts.notes)
        if accounts.rejected == 0:
            return notes or None
        top = sorted(accounts.reasons.items(), key=lambda item: -item[1])[:3]
        text = "; ".join(f"{count:,} with {reason}" for reason, count in top)
        more = len(accounts.reasons) - len(top)
        word = "line" if accounts.rejected == 1 else "lines"
        text = f"{accounts.rejected:,} {word} rejected: {text}" + (f"; {more} more" if more else "")
        if accounts.undecodable and target.table.layout.encoding == "utf-8":
            text += (
                ". If the file is Windows-1252 or Latin-1, set `encoding` for this table,"
                " or export it as UTF-8"
            )
        return f"{text}; {notes}" if notes else text


def _joined(*sentences: str | None) -> str | None:
    """One remark after the other, a full stop between."""
    said = [sentence for sentence in sentences if sentence]
    return " ".join([*(f"{text.rstrip('.')}." for text in said[:-1]), *said[-1:]]) or None


def _left_out(gone: int) -> str | None:
    if not gone:
        return None
    return (
        f"{gone:,} {'line' if gone == 1 else 'lines'} of people who were erased left out:"
        " the file still holds them"
    )


def _sentence(problem: Exception) -> str:
    """Why the file is refused; of other errors only the kind: their text may quote a value."""
    if isinstance(problem, Refused):
        return str(problem)
    if isinstance(problem, OSError):
        return f"cannot be read: {problem.strerror or 'input error'}"
    return f"cannot be read ({type(problem).__name__}): please report it; nothing of it was loaded"
