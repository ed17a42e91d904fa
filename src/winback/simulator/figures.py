"""The statistics of the simulator: what each threshold costs, and how sure that is.

- *Came back by themselves*: a share of contacts, with Wilson's interval. Who got a reactivation
  message in the silence and then came back is counted apart: what they would have done is unknown.
- *Revenue of returns* per contact declared and *messages* per contact lost: few give much, so their
  intervals are bootstrapped over contacts. Without 30 contacts, and 10 returns for revenue, there
  is a figure and no interval.
- *Complained*, *unsubscribed*: shares of the lost known to get mail, with Wilson's interval.
- *Expected cost* of a rule: what was sent to those who never came back until they were declared,
  what their complaints cost, and the part that is lost of the revenue of those declared too early
  (of the days from their return, as many as the follow-up has, however late they return). It counts
  every silence of the window, not the first alone: running a rule means declaring again who
  returned and fell silent again. Returns later than the longest threshold cost every threshold the
  same, so that differences between thresholds do not depend on where the data end. The differences
  to the present policy hold together (`simultaneous_intervals`), since the best one is picked.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from winback.simulator.history import FIGURES, History
from winback.simulator.question import Costs, Question
from winback.statistics import (
    Floats,
    percentile_interval,
    resample,
    simultaneous_intervals,
    wilson_interval,
)

FEWEST_CONTACTS = 30
FEWEST_RETURNS = 10


@dataclass(frozen=True)
class Estimate:
    """A figure with its 95 % interval; the bounds are None where too few contacts are behind it."""

    value: float
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Outcome:
    """What a rule of so many days would have done. Figures that cannot be known are None.

    Attributes:
        days: the threshold.
        is_present: true for the limit of the present policy.
        declared: contacts it would have declared inactive, each once.
        never_heard: those of them who had given no sign of life before.
        returned: who came back by themselves within the follow-up.
        returned_share: the same as a share of the declared; None when nobody was.
        reactivated: who came back within it after a reactivation message.
        returned_later: who came back after it.
        lost: who never came back.
        lost_mailed: those of them to whom messages are known to have been sent.
        revenue: of those who came back by themselves, within the follow-up.
        revenue_per_declared: the same for each contact declared.
        sends: messages to the lost between their last sign of life and the declaration.
        sends_per_lost: the same for each of `lost_mailed`.
        complained, unsubscribed: those of `lost_mailed` who did so in that time.
        complained_share, unsubscribed_share: as shares of `lost_mailed`.
        cost: expected cost for each contact with a silence in the window.
        versus_present: that, minus the cost of the present policy.
    """

    days: int
    is_present: bool
    declared: int
    never_heard: int
    returned: int
    returned_share: Estimate | None
    reactivated: int
    returned_later: int
    lost: int
    lost_mailed: int
    revenue: float | None
    revenue_per_declared: Estimate | None
    sends: int | None
    sends_per_lost: Estimate | None
    complained: int | None
    complained_share: Estimate | None
    unsubscribed: int | None
    unsubscribed_share: Estimate | None
    cost: Estimate | None = None
    versus_present: Estimate | None = None

    @property
    def has_enough(self) -> bool:
        """Whether it is declared often enough to conclude anything."""
        return self.declared >= FEWEST_CONTACTS


def outcomes(history: History, question: Question) -> list[Outcome]:
    """Work out every threshold that the history can judge, ascending."""
    totals = history.sums.sum(axis=1)
    # replicates, thresholds, figures: one draw for all, so that thresholds compare the same people
    count, groups, figures = history.sums.shape
    drawn = resample(history.sums.transpose(1, 0, 2).reshape(groups, -1))
    drawn = drawn.reshape(len(drawn), count, figures)
    costs, differences = _costs(history, question.costs, drawn)
    return [
        _outcome(history, row, totals, drawn, costs, differences)
        for row in range(len(history.thresholds))
    ]


def _outcome(
    history: History,
    row: int,
    totals: Floats,
    drawn: Floats,
    costs: list[Estimate] | None,
    differences: list[Estimate] | None,
) -> Outcome:
    coverage, days = history.coverage, history.thresholds[row]
    at = {name: index for index, name in enumerate(FIGURES)}
    number = {name: int(totals[row, at[name]]) for name in FIGURES}

    def mean(figure: str, among: str, is_enough: bool) -> Estimate | None:
        if totals[row, at[among]] == 0:
            return None
        value = float(totals[row, at[figure]] / totals[row, at[among]])
        with np.errstate(divide="ignore", invalid="ignore"):
            replicates = drawn[:, row, at[figure]] / drawn[:, row, at[among]]
        interval = percentile_interval(replicates) if is_enough else None
        return Estimate(value, *(interval or (None, None)))

    enough = number["declared"] >= FEWEST_CONTACTS and number["returned"] >= FEWEST_RETURNS
    knows_revenue = coverage.orders_from is not None
    return Outcome(
        days=days,
        is_present=days == history.policy.idle_days,
        declared=number["declared"],
        never_heard=number["never_heard"],
        returned=number["returned"],
        returned_share=share(number["returned"], number["declared"]),
        reactivated=number["reactivated"],
        returned_later=number["returned_later"],
        lost=number["lost"],
        lost_mailed=number["lost_mailed"],
        revenue=float(totals[row, at["revenue"]]) if knows_revenue else None,
        revenue_per_declared=mean("revenue", "declared", enough) if knows_revenue else None,
        sends=number["sends"] if coverage.has_sends else None,
        sends_per_lost=mean("sends", "lost_mailed", number["lost_mailed"] >= FEWEST_CONTACTS),
        complained=number["complained"] if coverage.has_complaints else None,
        complained_share=(
            share(number["complained"], number["lost_mailed"]) if coverage.has_complaints else None
        ),
        unsubscribed=number["unsubscribed"] if coverage.has_unsubscribes else None,
        unsubscribed_share=(
            share(number["unsubscribed"], number["lost_mailed"])
            if coverage.has_unsubscribes
            else None
        ),
        cost=costs[row] if costs else None,
        versus_present=differences[row] if differences else None,
    )


def share(successes: int, trials: int) -> Estimate | None:
    """Return a share of contacts with Wilson's interval; None of nobody."""
    if trials == 0:
        return None
    return Estimate(successes / trials, *wilson_interval(successes, trials))


