"""`winback explain` beside the same people many times over.

    python -m benchmarks.explain winback.duckdb big.duckdb 1000000

copies the tables that explanations read out of a built warehouse, each contact as often as it
takes, and times the command on both: whole processes, one contact each.
"""

from __future__ import annotations

import resource
import statistics
import subprocess
import sys
import time
from pathlib import Path

from winback.database import connect

WINBACK = Path(sys.executable).parent / "winback"
RUNS = 9
# what is kept per contact and date, then per contact; the rest is copied as it is
DATED = ("int_contact_metrics", "segment_flags")
PLAIN = ("int_contacts__resolved", "dim_contacts")
SMALL = ("int_as_of_dates", "age_bands", "segment_tree", "int_contact_uplifts", "int_uplift_fits")
VIEWS = (
    "int_contact_features",
    "int_contact_uplift_fields",
    "segment_inputs",
    "segment_history",
    "segment_explanations",
)


def enlarge(source: Path, target: Path, contacts: int) -> None:
    """Write a warehouse of that many contacts, as far as explanations read it.

    Args:
        source: a built warehouse.
        target: the file to write; must not exist.
        contacts: how many, at least.
    """
    with connect(target, read_only=False) as connection:
        connection.execute(f"attach '{source}' as small (read_only)")
        known = connection.execute("select count(*) from small.dim_contacts").fetchall()[0][0]
        connection.execute(
            f"create temp table ids as select contact_id as known_id, copy,"
            f" left(md5(contact_id || copy), 16) as new_id"
            f" from small.dim_contacts cross join range({-(-contacts // known)}) as copies (copy)"
        )
        for table in SMALL:
            connection.execute(f"create table {table} as select * from small.{table}")
        for table in PLAIN:
            connection.execute(f"create table {table} as {_copied(table)} order by new_id")
        connection.execute(
            "create table dim_contact_addresses as select copy || '.' || email as email,"
            " new_id as contact_id, is_preferred, suppression_cause"
            " from small.dim_contact_addresses inner join ids on contact_id = known_id"
        )
        for table in DATED:
            connection.execute(f"create table {table} as {_copied(table)} and false")
            for (day,) in connection.execute(
                "select as_of_date from int_as_of_dates order by as_of_date"
            ).fetchall():
                connection.execute(
                    f"insert into {table} {_copied(table)} and as_of_date = ? order by new_id",
                    [day],
                )
        for view in VIEWS:
            sql = connection.execute(
                "select sql from duckdb_views() where database_name = 'small' and view_name = ?",
                [view],
            ).fetchall()[0][0]
            connection.execute(sql.replace("small.", ""))


def _copied(table: str) -> str:
    columns = "known.* replace (new_id as contact_id)"
    return (
        f"select {columns} from small.{table} as known, ids where known.contact_id = ids.known_id"
    )


def measure(database: Path, persons: list[str]) -> tuple[float, float]:
    """Return the median seconds of `winback explain`, start of Python included.

    Returns:
        Seconds on the clock, and of the processor: the same on a machine with nothing else to do.
    """
    clock, processor = [], []
    for person in persons:
        started, spent = time.perf_counter(), _children()
        command = [str(WINBACK), "explain", person, "--database", str(database)]
        subprocess.run(command, check=True, capture_output=True)
        clock.append(time.perf_counter() - started)
        processor.append(_children() - spent)
    return statistics.median(clock), statistics.median(processor)


def _children() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def main() -> None:
    """Write the large warehouse unless it is there, and print what a question costs on both."""
    source, target, contacts = Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3])
    if not target.exists():
        enlarge(source, target, contacts)
    for database in (source, target):
        with connect(database, read_only=True) as connection:
            (count,) = connection.execute("select count(*) from dim_contacts").fetchall()[0]
            for column, table in (
                ("contact_id", "dim_contacts"),
                ("email", "dim_contact_addresses"),
            ):
                rows = connection.execute(
                    f"select {column} from {table} where contact_id is not null"
                    f" order by md5({column}) limit {RUNS}"
                ).fetchall()
                clock, processor = measure(database, [row[0] for row in rows])
                print(
                    f"{count:>9,} contacts, by {column}: {clock:.2f} s, {processor:.2f} s of"
                    f" processor (medians of {RUNS})"
                )


if __name__ == "__main__":
    main()
