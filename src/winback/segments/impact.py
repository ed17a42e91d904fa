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
from winback.segments.dialects import Dialect
from winback.segments.pairing import Pair, pair_segments
from winback.segments.warehouse import FEATURE_TABLES, open_warehouse, quoted, read_dates


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
        for side, compiled in (("before", before[1]), ("after", after[1])):
            query = compiled.query(f"as_of_date = date '{day}'")
            connection.execute(f"create temp table rules_{side} as {query}")
        moves = {pair: _memberships(pair, after[1].dialect) for pair in pairs}
        changes = [
            _change(connection, pair, *moves[pair], is_changed)
            for pair, is_changed in pairs.items()
        ]
        if contacts_file is not None:
            _write_contacts(connection, moves, contacts_file)
    return Impact(day, changes, dict(skipped))


def _memberships(pair: Pair, dialect: Dialect) -> tuple[str, str]:
    """Conditions over both sides: in it before, in it after."""
    then, now = (
        f"rules_{side}.{dialect.name(name)}" if name else "false"
        for side, name in zip(("before", "after"), pair, strict=True)
    )
    return then, now


_BOTH = "rules_after inner join rules_before on rules_after.contact_id = rules_before.contact_id"


def _change(
    connection: duckdb.DuckDBPyConnection,
    pair: Pair,
    then: str,
    now: str,
    is_rule_changed: bool,
) -> Change:
    columns = [f"count(*) filter (where {then})", f"count(*) filter (where {now})"]
    for move in (f"not {then} and {now}", f"{then} and not {now}"):
        columns += [
            f"count(*) filter (where {move})",
            f"count(*) filter (where {move} and rules_after.is_mailable)",
            f"coalesce(sum(rules_after.revenue_365d) filter (where {move}), 0)::double",
        ]
    row = connection.execute(f"select {', '.join(columns)} from {_BOTH}").fetchall()[0]
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
    connection: duckdb.DuckDBPyConnection, moves: Mapping[Pair, tuple[str, str]], path: Path
) -> None:
    selects = [
        f"""
            select
                '{pair[1] or pair[0]}' as segment,
                rules_after.contact_id,
                case when {now} then 'entered' else 'left' end as change
            from {_BOTH}
            where {then} <> {now}
        """
        for pair, (then, now) in moves.items()
    ]
    empty = "select '' as segment, '' as contact_id, '' as change where false"
    try:
        connection.execute(
            f"copy (select * from ({' union all '.join(selects) or empty}) as changes"
            f" order by segment, contact_id) to {quoted(path)} (format csv, header)"
        )
    except duckdb.IOException:
        raise UserError(f"--contacts {path}: cannot be written") from None
