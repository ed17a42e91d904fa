"""Two small demos, with faults and without, and how to read them."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from zipfile import ZipFile

import pytest

from winback.demo import write
from winback.demo.folders import MANIFEST

SIZE: dict[str, Any] = {"contacts": 3_000, "months": 6, "seed": 11}


class Demo:
    """A demo on disk and its expectations."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.landing, self.truth = folder / "landing", folder / "demo_truth"
        write(self.landing, self.truth, **{**SIZE, **options})
        text = (self.truth / "expectations.json").read_text(encoding="utf-8")
        self.expected = json.loads(text)
        self.files = {file["path"]: file for file in self.expected["files"]}

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Give out every file and archive member by its path, uncompressed."""
        for path in sorted(self.landing.rglob("*")):
            name = path.relative_to(self.landing).as_posix()
            if name == MANIFEST:
                continue
            if path.suffix == ".zip":
                with ZipFile(path) as archive:
                    for member in archive.namelist():
                        yield f"{name}/{member}", archive.read(member)
            elif path.suffix == ".gz":
                yield name, gzip.decompress(path.read_bytes())
            elif path.is_file():
                yield name, path.read_bytes()

    def rows(self, pattern: str) -> list[dict[str, str]]:
        """Read all clean CSVs whose path holds `pattern`."""
        found: list[dict[str, str]] = []
        for name, data in self.members():
            if pattern in name:
                found += csv.DictReader(io.StringIO(decode(data)))
        return found


def decode(data: bytes) -> str:
    """Decode as the byte-order mark says, else as UTF-8 with undecodable bytes kept."""
    if data.startswith(b"\xff\xfe"):
        return data.decode("utf-16")
    return data.decode("utf-8-sig", errors="surrogateescape")


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="session")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("dirty"))


@pytest.fixture(scope="session")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("clean"), dirt=False)