def _costs(
    history: History, costs: Costs | None, drawn: Floats
) -> tuple[list[Estimate] | None, list[Estimate] | None]:
    """Cost per silent contact of each threshold, and the difference to the present policy's."""
    coverage = history.coverage
    if costs is None or coverage.orders_from is None or not coverage.has_sends:
        return None, None
    declared, sends, complained, at_stake = (
        FIGURES.index(name) for name in ("declared", "all_sends", "all_complained", "at_stake")
    )

    def per_contact(sums: Floats) -> Floats:
        total: Floats = (
            costs.send * sums[..., sends]
            + costs.complaint * sums[..., complained]
            + costs.lost_share * sums[..., at_stake]
        )
        # whoever is declared at all is declared by the shortest threshold
        per: Floats = total / sums[..., :1, declared]
        return per

    totals = history.sums.sum(axis=1)
    if totals[0, declared] < FEWEST_CONTACTS:
        return None, None
    found, replicates = per_contact(totals), per_contact(drawn)
    levels = [
        Estimate(float(value), *(percentile_interval(replicates[:, row]) or (None, None)))
        for row, value in enumerate(found)
    ]
    if history.policy.idle_days not in history.thresholds:
        return levels, None
    present = history.thresholds.index(history.policy.idle_days)
    difference = found - found[present]
    intervals = simultaneous_intervals(difference, replicates - replicates[:, present, None])
    return levels, [
        Estimate(float(value), *interval)
        for value, interval in zip(difference, intervals, strict=True)
    ]
