"""The var `propensity` of dbt_project.yml, read and checked.

The macro ``propensity_faults`` says the same in the same words when dbt starts, and knows the
columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from winback.errors import UserError

TARGETS = ("returning", "churning", "buying")
ALGORITHMS = ("logistic", "forest")
# what int_contact_features holds of today on every date: a model that reads it knows the future.
# Refunds count on the day of their order, so revenue and what is made of it are among them
TODAYS = (
    *("age", "social_influence_score", "source_count", "average_order_value"),
    *("revenue_30d", "revenue_90d", "revenue_180d", "revenue_365d", "revenue_lifetime"),
    *("rfm_monetary", "rfm_score", "days_inactive"),
)
# name of a whole number -> the least that makes sense
WHOLE = {
    "test_dates": 1,
    "sample": 100,
    "test_sample": 100,
    "trees": 10,
    "min_leaf": 1,
    "min_contacts": 50,
    "min_outcomes": 10,
    "seed": 0,
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
    held = json.loads(given) if isinstance(given, str) else given
    faults = list(propensity_faults(held))
    if faults:
        raise UserError("\n  ".join(["Settings that cannot be used:", *faults]))
    assert isinstance(held, Mapping)  # or it had been a fault
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
        yield f"propensity: found {_shown(held)}, expected a mapping (docs/propensity.md)."
        return
    known = ("targets", "algorithms", "features", "max_auc", *WHOLE)
    for name in held:
        if name not in known:
            yield f"propensity: found `{name}`, expected only {', '.join(known)}."
    yield from _target_faults(held.get("targets"))
    algorithms = held.get("algorithms")
    if (
        not isinstance(algorithms, list)
        or not algorithms
        or not all(name in ALGORITHMS for name in algorithms)
        or len(set(algorithms)) < len(algorithms)
    ):
        expected = f"a list of {', '.join(ALGORITHMS)}, each once, the preferred one first"
        yield _fault("algorithms", algorithms, expected)
    yield from _feature_faults(held.get("features"))
    highest: Any = held.get("max_auc")
    if not _is_number(highest) or not 0.5 < highest <= 1:
        yield _fault("max_auc", highest, "a number above 0.5, 1 at most")
    for name, least in WHOLE.items():
        if not _is_whole(held.get(name), least):
            yield _fault(name, held.get(name), f"a whole number, {least} or more")


def _target_faults(targets: object) -> Iterator[str]:
    if not isinstance(targets, Mapping) or not targets:
        expected = "what is predicted and within how many days, such as {buying: 90}"
        yield _fault("targets", targets, expected)
        return
    for name, days in targets.items():
        if name not in TARGETS:
            yield _fault("targets", name, f"only {', '.join(TARGETS)}")
        elif not _is_whole(days, 1):
            yield _fault(f"targets: {name}", days, "a whole number of days, 1 or more")


def _feature_faults(features: object) -> Iterator[str]:
    if not isinstance(features, list) or len(features) < 2:
        yield _fault("features", features, "a list of two columns or more")
        return
    seen: list[object] = []
    for name in features:
        if not isinstance(name, str):
            yield _fault("features", name, "a column")
        elif name in seen:
            yield _fault("features", f"{name} again", "each column once")
        elif name in TODAYS:
            expected = "a column of the as_of_date: this one is today's on past dates"
            yield _fault("features", name, expected)
        seen.append(name)


def _fault(name: str, found: object, expected: str) -> str:
    return f"propensity: {name}: found {_shown(found)}, expected {expected}."


def _shown(found: object) -> str:
    return "nothing" if found in (None, "", [], {}) else f"`{found}`"


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
