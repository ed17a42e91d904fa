"""Addresses, ids and lists as people have them: nobody who left is mailed all the same."""

import pytest

from .conftest import Doors

pytestmark = pytest.mark.scenario


def test_a_list_that_cannot_be_read_is_known_by_its_name(doors: Doors) -> None:
    assert {
        "generic/ls-named/Abmeldungen.docx",
        "generic/ls-named/orders_unsubscribed.csv",
    } <= doors.holds.keys()


def test_an_opt_in_under_two_addresses_lifts_both_of_one_person_and_nobody_of_two(
    doors: Doors,
) -> None:
    assert doors.mailable("ls-cells.example") == {"ann"}
    assert doors.warehouse.query(
        "select split_part(email_normalized, '@', 1), is_open from int_suppressions__unified"
        " where source_relation = 'ls-cells' and email_normalized is not null order by all"
    ) == [("ann", False), ("ann.old", False), ("bob", True), ("cyd", True)]


def test_an_id_that_people_wrote_for_want_of_one_is_nobodys(doors: Doors) -> None:
    assert doors.mailable("ls-ids.example") == {"ann"}
    assert "no address or known id" in doors.holds["generic/ls-ids/email_events.csv"]


def test_not_subscribed_is_a_no_also_where_another_system_says_yes(doors: Doors) -> None:
    assert "bob@ls-ids.example" not in doors.synced()


def test_an_opt_out_one_level_down_suppresses_or_holds_back(doors: Doors) -> None:
    assert "generic/ls-nested/email_events.jsonl" not in doors.holds
    assert "no address or known id" in doors.holds["generic/ls-nested-nobody/email_events.jsonl"]
    # who was meant by an id without an address is who the line names; by one with an address, not
    assert doors.mailable("ls-nested.example") == {"ada", "eva"}
