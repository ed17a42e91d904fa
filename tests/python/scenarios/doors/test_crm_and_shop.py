"""HubSpot and Shopify as people export them: who may be mailed, who is who, what is revenue."""

from decimal import Decimal
from hashlib import sha256
from typing import Any

import pytest

from winback.unread_values import unread_values

from .conftest import Doors

pytestmark = pytest.mark.scenario


def orders(doors: Doors, account: str) -> list[tuple[Any, ...]]:
    """Number, amount in EUR and revenue of each order of a shop."""
    return doors.warehouse.query(
        "select source_order_id, net_amount_base, revenue_base from fct_orders"
        f" where source_system = 'shopify' and source_relation = '{account}' order by 1"
    )


def buyers(doors: Doors, domain: str) -> dict[str, tuple[Any, ...]]:
    """Orders, revenue and average order value per local part of the address."""
    rows = doors.warehouse.query(
        "select split_part(contacts.email, '@', 1), features.orders_lifetime,"
        " features.revenue_lifetime, features.average_order_value"
        " from int_contact_features as features"
        " inner join int_contacts__resolved as contacts using (contact_id)"
        f" where features.is_current and contacts.email like '%@{domain}'"
    )
    return {row[0]: row[1:] for row in rows}


def blocked(doors: Doors, address: str) -> set[str]:
    """Causes that the register holds against an address."""
    rows = doors.warehouse.query(
        "select cause from suppression_register"
        f" where address_sha256 = '{sha256(address.encode()).hexdigest()}' and lifted_at is null"
    )
    return {row[0] for row in rows}


def told(doors: Doors) -> str:
    """What the run printed, without line breaks."""
    return " ".join(doors.output.split())


def partly_read(doors: Doors) -> str:
    """What a run tells of values that could not be read; of so many cases it prints the first."""
    return "\n".join(unread_values(doors.warehouse.database, shown=10_000))


# HubSpot: addresses


def test_additional_addresses_are_the_persons(doors: Doors) -> None:
    assert ["ada.main", "ada.second", "ada.third"] in doors.contacts("c01.example")
    [(clicks, amount)] = doors.warehouse.query(
        "select features.human_clicks_30d, features.revenue_lifetime"
        " from int_contact_features as features"
        " inner join int_contacts__resolved as contacts using (contact_id)"
        " where features.is_current and contacts.email = 'ada.main@c01.example'"
    )
    assert (clicks, amount) == (1, Decimal("80.0000"))
    assert doors.mailable("c01.example") == {"ada.main"}


def test_additional_addresses_in_another_language_and_without_a_main_one(doors: Doors) -> None:
    assert doors.contacts("hsadd.example") == [
        ["ute.main", "ute.second"],
        ["vic.main", "vic.second", "vic.third"],
        ["wim.only"],
    ]
    assert doors.mailable("hsadd.example") == {"ute.main"}


def test_a_former_main_address_leaves_with_its_person(doors: Doors) -> None:
    assert doors.contacts("hsmove.example") == [["ada.new", "ada.old"], ["bo.new", "bo.old"]]
    assert {name[:2] for name in doors.mailable("hsmove.example")} == {"bo"}


def test_quarantined_and_invalid_addresses(doors: Doors) -> None:
    assert doors.mailable("hsquar.example") == {"cat"}


def test_a_view_without_addresses_takes_none_away(doors: Doors) -> None:
    assert doors.mailable("k12c.example") == {"ina", "jos"}


# HubSpot: merges


@pytest.mark.parametrize(
    ("domain", "merged"),
    [
        ("c03.example", ["di.new", "di.old"]),
        ("hsmerge.example", ["di.one", "di.three", "di.two"]),
        ("hsmergi.example", ["fi.first", "fi.new", "fi.old"]),
    ],
)
def test_merges_with_time_stamps(doors: Doors, domain: str, merged: list[str]) -> None:
    assert merged in doors.contacts(domain)
    # the opt-out of the merged contact is not lost
    assert not doors.mailable(domain) & set(merged)


def test_a_merge_touches_nobody_else(doors: Doors) -> None:
    assert doors.mailable("hsmerge.example") == {"ed"}


# HubSpot: opt-outs


@pytest.mark.parametrize(
    ("domain", "mailable"),
    [
        ("c04.example", {"fi"}),
        # a label in French, and an answer that is neither yes nor no
        ("hstype.example", {"hal"}),
        # one came back; of one the date cannot be read; one left two types and answered for one
        ("hsback.example", {"jo"}),
    ],
)
def test_opt_outs_per_type_of_mail(doors: Doors, domain: str, mailable: set[str]) -> None:
    assert doors.mailable(domain) == mailable


def test_the_list_of_unsubscribes_and_bounces(doors: Doors) -> None:
    assert blocked(doors, "una@c34.example") == {"unsubscribe"}
    assert blocked(doors, "ulf@c34.example") == {"complaint"}
    assert doors.mailable("hslist.example") == {"una"}
    assert blocked(doors, "pia@hslist.example") == {"unsubscribe"}
    assert blocked(doors, "quo@hslist.example") == {"hard_bounce"}
    assert blocked(doors, "ria@hslist.example") == {"global_bounce"}
    # without a reason that can be seen, and with an address in another column
    assert blocked(doors, "sam@hslist.example") == {"unsubscribe"}
    assert blocked(doors, "tom@hslist.example") == {"unsubscribe"}
    assert doors.mailable("hsodd.example") == {"ute"}


def test_events_that_say_leave_and_are_rejected(doors: Doors) -> None:
    assert doors.mailable("hsevent.example") == {"gus"}


# HubSpot: ids and dates that a spreadsheet changed


