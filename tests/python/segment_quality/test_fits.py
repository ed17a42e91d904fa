"""What a membership adds to the columns it is made of, on people whose behaviour is known."""

from datetime import date
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest

from winback.segment_quality.fits import ALGORITHMS, fit_memberships

TRAIN, TEST = date(2025, 12, 31), date(2026, 3, 31)


def drawn(role: str, contacts: int = 1500, seed: int = 5, outcome: str = "repurchase") -> Any:
    """People who buy again by a feature, and by a cause that no feature shows."""
    rng = np.random.default_rng(seed)
    shown, other = rng.normal(0, 1, (2, contacts))
    cause = rng.random(contacts) < 0.4
    known = np.where(rng.random(contacts) < 0.1, np.nan, shown)
    chance = 1 / (1 + np.exp(-(1.2 * shown + 2.0 * cause - 1)))
    members = {
        "by_chance": rng.random(contacts) < 0.3,
        "by_cause": cause,
        "by_a_feature": known > 0.5,
        "by_two": np.arange(contacts) < 2,
        "by_nobody": np.zeros(contacts, dtype=np.bool_),
        "by_all": np.ones(contacts, dtype=np.bool_),
    }
    columns = {
        "contact_id": [f"c{number:05}" for number in range(contacts)],
        "as_of_date": [TRAIN if role == "train" else TEST] * contacts,
        "role": [role] * contacts,
        "outcome": [outcome] * contacts,
        "has_outcome": rng.random(contacts) < chance,
        "feature_shown": known,
        "feature_other": other,
        "feature_unknown": np.full(contacts, np.nan),
    }
    columns["segments"] = [
        " ".join(name for name, inside in members.items() if inside[number])
        for number in range(contacts)
    ]
    return pa.table(
        {
            name: pa.array(values, from_pandas=name.startswith("feature_"))
            for name, values in columns.items()
        }
    )


SEGMENTS = ("by_chance", "by_cause", "by_a_feature", "by_two", "by_nobody", "by_all")


def fitted(inputs: Any, outcome: str = "repurchase") -> dict[str, dict[str, Any]]:
    connection = duckdb.connect()
    predictions = pa.table(
        {
            "segment": [*SEGMENTS, "by_chance"],
            "outcome": [outcome] * len(SEGMENTS) + ["never asked"],
            "is_judged_by": [True] * len(SEGMENTS) + [False],
        }
    )
    found = fit_memberships(connection.from_arrow(inputs), connection.from_arrow(predictions))
    rows = found.to_pylist()
    assert [row["segment"] for row in rows] == sorted(SEGMENTS)
    return {row["segment"]: row for row in rows}


@pytest.fixture(scope="module")
def inputs() -> Any:
    return pa.concat_tables([drawn("train"), drawn("test", seed=6)])


@pytest.fixture(scope="module")
def found(inputs: Any) -> dict[str, dict[str, Any]]:
    return fitted(inputs)


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_the_cause_of_the_outcome_adds_to_the_features(
    algorithm: str, found: dict[str, dict[str, Any]]
) -> None:
    row = found["by_cause"]
    assert row[f"{algorithm}_auc_gain_low"] > 0.02
    assert row[f"{algorithm}_auc_with"] - row[f"{algorithm}_auc_without"] == pytest.approx(
        row[f"{algorithm}_auc_gain"]
    )
    assert (row["trained_on"], row["tested_on"]) == (TRAIN, TEST)
    assert row["not_fitted_because"] is None


@pytest.mark.parametrize("segment", ["by_chance", "by_a_feature"])
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_chance_and_what_a_feature_says_add_nothing(
    algorithm: str, segment: str, found: dict[str, dict[str, Any]]
) -> None:
    row = found[segment]
    assert row[f"{algorithm}_auc_gain_low"] < 0
    assert abs(row[f"{algorithm}_auc_gain"]) < 0.02
    assert row[f"{algorithm}_auc_without"] > 0.65


@pytest.mark.parametrize(
    ("segment", "reason"),
    [
        ("by_two", "too few people in it on 2025-12-31 (2 of 1500 drawn contacts)"),
        ("by_nobody", "too few people in it on 2025-12-31 (0 of 1500 drawn contacts)"),
        ("by_all", "too few people outside it on 2025-12-31 (0 of 1500 drawn contacts)"),
    ],
)
def test_too_few_are_not_fitted(
    segment: str, reason: str, found: dict[str, dict[str, Any]]
) -> None:
    assert found[segment]["not_fitted_because"] == reason
    assert found[segment]["forest_auc_with"] is None


def test_without_dates_it_says_so(inputs: Any) -> None:
    alone = inputs.filter(pa.compute.equal(inputs["role"], "test"))
    row = fitted(alone)["by_cause"]
    assert row["not_fitted_because"] == (
        "no date kept is old enough to learn from (var history_months)"
    )
    assert (row["trained_on"], row["tested_on"]) == (None, TEST)
    none = fitted(inputs, "engagement")["by_cause"]
    assert none["not_fitted_because"].startswith("no date kept")


def test_the_order_of_rows_changes_nothing(inputs: Any, found: dict[str, dict[str, Any]]) -> None:
    shuffled = inputs.take(np.random.default_rng(1).permutation(len(inputs)))
    assert fitted(shuffled) == found
