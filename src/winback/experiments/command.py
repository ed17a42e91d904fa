"""The command `winback plan-test`: reads its options, prints the answer."""

from __future__ import annotations

import json
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated

import typer

from winback.errors import UserError
from winback.options import parse_share

if TYPE_CHECKING:
    from winback.experiments.plan import Plan, Question


def plan_test(
    rate: Annotated[
        str | None,
        typer.Option("--rate", help="Share who would do it without treatment: 4% or 0.04."),
    ] = None,
    mean: Annotated[
        float | None, typer.Option("--mean", help="Value of a contact without treatment.")
    ] = None,
    sd: Annotated[
        float | None, typer.Option("--sd", help="Standard deviation of that value.")
    ] = None,
    effect: Annotated[
        str | None,
        typer.Option("--effect", help="Difference to be found: 0.5% of the contacts, or a value."),
    ] = None,
    lift: Annotated[
        str | None,
        typer.Option("--lift", help="The same as a part of the rate or mean: 10%."),
    ] = None,
    contacts: Annotated[
        int | None, typer.Option("--contacts", help="Contacts there are, all arms together.")
    ] = None,
    arms: Annotated[int, typer.Option("--arms", help="Arms, the control arm included.")] = 2,
    allocation: Annotated[
        str | None,
        typer.Option("--allocation", help="Sizes of the arms, control first: 50,50 or 1,2,2."),
    ] = None,
    power: Annotated[
        str, typer.Option("--power", help="Chance of finding the effect: 80% or 0.8.")
    ] = "80%",
    alpha: Annotated[
        str, typer.Option("--alpha", help="Chance of finding one where there is none.")
    ] = "5%",
    weekly: Annotated[
        int | None, typer.Option("--weekly", help="Contacts that enter the test in a week.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False,
) -> None:
    """Plan a test: contacts an effect needs, or the smallest effect that contacts can show."""
    from winback.experiments.plan import Question, plan, read_allocation

    share = parse_share("--rate", rate) if rate is not None else None
    question = Question(
        rate=share,
        mean=mean,
        deviation=sd,
        effect=read_effect(effect, lift, share, mean),
        contacts=contacts,
        shares=read_allocation(allocation, arms),
        power=parse_share("--power", power),
        alpha=parse_share("--alpha", alpha),
        weekly=weekly,
    )
    answer = plan(question)
    if as_json:
        typer.echo(json.dumps(asdict(answer), indent=2))
        return
    for line in sentences(question, answer):
        typer.echo(line)


def read_effect(
    effect: str | None, lift: str | None, rate: float | None, mean: float | None
) -> float | None:
    """Return the absolute effect that `--effect` or `--lift` asks for; None without either.

    Raises:
        UserError: both were given, or one that cannot be read.
    """
    if effect is not None and lift is not None:
        raise UserError("give --effect or --lift, not both: one follows from the other")
    if lift is not None:
        baseline = rate if rate is not None else mean
        if not baseline:
            raise UserError("--lift is a part of --rate or --mean: give one that is not 0")
        return _signed_share("--lift", lift) * baseline
    if effect is None:
        return None
    if rate is not None:
        return _signed_share("--effect", effect)
    try:
        return float(effect)
    except ValueError:
        raise UserError(
            f"--effect {effect}: give a number in the unit of --mean, such as 0.5"
        ) from None


def _signed_share(option: str, text: str) -> float:
    text = text.strip()
    sign = -1 if text.startswith("-") else 1
    return sign * parse_share(option, text.lstrip("+-"))


def sentences(question: Question, answer: Plan) -> list[str]:
    """Return the answer in plain words, one line each."""
    if question.rate is not None:
        to = question.rate + answer.effect
        change = f"from {question.rate:.4g} to {to:.4g} ({100 * answer.effect:+.3g} points"
    else:
        assert question.mean is not None
        change = f"from {question.mean:g} to {question.mean + answer.effect:.6g} ("
        change += f"{answer.effect:+.4g}"
    if answer.relative_effect is not None:
        change += f", {100 * answer.relative_effect:+.3g} %"
    names = ["control"] + [
        "treated" if len(question.shares) == 2 else f"treated {number}"
        for number in range(1, len(question.shares))
    ]
    arms = ", ".join(
        f"{name} {contacts:,}"
        for name, contacts in zip(names, answer.contacts_per_arm, strict=True)
    )
    lines = [
        f"Effect:    {change})",
        f"Contacts:  {answer.contacts:,} ({arms})",
        f"Power:     {100 * answer.power:.1f} % at alpha {100 * question.alpha:g} %, two-sided",
    ]
    if len(question.shares) > 2:
        lines.append(
            f"           alpha {100 * answer.alpha_per_comparison:.3g} % for each of"
            f" {len(question.shares) - 1} comparisons"
        )
    if answer.weeks is not None:
        assert question.weekly is not None
        lines.append(
            f"Weeks:     {answer.weeks:,} at {question.weekly:,} contacts a week, then the days"
            " each one is followed"
        )
    if answer.contacts_if_peeking is not None:
        lines.append(
            f"Peeking:   {answer.contacts_if_peeking:,} contacts to find it with"
            f" {100 * question.power:g} % power where you look every day and stop at the first"
            " finding (always-valid interval)"
        )
    return lines
