"""What the figures say, in sentences for whoever decides about the rule."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from winback.simulator.figures import FEWEST_CONTACTS, Outcome, share
from winback.simulator.history import History
from winback.simulator.question import Question


@dataclass(frozen=True)
class Advice:
    """A recommendation.

    Attributes:
        days: the threshold; None when none can be recommended.
        text: why, in a sentence or two.
    """

    days: int | None
    text: str


def by_share(history: History, question: Question, judged: Sequence[Outcome]) -> Advice:
    """Recommend the shortest threshold whose self-returns are surely few enough.

    Surely: the upper bound of the share's interval is at most `accept`. A threshold that declares
    fewer than 30 contacts is not recommended.
    """
    usable = [outcome for outcome in judged if outcome.has_enough and outcome.returned_share]
    if not usable:
        most = max(judged, key=lambda outcome: outcome.declared)
        return Advice(
            None,
            f"Too few contacts to recommend anything: {FEWEST_CONTACTS} declared ones are needed,"
            f" and the most that a threshold would have declared is {most.declared} (after"
            f" {most.days} days).",
        )
    present = next((outcome for outcome in judged if outcome.is_present), None)
    best = next((one for one in usable if _surely_within(one, question.accept)), None)
    if best is None:
        last = usable[-1]
        text = (
            f"No threshold from {usable[0].days} to {last.days} days surely keeps self-returns"
            f" within {question.accept:.0%}: even after {last.days} days {_returned(last)} came"
            f" back by themselves within {question.follow_up} days."
        )
        return Advice(None, " ".join([text, _on_present(history, present, None)]))
    text = (
        f"Declare inactive after {best.days} days of silence: of the {best.declared:,} contacts"
        f" that this rule would have declared, {_returned(best)} came back by themselves within"
        f" {question.follow_up} days, surely within the {question.accept:.0%} you accept."
    )
    return Advice(best.days, " ".join([text, _on_present(history, present, best)]))


def by_cost(history: History, judged: Sequence[Outcome]) -> Advice:
    """Recommend the threshold that costs least, where the difference to the present is sure."""
    priced = [(outcome.cost.value, outcome) for outcome in judged if outcome.cost is not None]
    if not priced:
        return Advice(
            None,
            "The costs cannot be compared: that takes orders, messages sent, and"
            f" {FEWEST_CONTACTS} contacts who fell silent.",
        )
    cost, best = min(priced, key=lambda pair: pair[0])
    level = f"{1000 * cost:,.0f} per 1,000 contacts who fell silent"
    present = history.policy.idle_days
    difference = best.versus_present
    longer = "; a longer one might cost less still" if best is judged[-1] else ""
    if best.is_present:
        return Advice(
            best.days,
            f"By cost: the present {best.days} days are the cheapest threshold tried{longer}:"
            f" {level}.",
        )
    if difference is None or difference.low is None or difference.high is None:
        return Advice(
            None,
            f"By cost: {best.days} days are the cheapest threshold tried{longer}: {level}. The"
            " present policy has no days that this history can judge: there is nothing to compare"
            " with.",
        )
    least, most = (f"{abs(1000 * bound):,.0f}" for bound in (difference.high, difference.low))
    gain = f"{-1000 * difference.value:,.0f} less than at the present {present} days"
    if difference.high < 0:
        return Advice(
            best.days,
            f"By cost: {best.days} days are the cheapest threshold tried{longer}: {level}, {gain},"
            f" and surely less (95% interval {least} to {most} less).",
        )
    return Advice(
        None,
        f"By cost: no clear winner. {best.days} days are the cheapest threshold tried{longer}:"
        f" {level}, {gain}. But that may be chance (95% interval {most} less to {least} more).",
    )


def notes(history: History, question: Question, judged: Sequence[Outcome]) -> Iterator[str]:
    """Tell what a reader of the figures must know."""
    policy, coverage = history.policy, history.coverage
    if history.is_everybody:
        yield (
            f"No contact is judged by {policy.name}: all contacts are taken by its signals,"
            " whatever their own policy."
        )
    yield (
        "Only days of silence are simulated: messages without an answer, the own rhythm and the"
        " grace of a policy would declare fewer."
    )
    if policy.idle_days is None:
        yield f"{policy.name} has no limit in days (idle_days is empty): nothing is marked present."
    elif policy.has_own_limits:
        yield f"{policy.name} has limits for single signals too; idle_days stands for all of them."
    if history.too_long:
        span = (coverage.until - history.starts).days + 1
        yield (
            f"Cannot be judged: {_days(history.too_long)}. {history.too_long[0]} days take"
            f" {history.too_long[0] + 2 * question.follow_up + 1} days of history (the threshold"
            f" and twice the follow-up), and {span} are there; nothing is extrapolated."
        )
        yield "A shorter --to judges more silences: the longest threshold sets the window for all."
    if coverage.until < history.as_of_date:
        yield f"The data end on {coverage.until}: days after it are not silence."
    for kind, (begins, ends) in coverage.admitted(policy).items():
        if begins > history.starts:
            yield f"No {kind} are known before {begins}: until then silences count without them."
        if (coverage.until - ends).days > 31:
            yield f"No {kind} are known after {ends}: returns that only they show are missed."
    if coverage.orders_from is None:
        yield "No orders are known: what returns were worth is unknown, not zero."
    if not coverage.has_sends:
        yield "No messages are known: what waiting costs is unknown, not zero."
    elif not coverage.has_complaints:
        yield "No complaint is known: either nobody complained or no export tells."
    if coverage.has_sends and not coverage.has_reactivations:
        yield (
            "No campaign is known to be a reactivation: who came back after such a message counts"
            " as coming back by themselves."
        )
    yield from _on_reactivation(question, judged)
    small = [outcome.days for outcome in judged if not outcome.has_enough]
    if small:
        yield f"Fewer than {FEWEST_CONTACTS} declared, too few to conclude: {_days(small)}."


def _on_reactivation(question: Question, judged: Sequence[Outcome]) -> Iterator[str]:
    """How far the shares would go if the messages had changed nothing."""
    reached = [outcome for outcome in judged if outcome.reactivated]
    if not reached:
        return
    yield (
        "Who came back after a reactivation message is not counted as coming back by themselves;"
        " what they would have done without it is unknown."
    )
    changed = []
    for outcome in reached:
        both = share(outcome.returned + outcome.reactivated, outcome.declared)
        is_shaken = both is not None and both.high is not None and both.high > question.accept
        if is_shaken and _surely_within(outcome, question.accept):
            changed.append(outcome.days)
    if changed:
        yield (
            f"If all of them had come anyway, {_days(changed)} would not keep within"
            f" {question.accept:.0%}."
        )


def _on_present(history: History, present: Outcome | None, best: Outcome | None) -> str:
    days = history.policy.idle_days
    if days is None:
        return f"{history.policy.name} sets no days to compare with."
    if present is None or present.returned_share is None:
        return f"The present {days} days cannot be judged on this history."
    if best is not None and present.days == best.days:
        return "That is the present policy."
    stands = f"At the present {days} days it is {_returned(present)}"
    if best is None:
        return f"{stands}."
    if present.days < best.days:
        return f"{stands}: it gives up {best.days - present.days} days too early."
    longer = f"{stands}: it waits {present.days - best.days} days longer than that takes"
    if present.sends_per_lost is None or best.sends_per_lost is None:
        return f"{longer}."
    more = present.sends_per_lost.value - best.sends_per_lost.value
    return f"{longer}, {more:.1f} more messages to each contact who never came back."


def _surely_within(outcome: Outcome, accept: float) -> bool:
    found = outcome.returned_share
    return found is not None and found.high is not None and found.high <= accept


def _returned(outcome: Outcome) -> str:
    found = outcome.returned_share
    if found is None or found.low is None or found.high is None:
        return "nobody"
    return f"{found.value:.1%} (95% interval {found.low:.1%} to {found.high:.1%})"


def _days(days: Sequence[int]) -> str:
    """`270 to 730 days`, or each where there are few."""
    if len(days) > 3:
        return f"{days[0]} to {days[-1]} days"
    return " and ".join(filter(None, [", ".join(map(str, days[:-1])), str(days[-1])])) + " days"
