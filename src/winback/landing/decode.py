"""From a file on disk to UTF-8 text: archives, encodings, and one independent count of lines."""

from __future__ import annotations

import codecs
import errno
import gzip
import hashlib
import io
import re
import shutil
import struct
import zipfile
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import IO, cast

import duckdb

from winback.landing.archives import ARCHIVE_ERRORS, DAMAGED_ARCHIVE
from winback.landing.discovery import LandingFile
from winback.landing.limits import LimitedReader, Limits, TooMuch

CHUNK = 4 << 20
TAIL = 1 << 16
UNDECODABLE = "\udc81"  # becomes byte 0x81 in the UTF-8 copy: invalid there, so the line is found
BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
OTHER_KINDS = (
    (b"pk\x03\x04", "a zip archive or a workbook"),
    (b"\x1f\x8b", "packed by gzip"),
    (b"par1", "a Parquet file"),
    (b"%pdf-", "a PDF document"),
    (b"<!doctype", "a web page, as a site gives it that asks to log in"),
    (b"<html", "a web page, as a site gives it that asks to log in"),
    (b"<?xml", "an XML document"),
)
GZIP_ERRORS = (gzip.BadGzipFile, EOFError, zlib.error, struct.error)
DAMAGED_GZIP = "the gzip file is damaged or incomplete: export or copy it again"

_NO_ROOM = re.compile(r"no space left|quota exceeded|could not write", re.IGNORECASE)

Advance = Callable[[int], None]


class Refused(Exception):  # noqa: N818
    """The file cannot be read as declared. The text is for the user and quotes no value."""


def is_out_of_room(error: BaseException) -> bool:
    """Tell whether memory or disk ran out: no fault of the file that was being read."""
    if isinstance(error, OSError):
        return error.errno in (errno.ENOSPC, errno.EDQUOT)
    if isinstance(error, (duckdb.IOException, duckdb.TransactionException, duckdb.FatalException)):
        return _NO_ROOM.search(str(error)) is not None
    return isinstance(error, (MemoryError, duckdb.OutOfMemoryException))


def is_interrupt(error: BaseException) -> bool:
    """Tell whether Ctrl-C was pressed: inside a query DuckDB makes an error of its own of it."""
    return isinstance(error, RuntimeError) and str(error) == "Query interrupted"


@dataclass(frozen=True)
class Scan:
    """What a plain reading of the decoded bytes tells, apart from any parser.

    Attributes:
        lines: physical lines; a last line without line end counts.
        carriage_returns: number of CR bytes.
        crlf: number of CR LF pairs.
        nuls: number of NUL bytes.
        trailing_blank: empty lines at the very end.
        content_hash: hash of the file as it lies on disk (of the member, in an archive).
    """

    lines: int
    carriage_returns: int
    crlf: int
    nuls: int
    trailing_blank: int
    content_hash: str


class HashingReader(io.RawIOBase):
    """A byte stream that hashes and reports all that is read through it."""

    def __init__(self, stream: IO[bytes], advance: Advance) -> None:
        """Wrap `stream`; `advance` hears how many bytes were read."""
        self._stream = stream
        self._advance = advance
        self._hash = hashlib.sha256()

    def readable(self) -> bool:
        """Tell io that this can be read."""
        return True

    def readinto(self, buffer: object) -> int:
        """Read into `buffer`; return the number of bytes."""
        view = memoryview(buffer)  # type: ignore[arg-type]
        count = int(self._stream.readinto(view))  # type: ignore[attr-defined]
        self._hash.update(view[:count])
        self._advance(count)
        return count

    def finish(self) -> str:
        """Read what is left and return the hash of everything."""
        while self.read(CHUNK):
            pass
        return self._hash.hexdigest()


def hash_file(path: Path, advance: Advance) -> str:
    """Return the content hash of a file on disk."""
    with path.open("rb") as stream:
        return HashingReader(stream, advance).finish()


class Archives:
    """The zip archive that was opened last, kept open: its list of files is read once, not once
    for each of its files."""

    def __init__(self) -> None:
        """Open nothing yet."""
        self._key: tuple[Path, int] | None = None
        self._archive: zipfile.ZipFile | None = None

    def open(self, file: LandingFile) -> IO[bytes]:
        """Open a member for reading."""
        key = (file.path, file.modified)
        if self._archive is None or self._key != key:
            self.close()
            self._archive = zipfile.ZipFile(file.path)
            self._key = key
        return self._archive.open(str(file.member))

    def close(self) -> None:
        """Close what is open."""
        if self._archive is not None:
            self._archive.close()
        self._archive = self._key = None


def hash_member(file: LandingFile, archives: Archives, advance: Advance) -> str:
    """Return the content hash of a landing file, in an archive or not."""
    if file.member is None:
        return hash_file(file.path, advance)
    try:
        with archives.open(file) as stream:
            return HashingReader(stream, advance).finish()
    except ARCHIVE_ERRORS as error:
        if _is_disk_full(error):
            raise
        raise Refused(DAMAGED_ARCHIVE) from error


