"""Loads the landing folder into a database of its own, types it, and asks it.

Nothing of the user's is written: no database, no file of the landing folder, nothing in `target/`.
"""

from __future__ import annotations

import re
import tempfile
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb

from winback.build import build_staging
from winback.check.findings import ColumnFinding, FileFinding, Findings, Missing
from winback.check.holds import find_holds
from winback.check.sampling import with_samples
from winback.database import connect
from winback.declared import read_vars
from winback.landing import load
from winback.landing.catalog import Catalog, Table
from winback.landing.header import DELIMITERS
from winback.landing.names import is_like, split_extension
from winback.landing.sources import read_catalog
from winback.landing.summary import FileResult, LoadSummary

STOPS_FROM = 0.2
"""Share of unreadable lines, of 20 or more, at which gate_staging stops a run."""


def examine(
    project: Path, landing: Path, systems: list[str] | None, variables: Mapping[str, Any]
) -> Findings:
    """Look at everything in the landing folder.

    Args:
        project: folder of `dbt_project.yml`.
        landing: folder of exports.
        systems: systems to read; None for var `systems`.
        variables: dbt vars that differ from those of `dbt_project.yml`.

    Raises:
        UserError: the landing folder or the sources YAML cannot be used.
    """
    started = time.monotonic()
    findings = Findings(str(landing))
    catalog = read_catalog(project)
    settings = {**read_vars(project), **variables}
    with tempfile.TemporaryDirectory(prefix="winback-check-") as name:
        folder = Path(name)
        place, sampled = with_samples(landing, folder / "landing")
        database = folder / "check.duckdb"
        summary = load(place, database, project, systems)
        filled = sorted({file.source_file.split("/")[0] for file in summary.loaded})
        if filled:
            result = build_staging(project, database, variables, filled)
            findings.problems += [
                f"dbt could not type the lines: {text}" for text in result.failures
            ]
        connection = connect(database, read_only=True)
        try:
            _Asking(connection, catalog, settings, findings).ask(summary, sampled)
        finally:
            connection.close()
    _judge(findings, set(settings["accepted_files"]))
    findings.seconds = round(time.monotonic() - started, 1)
    return findings


