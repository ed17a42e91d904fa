"""The simulator's answer as a table for people and as JSON for programs."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict
from typing import Any

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from winback.simulator import Simulation
from winback.simulator.figures import Estimate, Outcome

Cell = Callable[[Outcome], str]


def as_json(simulation: Simulation) -> str:
    """Return everything as one JSON object; what is not known is null."""
    question, history = simulation.question, simulation.history
    found: dict[str, Any] = {
        "sector": history.policy.name,
        "present_days": history.policy.idle_days,
        "as_of_date": history.as_of_date.isoformat(),
        "data_until": history.coverage.until.isoformat(),
        "silences_began_from": history.starts.isoformat(),
        "silences_began_until": history.ends.isoformat(),
        "follow_up_days": question.follow_up,
        "accept": question.accept,
        "contacts": history.contacts,
        "is_everybody": history.is_everybody,
        "thresholds": [asdict(outcome) for outcome in simulation.judged],
        "not_judged": list(history.too_long),
        "recommendation": asdict(simulation.by_share),
        "recommendation_by_cost": asdict(simulation.by_cost) if simulation.by_cost else None,
        "notes": simulation.notes,
    }
    return json.dumps(found, indent=2)


def print_table(simulation: Simulation, console: Console) -> None:
    """Print the figures, the recommendation and the notes."""
    history, question = simulation.history, simulation.question
    console.print(
        f"[bold]{history.policy.name}[/bold]: {history.contacts:,} contacts as of"
        f" {history.as_of_date}. Silences that began from {history.starts} to {history.ends}, each"
        f" contact once per threshold; returns within {question.follow_up} days."
    )
    early: dict[str, Cell] = {
        "declared": lambda one: f"{one.declared:,}",
        "came back\nby themselves": lambda one: _percent(one.returned_share),
        "their revenue\nper 1,000 declared": lambda one: _thousand(one.revenue_per_declared),
        "came back\nlater": lambda one: f"{one.returned_later:,}",
    }
    if any(outcome.reactivated for outcome in simulation.judged):
        early["came back after\na reactivation"] = lambda one: f"{one.reactivated:,}"
    _print_rows(
        simulation,
        console,
        "Too early: who would have been declared inactive, and came back",
        early,
    )
    _print_rows(
        simulation,
        console,
        "Too late: who never came back, and what was sent to them until they were declared",
        {
            "never came back": lambda one: f"{one.lost:,}",
            "messages\nper 1,000": lambda one: _thousand(one.sends_per_lost),
            "complained\nper 1,000": lambda one: _thousand(one.complained_share, digits=1),
            "unsubscribed\nper 1,000": lambda one: _thousand(one.unsubscribed_share, digits=1),
        },
    )
    if any(outcome.cost for outcome in simulation.judged):
        _print_rows(
            simulation,
            console,
            "Both in money, per 1,000 contacts who fell silent",
            {
                "expected cost": lambda one: _thousand(one.cost),
                "against the present policy": lambda one: _thousand(one.versus_present),
            },
        )
    console.print("In brackets: 95% intervals. *: the present policy. ?: not known.\n")
    console.print(f"[bold]{simulation.by_share.text}[/bold]", highlight=False)
    if simulation.by_cost is not None:
        console.print(f"[bold]{simulation.by_cost.text}[/bold]", highlight=False)
    for note in simulation.notes:
        console.print(f"- {note}", highlight=False)


def _print_rows(
    simulation: Simulation,
    console: Console,
    title: str,
    columns: Mapping[str, Cell],
) -> None:
    table = Table(
        title=title, title_justify="left", box=SIMPLE_HEAD, collapse_padding=True, pad_edge=False
    )
    for column in ("days", *columns):
        table.add_column(column, justify="right")
    for outcome in simulation.judged:
        table.add_row(
            f"{'*' if outcome.is_present else ''}{outcome.days}",
            *(cell(outcome) for cell in columns.values()),
            style=None if outcome.has_enough else "dim",
        )
    console.print(table)


def _percent(found: Estimate | None) -> str:
    if found is None:
        return "?"
    return f"{found.value:.1%}" + _bounds(found, lambda bound: f"{100 * bound:.1f}")


def _thousand(found: Estimate | None, digits: int = 0) -> str:
    if found is None:
        return "?"

    def text(value: float) -> str:
        # no minus before a nought
        return f"{round(1000 * value, digits) + 0.0:,.{digits}f}"

    return text(found.value) + _bounds(found, text)


def _bounds(found: Estimate, text: Callable[[float], str]) -> str:
    if found.low is None or found.high is None:
        return ""
    return f" ({text(found.low)} to {text(found.high)})"
