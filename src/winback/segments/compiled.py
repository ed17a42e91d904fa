"""From a list of rules to its mistakes, or to a query on a built warehouse."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from winback.errors import UserError
from winback.segments.dialects import Warehouse
from winback.segments.flags import (
    counts_anew,
    input_ctes,
    inputs_of,
    step_ctes,
    with_ctes,
)
from winback.segments.mistakes import find_mistakes, fitted_by_segment
from winback.segments.tree import Rule
from winback.segments.vocabulary import RESERVED_NAMES, Vocabulary


@dataclass(frozen=True)
class Compiled:
    """What the compiler made of one list of rules.

    Attributes:
        errors: its mistakes, one sentence each; empty when there are none.
        vocabulary: what rules could say.
        rules: the list, empty where there is a mistake.
        fitted: segment -> the fitted fields on which it rests -> what fits them (var `fitted`).
            They are known at the current date only.
    """

    errors: list[str]
    vocabulary: Vocabulary
    rules: Sequence[Rule] = ()
    fitted: Mapping[str, Mapping[str, str]] = field(default_factory=dict)

    @property
    def segments(self) -> list[str]:
        """The names, in their order."""
        return [rule["name"] for rule in self.rules]

    @property
    def dialect(self) -> Warehouse:
        """How SQL for a warehouse is written."""
        known = self.vocabulary
        return Warehouse(known.timezone, known.currency, known.fitted)

    def asked(self, where: str = "") -> tuple[dict[str, str], str]:
        """CTEs of all that the rules read, and the name of the one that holds it. Counts of events
        that are not built are made of the activity.

        Args:
            where: a condition on as_of_date, where not all dates are wanted.
        """
        inputs = inputs_of(self.rules, self.vocabulary)
        counts = counts_anew(inputs, self.dialect, where) if inputs.counts else ""
        return input_ctes(inputs, self.vocabulary, self.dialect, counts, where)

    def query(self, where: str = "", kept: Sequence[str] = RESERVED_NAMES) -> str:
        """A query on the tables of a warehouse: a row per contact and date with some columns of the
        features and a boolean column per segment.

        Args:
            where: a condition on as_of_date, where not all dates are wanted.
            kept: the columns of the features.
        """
        ctes, source = self.asked(where)
        steps, last = step_ctes(self.rules, self.vocabulary, self.dialect, source, kept)
        return with_ctes({**ctes, **steps}, last)


def compile_rules(rules: Any, vocabulary: Vocabulary) -> Compiled:
    """Check a list of rules, and make it ready to be asked."""
    errors = find_mistakes(rules, vocabulary)
    if errors:
        return Compiled(errors, vocabulary)
    return Compiled([], vocabulary, rules, fitted_by_segment(rules, vocabulary))


def require_compiled(found: Compiled, where: str) -> Compiled:
    """Return what was compiled, or stop with all that is wrong.

    Raises:
        UserError: names `where` and lists the mistakes.
    """
    if not found.errors:
        return found
    many = "s" if len(found.errors) > 1 else ""
    raise UserError(
        f"{len(found.errors)} mistake{many} in {where}:\n  - " + "\n  - ".join(found.errors)
    )