class _Asking:
    """The questions to the database of the check."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        catalog: Catalog,
        settings: Mapping[str, Any],
        findings: Findings,
    ) -> None:
        self._connection = connection
        self._tables = {table.identifier: table for table in catalog.tables}
        self._catalog = catalog
        self._settings = settings
        self._findings = findings
        self._there = {row[0] for row in self._rows("select table_name from duckdb_tables()")} | {
            row[0] for row in self._rows("select view_name from duckdb_views() where not internal")
        }

    def _rows(self, sql: str, values: list[Any] | None = None) -> list[tuple[Any, ...]]:
        return self._connection.execute(sql, values or []).fetchall()

    def ask(self, summary: LoadSummary, sampled: Mapping[str, int]) -> None:
        """Fill the findings."""
        found = self._findings
        if "landing_unread" in self._there:
            found.unread = [
                (file, problem, bool(may_hold))
                for file, problem, may_hold in self._rows(
                    "select source_file, problem, may_hold_opt_outs from raw.landing_unread"
                    " order by source_file"
                )
            ]
        unread = {file for file, _, _ in found.unread}
        found.notes = [note for note in summary.notes if note.split(" lies ")[0] not in unread]
        strangers = {name.split("/")[0] for name in summary.unrecognised}
        found.notes += [self._catalog.reads(system) for system in sorted(strangers)]
        for result in summary.files:
            found.files.append(self._file(result, sampled.get(result.source_file)))
        self._dates()
        self._rejects()
        self._ids()
        found.missing = self._missing()
        found.held = find_holds(self._connection, self._there)

    def _file(self, result: FileResult, sampled: int | None) -> FileFinding:
        table = self._tables.get(result.source_table)
        is_read = result.status != "refused"
        finding = FileFinding(
            file=result.source_file,
            status="read" if is_read else "refused",
            taken_for=table.identifier if table else None,
            because=(result.message or "") if not is_read else _why(result.source_file, table),
            lines=result.lines,
            unreadable=result.rejected,
            remark=result.message if is_read else None,
            sampled_bytes=sampled,
        )
        if result.delimiter is not None:
            finding.delimiter = DELIMITERS.get(result.delimiter, result.delimiter)
            finding.encoding = result.encoding
        if table and is_read:
            self._columns(finding, table)
        return finding

    def _columns(self, finding: FileFinding, table: Table) -> None:
        rows = self._rows(
            "select header, column_name, looks_like from raw.landing_columns"
            " where source_file = ? order by rowid",
            [finding.file],
        )
        for header, column, looks_like in rows:
            if column is None:
                finding.unused.append(header)
                if looks_like:
                    finding.suspicious.append((header, looks_like))
            else:
                finding.columns.append(ColumnFinding(column, header))
        if finding.columns:
            counts = ", ".join(
                f"count(nullif(trim({_quoted(column.column)}), ''))" for column in finding.columns
            )
            (filled,) = self._rows(
                f"select {counts} from raw.{_quoted(table.identifier)} where _source_file = ?",
                [finding.file],
            )
            for column, count in zip(finding.columns, filled, strict=True):
                column.filled = count

    def _views(self, kind: str) -> list[str]:
        return sorted(
            name for name in self._there if name.startswith("map_") and name.endswith(f"__{kind}")
        )

    def _dates(self) -> None:
        by_file = {finding.file: finding for finding in self._findings.files}
        for view in self._views("line_counts"):
            for file, first, last in self._rows(
                f"select source_file, min(first_at), max(last_at) from {view} group by 1"
            ):
                if file in by_file and first is not None:
                    by_file[file].first_at = first.isoformat(sep=" ")
                    by_file[file].last_at = last.isoformat(sep=" ")

    def _rejects(self) -> None:
        by_file = {finding.file: finding for finding in self._findings.files}
        for file, reason, lines in self._rows(
            "select source_file, reason, count(*) from raw.rejected_lines group by 1, 2"
            " order by 3 desc, 2"
        ):
            if file in by_file:
                by_file[file].reasons.append((reason, lines))
        for view in self._views("rejected_records"):
            for file, reason, lines in self._rows(
                f"select source_file, reason, count(*) from {view} group by 1, 2 order by 3 desc, 2"
            ):
                if file in by_file:
                    by_file[file].rejected += lines
                    by_file[file].reasons.append((reason, lines))
                    _count_unread(by_file[file], reason, lines)
        for (table,) in self._rows(
            "select distinct table_name from duckdb_columns() where column_name = 'unread_values'"
            " and table_name like 'stg~_%' escape '~' order by 1"
        ):
            for file, reason, lines in self._rows(
                f"select source_file, unread_values, count(*) from {_quoted(table)}"
                " where unread_values is not null and reject_reason is null"
                " group by 1, 2 order by 3 desc, 2"
            ):
                if file in by_file:
                    by_file[file].in_part.append((reason, lines))
                    _count_unread(by_file[file], reason, lines)
        for finding in self._findings.files:
            finding.reasons.sort(key=lambda item: -item[1])

    def _ids(self) -> None:
        """Ids of people that are in no list of contacts of their account."""
        for finding in self._findings.files:
            table = self._tables.get(finding.taken_for or "")
            if table is None or finding.status != "read" or not table.lines_of_people:
                continue
            column = table.lines_of_people
            system = table.system
            account = "list._source_relation = line._source_relation"
            if table.erasure.ids_of:
                own = self._settings.get(table.system)
                system = str((own or {}).get(table.erasure.ids_of) or "")
                account = "true"
            lists = [
                f"select _source_relation, {_plain_id(known.erasure.gives[0][0])} as id"
                f" from raw.{_quoted(known.identifier)}"
                for known in self._catalog.systems.get(system, ())
                if known.is_record and known.erasure.gives
            ]
            if not lists:
                continue
            ((ids, strangers),) = self._rows(
                "select count(*), count(*) filter (not exists (select 1 from"
                f" ({' union all '.join(lists)}) as list where {account} and list.id = line.id))"
                f" from (select _source_relation, {_plain_id(column)} as id"
                f" from raw.{_quoted(table.identifier)} where _source_file = ?) as line"
                " where line.id is not null and line.id != ''",
                [finding.file],
            )
            finding.ids, finding.ids_without_contact = ids, strangers

    def _missing(self) -> list[Missing]:
        """What no file of any system tells."""
        tells = self._tells
        missing = []
        if not tells("contact_records"):
            missing.append(Missing("contacts", "nobody to judge: no scores, no segments"))
        if not tells("email_events", "event_type = 'sent'"):
            missing.append(
                Missing(
                    "which messages were sent to whom",
                    "the inactivity policies that count messages and the contact's own rhythm of"
                    " sends (min_sends, cadence) judge by days alone; no send rates",
                )
            )
        if not tells("email_events", "event_type in ('open', 'click')"):
            missing.append(Missing("opens and clicks", "engagement by e-mail is not known"))
        elif not tells("email_events", "user_agent is not null or is_machine is not null"):
            missing.append(
                Missing(
                    "user agents of opens and clicks",
                    "opens by machines and mail privacy cannot be told from readers",
                )
            )
        if not tells("web_sessions"):
            missing.append(Missing("web sessions", "visits are no sign of life; no session score"))
        if not tells("orders"):
            missing.append(
                Missing("orders", "no RFM, no revenue, no lifetimes, no purchase as a sign of life")
            )
        elif not tells("products", "category is not null"):
            missing.append(Missing("categories of products", "favourite_category stays empty"))
        says_no = any(
            (
                tells("contact_records", "email_consent is not null"),
                tells("consents"),
                tells("suppressions"),
                tells("email_events", "event_type in ('unsubscribe', 'complaint')"),
            )
        )
        if not says_no:
            missing.append(
                Missing(
                    "who consented, unsubscribed or complained",
                    "nobody is held back for what they decided: do not mail on these exports alone",
                )
            )
        if not tells("email_events", "event_type = 'bounce_hard'") and not tells(
            "suppressions", "cause = 'hard_bounce'"
        ):
            missing.append(Missing("hard bounces", "addresses that do not exist are mailed again"))
        if not tells("contact_records", "birth_date is not null"):
            missing.append(Missing("dates of birth", "age and age_band stay empty"))
        if not tells("contact_records", "country_code is not null"):
            missing.append(Missing("countries", "country_code and region_group stay empty"))
        return missing

    def _tells(self, entity: str, condition: str = "true") -> bool:
        return any(
            self._rows(f"select 1 from {view} where {condition} limit 1")
            for view in self._views(entity)
        )


def _why(source_file: str, table: Table | None) -> str:
    """Which pattern a file's name fits."""
    if table is None:
        return ""
    parts = source_file.split("/")
    below = "/".join(parts[2:] if len(parts) > 2 else parts[1:]).lower()
    stem = split_extension(below)[0]
    fitting = [pattern for pattern in table.layout.files if is_like(stem, pattern.lower())]
    if not fitting:
        return "named so in the _mapping.yml of its folder"
    return f"its name fits “{max(fitting, key=len)}”"


