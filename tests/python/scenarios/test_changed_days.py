"""Daily facts rebuild the days that changed, only these, and end where a full refresh ends."""

from collections.abc import Callable
from pathlib import Path

import pytest

from winback.database import connect

from .warehouse import GENERIC_VARS, Warehouse, differences

pytestmark = pytest.mark.scenario

CONTACTS = """contact_id,email,created_at,updated_at
ann,ann@example.com,2025-12-01 00:00:00,2026-01-01 00:00:00
bob,bob@example.com,2025-12-02 00:00:00,2026-01-01 00:00:00
"""
JANUARY = """email,campaign_id,event_type,occurred_at,user_agent
ann@example.com,k1,sent,2026-01-10 09:00:00,
ann@example.com,k1,open,2026-01-10 10:00:00,GoogleImageProxy
bob@example.com,k1,sent,2026-01-20 09:00:00,
"""
FEBRUARY = """email,campaign_id,event_type,occurred_at,user_agent
ann@example.com,k2,sent,2026-02-10 09:00:00,
ann@example.com,k2,open,2026-02-11 10:00:00,Mozilla/5.0 (Windows)
"""


def write(landing: Path, name: str, text: str) -> None:
    (landing / "generic/main").mkdir(parents=True, exist_ok=True)
    (landing / "generic/main" / name).write_text(text)


def build(warehouse: Warehouse, *options: str) -> None:
    warehouse.dbt("run", "--select", "+int_as_of_dates", *options).check()


def days(warehouse: Warehouse, where: str = "") -> set[str]:
    rows = warehouse.query(
        "select distinct cast(activity_date as varchar) from int_contact_activity__daily " + where
    )
    return {row[0] for row in rows}


def append_a_file_and_a_late_line(warehouse: Warehouse) -> None:
    landing = warehouse.landing
    write(landing, "email_events_03.csv", FEBRUARY.replace("-02-", "-03-").replace("k2", "k3"))
    write(
        landing,
        "email_events_02.csv",
        FEBRUARY + "bob@example.com,k1,open,2026-01-20 12:00:00,Mozilla/5.0 (Windows)\n",
    )


def hand_an_address_over(warehouse: Warehouse) -> None:
    write(
        warehouse.landing,
        "contacts.csv",
        CONTACTS.replace("bob@example.com", "bob@new.example.com")
        + "cid,bob@example.com,2026-01-02 00:00:00,2026-02-01 00:00:00\n",
    )


def take_a_file_back_and_switch_a_rule_off(warehouse: Warehouse) -> None:
    write(warehouse.landing, "email_events_02.csv", FEBRUARY.splitlines(keepends=True)[0])
    with connect(warehouse.database, read_only=False) as connection:
        connection.execute(
            "update signal_rules set is_enabled = false where rule = 'agent_google_image_proxy'"
        )


def test_a_change_rebuilds_the_days_it_touches(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path, tmp_path / "landing", GENERIC_VARS)
    write(warehouse.landing, "contacts.csv", CONTACTS)
    write(warehouse.landing, "email_events_01.csv", JANUARY)
    write(warehouse.landing, "email_events_02.csv", FEBRUARY)
    warehouse.winback("load").check()
    warehouse.dbt("seed", "--quiet").check()
    build(warehouse)

    steps: list[tuple[Callable[[Warehouse], None], set[str]]] = [
        (append_a_file_and_a_late_line, {"2026-01-20", "2026-03-10", "2026-03-11"}),
        (hand_an_address_over, {"2026-01-20"}),
        (
            take_a_file_back_and_switch_a_rule_off,
            {"2026-01-10", "2026-01-20", "2026-02-10", "2026-02-11"},
        ),
    ]
    for change, touched in steps:
        # a mark that only survives where a day is left alone
        with connect(warehouse.database, read_only=False) as connection:
            connection.execute("update int_contact_activity__daily set deliveries = 77")
        before = days(warehouse)
        change(warehouse)
        warehouse.winback("load").check()
        build(warehouse)
        assert days(warehouse, "where deliveries = 77") == before - touched, change.__name__

    with connect(warehouse.database, read_only=False) as connection:
        connection.execute("update int_contact_activity__daily set deliveries = 0")
    incremental = warehouse.contents()
    build(warehouse, "--full-refresh")
    assert differences(incremental, warehouse.contents()) == []
