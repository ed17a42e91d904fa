"""What a rule would give on the data that is built, before it is built itself."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from winback.errors import UserError
from winback.segments.compiled import Compiled
from winback.segments.warehouse import (
    FEATURE_TABLES,
    is_in,
    open_warehouse,
    read_dates,
    segment_rows,
)


@dataclass(frozen=True)
class Size:
    """A segment at one date; revenue is that of the 365 days before its end."""

    as_of_date: date
    contacts: int
    mailable_contacts: int
    revenue_365d: float
    all_contacts: int

    @property
    def share_of_contacts(self) -> float | None:
        """Share of all contacts known at the date, 0 to 1; None when there are none."""
        return self.contacts / self.all_contacts if self.all_contacts else None

    @property
    def mailable_share(self) -> float | None:
        """Share of the segment that may be mailed today, 0 to 1; None when it is empty."""
        return self.mailable_contacts / self.contacts if self.contacts else None


@dataclass(frozen=True)
class Overlap:
    """What a segment has in common with another one."""

    segment: str
    contacts: int
    share: float | None
    jaccard: float | None


@dataclass(frozen=True)
class Preview:
    """A segment at the date asked for, with its past, its neighbours and some of its contacts.

    `fitted` are the fields on which it rests that have no past, and what fits them; `unknown` those
    of its own rule of which nobody has a value at the date.
    """

    segment: str
    now: Size
    dates: list[Size]
    overlaps: list[Overlap]
    sample: list[str]
    fitted: dict[str, str]
    unknown: list[str]


def targets_in(found: Any, rules: Sequence[Any], where: str) -> tuple[list[Any], list[str]]:
    """Put the rules of a file among those of the working tree.

    A segment of the same name takes the place of the other; new ones stand at the end, so that
    exclusive siblings are tried before them. A condition alone is a segment named preview.

    Args:
        found: what the file holds.
        rules: those of the working tree.
        where: how messages call the file.

    Returns:
        All rules, and the names of those in the file.

    Raises:
        UserError: the file holds no rules with names.
    """
    if not isinstance(found, list) or not all(isinstance(rule, Mapping) for rule in found):
        raise UserError(f"{where}: a segment, a list of segments or a condition expected")
    if len(found) == 1 and "name" not in found[0]:
        alone = found[0]
        found = [{"name": "preview", **(alone if "where" in alone else {"where": alone})}]
    names = [rule.get("name") for rule in found]
    if not all(isinstance(name, str) for name in names):
        raise UserError(f"{where}: a name expected for each segment")
    if len(set(names)) < len(names):
        raise UserError(f"{where}: a name is there twice")
    given = {rule["name"]: rule for rule in found}
    known = [rule.get("name") if isinstance(rule, Mapping) else None for rule in rules]
    merged = [given.get(name, rule) for name, rule in zip(known, rules, strict=True)]
    return merged + [rule for name, rule in given.items() if name not in known], list(given)


def preview_segments(
    database: Path,
    compiled: Compiled,
    fields: Mapping[str, Collection[str]],
    as_of: date | None,
    sample: int,
) -> list[Preview]:
    """Evaluate rules over all dates in one scan and sum up some of the segments.

    Args:
        database: a built warehouse.
        compiled: all rules, without mistakes.
        fields: the segments to sum up, and the fields that the rule of each reads.
        as_of: one of the dates built; None for the current one.
        sample: number of contact ids, 0 for none.

    Raises:
        UserError: no such date, or the warehouse cannot be read.
    """
    with open_warehouse(database, *FEATURE_TABLES) as connection:
        dates = read_dates(connection)
        if as_of is not None and as_of not in dates:
            raise UserError(
                f"--as-of {as_of}: not a date that is built; accepted: "
                + ", ".join(str(day) for day in dates)
            )
        day = as_of or dates[-1]
        wanted = " or ".join(is_in(compiled.bits, name) for name in fields)
        _count(connection, compiled, day, wanted, sample)
        empty = _without_values(connection, compiled, day, set().union(*fields.values()))
        return [
            _preview(connection, compiled, name, day, sample, sorted(empty & set(read)))
            for name, read in fields.items()
        ]


def _without_values(
    connection: duckdb.DuckDBPyConnection, compiled: Compiled, day: date, fields: set[str]
) -> set[str]:
    """Those of the fields that are null for everybody."""
    if not fields:
        return set()
    names = sorted(fields)
    counts = connection.execute(f"""
        with features as ({compiled.features})
        select {", ".join(f'count("{name}")' for name in names)}
        from features
        where as_of_date = date '{day}'
    """).fetchall()[0]
    return {name for name, known in zip(names, counts, strict=True) if not known}


def _count(
    connection: duckdb.DuckDBPyConnection, compiled: Compiled, day: date, wanted: str, sample: int
) -> None:
    """Many contacts are in the same segments: one pass over all, then only the combinations. Each
    keeps its first contacts in the order of a hash, which tells nothing of how old they are."""
    words = ", ".join(compiled.words)
    connection.execute(f"""
        create temp table combinations as
        with features as ({compiled.features}),
        evaluated as ({compiled.query})
        select
            as_of_date,
            {words},
            count(*) as contacts,
            count(*) filter (where is_mailable) as mailable_contacts,
            coalesce(sum(revenue_365d), 0) as revenue,
            arg_min(contact_id, hash(contact_id), {max(sample, 1)})
                filter (where as_of_date = date '{day}' and ({wanted})) as sample
        from evaluated
        group by as_of_date, {words}
    """)


def _preview(
    connection: duckdb.DuckDBPyConnection,
    compiled: Compiled,
    name: str,
    day: date,
    sample: int,
    unknown: list[str],
) -> Preview:
    bits = compiled.bits
    target = is_in(bits, name)
    sizes = connection.execute(f"""
        select
            as_of_date,
            coalesce(sum(contacts) filter (where {target}), 0)::bigint,
            coalesce(sum(mailable_contacts) filter (where {target}), 0)::bigint,
            coalesce(sum(revenue) filter (where {target}), 0)::double,
            sum(contacts)::bigint
        from combinations
        group by as_of_date
        order by as_of_date
    """).fetchall()
    dates = [Size(*row) for row in sizes]
    now = next((size for size in dates if size.as_of_date == day), Size(day, 0, 0, 0.0, 0))
    words = " ".join(f"when {word} then word_{word}" for word in {w for w, _ in bits.values()})
    shared = connection.execute(f"""
        with segments (segment, word, bit) as (values {segment_rows(bits)}),
        memberships as (
            select
                segments.segment,
                combinations.contacts,
                ((case segments.word {words} end) & segments.bit) <> 0 as is_member,
                {target} as is_target
            from combinations
            cross join segments
            where combinations.as_of_date = date '{day}'
        )
        select
            segment,
            coalesce(sum(contacts) filter (where is_member), 0)::bigint,
            coalesce(sum(contacts) filter (where is_member and is_target), 0)::bigint as shared
        from memberships
        where segment <> '{name}'
        group by segment
        order by shared desc, segment
    """).fetchall()
    ids = connection.execute(f"""
        with picked as (
            select unnest(sample) as contact_id
            from combinations
            where as_of_date = date '{day}' and {target}
        )
        select contact_id from picked order by hash(contact_id) limit {sample}
    """).fetchall()
    return Preview(
        segment=name,
        now=now,
        dates=dates,
        overlaps=[_overlap(other, size, both, now.contacts) for other, size, both in shared],
        sample=[contact_id for (contact_id,) in ids],
        fitted=compiled.fitted.get(name, {}),
        unknown=unknown,
    )


def _overlap(segment: str, size: int, both: int, contacts: int) -> Overlap:
    union = contacts + size - both
    return Overlap(
        segment=segment,
        contacts=both,
        share=both / contacts if contacts else None,
        jaccard=both / union if union else None,
    )