_PART = re.compile(r"(?:^|; )([^:;]+): ([^;]*)")


def _count_unread(finding: FileFinding, reason: str, lines: int) -> None:
    """Charge the columns that a reason names; what is missing is not unread."""
    by_name = {column.column.casefold(): column for column in finding.columns}
    by_name |= {column.header.casefold(): column for column in finding.columns}
    for name, because in _PART.findall(reason):
        column = by_name.get(name.strip().casefold())
        if column is not None and not because.startswith("missing"):
            column.unread += lines


def _judge(findings: Findings, accepted: set[str]) -> None:
    """Say what would be refused, held back or stopped; nothing is held back by accepted files."""
    problems = findings.problems
    refused = {finding.file for finding in findings.files if finding.status == "refused"}
    for finding in findings.files:
        if finding.status == "refused":
            problems.append(f"{finding.file} would be refused: {finding.because}")
        elif finding.lines >= 20 and finding.bad_share > STOPS_FROM:
            problems.append(
                f"{finding.file}: {finding.bad_share:.0%} of its lines cannot be used, a run would"
                f" stop at gate_staging. Most often: {finding.reasons[0][0]}"
            )
    for file, problem, may_hold in findings.unread:
        if may_hold and file not in refused:
            problems.append(f"{file} would not be read: {problem}")
    held = sorted(
        file for file, _, may_hold in findings.unread if may_hold and file not in accepted
    )
    if held:
        problems.append(
            "activation would be held back, since opt-outs may stand in what would not be read: "
            + ", ".join(held)
        )
    problems += [
        f"activation would be held back: {file} {what}"
        for file, what in findings.held
        if file not in accepted
    ]


def _plain_id(column: str) -> str:
    return f"regexp_replace(trim({_quoted(column)}), '[.]0+$', '')"


def _quoted(identifier: str) -> str:
    return '"' + identifier.replace('"', '""') + '"'
