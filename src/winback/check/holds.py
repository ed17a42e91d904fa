"""Which lines would hold activation back: they may say that somebody left, and lead to nobody.

A run judges them in `quality__activation_holds`, when it knows who is who. Here each line is asked
alone, and whether its id is in a list of contacts beside an address.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import duckdb

from winback.identity.addresses import addresses_in

SET_ASIDE = "staging_malformed_opt_outs"
"""View of the lines that the loader could not take apart and that may say somebody left."""

_SAYS_NO = {
    "contact_records": "email_consent = 'unsubscribed'",
    "consents": "status = 'unsubscribed'",
    "suppressions": "ended_at is null and cause <> 'invalid'",
    "email_events": "event_type in ('unsubscribe', 'complaint', 'bounce_hard')",
}
_UNKNOWN = "with a kind of event that nobody knows: it may be an opt-out"
_NOBODY = "that may say somebody left, and no address or known id can be found in {it}"
# what is surely an address is not asked about
_PLAIN = "[a-zA-Z0-9_+.-]+@([a-zA-Z0-9-]+[.])+[a-zA-Z]{2,24}"
_LIKE_AN_ADDRESS = re.compile(r"[@\uff20\ufe6b]|[ (\[{]at[ )\]}]", re.IGNORECASE)
_BETWEEN = re.compile(r"[\s,;|:\"<>()\[\]{}]+")
_MEMBER = re.compile(r"[0-9a-f]{32}")


@dataclass(frozen=True)
class _Line:
    """A line that may say "leave".

    Attributes:
        place: file and number.
        contact: system, account and id that it names; the id may be missing.
        is_unknown: whether nobody knows if it says so.
        is_named: whether it holds an address of the person.
    """

    place: tuple[str, int]
    contact: tuple[str, str, str | None]
    is_unknown: bool
    is_named: bool


def find_holds(
    connection: duckdb.DuckDBPyConnection, views: Iterable[str]
) -> list[tuple[str, str]]:
    """Say of each file how many lines of it would hold activation back.

    Args:
        connection: a database whose staging is built.
        views: the views in it.

    Returns:
        (file, "has 2 lines …"), sorted.
    """
    maps = [view for view in sorted(views) if view.startswith("map_")]
    set_aside = list(_set_aside(connection, [view for view in (*maps, SET_ASIDE) if view in views]))
    accepted = list(_accepted(connection, maps))
    unnamed = {line.contact for line in (*set_aside, *accepted) if not line.is_named}
    known = _known(connection, maps, unnamed)
    unknown = {line.place for line in set_aside if line.is_unknown}
    # either holds back by itself, as in a run: what a record says, and the text of its line
    nobody = _of_nobody(set_aside, known) | _of_nobody(accepted, known)
    counted = Counter((file, _UNKNOWN) for file, _ in unknown)
    counted += Counter((file, _NOBODY) for file, _ in nobody - unknown)
    return [
        (
            file,
            f"has {'a line' if count == 1 else f'{count:,} lines'}"
            f" {what.format(it='it' if count == 1 else 'them')}",
        )
        for (file, what), count in sorted(counted.items())
    ]


def _of_nobody(lines: list[_Line], known: set[tuple[str, str, str | None]]) -> set[tuple[str, int]]:
    """Places of lines that name nobody and whose id is not known."""
    named = {line.place for line in lines if line.is_named or line.contact in known}
    return {line.place for line in lines} - named


def _set_aside(connection: duckdb.DuckDBPyConnection, views: list[str]) -> Iterator[_Line]:
    """Lines that cannot be read the ordinary way, and what they name."""
    for view in views:
        if view == SET_ASIDE:
            own, condition = "null", "true"
        elif view.endswith("__opt_out_lines"):
            own, condition = "opt_out_address", "not is_counted_by_id"
        else:
            continue
        for system, account, contact_id, file, number, cause, address, text in connection.execute(
            "select source_system, source_relation, source_contact_id, source_file, line_number,"
            f" opt_out_cause, {own}, opt_out_text from {view} where {condition}"
        ).fetchall():
            if address is not None and _LIKE_AN_ADDRESS.search(address):
                # another address than the person's own may stand in a note
                parts = [address]
            else:
                parts = _BETWEEN.split(text)
            # Mailchimp names a member by the hash of the address, which may be found one day
            hashes = _MEMBER.findall(text.lower()) if system == "mailchimp" else []
            yield _Line(
                place=(file, number),
                contact=(system, account, contact_id or next(iter(hashes), None)),
                is_unknown=cause == "unknown",
                is_named=contact_id in hashes or any(_names_somebody(part) for part in parts),
            )


def _accepted(connection: duckdb.DuckDBPyConnection, views: list[str]) -> Iterator[_Line]:
    """Lines that say "leave" and are read, with an address that is none at first sight."""
    for view in views:
        condition = _SAYS_NO.get(view.rsplit("__", 1)[1])
        if condition is None:
            continue
        for system, account, contact_id, file, number, address in connection.execute(
            "select source_system, source_relation, source_contact_id, source_file, line_number,"
            f" email_raw from {view} where email_raw is not null and {condition}"
            " and not regexp_full_match(email_raw, ?)",
            [_PLAIN],
        ).fetchall():
            yield _Line(
                place=(file, number),
                contact=(system, account, contact_id),
                is_unknown=False,
                is_named=_names_somebody(address),
            )


def _known(
    connection: duckdb.DuckDBPyConnection,
    views: list[str],
    contacts: set[tuple[str, str, str | None]],
) -> set[tuple[str, str, str | None]]:
    """Those whose id stands beside an address in a list of contacts, or is the hash of one."""
    ids = sorted({contact[2] for contact in contacts if contact[2] is not None})
    found = set()
    for view in views:
        if ids and view.endswith("__contact_records"):
            for system, account, contact_id, address_hash, address in connection.execute(
                "with ids as (select unnest(?::varchar[]) as id)"
                " select source_system, source_relation, source_contact_id,"
                f" md5(lower(trim(email_raw))) as address_hash, email_raw from {view}"
                " where email_raw is not null and"
                " (source_contact_id in (from ids) or address_hash in (from ids))",
                [ids],
            ).fetchall():
                if _names_somebody(address):
                    found |= {(system, account, contact_id), (system, account, address_hash)}
    return found


def _names_somebody(text: str | None) -> bool:
    return any(address.is_valid for address in addresses_in(text or ""))
