"""Answers of the simulator on the miniature warehouse."""

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from winback.simulator import Simulation, ask, simulate

from .small import write

Answer = Callable[..., Simulation]


@pytest.fixture(scope="session")
def answer(tmp_path_factory: pytest.TempPathFactory) -> Answer:
    """Asks about 10, 20 and 30 days with 10 days of follow-up, unless told otherwise."""
    folder = tmp_path_factory.mktemp("small")
    written: dict[str, Path] = {}

    def make(
        zone: str = "UTC", database: dict[str, Any] | None = None, **options: Any
    ) -> Simulation:
        key = repr(database)
        if key not in written:
            written[key] = write(folder / f"{len(written)}.duckdb", **(database or {}))
        given: dict[str, Any] = {
            "sector": "fashion",
            "first": 10,
            "last": 30,
            "step": 10,
            "follow_up": 10,
            "accept": "10%",
        }
        since: date | None = options.get("since")
        return simulate(written[key], ask(**{**given, **options, "since": since}), zone)

    return make
