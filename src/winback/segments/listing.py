"""The segments as a tree, with their sizes where they are built."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from winback.errors import UserError
from winback.segments.warehouse import open_warehouse


@dataclass(frozen=True)
class Listed:
    """A segment of the file; its figures are None where it was not built yet."""

    name: str
    label: str
    label_fr: str
    level: int | None
    parent: str | None
    is_exclusive: bool
    contacts: int | None
    share_of_contacts: float | None


def list_segments(
    rules: Sequence[Any], database: Path
) -> tuple[list[Listed], date | None, str | None]:
    """Describe the segments in the order of the tree.

    Args:
        rules: as they are typed; what is no segment with a name is left out.
        database: a warehouse, which need not be there.

    Returns:
        The segments, the date of their sizes, and why there are none.
    """
    sizes, as_of, problem = _sizes(database)
    found = []
    for rule in rules:
        if not isinstance(rule, Mapping) or not isinstance(rule.get("name"), str):
            continue
        name = rule["name"]
        contacts, share = sizes.get(name, (None, None))
        found.append(
            Listed(
                name=name,
                label=_label(rule, "en"),
                label_fr=_label(rule, "fr"),
                level=rule.get("level"),
                parent=rule.get("parent"),
                is_exclusive=rule.get("exclusive") is True or rule.get("otherwise") is True,
                contacts=contacts,
                share_of_contacts=share,
            )
        )
    return found, as_of, problem


def _sizes(
    database: Path,
) -> tuple[dict[str, tuple[int, float | None]], date | None, str | None]:
    try:
        with open_warehouse(database, "segment_tree") as connection:
            rows = connection.execute(
                "select segment, contacts, share_of_contacts, as_of_date"
                " from segment_tree where is_current"
            ).fetchall()
    except UserError as error:
        return {}, None, str(error)
    return {row[0]: (row[1], row[2]) for row in rows}, rows[0][3] if rows else None, None


def _label(rule: Mapping[str, Any], language: str) -> str:
    label = rule.get("label")
    if isinstance(label, Mapping):
        label = label.get(language) or label.get("en")
    return str(label or rule["name"])
