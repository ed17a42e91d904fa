"""The content of one landing file: read by its form into the raw table, and accounted for."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import duckdb

from winback.landing.decode import Refused, Scan, hash_file, open_text, prepare, read_bytes, scan
from winback.landing.delimiter import find_header
from winback.landing.encoding import (
    IS_UTF8,
    SAVED_AS_ANSI,
    WINDOWS,
    is_saved_as_ansi,
    is_utf8_after_all,
)
from winback.landing.header import bind
from winback.landing.parse import (
    Target,
    insert_cleaned,
    insert_fast,
    insert_parquet,
    insert_workbook,
    reader_path,
)
from winback.landing.parse_json import insert_jsonl
from winback.landing.progress import Progress
from winback.landing.recover import Accounts
from winback.landing.sample import read_sample


class FileReader:
    """Reads one file within the loader's transaction.

    Attributes:
        delimiter: of a text file, as found; None for the other forms.
        encoding: of a text file, as found; None for the other forms.
    """

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        progress: Progress,
        begin_anew: Callable[[], None],
    ) -> None:
        """Work on this connection.

        Args:
            connection: with a transaction in which no line of the file is there.
            progress: told of every chunk.
            begin_anew: rolls the transaction back and starts such a one again.
        """
        self._connection = connection
        self._progress = progress
        self._begin_anew = begin_anew
        self.delimiter: str | None = None
        self.encoding: str | None = None

    def read(self, target: Target, path: Path, folder: Path, form: str) -> tuple[Accounts, str]:
        """Insert the lines of a file; return what became of them, and the hash of its content.

        Args:
            target: the raw table, the account and the file.
            path: the file, unpacked.
            folder: for temporary files.
            form: a value of `EXTENSIONS`, or the format that the table declares.

        Raises:
            Refused: it cannot be read as declared.
        """
        if form == "parquet":
            return self._parquet(target, path, folder)
        if form == "workbook":
            return self._workbook(target, path, folder)
        if form == "jsonl":
            return self._jsonl(target, path, folder)
        return self._text(target, path, folder, form)

    def _text(self, target: Target, path: Path, folder: Path, form: str) -> tuple[Accounts, str]:
        encoding = target.table.layout.encoding
        if encoding == "utf-8" and is_saved_as_ansi(path, is_whole=False):
            encoding = WINDOWS
        elif is_utf8_after_all(path, encoding):
            encoding = "utf-8"
        accounts, digest = self._decoded(target, path, folder, form, encoding)
        if accounts is None:
            # odd bytes further down, in a file that begins as UTF-8: start over
            encoding = WINDOWS
            accounts, digest = self._decoded(target, path, folder, form, encoding)
        if accounts is None:
            raise Refused("no encoding fits this file: please report it")
        if encoding != target.table.layout.encoding:
            accounts.notes.append(IS_UTF8 if encoding == "utf-8" else SAVED_AS_ANSI)
        return accounts, digest

    def _decoded(
        self,
        target: Target,
        path: Path,
        folder: Path,
        form: str,
        encoding: str,
    ) -> tuple[Accounts | None, str]:
        """Read a text file; None when it is not the UTF-8 it was taken for, but Windows-1252."""
        original = path
        path, bom = prepare(path, encoding, folder)
        table = target.table.in_file
        delimiter, header = find_header(path, bom, target.table, "\t" if form == "tsv" else ",")
        self.delimiter, self.encoding = delimiter, encoding
        sample = None
        if table.is_sampled:
            with open_text(path) as stream:
                sample = read_sample(
                    stream, header.lines, delimiter, table.layout.quote, len(header.names)
                )
        binding = bind(table, header.names, sample)
        target.headers.update(binding.headers(header.names))
        target.above[:] = header.above
        with ThreadPoolExecutor(1) as pool:
            counting: Future[Scan] = pool.submit(scan, path, self._progress.advance)
            fast: int | None = None
            if header.lines == 1 and binding.fields > 1:
                with open_text(path) as stream:
                    is_crlf = b"\r\n" in read_bytes(stream, 1 << 16)
                fast = insert_fast(
                    self._connection,
                    target,
                    binding,
                    reader_path(path, folder),
                    delimiter,
                    r"'\r\n'" if is_crlf else r"'\n'",
                )
            counted = counting.result()
        digest = counted.content_hash
        if path != original:
            digest = hash_file(original, lambda _: None)
        if fast is not None and _every_line_is_a_record(fast, counted):
            return (
                Accounts(
                    physical=counted.lines,
                    blank=counted.lines - fast,
                    accepted=fast,
                    accepted_span=fast,
                ),
                digest,
            )
        # some line is odd, or values hold line breaks: start over and look at each line
        self._begin_anew()
        if path == original and encoding == "utf-8" and is_saved_as_ansi(path, is_whole=True):
            return None, digest
        accounts = insert_cleaned(
            self._connection,
            target,
            binding,
            header,
            bom,
            path,
            folder,
            delimiter,
            encoding,
        )
        if not accounts.adds_up or accounts.physical != counted.lines:
            raise Refused(
                f"line accounting failed: {counted.lines:,} lines counted,"
                f" {accounts.physical:,} read; nothing was loaded from this file: please report it"
            )
        return accounts, digest

    def _jsonl(self, target: Target, path: Path, folder: Path) -> tuple[Accounts, str]:
        original = path
        path, bom = prepare(path, target.table.layout.encoding, folder)
        counted = scan(path, self._progress.advance)
        digest = counted.content_hash
        if path != original:
            digest = hash_file(original, lambda _: None)
        if not counted.lines:
            raise Refused("the file is empty: one JSON object a line was expected")
        accounts = insert_jsonl(
            self._connection,
            target,
            bom,
            path,
            folder,
            target.table.layout.encoding,
        )
        if not accounts.adds_up or accounts.physical != counted.lines:
            raise Refused(
                f"line accounting failed: {counted.lines:,} lines counted,"
                f" {accounts.physical:,} read; nothing was loaded from this file: please report it"
            )
        return accounts, digest

    def _parquet(self, target: Target, path: Path, folder: Path) -> tuple[Accounts, str]:
        with ThreadPoolExecutor(1) as pool:
            hashing = pool.submit(hash_file, path, self._progress.advance)
            rows = insert_parquet(self._connection, target, reader_path(path, folder))
            digest = hashing.result()
        return Accounts(physical=rows, accepted=rows, accepted_span=rows), digest

    def _workbook(self, target: Target, path: Path, folder: Path) -> tuple[Accounts, str]:
        digest = hash_file(path, self._progress.advance)
        return insert_workbook(self._connection, target, path, folder), digest


def _every_line_is_a_record(records: int, counted: Scan) -> bool:
    """Tell whether the reader's records are the physical lines, one to one."""
    return (
        counted.nuls == 0
        and counted.carriage_returns == counted.crlf
        and records == counted.lines - 1 - counted.trailing_blank
    )
