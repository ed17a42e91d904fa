"""Rankings of contacts, judged by what they did afterwards. Equal scores share their place."""

from __future__ import annotations

from typing import Any

import numpy as np

from winback.lifetimes.fit import Floats


def _by_score(scores: Any, *columns: Any) -> list[Floats]:
    """Sums of columns per distinct score, lowest first."""
    distinct, place = np.unique(np.asarray(scores, dtype=np.float64), return_inverse=True)
    size = len(distinct)
    sums = (np.bincount(place, weights=column, minlength=size) for column in columns)
    return [each.astype(np.float64) for each in sums]


def area(did: Floats, did_not: Floats) -> Floats:
    """Return the chance that somebody who did it was ranked before somebody who did not.

    Source: J. Hanley and B. McNeil, "The meaning and use of the area under a receiver operating
    characteristic (ROC) curve", Radiology 143, 1982.

    Args:
        did: how many did it, by distinct score, lowest first: the last axis is the score.
        did_not: how many did not.

    Returns:
        0 to 1, ties counted half; not a number where all or none did it.
    """
    below = np.cumsum(did_not, axis=-1) - did_not / 2
    pairs = did.sum(axis=-1) * did_not.sum(axis=-1)
    with np.errstate(invalid="ignore"):
        found: Floats = (did * below).sum(axis=-1) / pairs
    return found


def top_part(held: Floats, done: Floats, share: float) -> Floats:
    """Return how much of an outcome came from the best ranked contacts.

    Args:
        held: contacts by distinct score, lowest first: the last axis is the score.
        done: what they did in all, for example orders.
        share: how many are the best ranked. Of contacts who share the place at the border, as
            many as fit count, at their mean.

    Returns:
        0 to 1; not a number where nobody did anything.
    """
    held, done = held[..., ::-1], done[..., ::-1]
    wanted = share * held.sum(axis=-1, keepdims=True) - (np.cumsum(held, axis=-1) - held)
    parts = np.divide(wanted, held, out=np.zeros_like(wanted), where=held > 0)
    with np.errstate(invalid="ignore"):
        found: Floats = (done * np.clip(parts, 0, 1)).sum(axis=-1) / done.sum(axis=-1)
    return found


def auc(scores: Any, positives: Any, negatives: Any) -> float | None:
    """Return the `area` of a ranking.

    Args:
        scores: higher is likelier; one per row of equal contacts.
        positives: how many contacts of the row did it.
        negatives: how many did not.

    Returns:
        0 to 1; None when all or none did it.
    """
    found = float(area(*_by_score(scores, positives, negatives)))
    return None if np.isnan(found) else found


def top_share(scores: Any, contacts: Any, outcomes: Any, share: float = 0.1) -> float | None:
    """Return the `top_part` of a ranking.

    Args:
        scores: higher is better; one per row of equal contacts.
        contacts: how many contacts the row holds.
        outcomes: what they did in all.
        share: how many are the best ranked.

    Returns:
        0 to 1; None when nobody did anything.
    """
    held, done = _by_score(scores, contacts, outcomes)
    found = float(top_part(held, done, share))
    return None if np.isnan(found) else found


def percentile(scores: Any, contacts: Any) -> Floats:
    """Return the place of each row among all contacts, 0 (lowest) to 100.

    Args:
        scores: higher is better; one per row of equal contacts.
        contacts: how many contacts the row holds.

    Returns:
        The share in percent of contacts ranked below, plus half of those with an equal score.
    """
    values = np.asarray(scores, dtype=np.float64)
    (held,) = _by_score(values, contacts)
    place = np.unique(values, return_inverse=True)[1]
    if len(held) == 0:
        return np.zeros(0)
    found: Floats = (np.cumsum(held) - held / 2)[place] * (100 / held.sum())
    return found
