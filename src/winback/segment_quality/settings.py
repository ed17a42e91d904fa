"""The var `segment_quality` of dbt_project.yml, checked.

The macro ``segment_quality_faults`` says the same in the same words when dbt starts, and knows the
columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from winback.fitting.settings import Var

VAR = Var("segment_quality")
# name of a whole number -> the least and the most that make sense
WHOLE = {"within_days": (1, 730), "sample": (100, 100_000)}


def segment_quality_faults(held: object) -> Iterator[str]:
    """Tell what cannot be meant in the var, each as one sentence."""
    if not isinstance(held, Mapping):
        yield VAR.no_mapping(held)
        return
    yield from VAR.unknown(held, ("features", *WHOLE))
    yield from VAR.columns(held.get("features"))
    yield from VAR.whole_numbers(held, WHOLE)
