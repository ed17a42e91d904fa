"""What really followed each silence: read out of a built warehouse, per threshold and group.

The unit is a **silence**: the days from one sign of life (a signal that the policy admits, or, for
who gave none, the day they were first seen) to the next. A rule of T days declares it at the end of
day T + 1 after that sign, exactly when the verdicts do.

- **The same silences for every threshold.** Looked at are the silences that began in one window,
  and the window ends so early that even the longest threshold judged is declared and followed to
  the end of the follow-up. Letting each threshold use all it can would compare the short ones on
  this season's newcomers with the long ones on survivors of years ago.
- **The window begins when every signal of the policy is collected.** Before, a silence may be one
  that the warehouse merely did not hear. Silences under way at that day are left out: when they
  began is not known. It is at least as long as the follow-up; thresholds that would leave less
  are not judged, and nothing is extrapolated.
- **One declaration per contact and threshold: the first.** A rule in force from the first day of
  the window would have declared the contact then. Only the past decides which one is the first; the
  last or the longest silence is known by its future, and would find too few returns. And contacts
  are independent of each other, which silences of one contact are not.
- **Never** is: no sign of life until the last day of data, the whole follow-up included.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import duckdb
import numpy as np

from winback.database import open_for_reading
from winback.errors import UserError, hint
from winback.simulator import queries
from winback.simulator.question import Question
from winback.statistics import Floats

# drawn groups: enough for intervals as good as those over single contacts
GROUPS = 2_000

FIGURES = (
    "declared",
    "never_heard",
    "returned",
    "reactivated",
    "returned_later",
    "lost",
    "lost_mailed",
    "revenue",
    "sends",
    "all_sends",
    "complained",
    "unsubscribed",
    "all_complained",
    "at_stake",
)


@dataclass(frozen=True)
class Policy:
    """A row of the seed `inactivity_policies`, as far as days of silence go."""

    name: str
    idle_days: int | None
    uses_opens: bool
    uses_clicks: bool
    uses_sessions: bool
    uses_orders: bool
    has_own_limits: bool


@dataclass(frozen=True)
class Coverage:
    """Which kinds of activity the warehouse knows, and from when until when."""

    until: date
    email_from: date | None
    email_until: date | None
    sessions_from: date | None
    sessions_until: date | None
    orders_from: date | None
    orders_until: date | None
    has_sends: bool
    has_complaints: bool
    has_unsubscribes: bool
    has_reactivations: bool

    def admitted(self, policy: Policy) -> dict[str, tuple[date, date]]:
        """Return the first and last day of each kind that the policy admits and somebody gave."""
        kinds = {
            "e-mail events": (
                policy.uses_opens or policy.uses_clicks,
                self.email_from,
                self.email_until,
            ),
            "web sessions": (policy.uses_sessions, self.sessions_from, self.sessions_until),
            "orders": (policy.uses_orders, self.orders_from, self.orders_until),
        }
        return {
            kind: (begins, ends)
            for kind, (is_used, begins, ends) in kinds.items()
            if is_used and begins is not None and ends is not None
        }


@dataclass(frozen=True)
class History:
    """The figures of every threshold that could be judged.

    Attributes:
        policy: whose signals break a silence.
        coverage: what the warehouse knows.
        as_of_date: the current date of the warehouse.
        is_everybody: true when no contact is judged by the policy and all were taken.
        contacts: contacts the policy can judge.
        starts, ends: first and last day on which the silences looked at began.
        thresholds: those judged, ascending.
        too_long: those asked for that the history is too short for.
        sums: threshold by group by figure (`FIGURES`).
    """

    policy: Policy
    coverage: Coverage
    as_of_date: date
    is_everybody: bool
    contacts: int
    starts: date
    ends: date
    thresholds: tuple[int, ...]
    too_long: tuple[int, ...]
    sums: Floats


def open_built(database: Path) -> duckdb.DuckDBPyConnection:
    """Open a built warehouse with all that the simulator reads.

    Raises:
        UserError: it is not there, not built, no database, or another process writes to it.
    """
    return open_for_reading(database, queries.TABLES)


def read_policy(connection: duckdb.DuckDBPyConnection, name: str) -> Policy:
    """Return the policy of this name, capitals aside.

    Raises:
        UserError: there is none; names those there are.
    """
    policies = [Policy(*row) for row in connection.execute(queries.POLICIES).fetchall()]
    found = {policy.name.lower(): policy for policy in policies}
    wanted = name.strip().lower()
    if wanted not in found:
        raise UserError(
            f"--sector {name}: no such policy{hint(wanted, found)} the seed inactivity_policies has"
            f" {', '.join(found)}"
        )
    return found[wanted]


def read_history(
    connection: duckdb.DuckDBPyConnection, question: Question, zone: str = "UTC"
) -> History:
    """Find the silences and add up what followed them.

    Args:
        connection: a built warehouse (`open_built`); gets a temporary table.
        question: what is asked.
        zone: var `timezone` of the build, the zone of every day.

    Raises:
        UserError: no such policy, nothing to judge, or a history too short for any threshold.
    """
    policy = read_policy(connection, question.sector)
    as_of = _one(
        connection, "select max(as_of_date) as as_of_date from int_as_of_dates where is_current"
    )["as_of_date"]
    if as_of is None:
        raise UserError("the warehouse holds no activity yet: load exports with `winback run`")
    coverage = Coverage(**_one(connection, queries.COVERAGE, as_of_date=as_of))
    starts = _first_day(policy, coverage, question)
    tried = {*question.thresholds}
    if policy.idle_days is not None:
        tried.add(policy.idle_days)
    # silences begin on as many days as the follow-up has, the first and last included
    longest = (coverage.until - starts).days - 2 * question.follow_up
    judged = tuple(sorted(days for days in tried if days <= longest))
    if not judged:
        raise UserError(
            f"the history is too short: the signals of {policy.name} are known from {starts} to"
            f" {coverage.until}, {(coverage.until - starts).days + 1} days, and a threshold of"
            f" {min(tried)} days needs {min(tried) + 2 * question.follow_up + 1}: {min(tried)} of"
            f" silence and twice the --follow-up of {question.follow_up}"
        )
    people = _one(connection, queries.POPULATION, as_of_date=as_of, policy=policy.name)
    is_everybody = people["in_sector"] == 0
    ends = coverage.until - timedelta(days=judged[-1] + 1 + question.follow_up)
    settings = {
        "as_of_date": as_of,
        "until": coverage.until,
        "starts": starts,
        "ends": ends,
        "policy": policy.name.replace("'", "''"),
        "is_everybody": is_everybody,
        "signals": _signals(policy),
        "first_day": _first_seen(policy),
        "shortest": judged[0],
        "longest": judged[-1],
        "follow_up": question.follow_up,
        "thresholds": list(judged),
        "zone": zone.replace("'", "''"),
        "groups": GROUPS,
    }
    connection.execute(queries.SILENCES.format(**settings))
    sums = np.zeros((len(judged), GROUPS, len(FIGURES)))
    for query in (
        queries.DECLARED,
        queries.REVENUE,
        queries.SENDS,
        queries.COMPLAINTS,
        queries.AT_STAKE,
    ):
        found = connection.execute(query.format(**settings)).fetchnumpy()
        row = np.searchsorted(judged, np.asarray(found.pop("days")))
        group = np.asarray(found.pop("draw_group"), np.int64)
        for name, values in found.items():
            sums[row, group, FIGURES.index(name)] = np.asarray(values, np.float64)
    return History(
        policy=policy,
        coverage=coverage,
        as_of_date=as_of,
        is_everybody=is_everybody,
        contacts=people["judged"] if is_everybody else people["judged_in_sector"],
        starts=starts,
        ends=ends,
        thresholds=judged,
        too_long=tuple(sorted(tried - set(judged))),
        # groups without a contact are nobody who could be drawn
        sums=sums[:, sums[:, :, 0].any(axis=0)],
    )


def _one(connection: duckdb.DuckDBPyConnection, query: str, **settings: Any) -> Mapping[str, Any]:
    cursor = connection.execute(query.format(**settings))
    names = [column[0] for column in cursor.description or []]
    return dict(zip(names, cursor.fetchall()[0], strict=True))


def _first_day(policy: Policy, coverage: Coverage, question: Question) -> date:
    """The first day on which a silence may begin."""
    admitted = coverage.admitted(policy)
    if not admitted:
        raise UserError(
            f"nothing to judge by: the policy {policy.name} admits {_listed(_kinds(policy))},"
            " and the warehouse holds none"
        )
    if question.since is not None:
        return max(question.since, min(begins for begins, _ in admitted.values()))
    return max(begins for begins, _ in admitted.values())


def _kinds(policy: Policy) -> list[str]:
    used = {
        "opens": policy.uses_opens,
        "clicks": policy.uses_clicks,
        "web sessions": policy.uses_sessions,
        "orders": policy.uses_orders,
    }
    return [kind for kind, is_used in used.items() if is_used]


def _listed(names: Sequence[str]) -> str:
    return " and ".join(filter(None, [", ".join(names[:-1]), names[-1]]))


def _signals(policy: Policy) -> str:
    """The days of all admitted signals of a contact, as the verdicts read them."""
    used = {
        "open_dates": policy.uses_opens,
        "click_dates": policy.uses_clicks,
        "session_dates": policy.uses_sessions,
        "order_dates": policy.uses_orders,
    }
    lists = [
        f"coalesce(timelines.{name}, cast([] as date[]))"
        for name, is_used in used.items()
        if is_used
    ]
    return lists[0] if len(lists) == 1 else f"list_concat({', '.join(lists)})"


def _first_seen(policy: Policy) -> str:
    """The day from which silence of a contact who gave no signal counts.

    Where only mail is read, nobody is silent before their first message is known.
    """
    if policy.uses_sessions or policy.uses_orders:
        return "states.known_since"
    return "greatest(states.known_since, timelines.first_email_date)"
