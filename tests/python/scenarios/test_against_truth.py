"""What the pipeline made of the demo's exports, against what the demo knows it wrote."""

import json
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario

# a record is found again by its id, and by its address in the case and without the blanks of both
WHO = """
    with records as (
        select
            person_id,
            source_system,
            source_relation,
            source_contact_id,
            lower(trim(replace(email, chr(160), ''))) as email
        from read_parquet('{truth}/records.parquet')
    )

    select ids.contact_id, records.person_id
    from int_contact_identities as ids
    inner join records
        on (ids.identifier_type = 'email' and ids.identifier_value = records.email)
        or (ids.identifier_type = 'source_id'
            and ids.source_system = records.source_system
            and ids.source_relation = records.source_relation
            and ids.identifier_value = records.source_contact_id)
    group by all
"""


@pytest.fixture(scope="module")
def truth(demo_exports: Path) -> Path:
    return demo_exports / "truth"


@pytest.fixture(scope="module")
def expected(truth: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((truth / "expectations.json").read_text())
    return found


def test_as_many_contacts_as_persons_that_can_be_told(
    demo: Warehouse, expected: dict[str, Any]
) -> None:
    contacts = demo.value("select count(*) from dim_contacts")
    assert contacts == expected["people"]["resolvable"]


def test_no_contact_is_two_persons(demo: Warehouse, truth: Path) -> None:
    """And one person is several contacts only where nothing ties the records together."""
    who = WHO.format(truth=truth)
    merged = demo.value(
        f"select count(*) from (select contact_id from ({who}) group by all having count(*) > 1)"
    )
    assert merged == 0
    split = demo.query(
        f"""
        with who as ({who}),

        several as (select person_id from who group by all having count(*) > 1)

        select who.person_id, count(con.email)
        from who
        inner join several on who.person_id = several.person_id
        inner join dim_contacts as con on who.contact_id = con.contact_id
        group by all
        """
    )
    # one with the address, and the loyalty record without
    assert {addressed for _, addressed in split} == {1}


def test_who_may_be_mailed(demo: Warehouse, truth: Path) -> None:
    """By person, over those with an address; where no tool ever asked, nothing forbids it."""
    found = demo.query(
        f"""
        with who as ({WHO.format(truth=truth)})

        select
            people.is_mailable,
            people.blocking_cause,
            con.is_mailable,
            con.blocking_cause,
            count(*)
        from who
        inner join read_parquet('{truth}/contacts.parquet') as people
            on who.person_id = people.person_id
        inner join dim_contacts as con on who.contact_id = con.contact_id
        where con.email is not null
        group by all
        """
    )
    compared: Counter[tuple[Any, ...]] = Counter()
    for true, true_cause, said, cause, contacts in found:
        # docs/decisions.md: consent never collected blocks nobody
        true = True if true is None else true
        compared[(true, true_cause) == (said, cause), true_cause, cause] += contacts
    assert {key: count for key, count in compared.items() if not key[0]} == {}
    causes = {cause for _, _, cause in compared}
    assert causes >= {None, "complaint", "hard_bounce", "unsubscribe", "never_subscribed"}


def test_mail_is_counted_as_it_was_exported(demo: Warehouse, expected: dict[str, Any]) -> None:
    wanted: Counter[tuple[str, str, str]] = Counter()
    for one in expected["mail"]:
        wanted[one["system"], one["account"], one["event_type"]] += one["exported"]
    found = demo.query(
        "select source_system, source_relation, event_type, sum(event_count)"
        " from fct_email_events group by all"
    )
    assert {row[:3]: int(row[3]) for row in found} == dict(+wanted)


def test_orders_amount_to_what_was_sold(demo: Warehouse, expected: dict[str, Any]) -> None:
    wanted = {
        (one["system"], one["currency"], one["status"]): (
            one["orders"],
            Decimal(one["net_amount"]),
            Decimal(one["refunded_amount"]),
        )
        for one in expected["orders"]
    }
    found = demo.query(
        "select source_system, currency, status, count(*), sum(net_amount), sum(refunded_amount)"
        " from fct_orders group by all"
    )
    assert {row[:3]: row[3:] for row in found} == wanted


def test_each_file_loses_its_faults_and_nothing_else(
    demo: Warehouse, expected: dict[str, Any]
) -> None:
    wanted = {
        file["path"]: (
            file["lines"],
            file.get("malformed", 0),
            file.get("unparsable", 0) + file.get("future", 0),
        )
        for file in expected["files"]
    }
    found = demo.query(
        "select source_file, lines_in_file, rejected_by_loader, rejected_by_staging"
        " from quality__line_accounting"
    )
    assert {row[0]: row[1:] for row in found} == wanted
    assert sum(row[2] + row[3] for row in found) > 0
