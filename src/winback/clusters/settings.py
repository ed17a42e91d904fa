"""The var `clusters` of dbt_project.yml, read and checked.

The macro ``cluster_faults`` says the same in the same words when dbt starts, and knows the columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from winback.errors import UserError

ALGORITHMS = ("kmeans", "ward", "hdbscan", "dbscan")
RULES = ("silhouette", "gap", "elbow")
# what stands for a value that is not there
MISSING = ("median", "zero", "max")
# name of a whole number -> the least that makes sense
WHOLE = {
    "k_max": 2,
    "sample": 100,
    "small_sample": 100,
    "references": 5,
    "bootstraps": 5,
    "min_contacts": 50,
    "seed": 0,
}
# the same for what may be left to the data
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
    held = json.loads(given) if isinstance(given, str) else given
    faults = list(cluster_faults(held))
    if faults:
        raise UserError("\n  ".join(["Settings that cannot be used:", *faults]))
    assert isinstance(held, Mapping)  # or it had been a fault
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
        yield f"clusters: found {_shown(held)}, expected a mapping (docs/clusters.md)."
        return
    known = (
        *("features", "algorithms", "rule", "min_silhouette", "eps"),
        *(*WHOLE, *OPTIONAL_WHOLE),
    )
    for name in held:
        if name not in known:
            yield f"clusters: found `{name}`, expected only {', '.join(known)}."
    yield from _feature_faults(held.get("features"))
    algorithms = held.get("algorithms")
    if (
        not isinstance(algorithms, list)
        or not algorithms
        or not all(name in ALGORITHMS for name in algorithms)
        or len(set(algorithms)) < len(algorithms)
    ):
        expected = f"a list of {', '.join(ALGORITHMS)}, each once, the preferred one first"
        yield _fault("algorithms", algorithms, expected)
    if held.get("rule") not in RULES:
        yield _fault("rule", held.get("rule"), f"one of {', '.join(RULES)}")
    if not _is_number(held.get("min_silhouette")) or not 0 <= held["min_silhouette"] < 1:
        yield _fault("min_silhouette", held.get("min_silhouette"), "a number from 0 to below 1")
    for name, least in WHOLE.items():
        if not _is_whole(held.get(name), least):
            yield _fault(name, held.get(name), f"a whole number, {least} or more")
    for name, least in OPTIONAL_WHOLE.items():
        if held.get(name) is not None and not _is_whole(held[name], least):
            yield _fault(name, held[name], f"null or a whole number, {least} or more")
    if held.get("eps") is not None and (not _is_number(held["eps"]) or held["eps"] <= 0):
        yield _fault("eps", held["eps"], "null or a number above 0")


def _feature(item: Any) -> Feature:
    if isinstance(item, str):
        return Feature(item, MISSING[0])
    return Feature(item["name"], item.get("missing", MISSING[0]))


def _feature_faults(features: object) -> Iterator[str]:
    if not isinstance(features, list) or len(features) < 2:
        yield _fault("features", features, "a list of two columns or more")
        return
    names = []
    for item in features:
        name = item.get("name") if isinstance(item, Mapping) else item
        missing = item.get("missing", MISSING[0]) if isinstance(item, Mapping) else MISSING[0]
        if not isinstance(name, str):
            yield _fault("features", item, "a column, or {name: a column, missing: …}")
        elif name in names:
            yield _fault("features", f"{name} again", "each column once")
        names.append(name)
        if missing not in MISSING:
            yield _fault(f"features: {name}: missing", missing, f"one of {', '.join(MISSING)}")


def _fault(name: str, found: object, expected: str) -> str:
    return f"clusters: {name}: found {_shown(found)}, expected {expected}."


def _shown(found: object) -> str:
    return "nothing" if found in (None, "", []) else f"`{found}`"


def _is_whole(value: object, least: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and value >= least


def _is_number(value: object) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
