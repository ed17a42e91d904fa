"""The offer of the demo: an effect that is planted, written down, and only there when asked for."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from .conftest import Demo


@pytest.fixture(scope="module")
def offered(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("offered"), dirt=False, mail_test=True)


def test_without_the_test_there_is_no_trace_of_it(clean: Demo) -> None:
    assert not (clean.truth / "offers.parquet").exists()
    assert "offer" not in clean.expected
    arms = {row["experiment"] for row in clean.rows("experiment_assignments")}
    assert arms == {"win_back_call"}


def test_each_member_has_a_truth_that_fits_its_group(offered: Demo) -> None:
    offers = f"'{offered.truth}/offers.parquet'"
    groups = duckdb.sql(
        f"""
        select true_group, count(*), count(distinct person_id), min(true_uplift), max(true_uplift),
            avg(orders_anyway::int)
        from {offers} group by all order by all
        """
    ).fetchall()
    found = {row[0]: row[1:] for row in groups}
    assert set(found) == {"do_not_disturb", "lost_cause", "persuadable", "sure_thing"}
    assert found["do_not_disturb"][2:4] == (-0.7, 0.0)
    assert found["persuadable"][2:4] == (0.0, 0.4)
    assert found["sure_thing"][2:4] == found["lost_cause"][2:4] == (0.0, 0.0)
    assert found["sure_thing"][4] == 1
    arms = duckdb.sql(f"select arm, count(*) from {offers} group by all order by all").fetchall()
    written = offered.rows("experiment_assignments")
    written = [row for row in written if row["experiment"] == "member_offer"]
    assert dict(arms) == {
        arm: sum(row["arm"] == arm for row in written) for arm in ("control", "offer")
    }
    assert dict(arms) == {
        arm: sum(groups.values()) for arm, groups in sorted(offered.expected["offer"].items())
    }


def test_some_of_those_it_annoys_unsubscribe_at_once(offered: Demo) -> None:
    (row,) = duckdb.sql(
        f"""
        select
            count(distinct events.person_id) filter (arm = 'offer'),
            count(distinct offers.person_id) filter (arm = 'offer'),
            count(distinct events.person_id) filter (arm = 'control')
        from '{offered.truth}/offers.parquet' as offers
        left join '{offered.truth}/events/*.parquet' as events
            on offers.person_id = events.person_id and events.event_type = 'unsubscribe'
            and events.occurred_at between assigned_at and assigned_at + interval 3 day
        where true_group = 'do_not_disturb'
        """
    ).fetchall()
    assert row[0] > 0.1 * row[1] and row[2] <= 1


def test_equal_seeds_give_equal_files(tmp_path: Path) -> None:
    small = {"contacts": 400, "months": 5, "dirt": False, "mail_test": True}
    one, other = (Demo(tmp_path / name, **small) for name in ("one", "other"))
    assert dict(one.members()) == dict(other.members())
    assert (one.truth / "offers.parquet").read_bytes() == (
        other.truth / "offers.parquet"
    ).read_bytes()
