"""The experiments that uplift can be learned from, and why it cannot from the others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from winback.experiments.comparisons import sample_ratio
from winback.experiments.results import SRM_LIMIT
from winback.uplift.settings import Settings


@dataclass(frozen=True)
class Arm:
    """One arm: how many of it are counted, and how many of them did it."""

    name: str
    is_control: bool
    contacts: int
    done: int
    weight: float


@dataclass(frozen=True)
class Experiment:
    """What the figures of an experiment rest on."""

    name: str
    metric: str | None
    control_arm: str
    window_days: int
    is_randomised: bool
    declared_arms: int
    last_assigned_at: datetime | None
    arms: tuple[Arm, ...]
    ratio: float | None

    @property
    def treated(self) -> Arm | None:
        """The arm that is not control; None unless there is exactly one."""
        others = [arm for arm in self.arms if not arm.is_control]
        return others[0] if len(others) == 1 else None

    @property
    def control(self) -> Arm | None:
        """The control arm; None where nobody is in it."""
        return next((arm for arm in self.arms if arm.is_control), None)


def read_experiments(connection: Any, source: str) -> list[Experiment]:
    """Read the experiments of `int_uplift_people`, by name.

    Args:
        connection: an open DuckDB connection.
        source: the relation.
    """
    counted = connection.execute(
        f"""
        select
            experiment,
            arm,
            not any_value(is_treated),
            count(*),
            coalesce(sum(outcome), 0)::bigint,
            any_value(expected_weight)
        from {source}
        where features_as_of is not null
        group by experiment, arm
        order by experiment, arm
        """
    ).fetchall()
    experiments = connection.execute(
        f"""
        select
            experiment,
            any_value(metric),
            any_value(control_arm),
            any_value(window_days),
            bool_and(is_randomised),
            any_value(arms),
            max(assigned_at)
        from {source}
        group by experiment
        order by experiment
        """
    ).fetchall()
    found = []
    for name, metric, control_arm, window_days, is_randomised, declared, last in experiments:
        arms = tuple(Arm(*row[1:]) for row in counted if row[0] == name)
        sizes, weights = [arm.contacts for arm in arms], [arm.weight for arm in arms]
        ratio = sample_ratio(sizes, weights) if is_randomised else None
        held = (name, metric, control_arm, window_days, is_randomised, declared, last)
        found.append(Experiment(*held, arms, ratio))
    return found


def why_not(experiment: Experiment, settings: Settings) -> str | None:
    """Say why uplift cannot be learned from an experiment; None when it can be tried."""
    treated, control = experiment.treated, experiment.control
    if experiment.metric is None:
        return "It measures no rate, and uplift is predicted of what a contact does or does not."
    if not experiment.is_randomised:
        return "Its arms are different segments: nobody was drawn, so no difference is an effect."
    if experiment.declared_arms != 2:
        return f"It has {experiment.declared_arms} arms: uplift compares one with its control."
    if not experiment.arms:
        return (
            "No date before its assignments is kept (var history_months): contacts as they were"
            " then are not known."
        )
    if treated is None or control is None:
        return f"Nobody is in its control arm ({experiment.control_arm}), or in the other."
    if experiment.ratio is not None and experiment.ratio < SRM_LIMIT:
        return (
            f"Its arms are not of the sizes that were meant ({treated.name} {treated.contacts:,},"
            f" {control.name} {control.contacts:,}): find out who is missing first."
        )
    fewest = min(treated.contacts, control.contacts)
    if fewest < settings.min_contacts:
        return f"An arm has {fewest:,} contacts; it takes {settings.min_contacts:,} in each."
    return _too_few(experiment.metric, (treated, control), settings.min_outcomes)


def _too_few(metric: str, arms: Sequence[Arm], least: int) -> str | None:
    for arm in arms:
        word = "stayed subscribed" if metric == "unsubscribed" else metric
        for count, verb in ((arm.done, word), (arm.contacts - arm.done, f"not {word}")):
            if count < least:
                return f"{arm.name}: {count:,} {verb}; it takes {least:,} in each arm."
    return None
