"""Who enters and leaves which segment when the rules change, on the same data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from winback.errors import UserError
from winback.segments.compiled import Compiled
from winback.segments.pairing import Pair, pair_segments
from winback.segments.warehouse import FEATURE_TABLES, is_in, open_warehouse, quoted, read_dates


@dataclass(frozen=True)
class Moved:
    """Contacts that enter or leave, with what is at stake; revenue is that of 365 days."""

    contacts: int
    mailable_contacts: int
    revenue_365d: float


@dataclass(frozen=True)
class Change:
    """One segment before and after.

    Attributes:
        segment: its name now; for a removed one, its name then.
        kind: kept, new, removed or renamed (the same rule under another name).
        renamed_from: its name then, where it is renamed.
        is_rule_changed: whether its own rule is another one; the contacts of a segment change
            through others as well, those it speaks of, its parent and its siblings.
        before: contacts by the rules of the commit.
        after: contacts by the rules of the working tree.
        entrants: those in it after and not before.
        leavers: those in it before and not after.
    """

    segment: str
    kind: str
    renamed_from: str | None
    is_rule_changed: bool
    before: int
    after: int
    entrants: Moved
    leavers: Moved

    @property
    def moved(self) -> int:
        """Contacts that enter or leave."""
        return self.entrants.contacts + self.leavers.contacts

    @property
    def growth(self) -> float | None:
        """Change of its size as a share of the size before; None when it was empty."""
        return (self.after - self.before) / self.before if self.before else None

    @property
    def is_unchanged(self) -> bool:
        """Whether nothing about it is worth a line."""
        return self.kind == "kept" and not self.moved and not self.is_rule_changed


@dataclass(frozen=True)
class Impact:
    """What a change of rules does at one date; `skipped` says why a segment has no figures."""

    as_of_date: date
    changes: list[Change]
    skipped: dict[str, str] = field(default_factory=dict)

    def beyond(self, limit: float) -> list[Change]:
        """The segments of which a larger share than `limit` of their contacts enters or leaves.

        A new segment had no contacts that could be missed; a removed one loses all of them.
        """
        return [
            change
            for change in self.changes
            if change.kind != "new" and change.moved > limit * change.before
        ]


def measure_impact(
    database: Path,
    before: tuple[Sequence[Any], Compiled],
    after: tuple[Sequence[Any], Compiled],
    skipped: Mapping[str, str],
    contacts_file: Path | None,
) -> Impact:
    """Evaluate both sides at the current date and compare them contact by contact.

    Args:
        database: a built warehouse.
        before: rules of the commit and what was compiled of them.
        after: rules of the working tree, likewise.
        skipped: segments that are not compared, and why.
        contacts_file: where to write a row per segment and contact that enters or leaves.

    Raises:
        UserError: the warehouse cannot be read or the file not be written.
    """
    pairs = pair_segments(before[0], after[0], skipped)
    with open_warehouse(database, *FEATURE_TABLES) as connection:
        day = read_dates(connection)[-1]
        _compare(connection, before[1], after[1], day)
        changes = [
            _change(connection, pair, before[1], after[1], rule_changed)
            for pair, rule_changed in pairs.items()
        ]
        if contacts_file is not None:
            _write_contacts(connection, list(pairs), before[1], after[1], contacts_file)
    return Impact(day, changes, dict(skipped))


def _compare(
    connection: duckdb.DuckDBPyConnection, before: Compiled, after: Compiled, day: date
) -> None:
    """Both sides' words of each contact side by side, then counted by combination."""
    sides = []
    for side in (before, after):
        sides.append(f"""(
            with features as (
                select * from ({side.features}) as built where as_of_date = date '{day}'
            )
            select * from ({side.query}) as evaluated
        )""")
    words = [
        *(f"then_{word}" for word in before.words),
        *(f"now_{word}" for word in after.words),
    ]
    chosen = [
        *(f"then_side.{word} as then_{word}" for word in before.words),
        *(f"now_side.{word} as now_{word}" for word in after.words),
    ]
    connection.execute(f"""
        create temp table compared as
        select
            now_side.contact_id,
            now_side.is_mailable,
            now_side.revenue_365d,
            {", ".join(chosen)}
        from {sides[0]} as then_side
        inner join {sides[1]} as now_side on then_side.contact_id = now_side.contact_id
    """)
    connection.execute(f"""
        create temp table combinations as
        select
            {", ".join(words)},
            count(*) as contacts,
            count(*) filter (where is_mailable) as mailable_contacts,
            coalesce(sum(revenue_365d), 0) as revenue
        from compared
        group by {", ".join(words)}
    """)


def _memberships(pair: Pair, before: Compiled, after: Compiled) -> tuple[str, str]:
    """Conditions: in it before, in it after."""
    return (
        is_in(before.bits, pair[0] or "", "then_"),
        is_in(after.bits, pair[1] or "", "now_"),
    )


def _change(
    connection: duckdb.DuckDBPyConnection,
    pair: Pair,
    before: Compiled,
    after: Compiled,
    is_rule_changed: bool,
) -> Change:
    then, now = _memberships(pair, before, after)

    def total(column: str, condition: str, kind: str = "bigint") -> str:
        return f"coalesce(sum({column}) filter (where {condition}), 0)::{kind}"

    moves = [f"not ({then}) and ({now})", f"({then}) and not ({now})"]
    columns = [total("contacts", then), total("contacts", now)]
    for move in moves:
        columns += [
            total("contacts", move),
            total("mailable_contacts", move),
            total("revenue", move, "double"),
        ]
    row = connection.execute(f"select {', '.join(columns)} from combinations").fetchall()[0]
    old, new = pair
    kind = "new" if old is None else "removed" if new is None else "kept"
    if old and new and old != new:
        kind = "renamed"
    return Change(
        segment=new or old or "",
        kind=kind,
        renamed_from=old if kind == "renamed" else None,
        is_rule_changed=is_rule_changed,
        before=row[0],
        after=row[1],
        entrants=Moved(*row[2:5]),
        leavers=Moved(*row[5:8]),
    )


def _write_contacts(
    connection: duckdb.DuckDBPyConnection,
    pairs: Sequence[Pair],
    before: Compiled,
    after: Compiled,
    path: Path,
) -> None:
    selects = []
    for pair in pairs:
        then, now = _memberships(pair, before, after)
        selects.append(f"""
            select
                '{pair[1] or pair[0]}' as segment,
                contact_id,
                case when {now} then 'entered' else 'left' end as change
            from compared
            where ({then}) <> ({now})
        """)
    empty = "select '' as segment, '' as contact_id, '' as change where false"
    try:
        connection.execute(
            f"copy (select * from ({' union all '.join(selects) or empty}) as changes"
            f" order by segment, contact_id) to {quoted(path)} (format csv, header)"
        )
    except duckdb.IOException:
        raise UserError(f"--contacts {path}: cannot be written") from None
