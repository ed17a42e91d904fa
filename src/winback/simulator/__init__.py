"""What would a rule "silent for T days" have done? History answers, for many T at once.

For each threshold of days without a sign of life: how many contacts it would have declared
inactive, how many of them came back by themselves and what they spent (the price of declaring too
early), and what was sent to those who never came back until they were declared (the price of
declaring too late). docs/simulator.md is the method for whoever reads its tables; `history` says
what is counted, `figures` how sure it is, `advice` what follows from it.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from winback.simulator.advice import Advice, by_cost, by_share, notes
from winback.simulator.figures import Outcome, outcomes
from winback.simulator.history import History, open_built, read_history
from winback.simulator.question import Question, ask

__all__ = ["Question", "Simulation", "ask", "simulate"]


@dataclass(frozen=True)
class Simulation:
    """An answer: the figures, what follows from them, and what their reader must know."""

    question: Question
    history: History
    judged: list[Outcome]
    by_share: Advice
    by_cost: Advice | None
    notes: list[str]


def simulate(database: Path, question: Question, zone: str = "UTC") -> Simulation:
    """Answer a question from a built warehouse, which is only read.

    Args:
        database: the DuckDB file.
        question: what is asked (`ask`).
        zone: var `timezone` of the build.

    Raises:
        UserError: the database was never built, no policy has that name, or its history is too
            short for every threshold.
    """
    with open_built(database) as connection:
        history = read_history(connection, question, zone)
    judged = outcomes(history, question)
    return Simulation(
        question=question,
        history=history,
        judged=judged,
        by_share=by_share(history, question, judged),
        by_cost=by_cost(history, judged) if question.costs else None,
        notes=list(notes(history, question, judged)),
    )
