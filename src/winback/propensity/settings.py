"""The var `propensity` of dbt_project.yml, read and checked.

The macro ``propensity_faults`` says the same in the same words when dbt starts, and knows the
columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from winback.fitting.settings import Var, is_number, is_whole

VAR = Var("propensity")
TARGETS = ("returning", "churning", "buying")
ALGORITHMS = ("logistic", "forest")
# what int_contact_features holds of today on every date: a model that reads it knows the future.
# Refunds count on the day of their order, so revenue and what is made of it are among them
TODAYS = (
    *("age", "social_influence_score", "source_count", "average_order_value"),
    *("revenue_30d", "revenue_90d", "revenue_180d", "revenue_365d", "revenue_lifetime"),
    *("rfm_monetary", "rfm_score", "days_inactive"),
)
# name of a whole number -> the least and the most that make sense
WHOLE = {
    "test_dates": (1, None),
    "sample": (100, None),
    "test_sample": (100, None),
    "trees": (10, None),
    "min_leaf": (1, None),
    "min_contacts": (50, None),
    "min_outcomes": (10, None),
    "seed": (0, None),
}


@dataclass(frozen=True)
class Settings:
    """What the project asks for; docs/propensity.md describes each."""

    targets: Mapping[str, int]
    algorithms: tuple[str, ...]
    features: tuple[str, ...]
    max_auc: float
    test_dates: int
    sample: int
    test_sample: int
    trees: int
    min_leaf: int
    min_contacts: int
    min_outcomes: int
    seed: int


def read_settings(given: object) -> Settings:
    """Read the var `propensity`.

    Args:
        given: the mapping, or the JSON text of one.

    Raises:
        UserError: something in it cannot be meant; names setting, found and expected.
    """
    held = VAR.read(given, propensity_faults)
    return Settings(
        targets=dict(held["targets"]),
        algorithms=tuple(held["algorithms"]),
        features=tuple(held["features"]),
        max_auc=float(held["max_auc"]),
        **{name: held[name] for name in WHOLE},
    )


def propensity_faults(held: object) -> Iterator[str]:
    """Tell what cannot be meant in the var, each as one sentence."""
    if not isinstance(held, Mapping):
        yield VAR.no_mapping(held)
        return
    yield from VAR.unknown(held, ("targets", "algorithms", "features", "max_auc", *WHOLE))
    yield from _target_faults(held.get("targets"))
    yield from VAR.algorithms(held.get("algorithms"), ALGORITHMS)
    yield from VAR.columns(held.get("features"), TODAYS, least=2)
    highest: Any = held.get("max_auc")
    if not is_number(highest) or not 0.5 < highest <= 1:
        yield VAR.fault("max_auc", highest, "a number above 0.5, 1 at most")
    yield from VAR.whole_numbers(held, WHOLE)


def _target_faults(targets: object) -> Iterator[str]:
    if not isinstance(targets, Mapping) or not targets:
        expected = "what is predicted and within how many days, such as {buying: 90}"
        yield VAR.fault("targets", targets, expected)
        return
    for name, days in targets.items():
        if name not in TARGETS:
            yield VAR.fault("targets", name, f"only {', '.join(TARGETS)}")
        elif not is_whole(days, 1):
            yield VAR.fault(f"targets: {name}", days, "a whole number of days, 1 or more")
