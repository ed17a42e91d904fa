"""The singular tests about segments pass on the demo, and each mistake makes one of them fail."""

from collections.abc import Iterator

import duckdb
import pytest

from winback.database import connect

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario

PARTITION = "assert_exclusive_segments_partition_their_parent"
RECONCILES = "assert_segment_tree_reconciles"
TRANSITIONS = "assert_segment_transitions_reconcile"
CONTRACTS = "assert_segment_contracts_hold"
CRITICAL_CONTRACTS = "assert_critical_segment_contracts_hold"

OLDEST = "(select min(as_of_date) from segment_tree)"
NEWEST = "(select max(as_of_date) from segment_tree)"
# exclusive siblings on each level, the parent of those on level 3 first
ON_LEVEL = {1: "cooling", 2: "inactive_deep", 3: "inactive_deep_others"}

MISTAKES = {
    "in two siblings": (
        PARTITION,
        "insert into segment_membership_history select contact_id, as_of_date, 'cooling'"
        f" from segment_membership_history where as_of_date = {OLDEST} and segment = 'active'",
    ),
    "in no segment": (
        PARTITION,
        f"delete from segment_membership_history where as_of_date = {NEWEST} and contact_id ="
        f" (select min(contact_id) from segment_membership_history where as_of_date = {NEWEST})",
    ),
    "in a child and not in its parent": (
        PARTITION,
        "update segment_membership_history set segment = 'inactive_weak' where segment ="
        f" 'active_others' and as_of_date = {NEWEST}",
    ),
    "a date is missing": (RECONCILES, f"delete from segment_tree where as_of_date = {OLDEST}"),
    "a level is missing": (RECONCILES, "delete from segment_tree where level = 3 and is_current"),
    "a flow is too large": (
        TRANSITIONS,
        "update segment_transitions set contacts = contacts + 1 where level = 2 and from_segment"
        f" is null and as_of_date = {NEWEST}",
    ),
    "a flow is missing": (
        TRANSITIONS,
        "delete from segment_transitions where level = 1 and from_segment = to_segment"
        f" and as_of_date = {NEWEST}",
    ),
    "a flow of revenue": (
        TRANSITIONS,
        "update segment_transitions set revenue_365d = revenue_365d + 1 where level = 1",
    ),
    "an audience that grew by nobody": (
        TRANSITIONS,
        "update segment_tree set entered_contacts = entered_contacts + 1 where segment = 'vip'",
    ),
    "a shrinkage that is not said": (
        TRANSITIONS,
        "update segment_tree set left_contacts = null where segment = 'vip' and is_current",
    ),
    "a warning": (
        CONTRACTS,
        "update segment_contracts set is_met = false, severity = 'warning' where segment = 'vip'",
    ),
    "a critical contract": (
        CRITICAL_CONTRACTS,
        "update segment_contracts set is_met = false, severity = 'critical' where segment = 'vip'",
    ),
} | {
    f"{column} on level {level} at {name}": (
        RECONCILES,
        f"update segment_tree set {column} = {column} + 1 where segment = '{segment}'"
        f" and as_of_date = {date}",
    )
    for level, segment in ON_LEVEL.items()
    for name, date in (("the first date", OLDEST), ("the current date", NEWEST))
    for column in ("contacts", "mailable_contacts", "revenue")
}


@pytest.fixture
def connection(demo: Warehouse) -> Iterator[duckdb.DuckDBPyConnection]:
    """The demo in a transaction that is rolled back."""
    with connect(demo.database, read_only=False) as opened:
        opened.execute("begin")
        yield opened
        opened.execute("rollback")


def failures(demo: Warehouse, connection: duckdb.DuckDBPyConnection, test: str) -> int:
    """Rows that a singular test finds, by the SQL dbt compiled of it."""
    path = demo.folder / "target" / "compiled" / "winback" / "tests" / "singular" / f"{test}.sql"
    return len(connection.execute(path.read_text()).fetchall())


@pytest.mark.parametrize(
    "test", [PARTITION, RECONCILES, TRANSITIONS, CONTRACTS, CRITICAL_CONTRACTS]
)
def test_the_demo_passes(test: str, demo: Warehouse, connection: duckdb.DuckDBPyConnection) -> None:
    assert failures(demo, connection, test) == 0


@pytest.mark.parametrize("mistake", MISTAKES)
def test_a_mistake_is_found(
    mistake: str, demo: Warehouse, connection: duckdb.DuckDBPyConnection
) -> None:
    test, sql = MISTAKES[mistake]
    changed = connection.execute(sql).fetchone()
    assert changed is not None
    assert changed[0] > 0
    assert failures(demo, connection, test) > 0


def test_every_kept_date_has_its_transitions(demo: Warehouse) -> None:
    dates = demo.query(
        "select as_of_date from segment_tree group by as_of_date order by as_of_date"
    )
    moved = demo.query(
        "select as_of_date from segment_transitions group by as_of_date order by as_of_date"
    )
    assert len(dates) > 2
    assert moved == dates[1:]
    assert demo.query("select distinct level from segment_transitions order by level") == [
        (1,),
        (2,),
        (3,),
    ]


def test_the_tree_tells_which_segments_rest_on_what_is_fitted(demo: Warehouse) -> None:
    # one asks it itself, the other speaks of that one
    assert demo.query(
        "select distinct segment from segment_tree where is_fitted order by segment"
    ) == [("do_not_disturb",), ("put_off_by_contact",)]
    assert demo.value("select count(*) from segment_tree where is_fitted is null") == 0
