"""The var `clusters` of dbt_project.yml, read and checked.

The macro ``cluster_faults`` says the same in the same words when dbt starts, and knows the columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from winback.fitting.settings import Var, is_number, is_whole

VAR = Var("clusters")
ALGORITHMS = ("kmeans", "ward", "hdbscan", "dbscan")
RULES = ("silhouette", "gap", "elbow")
# what stands for a value that is not there
MISSING = ("median", "zero", "max")
# name of a whole number -> the least and the most that make sense
WHOLE = {
    "k_max": (2, None),
    "sample": (100, None),
    "small_sample": (100, None),
    "references": (5, None),
    "bootstraps": (5, None),
    "min_contacts": (50, None),
    "seed": (0, None),
}
# the least of what may be left to the data
OPTIONAL_WHOLE = {"min_cluster_size": 2, "min_samples": 2}


@dataclass(frozen=True)
class Feature:
    """A column of `int_contact_features`, and what stands for a value that is not there."""

    name: str
    missing: str


@dataclass(frozen=True)
class Settings:
    """What the project asks for; docs/clusters.md describes each."""

    features: tuple[Feature, ...]
    algorithms: tuple[str, ...]
    rule: str
    min_silhouette: float
    k_max: int
    sample: int
    small_sample: int
    references: int
    bootstraps: int
    min_contacts: int
    seed: int
    min_cluster_size: int | None
    min_samples: int | None
    eps: float | None


def read_settings(given: object) -> Settings:
    """Read the var `clusters`.

    Args:
        given: the mapping, or the JSON text of one.

    Raises:
        UserError: something in it cannot be meant; names setting, found and expected.
    """
    held = VAR.read(given, cluster_faults)
    return Settings(
        features=tuple(_feature(item) for item in held["features"]),
        algorithms=tuple(held["algorithms"]),
        rule=held["rule"],
        min_silhouette=float(held["min_silhouette"]),
        min_cluster_size=held.get("min_cluster_size"),
        min_samples=held.get("min_samples"),
        eps=None if held.get("eps") is None else float(held["eps"]),
        **{name: held[name] for name in WHOLE},
    )


def cluster_faults(held: object) -> Iterator[str]:
    """Tell what cannot be meant in the var, each as one sentence."""
    if not isinstance(held, Mapping):
        yield VAR.no_mapping(held)
        return
    known = (
        *("features", "algorithms", "rule", "min_silhouette", "eps"),
        *(*WHOLE, *OPTIONAL_WHOLE),
    )
    yield from VAR.unknown(held, known)
    yield from _feature_faults(held.get("features"))
    yield from VAR.algorithms(held.get("algorithms"), ALGORITHMS)
    if held.get("rule") not in RULES:
        yield VAR.fault("rule", held.get("rule"), f"one of {', '.join(RULES)}")
    if not is_number(held.get("min_silhouette")) or not 0 <= held["min_silhouette"] < 1:
        yield VAR.fault("min_silhouette", held.get("min_silhouette"), "a number from 0 to below 1")
    yield from VAR.whole_numbers(held, WHOLE)
    for name, least in OPTIONAL_WHOLE.items():
        if held.get(name) is not None and not is_whole(held[name], least):
            yield VAR.fault(name, held[name], f"null or a whole number, {least} or more")
    if held.get("eps") is not None and (not is_number(held["eps"]) or held["eps"] <= 0):
        yield VAR.fault("eps", held["eps"], "null or a number above 0")


def _feature(item: Any) -> Feature:
    if isinstance(item, str):
        return Feature(item, MISSING[0])
    return Feature(item["name"], item.get("missing", MISSING[0]))


def _feature_faults(features: object) -> Iterator[str]:
    if not isinstance(features, list) or len(features) < 2:
        yield VAR.fault("features", features, "a list of 2 columns or more")
        return
    names = []
    for item in features:
        name = item.get("name") if isinstance(item, Mapping) else item
        missing = item.get("missing", MISSING[0]) if isinstance(item, Mapping) else MISSING[0]
        if not isinstance(name, str):
            yield VAR.fault("features", item, "a column, or {name: a column, missing: …}")
        elif name in names:
            yield VAR.fault("features", f"{name} again", "each column once")
        names.append(name)
        if missing not in MISSING:
            yield VAR.fault(f"features: {name}: missing", missing, f"one of {', '.join(MISSING)}")
