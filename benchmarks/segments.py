"""`python -m benchmarks.segments`: 20, 50 and 200 segment rules beside one scan of what they read.

The 200 are once as many different rules, and once the 20 again for each of nine stores.

The scan sums up every column that the rules read. A text is summed by its length, a day or time by
its microseconds: a count of a column, or its maximum, is answered without reading its values.

Times the query that `winback segments compile` writes (every verdict of every contact) on a table
of features, in one process, as ratios of processor time: its evaluation alone, and written to a
table as the model `segment_flags` does it; on one date, and on all thirteen.
"""

from __future__ import annotations

import argparse
import re
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
from rich.console import Console
from rich.table import Table

from benchmarks.segment_rules import MADE_UP, write_rules, write_stores
from winback.segments.compiled import Compiled, compile_rules, require_compiled
from winback.segments.counts import counts_needed
from winback.segments.flags import with_ctes
from winback.segments.vocabulary import read_vocabulary

ROOT = Path(__file__).parents[1]
SIZES = (20, 50, 200)
STORES = 9
DATES = 13
ROUNDS = 3
# what is measured: a condition on the features
SPANS = {"one date": "is_current", "all dates": ""}
# type -> what is summed of a column
_SUMMED = {
    "VARCHAR": "length({})",
    "BOOLEAN": "cast({} as integer)",
    "DATE": "epoch_us({})",
    "TIMESTAMP": "epoch_us({})",
}


@dataclass(frozen=True)
class Cost:
    """Processor seconds of the scan, of the evaluation of one list of rules, and of this with the
    writing of all verdicts; each the best of the rounds."""

    rules: str
    span: str
    columns: int
    scan: float
    evaluation: float
    written: float


def write_features(connection: duckdb.DuckDBPyConnection, contacts: int) -> None:
    """Fills the table of features with made-up contacts at thirteen dates, the same in each run."""
    columns = ", ".join(
        f"{sql.replace('r()', 'random()')} as {name}" for name, sql in MADE_UP.items()
    )
    connection.execute("set threads = 1")
    connection.execute("select setseed(0.5)")
    connection.execute(
        "create table int_contact_features as select md5(contact::varchar) as contact_id,"
        " date '2026-06-30' - cast(30 * slice as integer) as as_of_date,"
        f" slice = 0 as is_current, {columns}"
        f" from range({DATES}) as slices(slice), range({contacts}) as contacts(contact)"
    )
    connection.execute("reset threads")


def take_features(
    connection: duckdb.DuckDBPyConnection, database: Path, compiled: Compiled
) -> None:
    """Copies what rules read of a built warehouse, at all its dates, with the counts of events.

    Raises:
        SystemExit: the database is not there, or holds no features.
    """
    if not database.is_file():
        raise SystemExit(f"{database}: no such database")
    connection.execute(f"attach '{database}' as built (read_only)")
    connection.execute("use built")
    ctes, source = compiled.asked()
    try:
        connection.execute(
            "create table bench.int_contact_features as "
            + with_ctes(ctes, f"select * from {source}")
        )
    except duckdb.CatalogException as error:
        raise SystemExit(f"{database} holds no features: build it first") from error
    connection.execute("use bench")


def _seconds(connection: duckdb.DuckDBPyConnection, sql: str) -> float:
    started = time.process_time()
    connection.execute(sql).fetchall()
    return time.process_time() - started


def _statements(
    connection: duckdb.DuckDBPyConnection, compiled: Compiled, where: str
) -> tuple[int, list[str]]:
    """How many columns the rules read; the scan of these, the evaluation, and its table."""
    query = compiled.query(where)
    read = [
        f"sum({_SUMMED.get(kind, '{}').format(name)})"
        for name, kind, *_ in connection.execute("describe int_contact_features").fetchall()
        if re.search(rf"\b{name}\b", query)
    ]
    verdicts = ", ".join(f"count(*) filter (where {name})" for name in compiled.segments)
    condition = f" where {where}" if where else ""
    return len(read), [
        f"select {', '.join(read)} from int_contact_features{condition}",
        f"select {verdicts} from ({query}) as evaluated",
        f"create or replace table evaluations as {query}",
    ]


def measure(connection: duckdb.DuckDBPyConnection, lists: Mapping[str, Compiled]) -> list[Cost]:
    """Times the scan of what each list of rules reads and its evaluation.

    Every round times all lists, so that a slow minute of the machine meets each of them.
    """
    timed = {
        (name, span): _statements(connection, one, where)
        for span, where in SPANS.items()
        for name, one in lists.items()
    }
    best = {key: [float("inf")] * len(sqls) for key, (_, sqls) in timed.items()}
    for _ in range(ROUNDS):
        for key, (_, sqls) in timed.items():
            best[key] = [
                min(known, _seconds(connection, sql))
                for known, sql in zip(best[key], sqls, strict=True)
            ]
    return [Cost(name, span, timed[name, span][0], *best[name, span]) for name, span in timed]


def run(contacts: int, database: Path | None, console: Console) -> list[Cost]:
    """Measures every size on made-up contacts, or on the features of a built warehouse."""
    cases = {str(size): write_rules(size) for size in SIZES}
    first = cases[str(SIZES[0])]
    cases[f"{len(first)} x {1 + STORES}"] = write_stores(first, STORES)
    vocabulary = read_vocabulary(ROOT, {})
    # each list of the sizes begins with the one before: the longest reads all columns
    longest = require_compiled(compile_rules(cases[str(SIZES[-1])], vocabulary), "the benchmark")
    counts = counts_needed(longest.rules, vocabulary)
    fields = {**vocabulary.fields, **{count.name: "number" for count in counts}}
    compiled = {
        name: compile_rules(rules, replace(vocabulary, fields=fields))
        for name, rules in cases.items()
    }
    with (
        tempfile.TemporaryDirectory() as folder,
        duckdb.connect(str(Path(folder) / "bench.duckdb")) as connection,
    ):
        if database is None:
            console.print(f"writing {contacts:,} contacts x {DATES} dates")
            write_features(connection, contacts)
        else:
            take_features(connection, database, longest)
        return measure(connection, compiled)


def print_ratios(costs: list[Cost], console: Console) -> None:
    """Prints processor seconds and the ratios to the scan."""
    table = Table("dates", "rules", "columns", "scan s", "rules s", "x scan", "table s", "x scan")
    for cost in costs:
        table.add_row(
            cost.span,
            cost.rules,
            str(cost.columns),
            f"{cost.scan:.3f}",
            f"{cost.evaluation:.3f}",
            f"{cost.evaluation / cost.scan:.1f}",
            f"{cost.written:.3f}",
            f"{cost.written / cost.scan:.1f}",
        )
    console.print(table)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(prog="python -m benchmarks.segments", description=__doc__)
    parser.add_argument("--contacts", type=int, default=1_000_000)
    parser.add_argument("--database", type=Path, help="a built warehouse instead of made-up rows")
    options = parser.parse_args()
    out = Console()
    print_ratios(run(options.contacts, options.database, out), out)
