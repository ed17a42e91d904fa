"""What the simulator is asked, checked before any table is read."""

from __future__ import annotations

import math
from dataclasses import dataclass
from datetime import date

from winback.errors import UserError
from winback.options import parse_share


@dataclass(frozen=True)
class Costs:
    """What mistakes cost, in the currency of the revenue.

    Attributes:
        send: one message to somebody who never comes back.
        complaint: one spam complaint of such a person.
        lost_share: part of a returner's revenue that is lost when nobody writes to them, 0 to 1.
    """

    send: float
    complaint: float
    lost_share: float


@dataclass(frozen=True)
class Question:
    """One question to the simulator.

    Attributes:
        sector: a policy of the seed `inactivity_policies`; its signals break a silence.
        thresholds: days of silence to try, ascending.
        follow_up: days after a declaration in which a return counts.
        accept: share of self-returns that is acceptable, 0 to 1.
        costs: for a recommendation by money; None recommends by the share alone.
        since: first day on which silences may begin; None: when all signals are collected.
    """

    sector: str
    thresholds: tuple[int, ...]
    follow_up: int
    accept: float
    costs: Costs | None = None
    since: date | None = None


def ask(
    sector: str,
    first: int,
    last: int,
    step: int,
    follow_up: int,
    accept: str,
    send_cost: float | None = None,
    complaint_cost: float | None = None,
    lost_share: str | None = None,
    since: date | None = None,
) -> Question:
    """Check what was given on the command line.

    Args:
        sector: a policy, looked up later.
        first: shortest threshold in days.
        last: longest one, always among those tried.
        step: days between two of them.
        follow_up: days in which a return counts.
        accept: a share such as `10%` or `0.1`.
        send_cost: of a message; costs are given together or not at all.
        complaint_cost: of a complaint.
        lost_share: a share such as `40%` or `0.4`.
        since: first day on which silences may begin.

    Raises:
        UserError: something cannot be meant.
    """
    if first < 1:
        raise UserError(f"--from {first}: a threshold is 1 day or more")
    if first > last:
        raise UserError(f"--from {first} is longer than --to {last}: give the shorter one first")
    if step < 1:
        raise UserError(f"--step {step}: give 1 day or more")
    if follow_up < 1:
        raise UserError(f"--follow-up {follow_up}: give 1 day or more")
    given = {"--send-cost": send_cost, "--complaint-cost": complaint_cost}
    for name, cost in given.items():
        if cost is not None and not (cost >= 0 and math.isfinite(cost)):
            raise UserError(f"{name} {cost}: a cost is 0 or more")
    return Question(
        sector=sector,
        thresholds=tuple(sorted({*range(first, last + 1, step), last})),
        follow_up=follow_up,
        accept=_share("--accept", accept),
        costs=_costs(send_cost, complaint_cost, lost_share),
        since=since,
    )


def _costs(send: float | None, complaint: float | None, lost: str | None) -> Costs | None:
    given = {"--send-cost": send, "--complaint-cost": complaint, "--lost-share": lost}
    missing = [name for name, value in given.items() if value is None]
    if len(missing) == len(given):
        return None
    if send is None or complaint is None or lost is None:
        raise UserError(
            f"costs are compared only when all of them are known: {' and '.join(missing)} missing"
            " (0 is a value)"
        )
    return Costs(send, complaint, _share("--lost-share", lost))


def _share(option: str, text: str) -> float:
    value = parse_share(option, text)
    if value > 1:
        raise UserError(f"{option} {text}: more than all of them; give a share such as 10% or 0.1")
    return value
