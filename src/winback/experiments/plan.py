"""`winback plan-test`: what a test needs, from what is known before it begins."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import ceil

from winback.errors import UserError
from winback.experiments.power import LARGEST, power_of_means, power_of_rates, smallest_where
from winback.experiments.sequential import always_valid_multiple


@dataclass(frozen=True)
class Question:
    """A test to be planned.

    Attributes:
        rate: share of contacts who would do it without treatment; None for a mean.
        mean: value of a contact without treatment; None for a rate.
        deviation: standard deviation of that value, above 0; None for a rate.
        effect: difference to be found, absolute, not 0; None: the smallest that `contacts` find.
        contacts: contacts of all arms together; None: as many as the effect needs.
        shares: share of each arm, the control arm first, together 1.
        power: chance of finding the effect.
        alpha: chance that some arm is "found" to differ where none does.
        weekly: contacts that enter the test in a week; None when all are there at once.
    """

    rate: float | None
    mean: float | None
    deviation: float | None
    effect: float | None
    contacts: int | None
    shares: tuple[float, ...]
    power: float
    alpha: float
    weekly: int | None


@dataclass(frozen=True)
class Plan:
    """The answer.

    Attributes:
        effect: the difference the test finds.
        relative_effect: the same as a part of the value without treatment; None where that is 0.
        contacts: contacts of all arms together.
        contacts_per_arm: the control arm first.
        power: chance of finding the effect with these contacts, in the smallest treated arm.
        alpha_per_comparison: alpha shared among the treated arms (Bonferroni, Holm's first step).
        weeks: whole weeks until all have entered; None without a weekly number.
        contacts_if_peeking: contacts of all arms together where the always-valid interval decides,
            so that one may look every day; None when that is beyond all bounds.
    """

    effect: float
    relative_effect: float | None
    contacts: int
    contacts_per_arm: tuple[int, ...]
    power: float
    alpha_per_comparison: float
    weeks: int | None
    contacts_if_peeking: int | None


def plan(question: Question) -> Plan:
    """Answer a question: contacts for an effect, the effect for contacts, or the power of both.

    Raises:
        UserError: a value cannot be meant, or no number of contacts is enough.
    """
    _check(question)
    alpha = question.alpha / (len(question.shares) - 1)
    effect = question.effect
    if effect is None:
        effect = _smallest_effect(question, alpha)
    if question.contacts is not None:
        per_arm = _split(question.contacts, question.shares)
    else:
        per_arm = _fewest_contacts(question, effect, alpha)
    peeking = _fewest_when_peeking(question, effect, alpha)
    baseline = question.rate if question.rate is not None else question.mean
    return Plan(
        effect=effect,
        relative_effect=effect / baseline if baseline else None,
        contacts=sum(per_arm),
        contacts_per_arm=per_arm,
        power=_power(question, effect, per_arm[0], min(per_arm[1:]), alpha, None),
        alpha_per_comparison=alpha,
        weeks=ceil(sum(per_arm) / question.weekly) if question.weekly else None,
        contacts_if_peeking=sum(peeking) if peeking else None,
    )


def _power(
    question: Question,
    effect: float,
    control: float,
    treated: float,
    alpha: float,
    critical: float | None,
) -> float:
    if question.rate is not None:
        rate = question.rate
        return power_of_rates(rate, rate + effect, control, treated, alpha, critical)
    assert question.deviation is not None
    return power_of_means(effect, question.deviation, control, treated, alpha, critical)


def _arms(question: Question, contacts: float) -> tuple[float, float]:
    """Return control and smallest treated arm."""
    return contacts * question.shares[0], contacts * min(question.shares[1:])


def _search(reaches: Callable[[float], bool], question: Question) -> tuple[int, ...] | None:
    """Return the fewest contacts of each arm, whole ones."""
    found = smallest_where(reaches, 2 / min(question.shares), LARGEST)
    if found is None:
        return None
    return tuple(ceil(share * found * (1 - 1e-9)) for share in question.shares)


def _fewest_contacts(question: Question, effect: float, alpha: float) -> tuple[int, ...]:
    found = _search(
        lambda n: _power(question, effect, *_arms(question, n), alpha, None) >= question.power,
        question,
    )
    if found is None:
        raise UserError(
            f"an effect of {effect:g} cannot be found with any number of contacts:"
            " give a larger --effect or --lift"
        )
    return found


def _fewest_when_peeking(question: Question, effect: float, alpha: float) -> tuple[int, ...] | None:
    def reaches(contacts: float) -> bool:
        control, treated = _arms(question, contacts)
        multiple = always_valid_multiple(ceil(control + treated), 1 - alpha)
        return _power(question, effect, control, treated, alpha, multiple) >= question.power

    return _search(reaches, question)


def _smallest_effect(question: Question, alpha: float) -> float:
    assert question.contacts is not None
    per_arm = _split(question.contacts, question.shares)

    def reaches(effect: float) -> bool:
        found = _power(question, effect, per_arm[0], min(per_arm[1:]), alpha, None)
        return found >= question.power

    if question.rate is not None:
        found = smallest_where(reaches, 1e-12, 1 - question.rate)
    else:
        assert question.deviation is not None
        found = smallest_where(reaches, question.deviation * 1e-9, question.deviation * 1e3)
    if found is None:
        raise UserError(
            f"{question.contacts:,} contacts find no effect, however large: give more --contacts"
        )
    return found


def _split(contacts: int, shares: Sequence[float]) -> tuple[int, ...]:
    """Give each arm its contacts, all of them handed out, the largest remainders first."""
    exact = [contacts * share for share in shares]
    whole = [int(value + 1e-9) for value in exact]
    order = sorted(range(len(shares)), key=lambda arm: whole[arm] - exact[arm])
    for arm in order[: contacts - sum(whole)]:
        whole[arm] += 1
    return tuple(whole)


def _check(question: Question) -> None:
    if (question.rate is None) == (question.mean is None):
        raise UserError("give --rate for a share of contacts, or --mean and --sd for a value")
    if question.effect is None and question.contacts is None:
        raise UserError(
            "give --effect or --lift to learn how many contacts it needs,"
            " or --contacts to learn what they can show"
        )
    if question.effect == 0:
        raise UserError("an effect of 0 is none: give the smallest one that would matter")
    for option, value in (("--power", question.power), ("--alpha", question.alpha)):
        if not 0 < value < 1:
            raise UserError(f"{option} {value:g}: give a share between 0 and 1")
    if question.power <= question.alpha:
        raise UserError("--power must be above --alpha: chance alone finds as much")
    if question.rate is not None:
        if not 0 < question.rate < 1:
            raise UserError(f"--rate {question.rate:g}: give a share between 0 and 1")
        reached = question.rate + (question.effect or 0)
        if not 0 <= reached <= 1:
            raise UserError(
                f"a rate of {question.rate:g} with an effect of {question.effect:g} would be"
                f" {reached:g}: no share of contacts"
            )
    elif question.deviation is None or question.deviation <= 0:
        raise UserError("--mean needs --sd, the standard deviation of a contact's value, above 0")
    if question.weekly is not None and question.weekly < 1:
        raise UserError(f"--weekly {question.weekly}: give 1 contact or more")
    smallest = min(question.shares)
    if question.contacts is not None and question.contacts * smallest < 2:
        raise UserError(f"--contacts {question.contacts}: each arm needs 2 or more")


def read_allocation(text: str | None, arms: int) -> tuple[float, ...]:
    """Read `50,50` or `1:1:2` into shares, the control arm first.

    Args:
        text: as given; None: all arms of one size.
        arms: how many, the control arm included.

    Raises:
        UserError: it is no allocation of so many arms.
    """
    if arms < 2:
        raise UserError(f"--arms {arms}: a test has 2 or more, the control arm included")
    if text is None:
        return (1 / arms,) * arms
    parts = text.replace(":", ",").replace("/", ",").split(",")
    try:
        weights = [float(part) for part in parts]
    except ValueError:
        weights = []
    if len(weights) != arms or not all(0 < weight < LARGEST for weight in weights):
        raise UserError(
            f"--allocation {text}: give {arms} numbers above 0 with commas between, the control"
            " arm first, such as " + ",".join(["1"] * arms)
        )
    return tuple(weight / sum(weights) for weight in weights)
