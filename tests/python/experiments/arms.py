"""Arms of an experiment out of values."""

import numpy as np

from winback.experiments.moments import Moments


def did(how_many: int, contacts: int) -> Moments:
    """An arm of so many contacts, so many of whom did it."""
    return Moments(contacts, how_many, how_many)


def of(values: np.ndarray, before: np.ndarray | None = None) -> Moments:
    """An arm with these values."""
    past = np.zeros(len(values)) if before is None else before
    return Moments(
        len(values),
        float(values.sum()),
        float((values**2).sum()),
        float(past.sum()),
        float((past**2).sum()),
        float((values * past).sum()),
    )
