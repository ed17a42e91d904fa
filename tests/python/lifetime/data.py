"""Published data sets, which the package `lifetimes` ships, and companies made up by the models."""

import importlib.util
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from winback.lifetimes.bg_bb import Opportunities
from winback.lifetimes.bg_nbd import Purchases
from winback.lifetimes.gamma_gamma import Values


def published(name: str) -> pd.DataFrame:
    """One of its files. The package itself is not imported: it needs a pkg_resources."""
    found = importlib.util.find_spec("lifetimes")
    assert found is not None and found.submodule_search_locations is not None
    return pd.read_csv(Path(found.submodule_search_locations[0]) / "datasets" / name)


def purchases(frequency: Any, recency: Any, age: Any) -> Purchases:
    """One contact per row."""
    columns = [np.atleast_1d(np.asarray(each, dtype=float)) for each in (frequency, recency, age)]
    return Purchases(*columns, np.ones(len(columns[0])))


def history(engaged: Any, last: Any, opportunities: Any, contacts: Any = None) -> Opportunities:
    """One contact per row, unless counted."""
    columns = [
        np.atleast_1d(np.asarray(each, dtype=int)) for each in (engaged, last, opportunities)
    ]
    counts = np.ones(len(columns[0])) if contacts is None else np.asarray(contacts, dtype=float)
    return Opportunities(*columns, counts)


def cdnow() -> Purchases:
    """2,357 customers of CDNOW, 39 weeks from the first quarter of 1997 on."""
    found = published("cdnow_customers_summary.csv")
    return purchases(found["frequency"], found["recency"], found["T"])


def cdnow_values() -> Values:
    """The same customers with the mean value of their repeat purchases."""
    found = published("cdnow_customers_summary_with_transactions.csv")
    frequency, value = found["x"].to_numpy(float), found["zbar"].to_numpy(float)
    return Values(frequency, value, np.ones(len(frequency)))


def donations() -> Opportunities:
    """11,104 supporters of a public radio station, and six years in which they might have given."""
    found = published("donations.csv")
    return history(*(found.iloc[:, place] for place in range(4)))


def buyers(
    parameters: tuple[float, float, float, float], contacts: int, modified: bool, weeks: float = 78
) -> tuple[Purchases, Any, Any]:
    """Contacts who buy as BG/NBD or MBG/NBD says, who is alive, and orders of 13 weeks more."""
    r, alpha, a, b = parameters
    rng = np.random.default_rng(2005)
    rates, leaves = rng.gamma(r, 1 / alpha, contacts), rng.beta(a, b, contacts)
    ages = rng.uniform(weeks / 3, weeks, contacts)
    frequency, recency = np.zeros(contacts), np.zeros(contacts)
    alive, later = np.ones(contacts, dtype=bool), np.zeros(contacts)
    for each in range(contacts):
        moment = 0.0
        here = not (modified and rng.random() < leaves[each])
        alive[each] = here
        while here:
            moment += rng.exponential(1 / rates[each])
            if moment > ages[each] + 13:
                break
            here = rng.random() >= leaves[each]
            if moment <= ages[each]:
                frequency[each] += 1
                recency[each] = moment
                alive[each] = here
            else:
                later[each] += 1
    return purchases(frequency, recency, ages), alive, later


def readers(
    parameters: tuple[float, float, float, float], contacts: int, most: int = 40, ahead: int = 10
) -> tuple[Opportunities, Any, Any]:
    """Contacts who engage as BG/BB says, who is there for the next one, and what follows."""
    alpha, beta, gamma, delta = parameters
    rng = np.random.default_rng(2010)
    takes, leaves = rng.beta(alpha, beta, contacts), rng.beta(gamma, delta, contacts)
    opportunities = rng.integers(5, most + 1, contacts)
    # the opportunity before which a contact drops out
    ends = rng.geometric(np.clip(leaves, 1e-12, 1))
    place = np.arange(1, most + ahead + 1)
    taken = (rng.random((contacts, len(place))) < takes[:, None]) & (place < ends[:, None])
    past = place <= opportunities[:, None]
    coming = ~past & (place <= opportunities[:, None] + ahead)
    last = np.where(taken & past, place, 0).max(axis=1)
    found = history((taken & past).sum(axis=1), last, opportunities)
    return found, ends > opportunities + 1, (taken & coming).sum(axis=1)
