"""Propensity models of a whole warehouse: dates, outcomes, cards and scores that fit together."""

from datetime import timedelta
from itertools import pairwise
from pathlib import Path

import pytest

from winback.declared import read_vars
from winback.errors import UserError
from winback.propensity.load import load_model
from winback.statistics import wilson_interval

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario

DAYS = 30
INSIDE = (
    "case target when 'returning' then is_inactive when 'churning' then not is_inactive"
    " else true end"
)


def test_every_target_has_a_card_for_every_algorithm(demo: Warehouse) -> None:
    rows = demo.query(
        "select target, is_used, status, trained_on, tested_from, tested_until, as_of_date,"
        " auc_gain_low, auc_low, reason from propensity_models"
    )
    assert len(rows) == 6
    for target, is_used, status, trained, first, last, today, gain, low, reason in rows:
        assert reason
        # nothing of what is judged was known at training, and all of it is known today
        assert trained + timedelta(days=DAYS) <= first <= last <= today - timedelta(days=DAYS)
        if is_used:
            assert status == "better" and gain > 0 and low > 0.5, target
    used = demo.query("select target from propensity_models where is_used")
    assert len(used) == len(set(used)) > 0


def test_outcomes_are_what_came_after_the_date(demo: Warehouse) -> None:
    engaged = (
        "human_clicks + sessions + orders > 0"
        " or (human_opens > 0 and contacts.email_tracking_allowed)"
    )
    wrong = demo.value(
        "with found as (select inputs.target, inputs.as_of_date, inputs.contact_id,"
        " any_value(inputs.is_positive) as is_positive,"
        f" coalesce(bool_or({engaged}), false) as is_engaged,"
        " coalesce(bool_or(orders > 0), false) as is_buying"
        " from int_propensity_inputs as inputs"
        " inner join int_contacts__resolved as contacts"
        " on inputs.contact_id = contacts.contact_id"
        " left join int_contact_activity__daily as days on inputs.contact_id = days.contact_id"
        " and days.activity_date > inputs.as_of_date"
        f" and days.activity_date <= inputs.as_of_date + {DAYS} group by all)"
        " select count(*) from found where is_positive <> case target when 'buying' then is_buying"
        " when 'churning' then not is_engaged else is_engaged end"
    )
    assert wrong == 0
    rates = demo.query(
        "select avg(cast(is_positive as int)) from int_propensity_inputs group by target"
    )
    assert all(0 < rate < 1 for (rate,) in rates)


def test_features_are_those_of_the_date(demo: Warehouse, root: Path) -> None:
    features = read_vars(root)["propensity"]["features"]
    different = " or ".join(
        f"inputs.{name} is distinct from cast(features.{name} as double)" for name in features
    )
    assert (
        demo.value(
            "select count(*) from int_propensity_inputs as inputs"
            " left join int_contact_features as features"
            " on inputs.contact_id = features.contact_id"
            f" and inputs.as_of_date = features.as_of_date where {different}"
        )
        == 0
    )
    assert demo.value(
        "select bool_and(coalesce("
        f"{INSIDE}, false)) from int_propensity_inputs as inputs"
        " inner join int_contact_features as features"
        " on inputs.contact_id = features.contact_id and inputs.as_of_date = features.as_of_date"
    )


def test_scores_are_of_models_in_use_and_of_those_the_target_is_about(demo: Warehouse) -> None:
    scored = demo.query("select distinct target from contact_propensities order by all")
    assert scored == demo.query("select target from propensity_models where is_used order by all")
    people, wrong, missing = demo.query(
        "select count(*), count(case when (score is not null)"
        f" <> coalesce({INSIDE}, false) then 1 end),"
        " count(case when (score is null) <> (decile is null) then 1 end)"
        " from contact_propensities inner join int_contact_features using (contact_id)"
        " where is_current"
    )[0]
    assert people == len(scored) * demo.value(
        "select count(*) from int_contact_features where is_current"
    )
    assert (wrong, missing) == (0, 0)


def test_deciles_follow_scores(demo: Warehouse) -> None:
    rows = demo.query(
        "select target, decile, min(score), max(score) from contact_propensities"
        " where decile is not null group by all order by all"
    )
    assert {decile for _, decile, _, _ in rows} <= set(range(1, 11))
    for (target, _, _, high), (after, _, low, _) in pairwise(rows):
        assert target != after or high < low


def test_a_loaded_model_gives_the_scores_of_the_table(demo: Warehouse) -> None:
    target = demo.value("select min(target) from contact_propensities")
    model = load_model(demo.database, target)
    rows = demo.query(
        f"select pro.score, {', '.join(f'fea.{name}' for name in model.features)}"
        " from contact_propensities as pro"
        " inner join int_contact_features as fea"
        " on pro.contact_id = fea.contact_id and fea.is_current"
        f" where pro.target = '{target}' and pro.score is not null"
    )
    found = model.chances(
        [[None if each is None else float(each) for each in row[1:]] for row in rows]
    )
    assert found == pytest.approx([row[0] for row in rows], abs=1e-6)
    with pytest.raises(UserError, match="there is no model of winning"):
        load_model(demo.database, "winning")


def test_calibration_holds_everybody_within_wilsons_bounds(demo: Warehouse) -> None:
    rows = demo.query(
        "select target, algorithm, decile, contacts, positives, rate_low, rate_high, lift,"
        " recency_lift from propensity_calibration order by all"
    )
    cards = demo.query(
        "select target, algorithm, test_rows, test_positives, lift, lift_recency"
        " from propensity_models where model_hash is not null"
    )
    assert len(rows) == 10 * len(cards) > 0
    whole = [row for row in rows if row[3] == int(row[3]) and row[4] == int(row[4])]
    for _, _, _, contacts, positives, low, high, _, _ in whole:
        assert (low, high) == pytest.approx(
            wilson_interval(int(positives), int(contacts)), abs=1e-9
        )
    for target, algorithm, people, positives, lift, recency in cards:
        tenths = [row for row in rows if row[:2] == (target, algorithm)]
        assert sum(row[3] for row in tenths) == pytest.approx(people)
        assert sum(row[4] for row in tenths) == pytest.approx(positives)
        assert tenths[-1][7:] == pytest.approx((lift, recency))


def test_importance_names_every_feature_once(demo: Warehouse, root: Path) -> None:
    features = read_vars(root)["propensity"]["features"]
    rows = demo.query(
        "select list(feature order by feature), max(importance_rank), max(importance)"
        " from propensity_importance group by target, algorithm"
    )
    assert rows
    for named, last, most in rows:
        assert named == sorted(features)
        assert last == len(features)
        assert most > 0
