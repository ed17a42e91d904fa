"""What is recommended, and what is said where nothing can be known."""

import json
from io import StringIO
from typing import Any

import pytest
from rich.console import Console

from winback.simulator import Simulation, figures, show

from .conftest import Answer
from .small import COPIES, Contact, alive

# enough contacts to conclude something: 40, 25 and 20 of 10, 20 and 30 days
MANY = {"copies": COPIES}
PRICES = {"send_cost": 1.0, "complaint_cost": 10.0, "lost_share": "50%"}


@pytest.fixture
def few_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(figures, "FEWEST_CONTACTS", 4)
    monkeypatch.setattr(figures, "FEWEST_RETURNS", 1)


def _shown(simulation: Simulation) -> str:
    printed = StringIO()
    show.print_table(simulation, Console(file=printed, width=220))
    return printed.getvalue()


def test_the_shortest_threshold_that_is_surely_good_enough(
    answer: Answer, few_are_enough: None
) -> None:
    """20 days have 5 of 25 back (Wilson: 8.9 to 39.1 %), 30 days 0 of 20 (0 to 16.1 %)."""
    found = answer(database=MANY, accept="17%")
    assert found.by_share.days == 30
    assert "of the 20 contacts" in found.by_share.text
    assert "0.0% (95% interval 0.0% to 16.1%)" in found.by_share.text
    assert "At the present 20 days it is 20.0%" in found.by_share.text
    assert "gives up 10 days too early" in found.by_share.text


def test_the_present_policy_may_be_the_best_one(answer: Answer, few_are_enough: None) -> None:
    found = answer(database=MANY, accept="0.4")
    assert found.by_share.days == 20
    assert found.by_share.text.endswith("That is the present policy.")


def test_a_present_policy_that_waits_too_long(answer: Answer, few_are_enough: None) -> None:
    """10 days: 15 of 40 back, at most 53 %. The lost got 2 / 2 messages then and 6 / 3 at 20."""
    found = answer(database=MANY, accept="60%")
    assert found.by_share.days == 10
    assert "it waits 10 days longer than that takes, 1.0 more messages" in found.by_share.text


def test_nothing_is_good_enough(answer: Answer, few_are_enough: None) -> None:
    found = answer(database=MANY, accept="5%")
    assert found.by_share.days is None
    assert found.by_share.text.startswith("No threshold from 10 to 30 days surely keeps")


def test_too_few_contacts_recommend_nothing(answer: Answer) -> None:
    found = answer()
    assert found.by_share.days is None
    assert "the most that a threshold would have declared is 8 (after 10 days)" in (
        found.by_share.text
    )
    assert any("too few to conclude: 10, 20 and 30 days" in note for note in found.notes)
    # a figure without an interval
    assert found.judged[0].revenue_per_declared == figures.Estimate(45 / 8)


def test_what_a_rule_costs(answer: Answer) -> None:
    """Per silent contact (8 of them, five times each).

    10 days: 3 messages (bob 2, fay 1: her second silence counts too), a complaint, and half of the
    52 that ann (45) and eve (7, back after the follow-up) spent from their return on. 20 days: 6
    messages, the complaint, half of eve's 7. 30 days: 7 messages and the complaint.
    """
    found = answer(database=MANY, **PRICES)
    costs = [outcome.cost.value for outcome in found.judged if outcome.cost]
    assert costs == pytest.approx([(3 + 10 + 26) / 8, (6 + 10 + 3.5) / 8, (7 + 10) / 8])
    differences = [one.versus_present for one in found.judged if one.versus_present]
    assert [one.value for one in differences] == pytest.approx([19.5 / 8, 0, -2.5 / 8])
    assert (differences[1].low, differences[1].high) == (0, 0)
    assert all(one.low <= one.value <= one.high for one in differences)  # type: ignore[operator]


