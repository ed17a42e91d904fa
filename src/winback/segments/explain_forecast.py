"""When an answer changes if nothing happens: no event, no order, no new profile, only time.

A segment is judged again at every day on which one of its leaves turns, those of the segments it
names included. What cannot be foreseen (counts that fade, scores) is unknown from the next day on,
so that a date is called certain only when it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import Literal

Answer = bool | None
Certainty = Literal["certain", "latest", "if_rest_stays", "never", "unknown"]


@dataclass(frozen=True)
class Leaf:
    """A row of `segment_explanations`; what the columns mean is written there."""

    segment: str
    leaf_path: str
    kind: str
    is_negated: bool
    sentence: str
    sentence_fr: str
    field: str | None
    referenced_segment: str | None
    operator: str | None
    threshold: str | None
    actual_value: str | None
    is_true: bool
    is_in_segment: bool
    is_decisive: bool
    flips_on: date | None
    flip_dates: str | None
    is_foreseeable: bool | None

    def turns(self) -> list[date]:
        """The days at which the answer turns if nothing happens."""
        return [date.fromisoformat(day) for day in (self.flip_dates or "").split(",") if day]


@dataclass(frozen=True)
class Group:
    """An `all`, `any` or `not` and what stands in it."""

    word: str
    parts: Sequence[Group | Leaf]


Leaves = Mapping[str, Sequence[Leaf]]


@dataclass(frozen=True)
class Forecast:
    """What becomes of a membership if nothing happens.

    Attributes:
        changes_on: first day on which it changes; None when it does not, or nobody can say.
        certainty: `certain`; `latest`, it changes on that day or sooner; `if_rest_stays`, that day
            holds if what cannot be foreseen stays as it is; `never`, it does not change;
            `unknown`, it may change on a day that cannot be told.
        depends_on: the leaves that cannot be foreseen and may bring another day.
    """

    changes_on: date | None
    certainty: Certainty
    depends_on: Sequence[Leaf]


def rule_tree(leaves: Sequence[Leaf]) -> Group:
    """Rebuild what must hold for a segment: parent, earlier siblings and rule, all together.

    Args:
        leaves: all leaves of the segment, in their order.
    """
    parts: list[Group | Leaf] = [leaf for leaf in leaves if not leaf.leaf_path.startswith("where")]
    rule = [
        (leaf.leaf_path.split(".")[1:], leaf)
        for leaf in leaves
        if leaf.leaf_path.startswith("where")
    ]
    return Group("all", [*parts, _branch(rule)] if rule else parts)


def _branch(leaves: Sequence[tuple[list[str], Leaf]]) -> Group | Leaf:
    steps, leaf = leaves[0]
    if not steps:
        return leaf
    below = [
        _branch([(steps[1:], leaf) for steps, leaf in part])
        for _, part in groupby(leaves, key=lambda item: item[0][0])
    ]
    return Group(re.split(r"\[", steps[0])[0], below)


def holds(node: Group | Leaf, answer: Callable[[Leaf], Answer]) -> Answer:
    """Judge a tree; None where it depends on an answer that is None."""
    if isinstance(node, Leaf):
        return answer(node)
    found = [holds(part, answer) for part in node.parts]
    if node.word == "not":
        return None if found[0] is None else not found[0]
    settles = node.word == "any"
    if settles in found:
        return settles
    return None if None in found else not settles


def forecast(leaves: Leaves, segment: str, as_of: date) -> Forecast:
    """Tell when the membership of a segment changes if nothing happens.

    Args:
        leaves: all leaves of all segments of one contact at one date, by segment.
        segment: the segment in question.
        as_of: the date of the leaves.
    """
    concerned = list(_concerned(leaves, segment))
    trees = {leaf.segment: rule_tree(leaves[leaf.segment]) for leaf in concerned}
    unforeseen = [leaf for leaf in concerned if leaf.is_foreseeable is False]
    turns = {turn for leaf in concerned for turn in leaf.turns()}
    days = sorted({as_of + timedelta(days=1)} | turns)
    now = leaves[segment][0].is_in_segment

    def on(day: date, unknown: Sequence[Leaf] = ()) -> Answer:
        return _member(trees, segment, day, unknown, {})

    changes_on = next((day for day in days if on(day) is not now), None)
    before = [day for day in days if changes_on is None or day < changes_on]
    is_open = any(on(day, unforeseen) is None for day in before)
    if changes_on is None:
        certainty: Certainty = "unknown" if is_open else "never"
    elif on(changes_on, unforeseen) is None:
        certainty = "if_rest_stays"
    else:
        certainty = "latest" if is_open else "certain"
    if certainty in ("certain", "never"):
        return Forecast(changes_on, certainty, ())
    looked_at = before if changes_on is None else [*before, changes_on]
    alone = [leaf for leaf in unforeseen if any(on(day, [leaf]) is None for day in looked_at)]
    return Forecast(changes_on, certainty, alone or unforeseen)


def _concerned(leaves: Leaves, segment: str) -> Iterator[Leaf]:
    """The leaves of a segment and of all segments they name, each segment once."""
    seen, queue = {segment}, [segment]
    while queue:
        for leaf in leaves[queue.pop(0)]:
            yield leaf
            named = leaf.referenced_segment
            if named is not None and named not in seen:
                seen.add(named)
                queue.append(named)


def _member(
    trees: Mapping[str, Group],
    segment: str,
    day: date,
    unknown: Sequence[Leaf],
    known: dict[str, Answer],
) -> Answer:
    def answer(leaf: Leaf) -> Answer:
        if leaf.referenced_segment is not None:
            found = _member(trees, leaf.referenced_segment, day, unknown, known)
            return (None if found is None else not found) if _is_reversed(leaf) else found
        if leaf in unknown:
            return None
        return leaf.is_true is (sum(turn <= day for turn in leaf.turns()) % 2 == 0)

    if segment not in known:
        known[segment] = holds(trees[segment], answer)
    return known[segment]


def _is_reversed(leaf: Leaf) -> bool:
    return leaf.kind == "earlier_sibling"
