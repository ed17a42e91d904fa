"""Writing of export files: DuckDB COPY out of Arrow tables, byte-identical from run to run."""

from __future__ import annotations

import shutil
import zipfile
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any
from zlib import crc32

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from winback.demo.folders import Manifest

Ints = NDArray[np.int64]
"""Whole numbers: indices, counts or seconds since 1970-01-01 UTC."""

ZIP_TIME = (2026, 7, 1, 0, 0, 0)
DAY = 86_400
NEVER = np.int64(1) << np.int64(40)
"""A second far beyond any demo: what never happens."""


def random(seed: int, *names: str | int) -> np.random.Generator:
    """Return an independent generator for a named part, so that parts don't disturb each other."""
    words = [crc32(str(name).encode()) for name in names]
    return np.random.Generator(np.random.PCG64(np.random.SeedSequence([seed, *words])))


def pick(values: pa.Array, index: NDArray[Any]) -> pa.DictionaryArray:
    """Return `values[index]` without copying the texts; a negative index is null."""
    codes = pa.array(index.astype(np.int32), mask=index < 0)
    return pa.DictionaryArray.from_arrays(codes, values)


@dataclass
class ExportFile:
    """What was written to one file, or member of an archive, and what a reader must find.

    `lines` counts records after the header, malformed ones included (a quoted line break does not
    start a record). The other counts are lines among them: `malformed` no well-formed record,
    `unparsable` a required date that is none, `future` a time far ahead, `duplicates` a second copy
    within the file, `repeated` held by an earlier file too, `late` of a month exported before.
    `encoding` is given where it is not plain UTF-8.
    """

    path: str
    system: str
    account: str
    lines: int
    malformed: int = 0
    unparsable: int = 0
    future: int = 0
    duplicates: int = 0
    repeated: int = 0
    late: int = 0
    encoding: str | None = None


class ExportWriter:
    """Writes files below a landing folder and keeps the list of what they hold."""

    def __init__(self, manifest: Manifest, scratch: Path) -> None:
        """Open a private DuckDB that spills to `scratch`."""
        self.manifest = manifest
        self.landing = manifest.landing
        self.scratch = scratch
        self.files: list[ExportFile] = []
        self.after_write: Callable[[Path, ExportFile], None] | None = None
        scratch.mkdir(parents=True, exist_ok=True)
        self.con = duckdb.connect(
            config={"threads": 2, "memory_limit": "3GB", "temp_directory": str(scratch)}
        )

    def close(self) -> None:
        """Close the database and remove the scratch folder."""
        self.con.close()
        shutil.rmtree(self.scratch)

    def copy(self, path: Path, rows: pa.Table, select: str, options: str = "header") -> None:
        """Write `select` over the Arrow table `rows`, in the order of the rows."""
        path.parent.mkdir(parents=True, exist_ok=True)
        self.con.register("rows", rows)
        target = str(path).replace("'", "''")
        self.con.execute(f"copy ({select}) to '{target}' ({options})")
        self.con.unregister("rows")

    def note(self, path: str, lines: int, **counts: Any) -> ExportFile:
        """Record a file by its path relative to the landing folder."""
        system, account = path.split("/")[:2]
        file = ExportFile(path, system, account, lines, **counts)
        self.files.append(file)
        return file

    def write(
        self, path: str, rows: pa.Table, select: str = "from rows", options: str = "header"
    ) -> ExportFile:
        """Write a file of the landing folder and record it."""
        target = self.manifest.claim(path)
        self.copy(target, rows, select, options)
        file = self.note(path, rows.num_rows)
        if self.after_write is not None and path.endswith(".csv"):
            self.after_write(target, file)
        return file

    def listing(self) -> list[dict[str, Any]]:
        """Return the records of all files, by path, without the counts that are zero."""
        kept = ("path", "system", "account", "lines")
        return [
            {key: value for key, value in asdict(file).items() if key in kept or value}
            for file in sorted(self.files, key=lambda file: file.path)
        ]


class ExportArchive:
    """A ZIP whose members are written through an `ExportWriter`; times inside are fixed."""

    def __init__(self, writer: ExportWriter, path: str) -> None:
        """Start the archive at `path` below the landing folder."""
        self.writer = writer
        self.path = path
        self.zip = zipfile.ZipFile(
            writer.manifest.claim(path), "w", zipfile.ZIP_DEFLATED, compresslevel=1
        )

    def write(self, member: str, rows: pa.Table, select: str = "from rows") -> ExportFile:
        """Add one CSV member and record it."""
        loose = self.writer.scratch / "member.csv"
        self.writer.copy(loose, rows, select)
        file = self.writer.note(f"{self.path}/{member}", rows.num_rows)
        if self.writer.after_write is not None:
            self.writer.after_write(loose, file)
        info = zipfile.ZipInfo(member, ZIP_TIME)
        info.compress_type = zipfile.ZIP_DEFLATED
        info.external_attr = 0o644 << 16
        with loose.open("rb") as source, self.zip.open(info, "w") as target:
            shutil.copyfileobj(source, target, 1 << 20)
        loose.unlink()
        return file

    def close(self) -> None:
        """Finish the archive."""
        self.zip.close()
