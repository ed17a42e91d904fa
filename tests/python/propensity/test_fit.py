"""Models against people of whom is known what can be known of them."""

from dataclasses import replace

import numpy as np
import pytest

from winback.propensity.fit import Fitted, People, fit_target
from winback.propensity.metrics import Prediction, figures

from .people import FEATURES, SMALL, people, with_outcomes


def by_algorithm(runs: list[Fitted]) -> dict[str, Fitted]:
    return {run.algorithm: run for run in runs}


@pytest.fixture(scope="module")
def planted() -> dict[str, Fitted]:
    return by_algorithm(fit_target("returning", people(1), people(2, dates=2), SMALL))


def test_a_planted_signal_beats_recency(planted: dict[str, Fitted]) -> None:
    for run in planted.values():
        assert run.status == "better"
        assert run.judged is not None and run.recency is not None
        assert run.gained["auc"].is_proven and run.gained["brier"].is_proven
        assert run.gained["auc"].value == pytest.approx(
            run.judged.figures.auc - run.recency.figures.auc
        )
        assert run.judged.figures.calibration_error < 0.06
        assert run.reason.startswith("ranks better than recency at later dates: AUC 0.")
    assert sorted(run.is_used for run in planted.values()) == [False, True]


def test_what_counts_is_important_and_noise_is_not(planted: dict[str, Fitted]) -> None:
    for run in planted.values():
        found = dict(zip(FEATURES, run.importances, strict=True))
        assert found["orders_365d"] > 0.05
        assert found["days_since_last_engagement"] > 0.05
        assert abs(found["human_clicks_90d"]) < 0.02
        assert abs(found["sessions_90d"]) < 0.02


def test_tenths_hold_everybody_and_rise(planted: dict[str, Fitted]) -> None:
    for run in planted.values():
        assert sum(each.contacts for each in run.tenths) == pytest.approx(3000)
        came = [each.came for each in run.tenths]
        assert sum(came) == pytest.approx(sum(each.recency_came for each in run.tenths))
        assert came[9] > 3 * came[0]
        assert len(run.by_date) == 2
        assert {each.contacts for each in run.by_date} == {1500}


def test_the_first_algorithm_is_used_unless_a_later_one_is_surely_better() -> None:
    # who buys most and who buys least do it: no straight line finds them
    training, later = people(3, taste=0), people(4, taste=0, dates=2)

    def bent(given: People) -> People:
        far = np.abs(given.values[:, 1] - np.median(given.values[:, 1])) > 1
        chance = np.where(far, 0.8, 0.2)
        return with_outcomes(given, np.random.default_rng(5).random(len(far)) < chance)

    runs = by_algorithm(fit_target("returning", bent(training), bent(later), SMALL))
    assert runs["forest"].is_used and not runs["logistic"].is_used
    straight = people(1), people(2, dates=2)
    backwards = replace(SMALL, algorithms=("forest", "logistic"))
    one, other = (fit_target("returning", *straight, each) for each in (SMALL, backwards))
    assert [run.is_used for run in one] == [True, False]
    assert one[1].reason.endswith("it is not surely better than that")
    assert sum(run.is_used for run in other) == 1


def test_an_outcome_that_only_silence_explains_is_left_to_recency() -> None:
    training, later = people(6, taste=0), people(7, taste=0, dates=2)
    for run in fit_target("returning", training, later, SMALL):
        assert (run.status, run.is_used) == ("not_better", False)
        assert run.reason.startswith("does not rank better than recency at later dates")


def test_churn_is_the_other_way_round() -> None:
    training, later = people(1), people(2, dates=2)
    runs = fit_target(
        "churning",
        with_outcomes(training, 1 - training.outcomes),
        with_outcomes(later, 1 - later.outcomes),
        SMALL,
    )
    assert runs[0].recency is not None and runs[0].recency.figures.auc > 0.6
    assert any(run.is_used for run in runs)


@pytest.mark.parametrize("seed", [11, 12, 13])
def test_shuffled_outcomes_give_no_model(seed: int) -> None:
    training, later = people(1), people(2, dates=2)
    rng = np.random.default_rng(seed)
    runs = fit_target(
        "returning",
        with_outcomes(training, rng.permutation(training.outcomes)),
        with_outcomes(later, rng.permutation(later.outcomes)),
        SMALL,
    )
    assert {(run.status, run.is_used) for run in runs} == {("not_better", False)}


def test_a_column_that_knows_the_outcome_is_found() -> None:
    runs = fit_target("returning", people(1, answer=1), people(2, dates=2, answer=1), SMALL)
    for run in runs:
        assert (run.status, run.is_used) == ("leak", False)
        assert "too good to be true" in run.reason
        assert np.argmax(run.importances) == FEATURES.index("sessions_90d")


def test_better_than_a_recency_that_misleads_is_not_enough() -> None:
    # in training another column decided, at later dates whoever was silent longest comes back
    training = people(8)
    rng = np.random.default_rng(9)
    training = with_outcomes(
        training, rng.random(1500) < np.where(training.values[:, 2] > 2, 0.9, 0.1)
    )
    later = people(10, taste=0, silence=0.01, dates=2)
    for given in (training, later):
        given.values[:, 0] = np.nan
    for run in fit_target("returning", training, later, SMALL):
        assert run.recency is not None and run.recency.figures.auc < 0.45
        assert run.gained["auc"].is_proven
        assert (run.status, run.is_used) == ("not_better", False)
        assert run.reason.startswith("does not rank better than chance")


def test_few_contacts_or_outcomes_are_said_and_nothing_is_fitted() -> None:
    enough = people(1)
    nobody = with_outcomes(enough, np.zeros(1500))
    few = with_outcomes(enough, np.arange(1500) < 7)
    for training, later, status, reason in [
        (people(1, 20), enough, "too_few", "20 contacts at the date of training, 200 are needed"),
        (enough, people(1, 20), "too_few", "20 contacts at later dates, 200 are needed"),
        (nobody, enough, "one_outcome", "none of 1500 contacts at the date of training did it"),
        (enough, with_outcomes(enough, np.ones(1500)), "one_outcome", "all of 1500 contacts"),
        (enough, few, "too_few", "7 of 1500 contacts at later dates did it: 30 who did"),
    ]:
        for run in fit_target("returning", training, later, SMALL):
            assert run.status == status
            assert run.reason.startswith(reason)
            assert run.estimator is None and not run.is_used


def test_columns_of_which_nothing_is_known_do_no_harm() -> None:
    training, later = people(1), people(2, dates=2)
    for given in (training, later):
        given.values[:, 2] = np.nan
        given.values[:, 3] = 5
    # what was never known in training may be known later
    later.values[:9, 2] = 4
    for run in fit_target("returning", training, later, SMALL):
        assert run.status == "better"
        assert abs(run.importances[3]) < 1e-12


def test_chances_of_plain_recency_are_those_of_the_training_date() -> None:
    training, later = people(6, 4000, taste=0), people(7, 4000, taste=0)
    runs = fit_target("returning", training, later, SMALL)
    recency = runs[0].recency
    assert recency is not None
    assert recency.figures.calibration_error < 0.05
    ideal = 1 / (1 + np.exp(0.5 + 0.01 * np.nan_to_num(later.silence, nan=600)))
    best = figures(later.outcomes, Prediction(ideal, ideal))
    assert recency.figures.brier == pytest.approx(best.brier, abs=0.004)
