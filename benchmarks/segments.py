"""`python -m benchmarks.segments`: 20, 50 and 200 segment rules beside one scan of what they read.

The 200 are once as many different rules, and once the 20 again for each of nine stores.

The scan sums up every column that the rules read. A text is summed by its length, a day or time by
its microseconds: a count of a column, or its maximum, is answered without reading its values.

Times the query that `macros/segments` writes (every verdict of every contact and date, packed) on a
table of features, in one process, as ratios: its evaluation alone, and written to a table as the
model `segment_evaluations` does it.
"""

from __future__ import annotations

import argparse
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.segment_rules import MADE_UP, write_rules, write_stores
from winback.segments.compiled import Compiled, compile_rules, require_compiled

ROOT = Path(__file__).parents[1]
SIZES = (20, 50, 200)
STORES = 9
DATES = 13
ROUNDS = 7
# type -> what is summed of a column
_SUMMED = {
    "VARCHAR": "length({})",
    "BOOLEAN": "cast({} as integer)",
    "DATE": "epoch_us({})",
    "TIMESTAMP": "epoch_us({})",
}


@dataclass(frozen=True)
class Cost:
    """Seconds of the scan, of the evaluation of one list of rules, and of this with the writing of
    all verdicts; each the best of the rounds."""

    rules: str
    columns: int
    scan: float
    evaluation: float
    written: float


def write_features(connection: duckdb.DuckDBPyConnection, contacts: int) -> None:
    """Fills a table `features` with made-up contacts at thirteen dates, the same in each run."""
    columns = ", ".join(
        f"{sql.replace('r()', 'random()')} as {name}" for name, sql in MADE_UP.items()
    )
    connection.execute("set threads = 1")
    connection.execute("select setseed(0.5)")
    connection.execute(
        "create table features as select md5(contact::varchar) as contact_id,"
        " date '2026-06-30' - cast(30 * slice as integer) as as_of_date,"
        f" slice = 0 as is_current, {columns}"
        f" from range({DATES}) as slices(slice), range({contacts}) as contacts(contact)"
    )
    connection.execute("reset threads")


def take_features(connection: duckdb.DuckDBPyConnection, database: Path, features: str) -> None:
    """Fills a table `features` from a built warehouse, all its dates.

    Raises:
        SystemExit: the database is not there, or holds no features.
    """
    if not database.is_file():
        raise SystemExit(f"{database}: no such database")
    connection.execute(f"attach '{database}' as built (read_only)")
    connection.execute("use built")
    try:
        connection.execute(f"create table bench.features as {features}")
    except duckdb.CatalogException as error:
        raise SystemExit(f"{database} holds no features: build it first") from error
    connection.execute("use bench")


def _seconds(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    started = time.perf_counter()
    connection.execute(sql).fetchall()
    return time.perf_counter() - started


def _statements(connection: duckdb.DuckDBPyConnection, compiled: Compiled) -> tuple[int, list[str]]:
    """How many columns the rules read; the scan of these, the evaluation, and its table."""
    read = [
        f"sum({_SUMMED.get(kind, '{}').format(name)})"
        for name, kind, *_ in connection.execute("describe features").fetchall()
        if f'"{name}"' in compiled.query
    ]
    words = ", ".join(f"bit_xor({word})" for word in compiled.words)
    return len(read), [
        f"select {', '.join(read)} from features",
        f"select {words} from ({compiled.query}) as evaluated",
        f"create or replace table evaluations as {compiled.query}",
    ]


def measure(connection: duckdb.DuckDBPyConnection, lists: Mapping[str, Compiled]) -> list[Cost]:
    """Times the scan of what each list of rules reads and its evaluation, over `features`.

    Every round times all lists, so that a slow minute of the machine meets each of them.
    """
    timed = {name: _statements(connection, one) for name, one in lists.items()}
    best = {name: [float("inf")] * len(sqls) for name, (_, sqls) in timed.items()}
    for _ in range(ROUNDS):
        for name, (_, sqls) in timed.items():
            best[name] = [
                min(known, _seconds(connection, sql))
                for known, sql in zip(best[name], sqls, strict=True)
            ]
    return [Cost(name, columns, *best[name]) for name, (columns, _) in timed.items()]


def run(contacts: int, database: Path | None, console: Console) -> tuple[list[Cost], int]:
    """Measures every size on made-up contacts, or on the features of a built warehouse.

    Returns:
        What each size costs, and the number of rows.
    """
    cases = {str(size): write_rules(size) for size in SIZES}
    first = cases[str(SIZES[0])]
    cases[f"{len(first)} x {1 + STORES}"] = write_stores(first, STORES)
    compiled = [
        require_compiled(one, "the benchmark")
        for one in compile_rules(ROOT, list(cases.values()), {})
    ]
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(str(Path(folder) / "bench.duckdb")) as connection,
    ):
        if database is None:
            console.print(f"writing {contacts:,} contacts x {DATES} dates")
            write_features(connection, contacts)
        else:
            # each list of the sizes begins with the one before: the longest reads all columns
            take_features(connection, database, compiled[len(SIZES) - 1].features)
        rows = connection.execute("select count(*) from features").fetchall()[0][0]
        return measure(connection, dict(zip(cases, compiled, strict=True))), rows


def print_ratios(costs: list[Cost], rows: int, console: Console) -> None:
    """Prints seconds, nanoseconds a row, and the ratios to the scan and to the first list."""
    table = Table("rules", "columns", "scan s", "rules s", "ns/row", "x scan", "x first")
    for heading in ("table s", "x scan", "x first"):
        table.add_column(heading)
    for cost in costs:
        table.add_row(
            cost.rules,
            str(cost.columns),
            f"{cost.scan:.2f}",
            f"{cost.evaluation:.2f}",
            f"{cost.evaluation / rows * 1e9:.0f}",
            f"{cost.evaluation / cost.scan:.1f}",
            f"{cost.evaluation / costs[0].evaluation:.2f}",
            f"{cost.written:.2f}",
            f"{cost.written / cost.scan:.1f}",
            f"{cost.written / costs[0].written:.2f}",
        )
    console.print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.segments", description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--database", type=Path, help="a built warehouse instead of made-up rows")
    options = parser.parse_args()
    out = Console()
    print_ratios(*run(options.contacts, options.database, out), out)
