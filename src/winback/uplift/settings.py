"""The var `uplift` of dbt_project.yml, read and checked.

The macro ``uplift_faults`` says the same in the same words when dbt starts, and knows the columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from winback.fitting.settings import Var
from winback.propensity.settings import TODAYS

VAR = Var("uplift")
# name of a whole number -> the least and the most that make sense
WHOLE = {
    "min_contacts": (50, None),
    "min_outcomes": (5, None),
    "sample": (1000, None),
    "seed": (0, None),
}


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
    held = VAR.read(given, uplift_faults)
    return Settings(tuple(held["features"]), **{name: held[name] for name in WHOLE})


def uplift_faults(held: object) -> Iterator[str]:
    """Tell what cannot be meant in the var, each as one sentence."""
    if not isinstance(held, Mapping):
        yield VAR.no_mapping(held)
        return
    yield from VAR.unknown(held, ("features", *WHOLE))
    yield from VAR.columns(held.get("features"), TODAYS)
    yield from VAR.whole_numbers(held, WHOLE)
