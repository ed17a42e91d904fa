"""What each figure was before: the only state of the gates.

A figure is compared with the value it had on the latest *other* data under the same settings, not
simply with the last run: so a second run on the same data compares with the same value as the
first, and gives the same result. Where the user chose the date, only dates before it are looked at.

A gate notes its figures; the last gate, once it passed, keeps what all gates of its run noted. So a
run that any gate stopped leaves nothing behind to compare with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

_COLUMNS = """
    gate varchar not null,
    check_name varchar not null,
    data_fingerprint varchar not null,
    settings varchar not null,
    as_of_date date,
    observed double not null,
    recorded_at timestamp not null
"""


@dataclass(frozen=True)
class Moment:
    """What a run's figures depend on besides the data, and when it began."""

    settings: str
    as_of_date: date | None
    evaluated_at: datetime


def _kept(schema: str) -> str:
    return f'"{schema}".gate_history'


def _noted(schema: str) -> str:
    return f'"{schema}".gate_history_noted'


def _create(connection: Any, schema: str) -> None:
    for relation in (_kept(schema), _noted(schema)):
        connection.execute(f"create table if not exists {relation} ({_COLUMNS})")


def read_previous(
    connection: Any, schema: str, gate: str, data_fingerprint: str, now: Moment
) -> dict[str, float]:
    """Return check name → the value on the data held before this; checks without one are absent."""
    _create(connection, schema)
    rows = connection.execute(
        f"""
        with held as (
            select *
            from {_kept(schema)}
            where
                gate = $gate
                and settings = $settings
                and (as_of_date <= $as_of_date or ($as_of_date is null and as_of_date is null))
        ),

        first_seen as (
            select coalesce(min(held.recorded_at), $now) as first_seen_at
            from held
            where held.data_fingerprint = $fingerprint
        ),

        ranked as (
            select
                held.check_name,
                held.observed,
                row_number() over (
                    partition by held.check_name
                    order by held.as_of_date desc, held.recorded_at desc
                ) as age_rank
            from held
            inner join first_seen on held.recorded_at < first_seen.first_seen_at
            where held.data_fingerprint <> $fingerprint
        )

        select check_name, observed
        from ranked
        where age_rank = 1
        """,
        {
            "gate": gate,
            "settings": now.settings,
            "as_of_date": now.as_of_date,
            "fingerprint": data_fingerprint,
            "now": now.evaluated_at,
        },
    ).fetchall()
    return {str(name): float(value) for name, value in rows}


def note(
    connection: Any,
    schema: str,
    gate: str,
    data_fingerprint: str,
    now: Moment,
    observed: Mapping[str, float],
) -> None:
    """Note the figures of a gate that passed, in the place of those of a run that was stopped."""
    _create(connection, schema)
    connection.execute(f"delete from {_noted(schema)} where gate = ?", [gate])
    for name, value in sorted(observed.items()):
        connection.execute(
            f"insert into {_noted(schema)} values (?, ?, ?, ?, ?, ?, ?)",
            [
                gate,
                name,
                data_fingerprint,
                now.settings,
                now.as_of_date,
                value,
                now.evaluated_at,
            ],
        )


def keep(connection: Any, schema: str, evaluated_at: datetime) -> None:
    """Keep what the gates of a run noted: data seen before changes its values and nothing else."""
    _create(connection, schema)
    connection.execute(f"delete from {_noted(schema)} where recorded_at <> ?", [evaluated_at])
    same = " and ".join(
        f"kept.{column} = noted.{column}"
        for column in ("gate", "check_name", "data_fingerprint", "settings")
    )
    connection.execute(
        f"update {_kept(schema)} as kept set observed = noted.observed"
        f" from {_noted(schema)} as noted where {same}"
    )
    connection.execute(
        f"insert into {_kept(schema)} select noted.* from {_noted(schema)} as noted"
        f" where not exists (select 1 from {_kept(schema)} as kept where {same})"
    )
    connection.execute(f"delete from {_noted(schema)}")
