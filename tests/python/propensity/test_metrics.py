"""Rankings and chances: scikit-learn's values, values by hand, and DeLong's intervals."""

import numpy as np
import pytest
from sklearn.metrics import average_precision_score, brier_score_loss, roc_auc_score

from winback.lifetimes.ranking import area
from winback.propensity.metrics import (
    Floats,
    Judge,
    Prediction,
    average_precision,
    figures,
    lift,
    tenths,
)


def drawn(seed: int, size: int = 2000, noise: float = 1.0) -> tuple[Floats, Floats]:
    """Outcomes, and chances that know something about them, many of them equal."""
    rng = np.random.default_rng(seed)
    truth = rng.normal(size=size)
    came = (rng.random(size) < 1 / (1 + np.exp(1 - truth))).astype(np.float64)
    said = 1 / (1 + np.exp(1 - truth - noise * rng.normal(size=size)))
    return came, np.round(said, 2)


@pytest.mark.parametrize("seed", [1, 2])
def test_scikit_learn_finds_the_same(seed: int) -> None:
    came, said = drawn(seed)
    found = figures(came, Prediction(said, said))
    assert found.auc == pytest.approx(roc_auc_score(came, said), abs=1e-12)
    assert found.pr_auc == pytest.approx(average_precision_score(came, said), abs=1e-12)
    assert found.brier == pytest.approx(brier_score_loss(came, said), abs=1e-12)


def test_a_small_ranking_by_hand() -> None:
    # scores 0.2: nobody of two; 0.5: one of two; 0.9: one of one
    did, did_not = np.array([0.0, 1.0, 1.0]), np.array([2.0, 1.0, 0.0])
    # pairs won: the last one 3 of 3, the middle one 2 and a half of 3
    assert area(did, did_not) == pytest.approx(5.5 / 6)
    # recall 1/2 at precision 1, and 1/2 at precision 2/3
    assert average_precision(did, did_not) == pytest.approx(0.5 + 0.5 * 2 / 3)
    # a tenth of five people is half of the best one: half of one of two who did it, of a tenth
    assert lift(did, did_not) == pytest.approx(2.5)


def test_tenths_by_hand() -> None:
    scores = np.arange(20) / 20
    came = np.array([0, 1] * 10)
    held, done, said = tenths(scores, np.ones(20), came, scores)
    assert held == pytest.approx([2] * 10)
    assert done == pytest.approx([1] * 10)
    assert said[0] == pytest.approx(0.05) and said[9] == pytest.approx(0.95 + 0.90)


def test_people_of_one_score_are_shared_among_tenths() -> None:
    came = np.array([1.0] * 3 + [0.0] * 17)
    (done,) = tenths(np.zeros(20), came)
    assert done == pytest.approx([0.3] * 10)
    # half of them with a score of their own
    (done,) = tenths(np.array([1.0] * 10 + [0.0] * 10), came)
    assert done == pytest.approx([0.0] * 5 + [0.6] * 5)


def test_calibration_error_by_hand() -> None:
    came = np.array([1.0] * 50 + [0.0] * 50)
    said = Prediction(np.arange(100.0), np.full(100, 0.3))
    # the five tenths ranked lowest all did it, the others did not
    assert figures(came, said).calibration_error == pytest.approx((5 * 0.7 + 5 * 0.3) / 10)


def delong(came: Floats, ours: Floats, theirs: Floats) -> float:
    """Standard error of a difference of AUCs: E. DeLong and others, Biometrics 44, 1988."""
    parts = []
    for scores in (ours, theirs):
        did, did_not = scores[came > 0][:, None], scores[came == 0][None, :]
        won = (did > did_not) + 0.5 * (did == did_not)
        parts.append((won.mean(axis=1), won.mean(axis=0)))
    of_did, of_did_not = (parts[0][place] - parts[1][place] for place in (0, 1))
    return float(
        np.sqrt(of_did.var(ddof=1) / len(of_did) + of_did_not.var(ddof=1) / len(of_did_not))
    )


def test_the_interval_of_a_gain_is_as_wide_as_delongs() -> None:
    came, good = drawn(3, noise=0.5)
    _, poor = drawn(3, noise=3.0)
    judge = Judge(came, np.arange(len(came)), seed=1)
    ours, theirs = (judge.judge(Prediction(said, said)) for said in (good, poor))
    gain = judge.gains(ours, theirs)["auc"]
    assert gain.value == pytest.approx(roc_auc_score(came, good) - roc_auc_score(came, poor))
    assert gain.interval is not None and gain.is_proven
    error = delong(came, good, poor)
    assert gain.interval.high - gain.interval.low == pytest.approx(2 * 1.96 * error, rel=0.12)
    assert sum(gain.interval) / 2 == pytest.approx(gain.value, abs=0.3 * error)


def test_people_seen_twice_count_once() -> None:
    came, good = drawn(4, 600, noise=0.5)
    _, poor = drawn(4, 600, noise=3.0)

    def width(people: Floats) -> float:
        judge = Judge(np.tile(came, 4), people, seed=1)
        ours, theirs = (
            judge.judge(Prediction(np.tile(said, 4), np.tile(said, 4))) for said in (good, poor)
        )
        interval = judge.gains(ours, theirs)["auc"].interval
        assert interval is not None
        return interval.high - interval.low

    once = width(np.tile(np.arange(600.0), 4))
    # taken for four people each, they seem to know twice as much
    assert once > 1.7 * width(np.arange(2400.0))


def test_every_gain_is_above_nothing_where_ours_is_better() -> None:
    came, good = drawn(5, noise=0.3)
    _, poor = drawn(5, noise=4.0)
    judge = Judge(came, np.arange(len(came)), seed=1)
    ours, theirs = (judge.judge(Prediction(said, said)) for said in (good, poor))
    assert all(gain.is_proven for gain in judge.gains(ours, theirs).values())
    back = judge.gains(theirs, ours)
    assert all(gain.interval and gain.interval.high < 0 for gain in back.values())
    same = judge.gains(ours, ours)
    assert {gain.value for gain in same.values()} == {0.0}
    assert not any(gain.is_proven for gain in same.values())


def test_too_few_who_did_it_give_no_interval() -> None:
    came = np.zeros(300)
    came[7] = 1
    said = Prediction(np.arange(300.0), np.full(300, 0.1))
    judge = Judge(came, np.arange(300), seed=1)
    assert judge.judge(said).auc_interval is None
