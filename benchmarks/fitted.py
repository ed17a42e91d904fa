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
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import yaml
from rich.console import Console
from rich.table import Table

from benchmarks.fitted_tables import write_features, write_lifetimes

ROOT = Path(__file__).parents[1]
CONTACTS = 1_000_000
Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Model:
    """A model of the benchmark: what writes its tables, and both ways to fit it."""

    write: Callable[[Connection, int], None]
    ours: Callable[[Connection], object]
    theirs: Callable[[Connection], object]
    beside: str


@dataclass(frozen=True)
class Cost:
    """What a process took: seconds on the clock, and GiB at its peak."""

    seconds: float
    peak: float


def fit_lifetimes(connection: Connection) -> None:
    """Fit all lifetime models at both dates, and predict."""
    from winback import lifetimes

    purchases, opportunities = connection.table("purchases"), connection.table("opportunities")
    models = lifetimes.fit_lifetimes(connection.table("dates"), purchases, opportunities)
    connection.register("models", models)
    lifetimes.predict_orders(connection.table("models"), purchases)
    lifetimes.predict_engagements(connection.table("models"), opportunities)


def fit_poisson(connection: Connection) -> None:
    """Fit scikit-learn's Poisson regression of what came later, at the date that knows it."""
    import numpy as np
    from sklearn.linear_model import PoissonRegressor

    for table, columns, outcome in (
        ("purchases", "frequency, recency_days, age_days", "later_order_days"),
        ("opportunities", "engaged, last_engaged, opportunities", "later_engaged"),
    ):
        found = connection.sql(f"select {columns}, {outcome} from {table} where not is_current")
        *features, later = found.fetchnumpy().values()
        PoissonRegressor().fit(np.log1p(np.column_stack(features)), later)


def fit_clusters(connection: Connection) -> None:
    """Fit the shipped algorithms, and place everybody by the chosen one."""
    from winback.clusters.assign import place_all
    from winback.clusters.stored import read_placing, read_space
    from winback.clusters.tables import fit_table

    settings = _cluster_settings()
    runs = fit_table(connection, "inputs", settings, {}).to_pylist()
    (chosen,) = [run["fit"] for run in runs if run["is_chosen"]]
    placing = read_placing(chosen)
    assert placing is not None  # it was chosen
    names = [feature.name for feature in settings.features]
    place_all(connection, "inputs", names, read_space(chosen), placing)


def fit_plain_clusters(connection: Connection) -> None:
    """Fit scikit-learn's algorithms once each on the same samples, and place everybody."""
    from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans

    from winback.clusters.features import fit_space
    from winback.clusters.tables import read_sample

    settings = _cluster_settings()
    sample = read_sample(connection, "inputs", settings)
    space = fit_space(sample.values, settings.features)
    points = space.scale(sample.values)
    kmeans = KMeans(n_clusters=4, n_init=4, random_state=1).fit(points)
    AgglomerativeClustering(n_clusters=4).fit(points[sample.small])
    HDBSCAN(min_cluster_size=20, min_samples=10, copy=True).fit(points[sample.small])
    columns = ", ".join(feature.name for feature in settings.features)
    import numpy as np

    everybody = connection.sql(f"select {columns} from inputs").fetchnumpy()
    kmeans.predict(space.scale(np.column_stack(list(everybody.values()))))


def _cluster_settings() -> Any:
    from winback.clusters.settings import read_settings

    return read_settings(yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]["clusters"])


MODELS: Mapping[str, Model] = {
    "lifetimes": Model(
        write_lifetimes, fit_lifetimes, fit_poisson, "Poisson regression of what came later"
    ),
    "clusters": Model(
        write_features, fit_clusters, fit_plain_clusters, "k-means, Ward and HDBSCAN once each"
    ),
}


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
    with duckdb.connect(str(database), read_only=True) as connection:
        started = time.perf_counter()
        getattr(MODELS[model], part)(connection)
        seconds = time.perf_counter() - started
    return Cost(seconds, resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20)


def run(contacts: int, console: Console) -> dict[str, tuple[Cost, Cost]]:
    """Measure every model, ours and scikit-learn's, one after the other."""
    found = {}
    with tempfile.TemporaryDirectory() as folder:
        for name, model in MODELS.items():
            database = Path(folder) / f"{name}.duckdb"
            console.print(f"{name}: writing {contacts:,} contacts")
            with duckdb.connect(str(database)) as connection:
                model.write(connection, contacts)
            found[name] = (measure(name, "ours", database), measure(name, "theirs", database))
            database.unlink()
    return found


def print_costs(found: Mapping[str, tuple[Cost, Cost]], console: Console) -> None:
    """Print seconds, peaks and the ratios of one run."""
    table = Table("model", "seconds", "peak GiB", "scikit-learn", "seconds", "peak GiB", "x")
    for name, (ours, theirs) in found.items():
        table.add_row(
            name,
            f"{ours.seconds:.1f}",
            f"{ours.peak:.2f}",
            MODELS[name].beside,
            f"{theirs.seconds:.1f}",
            f"{theirs.peak:.2f}",
            f"{ours.seconds / theirs.seconds:.1f}",
        )
    console.print(table)


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
