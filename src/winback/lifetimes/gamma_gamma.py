"""Gamma-Gamma: what a purchase of each contact is worth.

The value of a purchase varies around a mean of the contact's own (gamma, shape p), and these means
vary among contacts (gamma, q and v). How much a contact spends is taken to say nothing about how
often.

Source: P. Fader and B. Hardie, "The Gamma-Gamma model of monetary value", note 025, 2013;
P. Fader, B. Hardie and K. L. Lee, "RFM and CLV: using iso-value curves for customer base analysis",
Journal of Marketing Research 42(4), 2005.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from scipy.special import gammaln

from winback.lifetimes.fit import DEGENERATE, FITTED, Fit, Floats, maximise, too_few

MODEL = "gamma_gamma"
PARAMETERS = ("p", "q", "v")
# of values divided by their mean
STARTS = ((5.0, 4.0, 0.6), (1.0, 2.0, 1.0), (20.0, 10.0, 0.5))


class Values(NamedTuple):
    """Equal contacts, counted: arrays of one length."""

    frequency: Floats
    value: Floats
    contacts: Floats


def log_likelihood(parameters: Floats, values: Values) -> float:
    """Return the log-likelihood of all contacts.

    Source: Fader and Hardie 2013, equation 1a.

    Args:
        parameters: p, q, v.
        values: frequency and mean value of repeat purchases, both above 0.
    """
    p, q, v = parameters
    frequency, value, contacts = values
    shape = p * frequency
    # once per number of purchases, and there are few of them
    shapes = p * np.arange(1, int(frequency.max(initial=0)) + 1)
    each = (gammaln(shapes + q) - gammaln(shapes))[frequency.astype(np.int64) - 1]
    each = each - gammaln(q) + q * np.log(v)
    each = each + (shape - 1) * np.log(value) + shape * np.log(frequency)
    each = each - (shape + q) * np.log(frequency * value + v)
    return float(contacts @ each)


def fit(values: Values) -> Fit:
    """Estimate the parameters by maximum likelihood.

    Args:
        values: contacts with repeat purchases; those without, and means of 0 and below (all of it
            sent back), are left out.

    Returns:
        The fit; `degenerate` when all means are equal, when the data do not determine the
        parameters, and when they give no finite mean value (q of 1 and below).
    """
    used = (values.frequency > 0) & (values.value > 0)
    kept = Values(values.frequency[used], values.value[used], values.contacts[used])
    contacts = float(kept.contacts.sum())
    small = too_few(MODEL, contacts)
    if small is not None:
        return small
    if len(np.unique(kept.value)) == 1:
        return Fit(MODEL, DEGENERATE, int(contacts), "all contacts are alike")
    # currencies differ by a factor of thousands: v is searched for on the scale of the data
    scale = float(kept.contacts @ kept.value / contacts)
    scaled = kept._replace(value=kept.value / scale)
    found = maximise(
        MODEL,
        PARAMETERS,
        lambda parameters: log_likelihood(parameters, scaled),
        STARTS,
        contacts,
    )
    if found.status != FITTED:
        return found
    p, q, v = found.values
    if q <= 1:
        return Fit(MODEL, DEGENERATE, int(contacts), "the values have no finite mean")
    parameters = np.array([p, q, float(f"{v * scale:.6g}")])
    return found._replace(
        parameters=dict(zip(PARAMETERS, parameters.tolist(), strict=True)),
        log_likelihood=log_likelihood(parameters, kept),
    )


def value_weight(parameters: Floats, frequency: Floats) -> Floats:
    """Return how much of the expected value rests on the contact's own mean.

    Args:
        parameters: p, q, v.
        frequency: number of repeat purchases; 0 gives 0.
    """
    p, q, _ = parameters
    weight: Floats = p * frequency / (p * frequency + q - 1)
    return weight


def mean_value(parameters: Floats) -> float:
    """Return the mean value of a purchase over all contacts, the rest of the expected value.

    Args:
        parameters: p, q, v.
    """
    p, q, v = parameters
    return float(p * v / (q - 1))


def expected_value(parameters: Floats, frequency: Floats, value: Floats) -> Floats:
    """Return the value to be expected of the next purchase.

    Source: Fader and Hardie 2013, equation 5: a mean of the contact's own mean and that of all.

    Args:
        parameters: p, q, v.
        frequency: number of repeat purchases.
        value: their mean value; does not count where there are none.
    """
    weight = value_weight(parameters, frequency)
    return (1 - weight) * mean_value(parameters) + weight * np.where(frequency > 0, value, 0.0)
