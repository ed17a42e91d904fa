"""What an erasure did, in writing."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any


@dataclass
class Proof:
    """What an erasure did; holds hashes, names of tables and files, and counts.

    Attributes:
        erased_at: UTC.
        database: name of the file.
        asked: hashes that were asked for.
        address_sha256: hashes of all addresses of these people.
        tables: per table, rows taken out and rows in which only an address was overwritten.
        sidecars: files beside the database that were cleaned or removed.
        still_held_by: files of the landing folder (and of `--also`) that hold an address still.
        found_in: tables in which an address is found still; then the database was not replaced.
        searched: what was searched afterwards, and in how many of them something was found.
        verified: whether nothing was found.
    """

    erased_at: str
    database: str
    asked: list[str]
    address_sha256: list[str] = field(default_factory=list)
    tables: list[dict[str, Any]] = field(default_factory=list)
    sidecars: list[dict[str, str]] = field(default_factory=list)
    still_held_by: list[str] = field(default_factory=list)
    found_in: list[str] = field(default_factory=list)
    searched: dict[str, dict[str, int]] = field(default_factory=dict)
    verified: bool = False

    @property
    def rows(self) -> int:
        """Rows taken out of all tables."""
        return sum(table["rows"] for table in self.tables)

    def write(self, path: Path) -> None:
        """Write it as JSON."""
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(self), indent=2) + "\n", encoding="utf-8")
