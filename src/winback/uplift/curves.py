"""Qini and uplift curves over contacts in the order of their predicted uplift.

At each step the curve says what treating all contacts so far brought:

- **Qini curve** (N. Radcliffe, "Using control groups to target on predicted lift: building and
  assessing uplift models", Direct Marketing Analytics Journal, 2007): outcomes of the treated, less
  those of the control scaled to the size of the treated;
- **uplift curve** (P. Rzepakowski and S. Jaroszewicz, "Decision trees for uplift modeling", ICDM
  2010): difference of the two rates, times the contacts so far.

Contacts of equal prediction are one step. The scores normalised by the best possible order are
those of the library scikit-uplift, whose published test values the tests repeat.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]


class Steps(NamedTuple):
    """Contacts and sums of their outcomes at each step, best predicted first.

    Each is an array whose last axis is the steps; axes before it are resamples.
    """

    treated: Floats
    control: Floats
    treated_sum: Floats
    control_sum: Floats


class Curve(NamedTuple):
    """Contacts so far, from 0 on, and what treating them brought."""

    contacts: Floats
    gain: Floats


def count_steps(uplift: Any, treated: Any, outcome: Any) -> Steps:
    """Sort contacts by predicted uplift, the highest first, and sum up those of equal prediction.

    Args:
        uplift: predicted uplift of each contact.
        treated: whether it was treated.
        outcome: what it did.
    """
    scores = np.asarray(uplift, dtype=np.float64)
    arm = np.asarray(treated).astype(np.bool_)
    values = np.asarray(outcome, dtype=np.float64)
    _, place = np.unique(-scores, return_inverse=True)
    size = int(place.max()) + 1 if len(place) else 0

    def total(rows: Any, weights: Any) -> Floats:
        return np.bincount(place[rows], weights=weights, minlength=size).astype(np.float64)

    return Steps(
        total(arm, None), total(~arm, None), total(arm, values[arm]), total(~arm, values[~arm])
    )


def qini_curve(steps: Steps) -> Curve:
    """Return the Qini curve: outcomes gained among the treated so far."""
    treated, control, treated_sum, control_sum = _cumulated(steps)
    return Curve(treated + control, treated_sum - control_sum * _ratio(treated, control))


def uplift_curve(steps: Steps) -> Curve:
    """Return the uplift curve: difference of rates so far, times the contacts so far."""
    treated, control, treated_sum, control_sum = _cumulated(steps)
    difference = _ratio(treated_sum, treated) - _ratio(control_sum, control)
    return Curve(treated + control, difference * (treated + control))


def _cumulated(steps: Steps) -> list[Floats]:
    return [
        np.concatenate([np.zeros((*part.shape[:-1], 1)), np.cumsum(part, axis=-1)], axis=-1)
        for part in steps
    ]


def _ratio(part: Any, whole: Any) -> Floats:
    shares: Floats = np.divide(
        part, whole, out=np.zeros(np.shape(part)), where=np.asarray(whole) > 0
    )
    return shares


def area(curve: Curve) -> Floats:
    """Return the area under a curve, by trapezoids; one for each resample."""
    return np.asarray(np.trapezoid(curve.gain, curve.contacts, axis=-1), dtype=np.float64)


def _above_chance(curve: Curve) -> Floats:
    """Return the area between a curve and the straight line of contacts in any order."""
    found: Floats = area(curve) - curve.gain[..., -1] * curve.contacts[..., -1] / 2
    return found


def qini(steps: Steps) -> Floats:
    """Return the Qini measure per contact: what the order is worth over any order.

    The area between the Qini curve and chance, where contacts run from 0 to 1 and gains are per
    treated contact of all: outcomes gained per contact, on average over all shares one may treat.
    """
    curve = qini_curve(steps)
    scale = curve.contacts[..., -1] * steps.treated.sum(axis=-1)
    return _ratio(_above_chance(curve), scale)


def auuc(steps: Steps) -> Floats:
    """Return the area under the uplift curve, where contacts run from 0 to 1 and gains are per
    contact of all. Any order has half the average effect.
    """
    curve = uplift_curve(steps)
    return _ratio(area(curve), curve.contacts[..., -1] ** 2)


def normalised_qini(uplift: Any, treated: Any, outcome: Any) -> float | None:
    """Return the area above chance as a part of that of the best possible order, as scikit-uplift.

    Args:
        uplift: predicted uplift of each contact.
        treated: whether it was treated.
        outcome: what it did.

    Returns:
        1 for the best order; None where no order is better than any other.
    """
    arm, values = np.asarray(treated).astype(np.float64), np.asarray(outcome, dtype=np.float64)
    best = qini_curve(count_steps(values * (2 * arm - 1), treated, outcome))
    return _part(qini_curve(count_steps(uplift, treated, outcome)), best)


def normalised_auuc(uplift: Any, treated: Any, outcome: Any) -> float | None:
    """Return the same for the uplift curve, as scikit-uplift's `uplift_auc_score`."""
    arm, values = np.asarray(treated).astype(np.int64), np.asarray(outcome, dtype=np.float64)
    responders = int(((values == 1) & (arm == 0)).sum())
    idle = int(((values == 0) & (arm == 1)).sum())
    tie = values if responders > idle else arm
    best = uplift_curve(count_steps(2 * (values == arm) + tie, treated, outcome))
    return _part(uplift_curve(count_steps(uplift, treated, outcome)), best)


def _part(curve: Curve, best: Curve) -> float | None:
    whole = float(_above_chance(best))
    return float(_above_chance(curve)) / whole if whole else None
