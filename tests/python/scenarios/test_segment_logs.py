"""What the logs of memberships and rules keep from run to run."""

import re
import shutil
from dataclasses import replace
from pathlib import Path

import pytest

from winback.database import connect

from .warehouse import ROOT, Warehouse

pytestmark = pytest.mark.scenario

LOGS = ("build", "--select", "segment_rules", "segment_membership_log")


@pytest.fixture
def logged(demo: Warehouse, tmp_path: Path) -> Warehouse:
    """A copy of the demo, whose logs hold one run."""
    own = Path(shutil.copytree(demo.folder, tmp_path / "own"))
    return replace(demo, folder=own)


def test_a_run_without_a_change_adds_nothing(logged: Warehouse) -> None:
    in_force = "select contact_id, segment, as_of_date from segment_memberships order by all"
    rows = logged.query("select * from segment_membership_log order by all")
    rules = logged.query("select segment, rules_hash, first_run_at from segment_rules order by all")
    assert logged.query(in_force) == logged.query(
        "select contact_id, segment, as_of_date from segment_membership_log order by all"
    )
    logged.dbt(*LOGS, "--full-refresh").check()
    assert logged.query("select * from segment_membership_log order by all") == rows
    assert rules == logged.query(
        "select segment, rules_hash, first_run_at from segment_rules order by all"
    )
    assert logged.value("select bool_and(last_run_at > first_run_at) from segment_rules")


def test_leavers_newcomers_and_changed_rules(logged: Warehouse) -> None:
    """As if the last run, in March, had known other members and another rule of the VIPs."""
    vip, other = (
        row[0]
        for row in logged.query(
            "select min(contact_id) from segment_memberships where segment = 'vip'"
            " union all select min(contact_id) from segment_memberships where contact_id not in"
            " (select contact_id from segment_memberships where segment = 'vip')"
        )
    )
    with connect(logged.database, read_only=False) as connection:
        connection.execute(
            "update segment_membership_log set valid_from = timestamp '2026-03-10 06:00:00',"
            " as_of_date = date '2026-03-09'"
        )
        connection.execute(
            "update segment_membership_log set rules_hash = 'of old' where segment = 'vip'"
        )
        connection.execute(
            "insert into segment_membership_log by name select * replace ("
            f"'{other}' as contact_id, 'left' as log_id)"
            f" from segment_membership_log where contact_id = '{vip}' and segment = 'vip'"
        )
        connection.execute(
            f"delete from segment_membership_log where contact_id = '{other}' and segment <> 'vip'"
        )
        connection.execute(
            "insert into segment_rules by name select * replace ('of old' as rules_hash,"
            " 'the rule of March' as rule) from segment_rules where segment = 'vip'"
        )
    untouched = logged.value("select count(*) from segment_membership_log where segment <> 'vip'")
    logged.dbt(*LOGS).check()

    def periods(contact: str, where: str) -> list[tuple[bool, str, bool, bool]]:
        return [
            (row[0], row[1], row[2], row[3])
            for row in logged.query(
                "select valid_from < timestamp '2026-04-01', rules_hash = 'of old',"
                " valid_to is null, as_of_date = date '2026-03-09'"
                f" from segment_membership_log where contact_id = '{contact}' and {where}"
                " order by valid_from"
            )
        ]

    # stayed while the rule changed: one row ends where the next begins
    assert periods(vip, "segment = 'vip'") == [
        (True, True, False, True),
        (False, False, True, False),
    ]
    assert logged.value(
        "select count(*) from segment_membership_log as was inner join segment_membership_log as"
        " now on was.contact_id = now.contact_id and was.segment = now.segment"
        " and was.valid_to = now.valid_from"
    ) == logged.value("select count(*) from segment_memberships where segment = 'vip'")
    # left
    assert periods(other, "segment = 'vip'") == [(True, True, False, True)]
    # came
    came = periods(other, "segment <> 'vip'")
    assert came
    assert set(came) == {(False, False, True, False)}
    # everybody else as before
    assert untouched + len(came) == logged.value(
        "select count(*) from segment_membership_log where segment <> 'vip'"
    )
    # one run has one time, in both logs
    assert logged.value("select max(valid_from) from segment_membership_log") == logged.value(
        "select max(last_run_at) from segment_rules"
    )

    # the query of the docs says which rule it was
    page = (ROOT / "docs" / "segments.md").read_text()
    (query,) = re.findall(r"```sql\n(select[^`]*segment_rules[^`]*)```", page)
    query = query.replace("<contact_id>", vip)
    assert [row[-1] for row in logged.query(query)] == ["the rule of March"]


def test_a_run_for_a_past_date_is_logged_as_such(logged: Warehouse) -> None:
    date = logged.value("select max(as_of_date) from int_as_of_dates where not is_current")
    before = logged.value("select count(*) from segment_membership_log")
    # the memberships a run for that date would have built
    with connect(logged.database, read_only=False) as connection:
        connection.execute(f"update segment_memberships set as_of_date = date '{date}'")
        connection.execute("delete from segment_memberships where segment = 'active'")
        connection.execute(
            "update segment_membership_log set segment = 'gone' where segment = 'inactive'"
        )
    logged.dbt(*LOGS, "--exclude", "segment_rules").check()
    opened = logged.query(
        "select distinct segment, as_of_date from segment_membership_log where valid_from ="
        " (select max(valid_from) from segment_membership_log)"
    )
    assert opened == [("inactive", date)]
    closed = {
        row[0]
        for row in logged.query(
            "select distinct segment from segment_membership_log where valid_to is not null"
        )
    }
    assert closed == {"active", "gone"}
    assert logged.value("select count(*) from segment_membership_log") > before
