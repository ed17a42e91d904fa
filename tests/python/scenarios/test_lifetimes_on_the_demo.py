"""Lifetime tables of the demo: fitted, within their ranges, and about the contacts there are."""

import pytest
from benchmarks.lifetimes_on_truth import as_markdown, compare

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario


def test_the_demo_is_fitted_and_judged(demo: Warehouse) -> None:
    rows = demo.query(
        "select model, is_current, status, reason, parameters is not null, auc_expectation"
        " from lifetime_models order by as_of_date, model"
    )
    assert len(rows) == 8
    for model, is_current, status, reason, has_parameters, auc in rows:
        assert has_parameters == (status == "fitted") == (reason is None)
        if status != "fitted" or is_current or model == "gamma_gamma":
            assert auc is None
    # the demo's readers read for a while, then stop: messages are what it surely has enough of
    assert ("bg_bb", "fitted") in {(row[0], row[2]) for row in rows if row[1]}


def test_each_contact_with_a_history_is_predicted_once_by_each_model(demo: Warehouse) -> None:
    assert (
        demo.query(
            "select con.contact_id from contact_lifetimes as con"
            " left join dim_contacts as dim using (contact_id)"
            " where dim.contact_id is null or not con.probability_alive between 0 and 1"
            " or con.expected_orders_30d > con.expected_orders_90d"
            " or con.expected_engagements_90d > con.expected_engagements_365d"
            " or not con.expectation_percentile between 0 and 100"
            " or not con.recency_percentile between 0 and 100"
        )
        == []
    )
    for model in ("bg_nbd", "mbg_nbd", "bg_bb"):
        fitted = demo.value(
            f"select contacts from lifetime_models where model = '{model}' and is_current"
            " and status = 'fitted' union all select 0 order by 1 desc limit 1"
        )
        predicted = demo.value(f"select count(*) from contact_lifetimes where model = '{model}'")
        assert predicted == fitted


# by its own definition: gone by the date or not
def test_the_threshold_lies_in_the_past_for_whom_the_chance_is_under_one_half(
    demo: Warehouse,
) -> None:
    assert demo.value("select count(*) from contact_lifetimes where probability_alive < 0.5") > 0
    assert (
        demo.query(
            "select model, contact_id from contact_lifetimes where probability_alive < 0.5"
            " and (predicted_inactive_on is null or predicted_inactive_on > as_of_date)"
            " or probability_alive >= 0.5 and predicted_inactive_on < as_of_date"
        )
        == []
    )


# too kind on the demo (docs/lifetimes.md), but in the right order
def test_the_likelier_a_reader_is_alive_the_oftener_it_is_true(demo: Warehouse) -> None:
    bands, thresholds = compare(demo.database, demo.landing.parent / "truth")
    there = [share for model, _, people, _, share in bands if model == "bg_bb" and people >= 50]
    assert len(there) >= 3 and there == sorted(there)
    assert there[0] < 0.2 and there[-1] > 0.6
    assert "| `bg_bb` |" in as_markdown(bands, thresholds)
