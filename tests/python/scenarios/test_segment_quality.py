"""Quality of the demo's segments, worked out again by other libraries from other tables."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import f_oneway
from sklearn.metrics import roc_auc_score
from statsmodels.duration.survfunc import SurvfuncRight
from statsmodels.stats.proportion import proportion_confint

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario

SEGMENTS = ["active", "cooling", "inactive", "never_engaged", "unmailable"]


def test_every_segment_has_a_verdict_or_a_reason(demo: Warehouse) -> None:
    rows = demo.query(
        "select segment, coherence, stability, prediction, addition, not_fitted_because,"
        " forest_auc_with, half_life_months, no_half_life_because from segment_quality"
    )
    assert len(rows) == demo.value("select count(distinct segment) from segment_tree")
    for segment, *verdicts, reason, area, months, no_months in rows:
        assert None not in verdicts, segment
        assert (verdicts[-1] == "not_judged") == (reason is not None), segment
        assert (area is None) == (reason is not None), segment
        assert (months is None) == (no_months is not None), segment
    assert sum(row[5] is None for row in rows) > 5
    judged = {row[0]: row[1:4] for row in rows if row[0] in SEGMENTS}
    assert judged["active"] == ("coherent", "stable", "more_likely")
    assert judged["inactive"][2] == judged["never_engaged"][2] == "less_likely"


def test_stability_agrees_with_contracts(demo: Warehouse) -> None:
    found = demo.query(
        "select contracts.check_name, contracts.observed,"
        " case contracts.check_name when 'flap_rate' then quality.flap_rate"
        " else quality.mean_jaccard end"
        " from segment_contracts as contracts inner join segment_quality as quality"
        " on contracts.segment = quality.segment"
        " where contracts.check_name in ('flap_rate', 'monthly_jaccard')"
    )
    assert {row[0] for row in found} == {"flap_rate", "monthly_jaccard"}
    for check, observed, quality in found:
        assert quality == pytest.approx(observed), check


def _spells(demo: Warehouse, segment: str) -> tuple[list[int], list[int]]:
    """Months until those who entered left, and whether they did, contact by contact."""
    dates = [
        row[0]
        for row in demo.query(
            "select as_of_date from int_as_of_dates where as_of_date = last_day(as_of_date)"
            " order by as_of_date"
        )
    ]
    months, has_left = [], []
    for (inside,) in demo.query(
        f'select list(as_of_date) from segment_history where "{segment}" group by contact_id'
    ):
        held = [date in inside for date in dates]
        for place in range(1, len(dates) - 1):
            if held[place] and not held[place - 1]:
                after = held[place + 1 :]
                has_left.append(int(False in after))
                months.append(after.index(False) + 1 if False in after else len(after))
    return months, has_left


def test_spells_last_as_long_as_kaplan_and_meier_say(demo: Warehouse) -> None:
    for segment in ("active", "cooling", "active_readers", "do_not_disturb"):
        months, has_left = _spells(demo, segment)
        entries, after_one, half_life = demo.query(
            "select entries, still_in_1_month, half_life_months from segment_quality"
            f" where segment = '{segment}'"
        )[0]
        assert entries == len(months) > 20
        curve = SurvfuncRight(months, has_left)
        survival = dict(zip(curve.surv_times, curve.surv_prob, strict=True))
        assert after_one == pytest.approx(survival.get(1, 1.0))
        half = curve.quantile(0.5)
        assert half_life == (None if np.isinf(half) or np.isnan(half) else half), segment


def _values(demo: Warehouse, segment: str, feature: str) -> tuple[list[Any], list[Any]]:
    rows = demo.query(
        f'select history."{segment}", cast(features.{feature} as double)'
        " from int_contact_features as features inner join segment_history as history"
        " on features.contact_id = history.contact_id and features.as_of_date = history.as_of_date"
        f" where features.is_current and features.{feature} is not null"
    )
    return [row[1] for row in rows if row[0]], [row[1] for row in rows if not row[0]]


def test_variance_is_parted_as_an_analysis_of_variance_does(demo: Warehouse) -> None:
    for segment in ("active", "inactive", "unmailable"):
        for feature in ("orders_365d", "days_since_last_engagement", "revenue_365d"):
            inside, outside = _values(demo, segment, feature)
            mean, variance, difference, eta = demo.query(
                "select mean, variance, difference, eta_squared from segment_coherence"
                f" where segment = '{segment}' and feature = '{feature}'"
            )[0]
            ratio = f_oneway(inside, outside).statistic
            freedom = len(inside) + len(outside) - 2
            assert eta == pytest.approx(ratio / (ratio + freedom)), (segment, feature)
            assert mean == pytest.approx(np.mean(inside))
            assert variance == pytest.approx(np.var(inside, ddof=1))
            # of two groups, F is the square of t
            scale = np.sqrt(1 / len(inside) + 1 / len(outside))
            assert abs(difference) == pytest.approx(np.sqrt(ratio) * scale)


def test_outcomes_are_those_of_the_days_after(demo: Warehouse) -> None:
    orders = demo.query(
        "select history.active,"
        " max(case when activity.activity_date > history.as_of_date then 1 else 0 end)"
        " from segment_history as history inner join int_contact_activity__daily as activity"
        " on history.contact_id = activity.contact_id"
        " where history.as_of_date = date '2026-05-31' and activity.orders > 0"
        " and activity.activity_date <= history.as_of_date + 30"
        " group by history.contact_id, history.active"
        " having min(activity.activity_date) <= max(history.as_of_date)"
    )
    inside = [did for is_in, did in orders if is_in]
    found = demo.query(
        "select contacts, doers, rate_low, rate_high, auc_membership, within_days"
        " from segment_predictions where segment = 'active' and outcome = 'repurchase'"
        " and is_latest and as_of_date = date '2026-05-31'"
    )[0]
    assert found[:2] == (len(inside), sum(inside))
    assert found[2:4] == pytest.approx(
        proportion_confint(sum(inside), len(inside), method="wilson")
    )
    assert found[4] == pytest.approx(
        roc_auc_score([did for _, did in orders], [is_in for is_in, _ in orders])
    )
    assert found[5] == 30
