"""Who is who: addresses as people type them, ids that are none, versions that know less."""

from typing import Any

import pytest

from .conftest import Doors

pytestmark = pytest.mark.scenario


def _buyers(doors: Doors, account: str) -> dict[str, tuple[Any, ...]]:
    """Per order of an account: local part of the buyer's address, status, currency, refund."""
    return {
        row[0]: row[1:]
        for row in doors.warehouse.query(
            "select ord.source_order_id, split_part(con.email, '@', 1), ord.status, ord.currency,"
            " ord.refunded_amount::double from fct_orders ord"
            " left join dim_contacts con on ord.contact_id = con.contact_id"
            f" where ord.source_relation = '{account}'"
        )
    }


def _visitors(doors: Doors, account: str) -> list[tuple[Any, ...]]:
    """Per session of an account: local part of the visitor's address, pages."""
    return doors.warehouse.query(
        "select split_part(con.email, '@', 1), ses.page_views from fct_web_sessions ses"
        " left join dim_contacts con on ses.contact_id = con.contact_id"
        f" where ses.source_relation = '{account}' order by ses.source_session_id"
    )


def _conflicts(doors: Doors, account: str) -> list[tuple[Any, ...]]:
    """Conflicts of an account, or of addresses at its domain."""
    return doors.warehouse.query(
        "select kind, identifier_shown, records, addresses, names from identity_conflicts"
        f" where source_relation = '{account}' or identifier_shown like '%@{account}.example'"
        " order by all"
    )


def _unread(doors: Doors, table: str, account: str) -> dict[str, int]:
    """What of the accepted lines of an account could not be read, with the number of lines."""
    return dict(
        doors.warehouse.query(
            f"select unread_values, count(*) from {table} where source_relation = '{account}'"
            " and unread_values is not null group by all"
        )
    )


def _unknown(doors: Doors, account: str, entity: str) -> tuple[Any, ...]:
    (row,) = doors.warehouse.query(
        "select lines, named_lines, unknown_lines from quality__unknown_contacts"
        f" where source_relation = '{account}' and entity = '{entity}'"
    )
    return row


def _causes(doors: Doors, account: str) -> dict[str, str]:
    """Addresses of an account's domain that are suppressed, with the cause."""
    return dict(
        doors.warehouse.query(
            "select split_part(email, '@', 1), suppression_cause from dim_contact_addresses"
            f" where email like '%@{account}.example' and suppression_cause is not null"
        )
    )


# addresses


def test_an_opt_out_holds_for_each_address_of_the_cell(doors: Doors) -> None:
    """Case 01b."""
    assert doors.mailable("c01b.example") == set()
    assert doors.contacts("c01b.example") == [
        ["kim.a", "kim.b"],
        ["lee.a", "lee.b"],
        ["mo.a", "mo.b"],
    ]
    assert doors.mailable("who-several.example") == {"dan.a", "eva"}
    assert doors.contacts("who-several.example") == [
        ["ada.a", "ada.b"],
        ["bob.a", "bob.b"],
        ["cyd.a", "cyd.b", "cyd.c"],
        ["dan.a", "dan.b"],
        ["eva"],
    ]
    assert set(_causes(doors, "who-several")) == {
        *("ada.a", "ada.b", "bob.a", "bob.b", "cyd.a", "cyd.b", "cyd.c")
    }


def test_an_opt_out_under_a_dressed_address_holds(doors: Doors) -> None:
    """Case 18."""
    assert doors.mailable("c18.example") == {"tia"}
    assert doors.mailable("who-dressed.example") == set()
    assert doors.contacts("who-dressed.example") == [
        [name]
        for name in (
            *("ada", "bob", "cyd", "dan", "eva", "fay", "gus", "hal", "ida", "jon", "kai+shop"),
            *("lea", "max", "o'neil", "o'tool"),
        )
    ]


def test_what_is_no_valid_address_is_told_and_never_mailed(doors: Doors) -> None:
    assert doors.mailable("who-invalid.example") == {"cyd", "smith"}
    assert _causes(doors, "who-invalid") == {"bob,smith": "invalid", "dan..d": "invalid"}
    assert doors.warehouse.query(
        "select is_mailable, blocking_cause from dim_contacts where email = 'ada@invalid'"
    ) == [(False, "invalid")]
    assert doors.warehouse.query(
        "select cells, no_address, not_valid from quality__unread_addresses"
        " where source_relation = 'who-invalid'"
    ) == [(5, 0, 3)]
    assert _unread(doors, "stg_generic__contacts", "who-invalid") == {
        "email: an address expected": 1
    }


# ids


def test_rounded_record_ids_merge_nobody(doors: Doors) -> None:
    """Cases 10b and 10e."""
    assert doors.mailable("c10b.example") == {"abe", "bea"}
    assert doors.contacts("c10b.example") == [["abe"], ["bea"], ["zoe"]]
    assert doors.mailable("k10e.example") == {"bea"}
    assert doors.contacts("k10e.example") == [["bea"], ["zoe"]]


def test_a_generic_contact_with_a_rounded_id_is_known_by_the_address(doors: Doors) -> None:
    """Scientific notation, and a rounded number saved once more: one id, several addresses."""
    assert doors.contacts("who-rounded.example") == [
        [n] for n in ("ada", "bob", "cyd", "dan", "eva")
    ]
    assert doors.mailable("who-rounded.example") == {"bob", "dan", "eva"}
    buyers = {order: row[0] for order, row in _buyers(doors, "who-rounded").items()}
    assert buyers == {"1": None, "2": None, "3": "eva"}
    assert _conflicts(doors, "who-rounded") == [("id_of_several_addresses", "***00", 2, 2, None)]
    assert _unknown(doors, "who-rounded", "orders") == (3, 2, 1)
    no_id = "contact_id: an id (long numbers lose digits in a spreadsheet) expected"
    assert _unread(doors, "stg_generic__contacts", "who-rounded") == {no_id: 2}
    assert _unread(doors, "stg_generic__orders", "who-rounded") == {no_id: 1}


