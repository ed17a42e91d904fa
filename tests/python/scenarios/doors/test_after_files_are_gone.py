"""Whoever left once stays out, whatever becomes of the file that said so."""

from pathlib import Path

import pytest

from ..warehouse import PLAIN_VARS, Warehouse

pytestmark = pytest.mark.scenario

WEEKS = 6
KEPT = 2  # weeks that an export reaches back
AUDIENCE = "Email Address,OPTIN_TIME,OPTIN_IP,UNSUB_TIME,UNSUB_CAMPAIGN_ID,LEID,EUID\n"
VARIABLES = PLAIN_VARS.replace("history_months: 3", "history_months: 0")


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def _export(landing: Path, week: int) -> None:
    """The exports of a week, under the same names as ever: who left in the last weeks only."""
    weeks = range(max(0, week - KEPT + 1), week + 1)
    days = {one: f"2026-05-{1 + 4 * one:02}" for one in weeks}
    _write(
        landing / "generic" / "roll" / "email_events.csv",
        "email,event_type,occurred_at,event_count\n"
        + "".join(
            f"event{one}@roll.example,unsubscribe,{day} 10:00:00,1\n"
            f"spam{one}@roll.example,complaint,{day} 10:00:00,1\n"
            # damaged: undated
            f"undated{one}@roll.example,unsubscribe,,1\n"
            f"nothing{one}@roll.example,bounce_hard,{day} 10:00:00,0\n"
            for one, day in days.items()
        ),
    )
    _write(
        landing / "mailchimp" / "roll" / "unsubscribed_members_export_1.csv",
        AUDIENCE
        + "".join(
            f"list{one}@roll.example,2025-01-01 10:00:00,203.0.113.5,{day} 10:00:00,"
            f"c1,l{one},e{one}\n"
            for one, day in days.items()
        ),
    )
    _write(
        landing / "hubspot" / "roll" / "hubspot-crm-exports-all.csv",
        "Record ID,Email,Create Date,Last Modified Date,Unsubscribed from all email\n"
        + "".join(
            f"{70 + one},crm{one}@roll.example,2025-01-01 10:00,{day} 10:00,true\n"
            for one, day in days.items()
        ),
    )


def _left() -> set[str]:
    kinds = ("event", "spam", "undated", "nothing", "list", "crm")
    return {f"{kind}{week}@roll.example" for kind in kinds for week in range(WEEKS)}


def _replaced_at_once(who: str) -> str:
    """An export of events that is there for a moment only."""
    return (
        f"email,event_type,occurred_at,event_count\n{who}@roll.example,unsubscribe,2026-05-02,1\n"
    )


def test_nobody_who_left_comes_back(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    gone_early = {"stopped@roll.example", "unread@roll.example"}
    people = [
        *sorted(_left() | gone_early),
        *(f"stays{number}@roll.example" for number in range(20)),
    ]
    _write(
        landing / "generic" / "roll" / "contacts.csv",
        "contact_id,email,email_consent,consent_at\n"
        + "".join(
            f"c{number},{email},subscribed,2025-01-01\n" for number, email in enumerate(people)
        ),
    )
    warehouse = Warehouse(tmp_path, landing, VARIABLES)

    def register(*options: str) -> set[str]:
        """The known addresses in force in the register, after all that comes before it ran."""
        warehouse.dbt("run", "--select", "+int_suppressions__unified", *options).check()
        return {
            row[0]
            for row in warehouse.query(
                "select identifier_value from int_contact_identities as identities"
                " inner join suppression_register as register"
                " on sha256(identities.identifier_value) = register.address_sha256"
                " where register.lifted_at is null"
            )
        }

    events = landing / "generic" / "roll" / "email_events.csv"
    for week in range(WEEKS):
        if week == 1:
            # a gate stopped the run of this one, and it was replaced
            _write(events, _replaced_at_once("stopped"))
            warehouse.winback("load").check()
            warehouse.dbt("run", "--select", "+staging_line_counts", "+staging_leavers").check()
        if week == 2:
            # and this one was replaced before any run
            _write(events, _replaced_at_once("unread"))
            warehouse.winback("load").check()
        _export(landing, week)
        warehouse.winback("load").check()
        if week == 0:
            warehouse.dbt("seed").check()
        held = register()
        so_far = {email for email in _left() if int(email.split("@")[0][-1]) <= week}
        if week > 0:
            so_far.add("stopped@roll.example")
        assert held == so_far, f"week {week}"

    # nobody can tell who left by the file that no run ever read, until it is there again
    warehouse.dbt("run", "--select", "+quality__activation_holds").check()
    assert warehouse.query("select source_file, reason from quality__activation_holds") == [
        ("generic/roll/email_events.csv", "lost")
    ]
    _write(events.with_name("email_events_again.csv"), _replaced_at_once("unread"))

    files = [
        "generic/roll/email_events.csv",
        "mailchimp/roll/unsubscribed_members_export_1.csv",
        "hubspot/roll/hubspot-crm-exports-all.csv",
    ]
    for file in files:
        (landing / file).unlink()
    warehouse.winback("forget", *files).check()
    assert register() == _left() | {"stopped@roll.example"}, "after their files were forgotten"

    warehouse.run("--full-refresh").check()
    synced = {
        row[0]
        for row in warehouse.query(
            "select email_address from sync_mailchimp__members"
            " union select email from sync_csv__segments"
        )
    }
    assert synced == set(people) - _left() - gone_early
