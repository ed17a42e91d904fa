"""The simulator of inactivity on the demo, against what the demo knows to be true."""

import json
from collections import defaultdict
from datetime import date, timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from winback.simulator import ask
from winback.simulator.history import History, open_built, read_history
from winback.statistics import wilson_interval

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario

FOLLOW_UP = 90

# a record's id is found again among the identities; a person with several records is one
PEOPLE = """
    select distinct rec.person_id, ids.contact_id
    from read_parquet('{truth}/records.parquet') as rec
    inner join int_contact_identities as ids
        on
            ids.identifier_type = 'source_id'
            and rec.source_system = ids.source_system
            and rec.source_relation = ids.source_relation
            and rec.source_contact_id = ids.identifier_value
"""

# gone on the day of the declaration: lapsed by then and not returned, or never there
GONE = """
    with people as ({people}),

    declared as (
        select thresholds.days, silences.contact_id, silences.began + thresholds.days + 1 as on_day
        from simulated_silences as silences
        inner join (select unnest({thresholds}) as days) as thresholds
            on
                silences.reached_before < thresholds.days
                and silences.reached_days >= thresholds.days
    )

    select
        declared.days,
        count(*),
        count(
            case
                when con.true_state = 'never_engaged'
                    or con.lapsed_on <= declared.on_day
                    or (con.earlier_lapsed_on <= declared.on_day
                        and con.returned_on > declared.on_day)
                    then 1
            end
        )
    from declared
    inner join people on declared.contact_id = people.contact_id
    inner join read_parquet('{truth}/contacts.parquet') as con
        on people.person_id = con.person_id
    group by declared.days
    order by declared.days
"""

# the days on which people really clicked, as the demo knows, or bought
SIGNS = """
    with people as ({people})

    select person_id, cast(occurred_at as date)
    from read_parquet('{truth}/events/*.parquet')
    where event_type = 'click' and not is_machine
    union
    select people.person_id, cast(orders.ordered_at as date)
    from fct_orders as orders
    inner join people on orders.contact_id = people.contact_id
    where orders.is_counted
"""

# what the simulator found, without those never heard of: the truth has no day for them
FOUND = """
    select
        thresholds.days,
        count(*),
        count(case when ended <= began + thresholds.days + 1 + {follow_up} then 1 end)
    from simulated_silences as silences
    inner join (select unnest({thresholds}) as days) as thresholds
        on
            silences.reached_before < thresholds.days
            and silences.reached_days >= thresholds.days
    where not is_unheard
    group by thresholds.days
    order by thresholds.days
"""


def test_the_longer_the_silence_the_more_are_really_gone(
    demo: Warehouse, demo_exports: Path
) -> None:
    truth = demo_exports / "truth"
    with open_built(demo.database) as connection:
        history = read_history(connection, ask("klaviyo_90d", 30, 240, 30, FOLLOW_UP, "10%"))
        rows = connection.execute(
            GONE.format(
                people=PEOPLE.format(truth=truth), truth=truth, thresholds=list(history.thresholds)
            )
        ).fetchall()
    assert [row[0] for row in rows] == [30, 60, 90, 120, 150, 180, 210, 240]
    shares = [gone / declared for _, declared, gone in rows]
    assert min(declared for _, declared, _ in rows) > 100
    assert all(earlier < later for earlier, later in pairwise(shares))
    assert shares[0] < 0.3
    assert shares[-1] > 0.7


def test_the_share_of_returns_is_the_true_one(demo: Warehouse, demo_exports: Path) -> None:
    """By clicks and orders, which every tool of the demo shows; counted a second time, in Python,
    from the clicks that people really made."""
    truth = demo_exports / "truth"
    with open_built(demo.database) as connection:
        history = read_history(connection, ask("cnil_36m", 30, 240, 30, FOLLOW_UP, "10%"))
        people = PEOPLE.format(truth=truth)
        signs = connection.execute(SIGNS.format(people=people, truth=truth)).fetchall()
        found = connection.execute(
            FOUND.format(thresholds=list(history.thresholds), follow_up=FOLLOW_UP)
        ).fetchall()
    days_of: dict[int, set[date]] = defaultdict(set)
    for person, day in signs:
        if day <= history.coverage.until:
            days_of[person].add(day)
    assert len(found) == 8
    for days, declared, returned in found:
        true_declared, true_returned = _true_returns(list(days_of.values()), days, history)
        low, high = wilson_interval(returned, declared)
        assert low <= true_returned / true_declared <= high, days
        assert declared == pytest.approx(true_declared, rel=0.15)


def test_the_command_answers_for_the_contacts_of_a_sector(demo: Warehouse) -> None:
    told = demo.winback("simulate-inactivity", "--sector", "fashion", "--json").check()
    found = json.loads(told.output)
    judged = demo.value(
        "select count(is_inactive) from inactivity_flags where is_current_policy"
        " and policy = 'fashion' and as_of_date = (select max(as_of_date) from int_as_of_dates)"
    )
    assert 0 < found["contacts"] == judged
    assert not found["is_everybody"]
    assert [row["days"] for row in found["thresholds"] if row["is_present"]] == [92]


def _true_returns(people: list[set[date]], threshold: int, history: History) -> tuple[int, int]:
    """How many a rule declares, each once, and how many of them come back in time."""
    declared = returned = 0
    for days in people:
        ordered = [*sorted(days), date.max]
        for began, ended in pairwise(ordered):
            declared_on = began + timedelta(days=threshold + 1)
            if history.starts <= began <= history.ends and ended > declared_on:
                declared += 1
                returned += ended <= declared_on + timedelta(days=FOLLOW_UP)
                break
    return declared, returned
