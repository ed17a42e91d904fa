"""Who is meant, and what the warehouse holds about them: read-only, and no address is repeated."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import duckdb

from winback.database import open_for_reading
from winback.errors import UserError
from winback.segments.explain_forecast import Leaf

_TABLES = (
    "dim_contacts",
    "dim_contact_addresses",
    "segment_tree",
    "segment_history",
    "segment_explanations",
)
_LEAF_COLUMNS = ", ".join(Leaf.__dataclass_fields__)


@dataclass(frozen=True)
class Segment:
    """What a segment is called and since when the contact is in it.

    Attributes:
        name: name in the rules.
        label: English label.
        label_fr: French label.
        level: level in the tree; None outside it.
        is_exclusive: whether it excludes its siblings.
        entered_on: first date of the membership that lasts until the date; None when not in it.
        is_entry_known: False when the membership began before the first date kept.
    """

    name: str
    label: str
    label_fr: str
    level: int | None
    is_exclusive: bool
    entered_on: date | None
    is_entry_known: bool


@dataclass(frozen=True)
class Explained:
    """All about one contact at one date.

    Attributes:
        contact_id: the person.
        as_of_date: the date.
        segments: every segment, the path of the tree first.
        leaves: the leaves of every segment, in the order of the file.
    """

    contact_id: str
    as_of_date: date
    segments: Sequence[Segment]
    leaves: dict[str, list[Leaf]]


def read_explained(database: Path, person: str, as_of: str | None) -> Explained:
    """Read all leaves of one contact at one date.

    Args:
        database: a built warehouse; opened read-only.
        person: contact_id, or an e-mail address the contact has or had.
        as_of: a date that is kept, as text; None for the current one.

    Raises:
        UserError: no such database, contact or date. Never repeats `person`.
    """
    with open_for_reading(database, _TABLES) as connection:
        contact_id = _find_contact(connection, person)
        day, first_kept = _find_date(connection, as_of)
        return _read(connection, contact_id, day, first_kept)


def _find_contact(connection: duckdb.DuckDBPyConnection, person: str) -> str:
    found = connection.execute(
        "select contact_id from dim_contacts where contact_id = ?", [person]
    ).fetchone()
    if found is None and "@" in person:
        from winback.identity.addresses import addresses_in  # slow to import, not always needed

        for address in addresses_in(person)[:1]:
            found = connection.execute(
                "select contact_id from dim_contact_addresses where email = ?",
                [address.normalized],
            ).fetchone()
    if found is None:
        what = "address" if "@" in person else "contact_id"
        raise UserError(f"no contact with this {what}; expected: a contact_id or an e-mail address")
    if found[0] is None:
        raise UserError("no contact with this address: it is only on a suppression list")
    return str(found[0])


def _find_date(connection: duckdb.DuckDBPyConnection, as_of: str | None) -> tuple[date, date]:
    """The date meant, and the first one kept."""
    kept = [
        day
        for (day,) in connection.execute(
            "select distinct as_of_date from segment_tree order by as_of_date desc"
        ).fetchall()
    ]
    if not kept:
        raise UserError("no date is kept: the warehouse holds no contact yet")
    if as_of is None:
        return kept[0], kept[-1]
    if as_of not in [day.isoformat() for day in kept]:
        raise UserError(
            f"--as-of {as_of}: not kept; kept dates: {', '.join(day.isoformat() for day in kept)}"
        )
    return date.fromisoformat(as_of), kept[-1]


def _read(
    connection: duckdb.DuckDBPyConnection, contact_id: str, day: date, first_kept: date
) -> Explained:
    rows = connection.execute(
        f"select {_LEAF_COLUMNS} from segment_explanations"
        " where contact_id = ? and as_of_date = ? order by leaf_number",
        [contact_id, day],
    ).fetchall()
    if not rows:
        raise UserError(
            f"contact {contact_id} was not known on {day}, or no segment is declared:"
            " try a later --as-of"
        )
    leaves: dict[str, list[Leaf]] = {}
    for row in rows:
        leaf = Leaf(*row)
        leaves.setdefault(leaf.segment, []).append(leaf)
    facts = connection.execute(
        "select segment, label, label_fr, level, is_exclusive from segment_tree"
        " where as_of_date = ?",
        [day],
    ).fetchall()
    told = {name: told for name, *told in facts}
    segments = []
    for name, entered_on in _entries(connection, contact_id, day, list(leaves)).items():
        label, label_fr, level, is_exclusive = told[name]
        is_known = entered_on != first_kept
        segments.append(Segment(name, label, label_fr, level, is_exclusive, entered_on, is_known))
    segments.sort(key=lambda each: (each.level or 9) if each.is_exclusive else 9)
    return Explained(contact_id, day, segments, leaves)


def _entries(
    connection: duckdb.DuckDBPyConnection, contact_id: str, day: date, names: list[str]
) -> dict[str, date | None]:
    """The first date of each membership that lasts until the day."""
    columns = ", ".join(f'"{name}"' for name in names)
    history = connection.execute(
        f"select as_of_date, {columns} from segment_history"
        " where contact_id = ? and as_of_date <= ? order by as_of_date desc",
        [contact_id, day],
    ).fetchall()
    entered: dict[str, date | None] = {}
    for place, name in enumerate(names, start=1):
        entered[name] = None
        for row in history:
            if not row[place]:
                break
            entered[name] = row[0]
    return entered
