"""Who is who: addresses as people type them, ids that are none, versions that know less."""

import pytest

from .conftest import Doors

pytestmark = pytest.mark.scenario


def _rows(doors: Doors, sql: str) -> list[tuple[object, ...]]:
    return list(doors.warehouse.query(sql))


def _show(doors: Doors, domain: str) -> None:
    print(domain, doors.mailable(domain), doors.contacts(domain))


def test_show(doors: Doors) -> None:
    print(doors.output)
    for domain in [
        "c01b",
        "c18",
        "c10b",
        "k10e",
        "k10h",
        "c11",
        "k12",
        "k12c",
        "c36",
        "who-dressed",
        "who-several",
        "who-invalid",
        "who-nullids",
        "who-rounded",
        "who-floats",
        "who-desk",
        "who-crowd",
        "who-poorer",
        "who-gafloats",
    ]:
        _show(doors, f"{domain}.example")
    for row in _rows(doors, "select * from identity_conflicts"):
        print(row)
    for row in _rows(doors, "select * from quality__unknown_contacts"):
        print(row)
    for row in _rows(doors, "select * from quality__unread_addresses"):
        print(row)
    assert 0
