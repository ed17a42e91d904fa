"""One row per expectation, and what is said about it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa

GATES = ("gate_staging", "gate_intermediate", "gate_marts")
MAX_SUBJECTS = 5


@dataclass(frozen=True)
class Result:
    """The outcome of one expectation. Figures and names of files or systems; no personal value."""

    gate: str
    suite: str
    model: str
    column_name: str | None
    check_name: str
    expectation: str
    kwargs: str
    severity: str
    success: bool
    observed_value: str | None
    unexpected_count: int | None
    unexpected_percent: float | None
    message: str
    evaluated_at: datetime

    @property
    def stops_run(self) -> bool:
        """Whether this result keeps everything after the gate from being built."""
        return self.severity == "critical" and not self.success


def as_table(results: Sequence[Result]) -> pa.Table:
    """Return the results as an Arrow table with fixed types, in the order they were declared."""
    import pyarrow as pa

    schema = pa.schema(
        [
            ("gate", pa.string()),
            ("suite", pa.string()),
            ("model", pa.string()),
            ("column_name", pa.string()),
            ("check_name", pa.string()),
            ("expectation", pa.string()),
            ("kwargs", pa.string()),
            ("severity", pa.string()),
            ("success", pa.bool_()),
            ("observed_value", pa.string()),
            ("unexpected_count", pa.int64()),
            ("unexpected_percent", pa.float64()),
            ("message", pa.string()),
            ("evaluated_at", pa.timestamp("us")),
        ]
    )
    return pa.Table.from_pylist([asdict(result) for result in results], schema=schema)


def name_some(subjects: Sequence[str]) -> str:
    """Return a few names and how many more there are: ``a, b and 4 more``."""
    names = sorted(set(subjects))
    if len(names) > MAX_SUBJECTS:
        return ", ".join(names[:MAX_SUBJECTS]) + f" and {len(names) - MAX_SUBJECTS} more"
    return ", ".join(names)


def fill_message(template: str, values: dict[str, Any]) -> str:
    """Fill a message of the YAML; a figure that is missing leaves the text as it stands."""
    try:
        return " ".join(template.format(**values).split())
    except (KeyError, IndexError, TypeError, ValueError):
        return " ".join(template.split())


def as_json(kwargs: dict[str, Any]) -> str:
    """Return kwargs as JSON with sorted keys, so that a rerun gives the same text."""
    return json.dumps(kwargs, sort_keys=True, default=str)


def failures(database: Path | str) -> list[dict[str, Any]]:
    """Return the failed expectations of each gate's latest evaluation, critical ones first.

    Rows of gates that were not reached by the latest run are left out, and so are gates that were
    never built: after a stop at ``gate_staging`` the list tells of that gate only.

    Args:
        database: the DuckDB file; it is read, never written.
    """
    import duckdb

    from winback.database import built_tables, connect, find_tables

    try:
        connection = connect(database, read_only=True)
    except duckdb.ConnectionException:
        # this very process still holds the file open for writing, as after dbt ran in it
        connection = duckdb.connect(str(database))
        find_tables(connection)
    with connection:
        held = built_tables(connection)
        parts = [f"select * from {gate}" for gate in GATES if gate in held]
        if not parts:
            return []
        cursor = connection.execute(
            f"""
            with results as ({" union all ".join(parts)}),

            latest as (
                select results.*
                from results
                where results.evaluated_at = (select max(all_results.evaluated_at)
                                              from results as all_results)
            )

            select gate, check_name, severity, model, column_name, observed_value,
                unexpected_count, unexpected_percent, message, evaluated_at
            from latest
            where not success
            order by severity, gate, check_name
            """
        )
        names = [column[0] for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