@pytest.mark.parametrize(
    ("domain", "mailable", "people"),
    [
        ("c10b.example", {"abe", "bea"}, 3),
        ("k10e.example", {"bea"}, 2),
        ("hscomma.example", {"abe"}, 3),
        # the opt-out of the former export is not lifted by a line that lost its id
        ("hsround.example", {"dee"}, 2),
    ],
)
def test_rounded_ids_are_nobodys(
    doors: Doors, domain: str, mailable: set[str], people: int
) -> None:
    assert doors.mailable(domain) == mailable
    assert len(doors.contacts(domain)) == people


def test_rounded_ids_are_told(doors: Doors) -> None:
    [sentence] = [text for text in partly_read(doors).split("\n") if "hubspot/c10b/" in text]
    assert sentence.startswith("3 lines of hubspot/c10b/hubspot-crm-exports-all.csv (the first:")
    assert "Record ID: a contact id expected" in sentence


@pytest.mark.parametrize(
    ("domain", "mailable"),
    [
        ("c14.example", {"lou"}),
        ("hsusd.example", {"lou"}),
        # a false of unknown date is no return, a dated one is
        ("hsredo.example", {"nia"}),
    ],
)
def test_rewritten_dates_move_nobody(doors: Doors, domain: str, mailable: set[str]) -> None:
    assert doors.mailable(domain) == mailable
    assert doors.warehouse.query(
        "select count(*) from int_contact_records__unified where source_system = 'hubspot'"
        f" and email_raw like '%@{domain}' and created_at > timestamp '2024-12-31'"
    ) == [(0,)]


def test_rewritten_dates_are_told(doors: Doors) -> None:
    [sentence] = [text for text in partly_read(doors).split("\n") if "hubspot/c14/" in text]
    assert sentence.startswith("2 lines of hubspot/c14/hubspot-crm-exports-all.csv")
    assert "Create Date: a time such as" in sentence
    assert "Last Modified Date: a time such as" in sentence
    # none of the values that could not be read
    assert "10:00" not in partly_read(doors) and "E+11" not in partly_read(doors)
    assert "could be read in part only" in told(doors)


# Shopify: which order, whose


def test_orders_of_one_name(doors: Doors) -> None:
    assert [row[:2] for row in orders(doors, "c08")] == [
        ("5001000000009", 70),
        ("6001000000001", 100),
        ("6001000000002", 50),
    ]
    assert len(doors.contacts("c08.example")) == 3


def test_orders_of_one_name_keep_their_items(doors: Doors) -> None:
    assert [row[:2] for row in orders(doors, "spname")] == [("5001", 10), ("7001", 30), ("7002", 5)]
    assert doors.warehouse.query(
        "select source_order_id, count(*) from int_order_items__unified"
        " where source_relation = 'spname' group by 1 order by 1"
    ) == [("5001", 1), ("7001", 2), ("7002", 1)]


def test_orders_without_an_id(doors: Doors) -> None:
    assert [row[:2] for row in orders(doors, "spnoid")] == [
        ("#2 2021-03-02 09:00:00", 40),
        ("#2 2026-03-02 09:00:00", 20),
        ("8001", 10),
    ]


@pytest.mark.parametrize(
    ("domain", "mailable"),
    [
        ("c09.example", {"uma", "vic"}),
        # an empty box forbids who never said yes; a word that is no answer is never a yes
        ("spbox.example", {"una", "xia"}),
        # a real withdrawal, in another system
        ("spleft.example", set()),
    ],
)
def test_an_empty_box_is_no_withdrawal(doors: Doors, domain: str, mailable: set[str]) -> None:
    assert doors.mailable(domain) == mailable


def owners(doors: Doors, account: str) -> list[Any]:
    return [
        row[0]
        for row in doors.warehouse.query(
            "select contact_id from fct_orders"
            f" where source_relation = '{account}' order by source_order_id"
        )
    ]


def test_phones_that_identify_nobody(doors: Doors) -> None:
    rounded = owners(doors, "c10")
    assert rounded[:2] == [None, None] and rounded[2] is not None
    assert owners(doors, "spphone") == [None, None, None]
    one, other = owners(doors, "spsame")
    assert one == other is not None
    assert "2 lines of shopify/c10/orders_export.csv" in partly_read(doors)


# Shopify: what is revenue


def test_gift_cards_are_no_revenue_until_spent(doors: Doors) -> None:
    assert [(row[0], row[2]) for row in orders(doors, "spgift")] == [
        ("1", 0),
        ("2", 30),
        ("3", 50),
        ("4", 25),
    ]


def test_drafts_are_no_orders_and_their_file_is_told(doors: Doors) -> None:
    assert doors.contacts("spgift.example") == [["ann"], ["ben"], ["cat"], ["dan"]]
    assert "shopify/spgift/draft_orders_export.csv is known and not read: a draft" in told(doors)


def test_an_order_without_a_rate_counts(doors: Doors) -> None:
    assert buyers(doors, "c19.example") == {"yul": (1, 0, None)}
    assert buyers(doors, "sprate.example") == {"ann": (2, 100, 100.0), "bob": (1, 0, None)}
    # a currency whose rates begin later than the order
    [(count, revenue, average)] = buyers(doors, "spold.example").values()
    assert (count, float(revenue)) == (2, average)
    assert orders(doors, "c19") == [("91", None, None)]


def test_an_order_without_a_rate_is_told(doors: Doors) -> None:
    output = told(doors)
    assert "1 order in JPY, the first on 2026-05-20" in output
    assert "2 orders in SEK, the first on 2026-05-25" in output
    assert "seeds/fx/fx_rates.csv" in output
