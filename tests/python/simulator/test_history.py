"""Every figure of the miniature warehouse, worked out by hand (`small.PEOPLE`)."""

from datetime import datetime
from typing import Any

import pytest

from winback.errors import UserError

from .conftest import Answer
from .small import PEOPLE, Contact, alive, at, day


def _row(answered: Any, days: int) -> Any:
    return next(outcome for outcome in answered.judged if outcome.days == days)


@pytest.mark.parametrize(
    ("days", "declared", "returned", "reactivated", "later", "lost"),
    [
        # ann, bob, dan, eve, fay (her first silence), hal, jon, kim
        (10, 8, 3, 1, 1, 3),
        # bob, eve, fay (her second silence), hal, kim
        (20, 5, 1, 0, 0, 4),
        # bob, fay, hal, kim
        (30, 4, 0, 0, 0, 4),
    ],
)
def test_who_is_declared_and_what_became_of_them(
    answer: Answer,
    days: int,
    declared: int,
    returned: int,
    reactivated: int,
    later: int,
    lost: int,
) -> None:
    found = _row(answer(), days)
    assert (found.declared, found.returned, found.reactivated) == (declared, returned, reactivated)
    assert (found.returned_later, found.lost) == (later, lost)
    # hal alone never gave a sign of life, and hal gets no mail
    assert found.never_heard == 1
    assert found.lost_mailed == lost - 1
    assert found.returned_share.value == returned / declared
    assert found.is_present == (days == 20)


@pytest.mark.parametrize(
    ("days", "revenue", "sends", "complained", "unsubscribed"),
    [
        # ann's 45; bob's messages of days 5 and 14; fay counts as returned
        (10, 45, 2, 1, 0),
        # eve's 7; bob 4 (not the one on day 3, the day of the open), fay 2
        (20, 7, 6, 1, 0),
        # bob 5, fay 2; bob left on day 25, a day after the declaration of twenty days
        (30, 0, 7, 1, 1),
    ],
)
def test_the_price_of_too_early_and_of_too_late(
    answer: Answer, days: int, revenue: float, sends: int, complained: int, unsubscribed: int
) -> None:
    found = _row(answer(), days)
    assert (found.revenue, found.sends) == (revenue, sends)
    assert (found.complained, found.unsubscribed) == (complained, unsubscribed)
    assert found.revenue_per_declared.value == pytest.approx(revenue / found.declared)
    assert found.sends_per_lost.value == pytest.approx(sends / found.lost_mailed)


def test_the_window_and_who_is_in_it(answer: Answer) -> None:
    history = answer().history
    assert (history.starts, history.ends) == (day(0), day(100 - 10 - 30 - 1))
    # lou is judged by another policy, mia by none
    assert history.contacts == len(PEOPLE) - 2
    assert not history.is_everybody


def test_a_message_belongs_to_the_day_of_the_time_zone(answer: Answer) -> None:
    """23:30 UTC on the day of the last click is the day after it in Paris."""
    people = {
        "may": Contact(
            clicks=[0, 10, 20, *alive(36)],
            sessions=[0],
            orders={0: 1},
            reactivations=[datetime.combine(day(20), at(0, 23, 30).time())],
        )
    }
    in_utc = _row(answer(database={"people": people}), 10)
    in_paris = _row(answer(zone="Europe/Paris", database={"people": people}), 10)
    assert (in_utc.returned, in_utc.reactivated) == (1, 0)
    assert (in_paris.returned, in_paris.reactivated) == (0, 1)


def test_a_message_before_the_silence_or_after_the_return_changes_nothing(answer: Answer) -> None:
    people = {
        "may": Contact(
            clicks=[0, 10, 20, *alive(36)],
            sessions=[0],
            orders={0: 1},
            reactivations=[at(19), at(37)],
        )
    }
    assert _row(answer(database={"people": people}), 10).returned == 1


def test_longer_thresholds_shorten_the_window_for_all(answer: Answer) -> None:
    """40 days end the window on day 49: kim's silence of day 59 is out for every threshold."""
    found = answer(last=40)
    assert found.history.ends == day(49)
    assert _row(found, 10).lost == 2
    assert _row(answer(), 10).lost == 3


def test_thresholds_that_the_history_cannot_judge_are_named(answer: Answer) -> None:
    """101 days: 80 of silence, and a window and a follow-up of ten days each."""
    found = answer(first=10, last=81, step=10)
    assert found.history.thresholds == (10, 20, 30, 40, 50, 60, 70, 80)
    assert found.history.too_long == (81,)
    assert (found.history.ends - found.history.starts).days + 1 == 10
    assert any("Cannot be judged: 81 days" in note for note in found.notes)


def test_a_history_too_short_for_all_is_an_error(answer: Answer) -> None:
    with pytest.raises(UserError, match=r"too short: .* 101 days, and a threshold of 20 days"):
        answer(first=30, follow_up=45)


def test_the_present_policy_is_always_tried(answer: Answer) -> None:
    found = answer(first=10, last=40, step=30)
    assert found.history.thresholds == (10, 20, 40)
    assert [outcome.days for outcome in found.judged if outcome.is_present] == [20]


def test_the_data_end_before_the_date(answer: Answer) -> None:
    """Days after the last export are not silence."""
    found = answer(database={"as_of": 300})
    assert found.history.coverage.until == day(100)
    assert _row(found, 10).declared == 8
    assert any("The data end on" in note for note in found.notes)


def test_what_is_after_the_date_is_not_seen(answer: Answer) -> None:
    """Seen from day 90 the window of 10 to 30 days ends on day 49, without kim and without ida;
    who comes back on day 95 has not come back."""
    people = PEOPLE | {"zoe": Contact(clicks=[0, 10, 20, 95])}
    found = answer(database={"as_of": 90, "people": people})
    assert found.history.ends == day(49)
    assert _row(found, 30).lost == 4


def test_silences_begin_when_all_signals_are_collected(answer: Answer) -> None:
    """Sessions from day 42 on: ann's and all other silences before are left out."""
    people = PEOPLE | {"ann": Contact(orders={0: 1})}
    late = answer(database={"people": people})
    assert late.history.starts == day(42)
    assert _row(late, 10).declared == 1
    early = answer(database={"people": people}, since=day(5))
    assert early.history.starts == day(5)
    assert any("No web sessions are known before" in note for note in early.notes)
    # before the first day of any signal nothing is known
    assert answer(database={"people": people}, since=day(-50)).history.starts == day(0)


def test_signals_that_the_policy_does_not_admit_break_no_silence(answer: Answer) -> None:
    """By opens and clicks eve is lost on day 20; nobody is judged by that policy, so all are."""
    found = answer(sector="MAIL")
    assert found.history.is_everybody
    # hal gets no mail, mia is judged by no policy
    assert found.history.contacts == len(PEOPLE) - 2
    assert any("No contact is judged by mail" in note for note in found.notes)
    # bob, eve, fay, kim and lou; gil is silent since his first message
    assert _row(found, 30).lost == 6
    assert _row(found, 30).never_heard == 1
