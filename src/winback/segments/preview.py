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
from winback.segments.flags import with_ctes
from winback.segments.warehouse import FEATURE_TABLES, open_warehouse, read_dates


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
    """Evaluate rules over all dates and sum up some of the segments.

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
        sizes = _sizes(connection, compiled, list(fields))
        nobody = Size(day, 0, 0, 0.0, 0)
        that_day = f"as_of_date = date '{day}'"
        connection.execute(f"create temp table that_day as {compiled.query(that_day)}")
        empty = _without_values(connection, compiled, that_day, set().union(*fields.values()))
        return [
            Preview(
                segment=name,
                now=next((at for at in sizes[name] if at.as_of_date == day), nobody),
                dates=sizes[name],
                overlaps=_overlaps(connection, compiled, name),
                sample=_sample(connection, compiled, name, sample),
                fitted=dict(compiled.fitted.get(name, {})),
                unknown=sorted(empty & set(read)),
            )
            for name, read in fields.items()
        ]


def _sizes(
    connection: duckdb.DuckDBPyConnection, compiled: Compiled, names: Sequence[str]
) -> dict[str, list[Size]]:
    """Each of the segments at every date."""
    columns = []
    for name in names:
        is_in = compiled.dialect.name(name)
        columns += [
            f"count(*) filter (where {is_in})",
            f"count(*) filter (where {is_in} and is_mailable)",
            f"coalesce(sum(revenue_365d) filter (where {is_in}), 0)::double",
        ]
    rows = connection.execute(f"""
        select as_of_date, count(*), {", ".join(columns)}
        from ({compiled.query()}) as evaluated
        group by as_of_date
        order by as_of_date
    """).fetchall()
    sizes: dict[str, list[Size]] = {name: [] for name in names}
    for day, all_contacts, *figures in rows:
        for place, name in enumerate(names):
            contacts, mailable_contacts, revenue = figures[3 * place : 3 * place + 3]
            sizes[name].append(Size(day, contacts, mailable_contacts, revenue, all_contacts))
    return sizes


def _without_values(
    connection: duckdb.DuckDBPyConnection, compiled: Compiled, where: str, fields: set[str]
) -> set[str]:
    """Those of the fields that are null for everybody."""
    if not fields:
        return set()
    names = sorted(fields)
    ctes, source = compiled.asked(where)
    counts = ", ".join(f"count({compiled.dialect.name(name)})" for name in names)
    found = connection.execute(with_ctes(ctes, f"select {counts} from {source}")).fetchall()[0]
    return {name for name, known in zip(names, found, strict=True) if not known}


def _overlaps(
    connection: duckdb.DuckDBPyConnection, compiled: Compiled, name: str
) -> list[Overlap]:
    """What a segment has in common with every other one, largest first."""
    others = [other for other in compiled.segments if other != name]
    target = compiled.dialect.name(name)
    columns = [f"count(*) filter (where {target})"]
    for other in map(compiled.dialect.name, others):
        columns += [
            f"count(*) filter (where {other})",
            f"count(*) filter (where {other} and {target})",
        ]
    own, *counts = connection.execute(f"select {', '.join(columns)} from that_day").fetchall()[0]
    found = [
        _overlap(other, counts[2 * place], counts[2 * place + 1], own)
        for place, other in enumerate(others)
    ]
    return sorted(found, key=lambda overlap: (-overlap.contacts, overlap.segment))


def _sample(
    connection: duckdb.DuckDBPyConnection, compiled: Compiled, name: str, size: int
) -> list[str]:
    """Some members in the order of a hash, which tells nothing of how old they are."""
    rows = connection.execute(
        f"select contact_id from that_day where {compiled.dialect.name(name)}"
        f" order by hash(contact_id), contact_id limit {size}"
    ).fetchall()
    return [contact_id for (contact_id,) in rows]


def _overlap(segment: str, size: int, both: int, contacts: int) -> Overlap:
    union = contacts + size - both
    return Overlap(
        segment=segment,
        contacts=both,
        share=both / contacts if contacts else None,
        jaccard=both / union if union else None,
    )