def test_a_word_for_nothing_is_nobody(doors: Doors) -> None:
    """Case 10h."""
    assert doors.contacts("k10h.example") == [["abe"], ["bea"], ["cid"]]
    assert doors.mailable("k10h.example") == {"abe", "cid"}
    buyers = {order: row[0] for order, row in _buyers(doors, "k10h").items()}
    assert buyers == {"on1": None, "on2": None, "on3": "cid"}
    assert doors.contacts("who-nullids.example") == [
        [name] for name in ("ada", "bob", "cyd", "dan", "eva", "fay", "gus")
    ]
    assert doors.mailable("who-nullids.example") == {"ada", "cyd", "eva", "gus"}
    buyers = {order: row[0] for order, row in _buyers(doors, "who-nullids").items()}
    assert buyers == {"n1": None, "n2": None, "n3": "gus"}
    # nobody is lost over it: a contact known by neither id nor address is kept, and told
    assert (
        doors.warehouse.query(
            "select reason from quality__rejected_records where source_relation = 'who-nullids'"
        )
        == []
    )
    told = _unread(doors, "stg_generic__contacts", "who-nullids")
    assert sum(n for reason, n in told.items() if "an id (long numbers" in reason) >= 1


def test_whole_numbers_of_a_notebook_are_ids(doors: Doors) -> None:
    """Case 11; whose 102 it is nobody can say in a warehouse with other lists that have one."""
    assert _visitors(doors, "c11")[:2] == [("hon", 3), (None, None)]
    assert _visitors(doors, "who-gafloats") == [("ada", 3), (None, None), (None, None)]
    assert doors.contacts("who-floats.example") == [["ada", "bob"], ["cyd"]]
    buyers = {order: row[0] for order, row in _buyers(doors, "who-floats").items()}
    assert buyers == {"f1": "ada", "f2": None}
    # 7.0 beside 7.5 is no whole number
    assert _unknown(doors, "who-floats", "web_sessions") == (2, 2, 2)


# what would merge strangers


def test_an_address_of_many_names_is_nobodys(doors: Doors) -> None:
    """Case 36."""
    assert {row[0] for row in _buyers(doors, "c36").values()} == {None}
    assert _conflicts(doors, "c36") == [("address_of_many_names", "n***@c36.example", 1, 1, 8)]
    assert _unknown(doors, "c36", "orders") == (8, 8, 8)


def test_records_with_ids_are_not_merged_by_such_an_address(doors: Doors) -> None:
    assert _conflicts(doors, "who-desk") == [
        ("address_of_many_names", "d***@who-desk.example", 7, 1, 7)
    ]
    assert doors.warehouse.query(
        "select count(distinct contact_id), count(email) from dim_contact_records"
        " where source_relation = 'who-desk' and source_contact_id like 'k%'"
    ) == [(7, 0)]
    # a family is one address, and one household to the mailer
    assert doors.mailable("who-desk.example") == {"family"}
    # who opted out under it opted out for it
    assert _causes(doors, "who-desk") == {"desk": "unsubscribe"}
    buyers = doors.warehouse.query(
        "select ord.source_order_id, rec.source_contact_id from fct_orders ord"
        " inner join dim_contact_records rec on ord.contact_id = rec.contact_id"
        " where ord.source_relation = 'who-desk'"
    )
    assert buyers == [("p1", "k1")]


def test_a_crowd_is_kept_apart(doors: Doors) -> None:
    contacts = doors.contacts("who-crowd.example")
    assert len(contacts) == 27
    assert ["few1", "few2"] in contacts
    mailable = doors.mailable("who-crowd.example")
    assert "one4" not in mailable
    assert {"one3", "one5"} < mailable
    assert doors.warehouse.query(
        "select records, addresses from identity_conflicts where kind = 'too_many_addresses'"
    ) == [(26, 26)]


# versions


def test_a_poorer_export_takes_nothing_away(doors: Doors) -> None:
    """Case 12b."""
    assert doors.warehouse.query(
        "select split_part(email, '@', 1), first_name, country_code, sector, is_mailable"
        " from dim_contacts where email in ('val@k12.example', 'ada@who-poorer.example',"
        " 'bob@who-poorer.example') order by email"
    ) == [
        ("ada", "Adele", "FR", "luxury", True),
        ("bob", "Bob", "DE", "food", False),
        ("val", "Valerie", "FR", "luxury", True),
    ]
    assert list(_buyers(doors, "k12").values()) == [("wyn", "partially_refunded", "EUR", 10)]
    assert _buyers(doors, "who-poorer") == {
        "o1": ("ada", "paid", "USD", 0),
        "o2": ("bob", "cancelled", "EUR", 0),
    }
    assert _visitors(doors, "who-poorer") == [("ada", 4)]
    assert doors.warehouse.query(
        "select extra ->> 'tier', extra ->> 'shoe' from int_contact_records__unified"
        " where source_relation = 'who-poorer' order by source_contact_id"
    ) == [("silver", "38"), (None, "44")]


def test_an_export_of_a_view_keeps_the_addresses(doors: Doors) -> None:
    """Case 12c."""
    assert doors.mailable("k12c.example") == {"ina", "jos"}
