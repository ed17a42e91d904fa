"""The var `segment_quality` of dbt_project.yml, checked.

The macro ``segment_quality_faults`` says the same in the same words when dbt starts, and knows the
columns.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

# name of a whole number -> the least and the most that makes sense
WHOLE = {"within_days": (1, 730), "sample": (100, 100_000)}


def segment_quality_faults(held: object) -> Iterator[str]:
    """Tell what cannot be meant in the var, each as one sentence."""
    if not isinstance(held, Mapping):
        yield _fault("", held, "a mapping (docs/segment_quality.md)")
        return
    known = ("features", *WHOLE)
    for name in held:
        if name not in known:
            yield f"segment_quality: found `{name}`, expected only {', '.join(known)}."
    features = held.get("features")
    if not isinstance(features, list) or not features:
        yield _fault(": features", features, "a list of columns")
    else:
        for place, name in enumerate(features):
            if not isinstance(name, str):
                yield _fault(": features", name, "the name of a column")
            elif name in features[:place]:
                yield _fault(": features", f"{name} again", "each column once")
    for name, (least, most) in WHOLE.items():
        value = held.get(name)
        if not isinstance(value, int) or isinstance(value, bool) or not least <= value <= most:
            yield _fault(f": {name}", value, f"a whole number, {least} to {most}")


def _fault(name: str, found: object, expected: str) -> str:
    shown = "nothing" if found in (None, "", []) else f"`{found}`"
    return f"segment_quality{name}: found {shown}, expected {expected}."
