"""`python -m benchmarks.fitted`: each fitted model on 1,000,000 contacts, beside scikit-learn.

Every part runs in a process of its own, on tables written before, and tells its seconds and its
peak memory, Python and libraries included. What scikit-learn does is its own fit on the same
contacts that ours is fitted on; where it has no such model, the one that is nearest.
"""

from __future__ import annotations

import argparse
import json
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from rich.console import Console
from rich.table import Table

from benchmarks.fitted_models import MODELS, ROOT
from winback.database import connect

CONTACTS = 1_000_000


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds on the clock and of the processor, and GiB at its peak."""

    seconds: float
    processor: float
    peak: float


def measure(model: str, part: str, database: Path) -> Cost:
    """Run one part of a model in a process of its own.

    Args:
        model: a name of `MODELS`.
        part: ours or theirs.
        database: with the tables of the model.
    """
    command = [sys.executable, "-m", "benchmarks.fitted", "--part", model, part, str(database)]
    done = subprocess.run(command, check=True, capture_output=True, text=True, cwd=ROOT)
    return Cost(**json.loads(done.stdout.splitlines()[-1]))


def run_part(model: str, part: str, database: Path) -> Cost:
    """Do it here, and tell what it took."""
    with connect(database, read_only=True) as connection:
        started, spent = time.perf_counter(), time.process_time()
        getattr(MODELS[model], part)(connection)
        seconds, processor = time.perf_counter() - started, time.process_time() - spent
    return Cost(seconds, processor, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def run(contacts: int, console: Console) -> dict[str, tuple[Cost, Cost]]:
    """Measure every model, ours and scikit-learn's, one after the other."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, model in MODELS.items():
            database = Path(folder) / f"{name}.duckdb"
            console.print(f"{name}: writing {contacts:,} contacts")
            with connect(database, read_only=False) as connection:
                model.write(connection, contacts)
            found[name] = (measure(name, "ours", database), measure(name, "theirs", database))
            database.unlink()
    return found


def print_costs(found: Mapping[str, tuple[Cost, Cost]], console: Console) -> None:
    """Print seconds, peaks and the ratios of one run: of the processor's seconds."""
    columns = ("seconds", "of processor", "peak GiB")
    table = Table("model", *columns, "scikit-learn", *columns, "x")
    for name, (ours, theirs) in found.items():
        table.add_row(
            name,
            *_shown(ours),
            MODELS[name].beside,
            *_shown(theirs),
            f"{ours.processor / theirs.processor:.1f}",
        )
    console.print(table)


def _shown(cost: Cost) -> list[str]:
    return [f"{cost.seconds:.1f}", f"{cost.processor:.1f}", f"{cost.peak:.2f}"]


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.fitted", description=__doc__)
    parser.add_argument("--contacts", type=int, default=CONTACTS)
    parser.add_argument("--part", nargs=3, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.part:
        name_, part_, database_ = options.part
        print(json.dumps(vars(run_part(name_, part_, Path(database_)))))
    else:
        out = Console(width=140)
        print_costs(run(options.contacts, out), out)
