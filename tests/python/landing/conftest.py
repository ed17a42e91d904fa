"""A small project of one made-up system, and a landing folder to put files in."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from winback.landing import LoadSummary, load

SOURCES = """
sources:
  - name: shop
    schema: raw
    config:
      enabled: "{{ 'shop' in var('systems') }}"
    tables:
      - name: people
        identifier: shop__people
        config: {meta: {landing: {files: ["people*", "list/*"]}}}
        columns:
          - name: person_id
            config: {meta: {headers: ["Person ID", "Identifiant"], required: true}}
          - name: email
            config: {meta: {headers: ["Email Address", "Adresse e-mail"]}}
          - name: city
          - name: note
          - name: _line_number
      - name: people_old
        identifier: shop__people_old
        config: {meta: {landing: {files: ["people_old*"], delimiter: ";", encoding: windows-1252}}}
        columns:
          - name: person_id
            config: {meta: {required: true}}
          - name: city
      - name: marks
        identifier: shop__marks
        config: {meta: {landing: {files: ["marks*"], require_any: [[person_id, email]]}}}
        columns: [{name: person_id}, {name: email}, {name: mark}]
  - name: other
    schema: raw
    tables:
      - name: things
        columns: [{name: thing_id}]
"""


class Shop:
    """The project, its landing folder and its database."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "project"
        self.landing = folder / "landing"
        self.database = folder / "shop.duckdb"
        self.account = self.landing / "shop" / "main"
        self.account.mkdir(parents=True)
        self.declare(SOURCES)
        (self.project / "dbt_project.yml").write_text(
            "name: shop\nvars:\n  landing_path: data/landing\n  systems: [shop]\n"
        )

    def declare(self, sources: str) -> None:
        path = self.project / "models" / "staging" / "shop" / "_shop__sources.yml"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(sources)

    def put(self, name: str, content: bytes | str) -> Path:
        path = self.account / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self, systems: list[str] | None = None) -> LoadSummary:
        return load(self.landing, self.database, self.project, systems)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def people(self, columns: str = "person_id, city, note, _line_number") -> list[tuple[Any, ...]]:
        return self.query(
            f"select {columns} from raw.shop__people order by _source_file, _line_number"
        )

    def rejected(self) -> list[tuple[Any, ...]]:
        return self.query(
            "select line_number, reason, line_text from raw.rejected_lines"
            " order by source_file, line_number"
        )

    def ledger(self) -> list[tuple[Any, ...]]:
        return self.query(
            "select source_file, status, physical_lines, lines, accepted_lines, rejected_lines"
            " from raw.landing_files order by source_file"
        )


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[Shop]:
    yield Shop(tmp_path)
