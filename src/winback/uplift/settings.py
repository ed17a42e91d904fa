"""The var `uplift` of dbt_project.yml, read and checked.

The macro ``uplift_faults`` says the same in the same words when dbt starts, and knows the columns.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from winback.errors import UserError
from winback.propensity.settings import TODAYS

# name of a whole number -> the least that makes sense
WHOLE = {"min_contacts": 50, "min_outcomes": 5, "sample": 1000, "seed": 0}


@dataclass(frozen=True)
class Settings:
    """What the project asks for; docs/uplift.md describes each."""

    features: tuple[str, ...]
    min_contacts: int
    min_outcomes: int
    sample: int
    seed: int


def read_settings(given: object) -> Settings:
    """Read the var `uplift`.

    Args:
        given: the mapping, or the JSON text of one.

    Raises:
        UserError: something in it cannot be meant; names setting, found and expected.
    """
    held = json.loads(given) if isinstance(given, str) else given
    faults = list(uplift_faults(held))
    if faults:
        raise UserError("\n  ".join(["Settings that cannot be used:", *faults]))
    assert isinstance(held, Mapping)  # or it had been a fault
    return Settings(tuple(held["features"]), **{name: held[name] for name in WHOLE})


def uplift_faults(held: object) -> Iterator[str]:
    """Tell what cannot be meant in the var, each as one sentence."""
    if not isinstance(held, Mapping):
        yield f"uplift: found {_shown(held)}, expected a mapping (docs/uplift.md)."
        return
    known = ("features", *WHOLE)
    for name in held:
        if name not in known:
            yield f"uplift: found `{name}`, expected only {', '.join(known)}."
    features = held.get("features")
    if not isinstance(features, list) or not features:
        yield _fault("features", features, "a list of columns")
        features = []
    for place, name in enumerate(features):
        if not isinstance(name, str):
            yield _fault("features", name, "the name of a column")
        elif name in features[:place]:
            yield _fault("features", f"{name} again", "each column once")
        elif name in TODAYS:
            expected = "a column of the as_of_date: this one is today's on past dates"
            yield _fault("features", name, expected)
    for name, least in WHOLE.items():
        value = held.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or value < least:
            yield _fault(name, value, f"a whole number, {least} or more")


def _fault(name: str, found: object, expected: str) -> str:
    return f"uplift: {name}: found {_shown(found)}, expected {expected}."


def _shown(found: object) -> str:
    return "nothing" if found in (None, "", []) else f"`{found}`"
