"""What the policies find, against what the demo knows to be true."""

from pathlib import Path

import pytest
from benchmarks.policies_on_truth import as_markdown, compare

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario


def test_every_lapsed_contact_is_in_one_column(demo: Warehouse, demo_exports: Path) -> None:
    rows = compare(demo.database, demo_exports / "truth")
    assert len({row.policy for row in rows}) == len(rows) >= 7
    for row in rows:
        assert row.lapsed > 0
        assert row.early + row.in_time + row.late + row.never == row.lapsed
    assert len({row.lapsed for row in rows}) == 1
    assert all(row.policy in as_markdown(rows) for row in rows)


def test_stricter_days_find_more_and_alarm_more(demo: Warehouse, demo_exports: Path) -> None:
    rows = {row.policy: row for row in compare(demo.database, demo_exports / "truth")}
    assert rows["fashion"].never < rows["default"].never < rows["luxury"].never
    assert rows["fashion"].false_alarms >= rows["default"].false_alarms
    # clicks and orders only, three years: in a demo of months nobody finds fewer
    assert rows["cnil_36m"].never == max(row.never for row in rows.values())
