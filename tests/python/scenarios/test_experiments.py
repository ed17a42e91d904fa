"""The demo's experiment is evaluated as it happened, and a draw is made once."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from winback.database import connect

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario


def test_the_call_of_the_demo(demo: Warehouse, demo_exports: Path) -> None:
    expected = json.loads((demo_exports / "truth" / "expectations.json").read_text())["experiment"]
    rows = demo.query(
        "select metric, contacts, control_contacts, value, control_value, difference,"
        " srm_p_value, two_arm_contacts + unknown_contacts + repeated_contacts"
        " from experiment_results where experiment = 'win_back_call' and arm = 'call'"
    )
    found = {row[0]: row[1:] for row in rows}
    assert set(found) == {"visited", "ordered", "revenue"}
    for contacts, control_contacts, value, control_value, difference, srm, odd in found.values():
        assert abs(contacts - expected["call"]) <= odd
        assert abs(control_contacts - expected["control"]) <= odd
        assert difference == pytest.approx(value - control_value)
        assert srm > 0.001
    # counted once more, by hand
    assert found["ordered"][2] == pytest.approx(
        demo.value(
            """
            select avg(case when ord.contact_id is not null then 1.0 else 0 end)
            from experiment_assignments as ass
            left join (
                select distinct one.contact_id
                from experiment_assignments as one
                inner join fct_orders as ord
                    on one.contact_id = ord.contact_id
                    and ord.is_counted
                    and ord.ordered_at >= one.assigned_at
                    and ord.ordered_at < one.assigned_at + interval 14 day
            ) as ord on ass.contact_id = ord.contact_id
            where ass.arm = 'call' and ass.left_out_because is null
            """
        )
    )


def _draws(demo: Warehouse) -> list[tuple[object, ...]]:
    return demo.query(
        "select experiment, contact_id, arm, assigned_at from experiment_draws order by all"
    )


@pytest.fixture
def drawing(demo: Warehouse) -> Iterator[Warehouse]:
    """The demo while one of its experiments draws; as it was afterwards."""
    with connect(demo.database, read_only=False) as connection:
        connection.execute("create table shipped_arms as select * from experiment_arms")
        connection.execute(
            "update experiment_arms set starts_on = date '2000-01-01', segment = null"
            " where experiment = 'win_back_offer'"
        )
    yield demo
    with connect(demo.database, read_only=False) as connection:
        connection.execute("delete from experiment_draws")
        connection.execute("delete from experiment_arms")
        connection.execute("insert into experiment_arms select * from shipped_arms")
        connection.execute("drop table shipped_arms")


def test_a_draw_survives_full_refresh_and_other_weights(drawing: Warehouse) -> None:
    assert _draws(drawing) == []
    drawing.dbt("run", "--select", "experiment_draws").check()
    first = _draws(drawing)
    arms = {arm: sum(row[2] == arm for row in first) for arm in ("control", "offer")}
    mailable = drawing.value("select count(*) from dim_contacts where is_mailable")
    assert arms["control"] + arms["offer"] == len(first) == mailable
    assert arms["control"] == pytest.approx(arms["offer"], rel=0.3)
    with connect(drawing.database, read_only=False) as connection:
        connection.execute("update experiment_arms set weight = 50, salt = 'x' where arm = 'offer'")
    drawing.dbt("run", "--full-refresh", "--select", "experiment_draws").check()
    assert _draws(drawing) == first
