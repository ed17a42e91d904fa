"""From sums to rows: what is compared with what, and when a row is not to be trusted."""

from typing import Any

import pytest
from scipy import stats
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportions_ztest

from winback.experiments.results import SCHEMA, compare_arms


def row(arm: str, contacts: int, did: float, **given: Any) -> dict[str, Any]:
    usual = {
        "experiment": "x",
        "metric": "ordered",
        "measure": "rate",
        "metric_position": 2,
        "arm": arm,
        "control_arm": "control",
        "is_randomised": True,
        "expected_weight": 1.0,
        "contacts": contacts,
        "running_contacts": 0,
        "value_sum": did,
        "value_squares": did,
        "before_sum": 0.0,
        "before_squares": 0.0,
        "products": 0.0,
    }
    return usual | given


def revenue(arm: str, contacts: int, mean: float, **given: Any) -> dict[str, Any]:
    squares = contacts * (mean**2 + 400)
    money = {"metric": "revenue", "measure": "mean", "metric_position": 3}
    return row(arm, contacts, contacts * mean, **(money | {"value_squares": squares} | given))


def test_no_experiment_gives_a_typed_table() -> None:
    assert compare_arms([]).schema == SCHEMA


def test_one_row_per_arm_that_is_not_the_control() -> None:
    rows = compare_arms(
        [
            *(revenue("control", 1000, 10), revenue("mail", 1010, 12), revenue("call", 990, 11)),
            *(row("mail", 1010, 90), row("control", 1000, 70), row("call", 990, 80)),
        ]
    ).to_pylist()
    assert [(one["metric"], one["arm"]) for one in rows] == [
        *(("ordered", "call"), ("ordered", "mail")),
        *(("revenue", "call"), ("revenue", "mail")),
    ]
    mail = rows[1]
    z, p = proportions_ztest([90, 70], [1010, 1000])
    assert (mail["statistic"], mail["p_value"]) == pytest.approx((z, p))
    assert mail["value"] == pytest.approx(90 / 1010)
    assert mail["relative_difference"] == pytest.approx((90 / 1010 - 0.07) / 0.07)
    assert (mail["contacts"], mail["control_contacts"]) == (1010, 1000)
    assert [one["test"] for one in rows] == ["two_proportion_z"] * 2 + ["welch_t"] * 2
    assert [one["all_arms_test"] for one in rows] == ["chi_square"] * 2 + ["welch_anova"] * 2
    found = [one["p_value_adjusted"] for one in rows]
    assert found == pytest.approx(multipletests([one["p_value"] for one in rows], method="holm")[1])
    expected = stats.chisquare([1010, 1000, 990]).pvalue
    assert {round(one["srm_p_value"], 9) for one in rows} == {round(expected, 9)}
    assert all(one["is_trustworthy"] and one["warning"] is None for one in rows)
    assert all(one["always_valid_low"] < one["ci_low"] for one in rows)


def test_families_are_of_one_experiment() -> None:
    sums = [row("control", 1000, 70), row("mail", 1010, 95)]
    other = [one | {"experiment": "y"} for one in sums]
    alone, *_ = compare_arms(sums).to_pylist()
    both = compare_arms([*other, *sums]).to_pylist()
    assert [one["p_value_adjusted"] for one in both] == [alone["p_value"]] * 2


@pytest.mark.parametrize(
    ("sums", "is_trustworthy", "words"),
    [
        ([row("control", 4700, 300), row("mail", 5300, 300)], False, "control 4,700, mail 5,300"),
        ([row("control", 5000, 300), row("mail", 5100, 300)], True, None),
        ([row("control", 1000, 3), row("mail", 1000, 2)], False, "Too few contacts did it"),
        ([row("control", 1000, 997), row("mail", 1000, 999)], False, "Too few contacts did it"),
        ([revenue("control", 20, 3), revenue("mail", 25, 3)], False, "Too few contacts for"),
        (
            [row("control", 1000, 90), row("mail", 1000, 95, running_contacts=4)],
            True,
            "4 contacts are still being followed",
        ),
    ],
)
def test_what_is_wrong_is_said(
    sums: list[dict[str, Any]], is_trustworthy: bool, words: str | None
) -> None:
    (found,) = compare_arms(sums).to_pylist()
    assert found["is_trustworthy"] is is_trustworthy
    assert (found["warning"] is None) if words is None else (words in found["warning"])


def test_declared_weights_are_what_was_meant() -> None:
    sums = [
        row("control", 9000, 300, expected_weight=0.9),
        row("mail", 1000, 30, expected_weight=0.1),
    ]
    (found,) = compare_arms(sums).to_pylist()
    assert found["srm_p_value"] == 1
    assert found["is_trustworthy"]


def test_segments_that_are_compared_are_no_experiment() -> None:
    sums = [row(arm, 5000, 300, is_randomised=False) for arm in ("control", "mail")]
    (found,) = compare_arms(sums).to_pylist()
    assert found["srm_p_value"] is None
    assert not found["is_trustworthy"]
    assert "proves no effect" in found["warning"]


def test_nothing_to_compare_with_gives_no_row() -> None:
    assert compare_arms([row("mail", 10, 1), row("call", 10, 1)]).num_rows == 0
    assert compare_arms([row("control", 10, 1)]).num_rows == 0


def test_the_past_is_used_where_there_is_one() -> None:
    past = {"before_sum": 60.0, "before_squares": 60.0, "products": 40.0}
    (found,) = compare_arms(
        [row("control", 1000, 70, **past), row("mail", 1000, 90, **past)]
    ).to_pylist()
    # both arms had the same past: only the noise goes away
    assert found["cuped_difference"] == pytest.approx(found["difference"])
    assert 0 < found["cuped_variance_reduction"] < 1
    assert found["cuped_ci_low"] > found["ci_low"]
    (without,) = compare_arms([row("control", 1000, 70), row("mail", 1000, 90)]).to_pylist()
    assert without["cuped_difference"] is None
    assert without["cuped_p_value"] is None


def test_nobody_did_it() -> None:
    (found,) = compare_arms([row("control", 100, 0), row("mail", 100, 0)]).to_pylist()
    assert (found["difference"], found["ci_low"], found["ci_high"]) == (0, 0, 0)
    assert found["p_value"] is None
    assert found["p_value_adjusted"] is None
    assert found["relative_difference"] is None
    assert found["minimal_detectable_effect"] is None