def unpack(
    file: LandingFile, folder: Path, archives: Archives, limits: Limits
) -> tuple[Path, str | None]:
    """Return a path of plain bytes: the file itself, or what was packed in it; and the content hash
    where only this pass sees the bytes it is of.

    What an archive says of sizes is not relied upon: the limits are held to while unpacking.
    """
    path, digest = file.path, None
    if file.member is not None:
        packed = path.stat().st_size
        try:
            with archives.open(file) as stream:
                path = _write(
                    LimitedReader(stream, packed, limits), folder / f"member{file.extension}"
                )
        except TooMuch as error:
            raise Refused(f"the zip archive is not unpacked: {error}") from error
        except ARCHIVE_ERRORS as error:
            if _is_disk_full(error):
                raise
            raise Refused(DAMAGED_ARCHIVE) from error
    if file.extension.endswith(".gz"):
        packed = path.stat().st_size
        try:
            with path.open("rb", buffering=0) as disk:
                raw = HashingReader(cast(IO[bytes], disk), lambda _: None)
                stream = cast(IO[bytes], gzip.GzipFile(fileobj=cast(IO[bytes], raw)))
                target = folder / f"unpacked{file.extension.removesuffix('.gz')}"
                path = _write(LimitedReader(stream, packed, limits), target)
                digest = raw.finish()
        except TooMuch as error:
            raise Refused(f"the gzip file is not unpacked: {error}") from error
        except GZIP_ERRORS as error:
            raise Refused(DAMAGED_GZIP) from error
    return path, digest


def _write(source: LimitedReader, target: Path) -> Path:
    with target.open("wb") as sink:
        shutil.copyfileobj(source, sink, CHUNK)
    return target


def _is_disk_full(error: BaseException) -> bool:
    return isinstance(error, OSError) and is_out_of_room(error)


def open_text(path: Path) -> IO[bytes]:
    """Open a file for reading its bytes, gunzipped when its name ends in .gz."""
    raw: IO[bytes] = path.open("rb")
    if path.name.lower().endswith(".gz"):
        return cast(IO[bytes], gzip.GzipFile(fileobj=raw))
    return raw


def read_bytes(stream: IO[bytes], size: int = CHUNK) -> bytes:
    """Read from a stream that may be compressed.

    Raises:
        Refused: the compressed data are damaged or cut short.
    """
    try:
        return stream.read(size)
    except GZIP_ERRORS as error:
        raise Refused(DAMAGED_GZIP) from error


def choose_encoding(head: bytes, declared: str) -> tuple[str, int]:
    """Return the encoding and the length of the byte order mark, which outranks what is declared.

    Raises:
        Refused: it is no text at all, or the text has NUL bytes as UTF-16 without a mark has.
    """
    for start, kind in OTHER_KINDS:
        if head.lstrip().lower().startswith(start):
            raise Refused(f"the file is {kind}, whatever its name says: export it again")
    for bom, encoding in BOMS:
        if head.startswith(bom):
            return encoding, len(bom)
    if declared == "utf-16":
        return ("utf-16-be" if head[:1] == b"\0" else "utf-16-le"), 0
    if not declared.startswith("utf-16") and _looks_utf16(head):
        raise Refused(
            "the file looks like UTF-16 without a byte order mark:"
            " declare `encoding: utf-16` for this table, or export as UTF-8"
        )
    return declared, 0


def _looks_utf16(head: bytes) -> bool:
    sample = head[:400]
    return len(sample) >= 4 and max(sample[::2].count(0), sample[1::2].count(0)) > len(sample) // 4


def prepare(path: Path, declared: str, folder: Path) -> tuple[Path, int]:
    """Return a file of UTF-8 text with LF or CRLF line ends, and the length of its BOM.

    The file itself when it is such already; else a transcoded copy in `folder`. Bytes that the
    encoding does not know become a byte that is not UTF-8, so that their line is rejected later.
    Where CR is the only line end (old Macintosh exports) it becomes LF.
    """
    with open_text(path) as stream:
        head = read_bytes(stream, 1 << 20)
        encoding, bom = choose_encoding(head, declared)
        decoder = codecs.getincrementaldecoder(encoding)("winback_mark")
        text = decoder.decode(head[bom:])
        is_old_mac = "\r" in text and "\n" not in text
        if encoding in ("utf-8", "ascii") and not is_old_mac:
            return path, bom
        target = folder / "decoded.csv"
        with target.open("wb") as sink:
            while True:
                if is_old_mac:
                    text = text.replace("\r", "\n")
                sink.write(text.encode("utf-8", "surrogateescape"))
                data = read_bytes(stream)
                text = decoder.decode(data, final=not data)
                if not data:
                    sink.write(text.encode("utf-8", "surrogateescape"))
                    return target, 0


def _mark(error: UnicodeError) -> tuple[str, int]:
    if isinstance(error, UnicodeDecodeError):
        return UNDECODABLE, error.end
    raise error


codecs.register_error("winback_mark", _mark)


def scan(path: Path, advance: Advance) -> Scan:
    """Count lines and odd bytes of a text file, and hash it as it lies on disk."""
    with path.open("rb", buffering=0) as disk:
        raw = HashingReader(cast(IO[bytes], disk), advance)
        stream = cast(IO[bytes], io.BufferedReader(raw, CHUNK))
        newlines = returns = crlf = nuls = 0
        size = 0
        tail = b""
        while data := read_bytes(stream):
            size += len(data)
            newlines += data.count(b"\n")
            if b"\0" in data:
                nuls += data.count(b"\0")
            if b"\r" in data:
                returns += data.count(b"\r")
                crlf += data.count(b"\r\n")
            crlf += tail.endswith(b"\r") and data.startswith(b"\n")
            tail = data[-TAIL:] if len(data) >= TAIL else (tail + data)[-TAIL:]
        digest = raw.finish()
    ending = len(tail) - len(tail.rstrip(b"\r\n"))
    ends = tail[len(tail) - ending :].count(b"\n")
    return Scan(
        lines=newlines + (1 if size and not tail.endswith(b"\n") else 0),
        carriage_returns=returns,
        crlf=crlf,
        nuls=nuls,
        trailing_blank=max(ends - 1, 0),
        content_hash=digest,
    )
