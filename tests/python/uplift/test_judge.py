"""What was planted is recovered, and where nothing was planted nothing is found."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import spearmanr

from winback.uplift.groups import disturbed_deciles, moved_deciles
from winback.uplift.judge import Judgement, average_effect, choose, judge

from .planted import Planted, experiment

CONTACTS = 6_000


@pytest.fixture(scope="module")
def planted() -> Planted:
    return experiment(CONTACTS, seed=1)


@pytest.fixture(scope="module")
def judged(planted: Planted) -> list[Judgement]:
    return judge(planted.features, planted.treated, planted.outcome, seed=1)


def test_a_planted_uplift_is_recovered(planted: Planted, judged: list[Judgement]) -> None:
    assert [one.learner for one in judged] == ["t_learner", "x_learner"]
    used = choose(judged)
    assert used is not None
    assert used.qini_interval.low == max(one.qini_interval.low for one in judged)
    for one in judged:
        assert one.beats_chance
        assert spearmanr(one.uplift, planted.uplift).statistic > 0.6
        assert one.qini_interval.low < one.qini < one.qini_interval.high
        assert one.auuc_interval.low < one.auuc < one.auuc_interval.high
    effect = average_effect(planted.treated, planted.outcome)
    assert effect.interval.low < planted.uplift.mean() < effect.interval.high


def test_whom_it_moves_and_whom_it_puts_off_is_told_apart(
    planted: Planted, judged: list[Judgement]
) -> None:
    # 12 in 100 were planted to be put off, 26 to be moved
    for one in judged:
        assert disturbed_deciles(one.deciles) == 1
        assert 1 <= moved_deciles(one.deciles) <= 3
        lowest = one.uplift <= np.quantile(one.uplift, 0.1)
        assert (planted.uplift[lowest] < 0).mean() > 0.9


def test_tenths_add_up_to_everybody(planted: Planted, judged: list[Judgement]) -> None:
    for one in judged:
        assert sum(tenth.treated for tenth in one.deciles) == planted.treated.sum()
        assert sum(tenth.treated + tenth.control for tenth in one.deciles) == CONTACTS
        last = one.deciles[-1]
        effect = average_effect(planted.treated, planted.outcome)
        assert last.gain == pytest.approx(effect.difference)
        assert last.random_gain == pytest.approx(last.gain)
        for tenth in one.deciles:
            assert tenth.effect == pytest.approx(tenth.treated_rate - tenth.control_rate)
            assert tenth.effect_interval.low <= tenth.effect <= tenth.effect_interval.high


def _found(drawn: Planted, seed: int) -> bool:
    return choose(judge(drawn.features, drawn.treated, drawn.outcome, seed)) is not None


def test_without_any_effect_nothing_is_found() -> None:
    assert sum(_found(experiment(1_200, seed, strength=0), seed) for seed in range(5)) <= 1


def test_an_effect_on_all_alike_tells_nobody_apart() -> None:
    drawn = experiment(2_000, seed=5, strength=0, constant=0.2)
    assert average_effect(drawn.treated, drawn.outcome).interval.low > 0
    assert not _found(drawn, 5)


def test_outcomes_dealt_out_by_chance_hold_nothing(planted: Planted) -> None:
    chance = np.random.default_rng(8).permutation(planted.outcome)
    assert not _found(planted._replace(outcome=chance), 8)


# the small control group that CRM tests have
def test_a_small_control_group_is_enough_for_a_strong_effect() -> None:
    drawn = experiment(CONTACTS, seed=2, share=0.85)
    assert _found(drawn, 2)
