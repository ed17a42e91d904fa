"""Mailchimp's exports as people have them: every list is read, and nobody who left is mailed."""

import json

import pytest

from .conftest import Doors

pytestmark = pytest.mark.scenario


def names(doors: Doors, account: str) -> set[tuple[str, str | None, str | None]]:
    """Address without its domain, first name and last name of an account's members."""
    return {
        tuple(row)
        for row in doors.warehouse.query(
            "select split_part(email_address, '@', 1), first_name, last_name"
            f" from stg_mailchimp__audience_members where source_relation = '{account}'"
        )
    }


def extra(doors: Doors, account: str) -> list[dict[str, str | None]]:
    """What the layout does not know of an account's members, by header."""
    return [
        json.loads(row[0])
        for row in doors.warehouse.query(
            "select extra from stg_mailchimp__audience_members"
            f" where source_relation = '{account}' order by source_file, line_number"
        )
    ]


def blocked(doors: Doors, domain: str) -> dict[str, str]:
    """Local part -> why that contact may not be mailed."""
    return dict(
        doors.warehouse.query(
            "select split_part(email, '@', 1), blocking_cause from dim_contacts"
            f" where not is_mailable and email like '%@{domain}'"
        )
    )


def test_headers_in_the_owners_language(doors: Doors) -> None:
    assert names(doors, "c06") == {("iva", "Jo", "Doe"), ("jon", "Jo", "Doe")}
    assert doors.mailable("c06.example") == {"iva"}


def test_headers_in_any_language_and_order(doors: Doors) -> None:
    assert doors.mailable("mcnames.example") == {"ana", "eva", "aki", "ren"}
    assert blocked(doors, "mcnames.example") == {
        "leo": "unsubscribe",
        "noa": "hard_bounce",
        "yui": "unsubscribe",
    }
    # the address of whoever recommended a member is no address of the member
    assert {row["紹介者のメール"] for row in extra(doors, "mcnames_jp")} == {
        None,
        "aki@mcnames.example",
    }


def test_fields_of_like_name(doors: Doors) -> None:
    assert names(doors, "c07") == {("mia", "Mia", "Nine")}
    assert doors.mailable("c07.example") == {"mia"}
    assert names(doors, "c07b") == {("nia", "Jo", "Doe")}
    (kept,) = extra(doors, "c07b")
    assert (kept["Email"], kept["Region"], kept["Timezone"]) == (
        "nia@c07b.example",
        "Bretagne",
        "Paris time",
    )
    assert doors.warehouse.query(
        "select timezone, region from stg_mailchimp__audience_members"
        " where source_relation = 'c07b'"
    ) == [("europe/zurich", "zh")]


def test_a_list_that_was_exported_and_imported_again(doors: Doors) -> None:
    """Its fields UNSUB_TIME and MEMBER_RATING are the owner's: nobody left by them."""
    assert doors.mailable("mcdouble.example") == {"ida", "ole", "pia"}
    first, second = extra(doors, "mcdouble_a")
    assert (first["First Name (2)"], second["Email Address (2)"]) == (
        "Old",
        "ole.old@mcdouble.example",
    )
    assert (first["MEMBER_RATING"], first["MEMBER_RATING (2)"]) == ("3", "2")
    assert blocked(doors, "mcdouble.example") == {"tom": "unsubscribe"}


def test_an_export_of_a_segment_says_nothing_of_the_others(doors: Doors) -> None:
    assert doors.mailable("mcsegment.example") == {"ada", "bob"}
    assert blocked(doors, "mcsegment.example") == {"cyd": "unsubscribe", "dan": "hard_bounce"}


def test_marketing_permissions(doors: Doors) -> None:
    """Where an audience asks for them, an empty cell, a no and an unknown word are no yes."""
    assert doors.mailable("mcpermit.example") == {"yes", "ja", "before"}
    assert set(blocked(doors, "mcpermit.example").values()) == {"never_subscribed"}


def test_renamed_files(doors: Doors) -> None:
    """The header row outweighs the name of a file."""
    assert blocked(doors, "mcrenamed.example") == {
        "lea": "unsubscribe",
        "max": "hard_bounce",
        "kim": "unsubscribe",
    }


def test_the_account_export(doors: Doors) -> None:
    """Whom a campaign lost is told by folder; a bounce ends when the member is seen subscribed."""
    assert doors.mailable("mcaccount.example") == {"kai", "soft"}
    assert blocked(doors, "mcaccount.example") == {
        "out": "unsubscribe",
        "odd": "unreadable",
        "una": "unsubscribe",
        "cle": "hard_bounce",
        "hard": "hard_bounce",
        "left": "unsubscribe",
        "spam": "complaint",
    }
    unread = doors.warehouse.query(
        "select source_file from raw.landing_unread"
        " where source_file like 'mailchimp/mcaccount_a/%'"
    )
    assert unread == []


def test_whatever_is_damaged_a_line_of_who_left_holds(doors: Doors) -> None:
    assert doors.mailable("mcdamage.example") == {"stays", "good"}
    causes = blocked(doors, "mcdamage.example")
    assert (causes["abuse"], causes["foreign"]) == ("complaint", "complaint")
    assert (causes["bounced"], causes["oddbounce"]) == ("hard_bounce", "hard_bounce")
    assert causes["nostatus"] == "unreadable"


def test_bytes_that_are_no_text(doors: Doors) -> None:
    assert doors.mailable("c23.example") == set()
