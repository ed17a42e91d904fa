"""What the settings of fitted models have in common: each is a var that holds a mapping.

The macros of ``macros/checks/fitted_settings.sql`` say the same in the same words when dbt starts,
and know the columns.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from winback.errors import UserError


@dataclass(frozen=True)
class Var:
    """A var of `dbt_project.yml` that holds a mapping; its page is `docs/<name>.md`."""

    name: str

    def read(self, given: object, faults: Callable[[object], Iterator[str]]) -> Mapping[str, Any]:
        """Return the mapping.

        Args:
            given: the mapping, or the JSON text of one.
            faults: tells what cannot be meant in it, each as one sentence.

        Raises:
            UserError: something in it cannot be meant; names setting, found and expected.
        """
        held = json.loads(given) if isinstance(given, str) else given
        found = list(faults(held))
        if found:
            raise UserError("\n  ".join(["Settings that cannot be used:", *found]))
        assert isinstance(held, Mapping)  # or it had been a fault
        return held

    def fault(self, setting: str, found: object, expected: str) -> str:
        """One sentence about a setting of the var."""
        return f"{self.name}: {setting}: found {_shown(found)}, expected {expected}."

    def no_mapping(self, held: object) -> str:
        """The sentence about a var that is no mapping."""
        return f"{self.name}: found {_shown(held)}, expected a mapping (docs/{self.name}.md)."

    def unknown(self, held: Mapping[str, Any], known: Sequence[str]) -> Iterator[str]:
        """Settings that nobody asks for."""
        for name in held:
            if name not in known:
                yield f"{self.name}: found `{name}`, expected only {', '.join(known)}."

    def whole_numbers(
        self, held: Mapping[str, Any], bounds: Mapping[str, tuple[int, int | None]]
    ) -> Iterator[str]:
        """Settings that are no whole numbers between the least and the most that make sense."""
        for name, (least, most) in bounds.items():
            if not is_whole(held.get(name), least, most):
                expected = f"{least} or more" if most is None else f"{least} to {most}"
                yield self.fault(name, held.get(name), f"a whole number, {expected}")

    def algorithms(self, given: object, known: Sequence[str]) -> Iterator[str]:
        """Whether it is a list of known algorithms, each once."""
        if (
            not isinstance(given, list)
            or not given
            or not all(name in known for name in given)
            or len(set(given)) < len(given)
        ):
            expected = f"a list of {', '.join(known)}, each once, the preferred one first"
            yield self.fault("algorithms", given, expected)

    def columns(self, given: object, todays: Collection[str] = (), least: int = 1) -> Iterator[str]:
        """Whether it is a list of names, each once, none of them of today on past dates."""
        if not isinstance(given, list) or len(given) < least:
            expected = "columns" if least == 1 else f"{least} columns or more"
            yield self.fault("features", given, f"a list of {expected}")
            return
        for place, name in enumerate(given):
            if not isinstance(name, str):
                yield self.fault("features", name, "the name of a column")
            elif name in given[:place]:
                yield self.fault("features", f"{name} again", "each column once")
            elif name in todays:
                expected = "a column of the as_of_date: this one is today's on past dates"
                yield self.fault("features", name, expected)


def is_whole(value: object, least: int, most: int | None = None) -> bool:
    """Whether a value is a whole number (no text, no boolean) within bounds."""
    return (
        isinstance(value, int)
        and not isinstance(value, bool)
        and value >= least
        and (most is None or value <= most)
    )


def is_number(value: object) -> bool:
    """Whether a value is a number: no text, no boolean."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def _shown(found: object) -> str:
    return "nothing" if found in (None, "", [], {}) else f"`{found}`"
