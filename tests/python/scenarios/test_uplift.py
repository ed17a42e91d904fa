"""Uplift on the small demo: nothing to be found, and said so; draws of former days are read."""

from collections.abc import Iterator
from datetime import date

import pytest

from winback.database import connect

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario

MAY_31 = date(2026, 5, 31)


def test_where_nothing_can_be_learned_nothing_is_handed_out(demo: Warehouse) -> None:
    rows = demo.query("select experiment, learner, is_used, reason from uplift_models order by all")
    assert [row[:3] for row in rows] == [
        ("win_back_call", "t_learner", False),
        ("win_back_call", "x_learner", False),
    ]
    assert all("it takes 200 in each" in row[3] for row in rows)
    assert demo.value("select count(*) from contact_uplifts") == 0
    assert demo.value("select count(*) from int_contact_uplift_fields") == 0
    assert demo.value("select count(*) from segment_history where put_off_by_contact") == 0


@pytest.fixture
def drawn(demo: Warehouse) -> Iterator[Warehouse]:
    """The demo with an experiment drawn a month ago and one drawn today; afterwards as it was."""
    draws = """
        insert into experiment_draws
            (experiment, contact_id, arm, salt, arm_share, as_of_date, assigned_at)
        select
            'win_back_offer', contact_id, if(right(contact_id, 1) < '8', 'offer', 'control'), 'x',
            0.5, {day}, {day} + interval 1 day
        from int_contact_features
        where as_of_date = date '2026-05-31' and contact_id {which} '4'
    """
    with connect(demo.database, read_only=False) as connection:
        connection.execute(
            "create table intermediate.kept_people as select * from int_uplift_people"
        )
        connection.execute(draws.format(day="date '2026-05-31'", which="<"))
        connection.execute(draws.format(day="date '2026-06-30'", which=">="))
    yield demo
    with connect(demo.database, read_only=False) as connection:
        connection.execute("delete from experiment_draws")
        connection.execute(
            "create or replace table intermediate.int_uplift_people as from kept_people"
        )
        connection.execute("drop table kept_people")


def test_draws_of_former_days_are_learned_from(drawn: Warehouse) -> None:
    drawn.dbt("run", "--select", "int_uplift_people").check()
    (row,) = drawn.query(
        """
        select
            min(features_as_of),
            max(features_as_of),
            max(expected_weight),
            count(distinct arm),
            max(contact_id) < '4',
            bool_and(people.orders_365d is not distinct from features.orders_365d),
            count(*) = (
                select count(*) from int_contact_features
                where as_of_date = date '2026-05-31' and contact_id < '4'
            )
        from int_uplift_people as people
        left join int_contact_features as features using (contact_id)
        where experiment = 'win_back_offer' and features.as_of_date = date '2026-05-31'
        """
    )
    assert row == (MAY_31, MAY_31, 0.5, 2, True, True, True)
