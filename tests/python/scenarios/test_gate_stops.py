"""What a gate leaves to look at: on the very first run, and from one date to the next."""

from datetime import datetime, timedelta
from pathlib import Path

import pytest

from .warehouse import GENERIC_VARS, Warehouse

pytestmark = pytest.mark.scenario


def _contacts(folder: Path, unreadable: int) -> Warehouse:
    path = folder / "landing" / "generic" / "main" / "contacts.csv"
    path.parent.mkdir(parents=True)
    deleted = ["perhaps"] * unreadable + ["no"] * (200 - unreadable)
    lines = [
        f"c{number},person{number}@mail.example,subscribed,{is_deleted}\n"
        for number, is_deleted in enumerate(deleted)
    ]
    path.write_text("contact_id,email,email_consent,is_deleted\n" + "".join(lines))
    return Warehouse(folder, folder / "landing", GENERIC_VARS)


def test_a_first_run_that_stops_says_where_to_look(tmp_path: Path) -> None:
    warehouse = _contacts(tmp_path, unreadable=100)
    outcome = warehouse.run()
    assert outcome.code == 1
    assert "table gate_staging" in " ".join(outcome.output.split())
    failed = warehouse.query(
        "select check_name from gate_staging where severity = 'critical' and not success"
    )
    assert failed == [("unreadable_lines_stop",)]
    # why, line by line and file by file, is there; what reads all gates is not there yet
    assert warehouse.value("select count(*) from quality__rejected_records") == 100
    assert warehouse.value("select bool_and(is_reconciled) from quality__line_accounting")
    built = {row[0] for row in warehouse.query("select table_name from information_schema.tables")}
    assert "quality__gate_results" not in built


def test_a_later_date_is_compared_with_an_earlier_one(tmp_path: Path) -> None:
    """Sends of 90 days are a third of those a quarter before: said, whatever was built before."""
    warehouse = _contacts(tmp_path, unreadable=0)
    first = datetime(2026, 1, 5, 9)
    events = tmp_path / "landing" / "generic" / "main" / "email_events.csv"

    def build(weeks: int) -> bool:
        """Whether the sends moved too much, on a history of so many weeks."""
        lines = []
        for week in range(weeks):
            sent = (first + timedelta(weeks=week)).isoformat()
            receivers = 200 if week < 12 else 60
            lines += [f"c{number},m{week},sent,{sent}\n" for number in range(receivers)]
        events.write_text("contact_id,campaign_id,event_type,occurred_at\n" + "".join(lines))
        warehouse.winback("load").check()
        warehouse.dbt(
            *("build", "--select", "+gate_marts"),
            *("--resource-type", "seed", "--resource-type", "model"),
        ).check()
        moved: bool = warehouse.value(
            "select not success from gate_intermediate where check_name = 'sends_moved'"
        )
        return moved

    assert not build(weeks=12)
    assert build(weeks=24)
    assert not build(weeks=12)
