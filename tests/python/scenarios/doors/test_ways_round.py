"""Ways round the register that somebody found who tried to break it."""

import pytest

from .conftest import Doors

pytestmark = pytest.mark.scenario


def test_a_status_that_hubspot_is_not_known_to_write_is_no_yes(doors: Doors) -> None:
    assert doors.mailable("br-status.example") == {"yes"}


def test_an_address_in_another_column_of_an_opt_out_is_found(doors: Doors) -> None:
    assert "note@br-note.example" not in doors.synced()
    # a contact without any address who left is nobody whom a tool could mail
    assert "generic/br-note/contacts.csv" not in doors.holds


def test_an_event_of_no_kind_and_an_address_that_cannot_be_one_hold_back(doors: Doors) -> None:
    file = "generic/br-events/email_events.csv"
    reasons = {
        line.split(" has ", 1)[1].split(".")[0]
        for line in doors.output.splitlines()
        if line.startswith(f"held back Activation is held back: {file} has ")
    }
    assert len(reasons) == 2


def test_a_no_that_is_imprecise_undated_slipped_or_swallowed_is_a_no(doors: Doors) -> None:
    # zeros left under an id that lost its zeros, and its file was accepted by name
    assert doors.mailable("br-again.example") == {"stays", "zeros"}


def test_an_id_that_looks_like_a_contacts_or_is_that_of_several_holds_back(doors: Doors) -> None:
    assert "without leading zeros" in doors.holds["generic/br-again/email_events.csv"]
    assert "generic/br-contested/contacts.csv" in doors.holds
