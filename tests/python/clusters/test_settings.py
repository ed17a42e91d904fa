"""What cannot be meant in var `clusters` is refused; tests/python/runner asks dbt the same."""

import json
from pathlib import Path
from typing import Any

import pytest

from winback.clusters.settings import read_settings
from winback.declared import read_vars
from winback.errors import UserError

ROOT = Path(__file__).parents[3]

ORDERS = {"name": "orders_365d", "missing": "no"}
KNOWN = "expected a list of kmeans, ward, hdbscan, dbscan, each once, the preferred one first."

BAD: list[tuple[str, Any, str]] = [
    ("features", ["age"], "features: found `['age']`, expected a list of 2 columns or more."),
    ("features", ["age", "age"], "features: found `age again`, expected each column once."),
    (
        "features",
        [ORDERS, "age"],
        "features: orders_365d: missing: found `no`, expected one of median, zero, max.",
    ),
    ("algorithms", [], f"algorithms: found nothing, {KNOWN}"),
    ("algorithms", ["kmeans", "kmeans"], f"algorithms: found `['kmeans', 'kmeans']`, {KNOWN}"),
    ("algorithms", ["kmeans", "magic"], f"algorithms: found `['kmeans', 'magic']`, {KNOWN}"),
    ("rule", "look", "rule: found `look`, expected one of silhouette, gap, elbow."),
    ("min_silhouette", 1, "min_silhouette: found `1`, expected a number from 0 to below 1."),
    ("k_max", True, "k_max: found `True`, expected a whole number, 2 or more."),
    ("sample", None, "sample: found nothing, expected a whole number, 100 or more."),
    ("min_samples", 1, "min_samples: found `1`, expected null or a whole number, 2 or more."),
    ("eps", 0, "eps: found `0`, expected null or a number above 0."),
]


def shipped(**given: Any) -> dict[str, Any]:
    return {**read_vars(ROOT)["clusters"], **given}


def test_the_shipped_settings_are_good() -> None:
    settings = read_settings(json.dumps(shipped()))
    assert settings.rule == "silhouette"
    assert settings.features[0].missing == "max"
    assert settings.features[2].missing == "median"


@pytest.mark.parametrize(("name", "value", "message"), BAD)
def test_what_cannot_be_meant_is_named(name: str, value: Any, message: str) -> None:
    with pytest.raises(UserError) as raised:
        read_settings(shipped(**{name: value}))
    assert f"clusters: {message}" in str(raised.value)


def test_unknown_names_and_no_mapping_are_refused() -> None:
    with pytest.raises(UserError, match="found `colour`, expected only features, algorithms"):
        read_settings(shipped(colour=1))
    with pytest.raises(UserError, match="clusters: found nothing, expected a mapping"):
        read_settings("null")