def test_a_day_within_reach_of_two_returns_is_at_stake_once(answer: Answer) -> None:
    """Back on day 12 and, twenty-one days silent, on day 34: with 30 days of follow-up, day 35 is
    within reach of both, and of 20 days only the second return is one."""
    people = {
        "pia": Contact(
            orders={0: 0, 12: 0, 34: 0, 35: 8}, opens=[0, *alive(43)], sessions=[0], sends=[0]
        )
    }
    database = {"people": people, "copies": 30}
    found = answer(first=10, last=20, follow_up=30, database=database, **PRICES)
    costs = [outcome.cost.value for outcome in found.judged if outcome.cost]
    assert costs == pytest.approx([0.5 * 8, 0.5 * 8])


def test_the_cheapest_threshold_must_be_surely_cheaper(answer: Answer) -> None:
    unsure = answer(database=MANY, send_cost=1.0, complaint_cost=0.0, lost_share="50%")
    assert unsure.by_cost is not None
    assert unsure.by_cost.days is None
    assert unsure.by_cost.text.startswith("By cost: no clear winner. 30 days are the cheapest")


def test_a_sure_difference_is_said(answer: Answer) -> None:
    """Everybody is back on day 25 and spends 9 to 11: 30 days lose nothing of that, 20 days do."""
    people = {
        f"{spent}": Contact(
            clicks=[0, *alive(25)], sessions=[0], sends=[0], orders={0: 1, 25: spent}
        )
        for spent in (9, 10, 11)
    }
    found = answer(database={"people": people, "copies": 40}, **PRICES)
    assert found.by_cost is not None
    assert found.by_cost.days == 30
    assert "5,000 less than at the present 20 days, and surely less" in found.by_cost.text


def test_a_present_policy_that_costs_least(answer: Answer) -> None:
    found = answer(first=10, last=20, database=MANY, **PRICES)
    assert found.by_cost is not None
    assert found.by_cost.days == 20
    assert found.by_cost.text.startswith("By cost: the present 20 days are the cheapest")


def test_unknown_is_not_zero(answer: Answer) -> None:
    people = {"pia": Contact(clicks=[0, *alive(25)], sessions=[0])}
    found = answer(database={"people": people, "copies": 40}, **PRICES)
    row = found.judged[0]
    assert (row.revenue, row.revenue_per_declared, row.cost) == (None, None, None)
    assert (row.sends, row.complained, row.unsubscribed) == (None, None, None)
    assert any("No orders are known" in note for note in found.notes)
    assert any("No messages are known" in note for note in found.notes)
    assert found.by_cost is not None
    assert "cannot be compared" in found.by_cost.text
    assert "?" in _shown(found)


def test_returns_after_reactivation_are_told(answer: Answer, few_are_enough: None) -> None:
    """10 days: 3 of 8 back by themselves, 4 with jon: at most 53 % and at most 65 %."""
    found = answer(database=MANY, accept="60%")
    assert any("10 days would not keep within 60%" in note for note in found.notes)


def test_policies_without_days_or_with_several(answer: Answer) -> None:
    policies: dict[str, Any] = {"fashion": {"idle_days": None}}
    found = answer(database={"policies": policies})
    assert found.history.thresholds == (10, 20, 30)
    assert any("has no limit in days" in note for note in found.notes)
    assert not any(outcome.is_present for outcome in found.judged)


def test_the_table_and_the_json_hold_the_same(answer: Answer) -> None:
    found = answer(database=MANY, last=90, **PRICES)
    shown, told = _shown(found), json.loads(show.as_json(found))
    assert [row["days"] for row in told["thresholds"]] == [10, 20, 30, 40, 50, 60, 70, 80]
    assert told["not_judged"] == [90]
    assert told["thresholds"][0]["declared"] == found.judged[0].declared
    assert told["recommendation"]["text"] == found.by_share.text
    assert f"*{20}" in shown
    assert f"{found.judged[0].declared:,}" in shown


def test_equal_questions_give_equal_answers(answer: Answer) -> None:
    first, second = (answer(database=MANY, **PRICES) for _ in range(2))
    assert show.as_json(first) == show.as_json(second)
