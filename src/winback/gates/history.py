"""What each figure was before: the only state a gate keeps.

A figure is compared with the value it had on the latest *other* data under the same settings, not
simply with the last run: so a second run on the same data compares with the same value as the
first, and gives the same result. A run that a gate stopped leaves nothing behind to compare with.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any


def _relation(schema: str) -> str:
    return f'"{schema}".gate_history'


def _create(connection: Any, schema: str) -> None:
    connection.execute(
        f"""
        create table if not exists {_relation(schema)} (
            gate varchar not null,
            check_name varchar not null,
            data_fingerprint varchar not null,
            settings varchar not null,
            observed double not null,
            recorded_at timestamp not null
        )
        """
    )


def read_previous(
    connection: Any, schema: str, gate: str, data_fingerprint: str, settings: str, now: datetime
) -> dict[str, float]:
    """Return check name → the value on the data held before this; checks without one are absent."""
    _create(connection, schema)
    rows = connection.execute(
        f"""
        with held as (
            select * from {_relation(schema)} where gate = $gate and settings = $settings
        ),

        first_seen as (
            select coalesce(min(held.recorded_at), $now) as first_seen_at
            from held
            where held.data_fingerprint = $fingerprint
        )

        select held.check_name, arg_max(held.observed, held.recorded_at) as observed
        from held
        inner join first_seen on held.recorded_at < first_seen.first_seen_at
        where held.data_fingerprint <> $fingerprint
        group by held.check_name
        """,
        {"gate": gate, "settings": settings, "fingerprint": data_fingerprint, "now": now},
    ).fetchall()
    return {str(name): float(value) for name, value in rows}


def record(
    connection: Any,
    schema: str,
    gate: str,
    data_fingerprint: str,
    settings: str,
    now: datetime,
    observed: Mapping[str, float],
) -> None:
    """Keep the values of this data, once: a rerun on the same data changes nothing but values."""
    _create(connection, schema)
    for name, value in sorted(observed.items()):
        key = [gate, name, data_fingerprint, settings]
        held = connection.execute(
            f"select count(*) from {_relation(schema)} where gate = ? and check_name = ?"
            " and data_fingerprint = ? and settings = ?",
            key,
        ).fetchall()[0][0]
        if held:
            connection.execute(
                f"update {_relation(schema)} set observed = ? where gate = ? and check_name = ?"
                " and data_fingerprint = ? and settings = ?",
                [value, *key],
            )
        else:
            connection.execute(
                f"insert into {_relation(schema)} values (?, ?, ?, ?, ?, ?)", [*key, value, now]
            )
