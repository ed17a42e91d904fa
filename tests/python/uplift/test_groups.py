"""Who is persuadable, and who is not to be disturbed."""

from __future__ import annotations

from dataclasses import replace

import pytest

from winback.statistics import Interval
from winback.uplift.groups import decile_of, disturbed_deciles, group_of, moved_deciles
from winback.uplift.judge import Decile

NOTHING = Decile(
    *(1, 50, 50, 0.0, 0.1, 0.1, 0.0, Interval(-0.05, 0.05), 0.0, Interval(-0.05, 0.05), 0.0)
)


def _tenths(**effects: tuple[float, float, float]) -> list[Decile]:
    """Tenths without effect but for those named d1, d9, …: prediction, low, high."""
    return [
        replace(
            NOTHING,
            decile=number,
            predicted=effects[f"d{number}"][0],
            effect_interval=Interval(*effects[f"d{number}"][1:]),
        )
        if f"d{number}" in effects
        else replace(NOTHING, decile=number)
        for number in range(1, 11)
    ]


def test_tenths_count_one_after_the_other_from_either_end() -> None:
    up, down = (0.1, 0.02, 0.2), (-0.1, -0.2, -0.02)
    assert moved_deciles(_tenths(d1=up, d2=up, d4=up)) == 2
    assert disturbed_deciles(_tenths(d7=down, d9=down, d10=down)) == 2
    assert moved_deciles(_tenths(d2=up)) == disturbed_deciles(_tenths(d9=down)) == 0


@pytest.mark.parametrize("last", [(-0.1, -0.2, 0.0), (0.01, -0.2, -0.02), (-0.1, -0.2, 0.1)])
def test_what_is_not_credibly_negative_disturbs_nobody(last: tuple[float, float, float]) -> None:
    assert disturbed_deciles(_tenths(d10=last)) == 0


def test_a_contact_is_in_the_tenth_of_those_predicted_alike() -> None:
    edges = [0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.1]
    assert decile_of([2, 0.9, 0.89, 0.45, 0.1, 0.0999, -5], edges).tolist() == [
        1,
        1,
        2,
        6,
        9,
        10,
        10,
    ]


def test_groups() -> None:
    uplift, untreated = [0.3, 0.1, 0.1, -0.1, 0.01], [0.0, 0.2, 0.1, 0.9, 0.2]
    groups = group_of(uplift, untreated, [1, 2, 3, 10, 10], moved=1, disturbed=1, control_rate=0.2)
    # the last is in the lowest tenth, but nothing speaks against it
    assert groups.tolist() == [
        *("persuadable", "sure_thing", "lost_cause", "do_not_disturb", "sure_thing"),
    ]
    nobody = group_of(uplift, untreated, [1, 2, 3, 10, 10], moved=0, disturbed=0, control_rate=0.2)
    assert set(nobody.tolist()) == {"sure_thing", "lost_cause"}
