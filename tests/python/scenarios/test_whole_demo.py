"""The small demo, built: what every warehouse holds, and that a second run changes nothing."""

import json
import re
from pathlib import Path

import pytest

from .warehouse import ROOT, Warehouse, differences

pytestmark = pytest.mark.scenario


def test_every_line_is_accounted_for(demo: Warehouse) -> None:
    files, loose = demo.query(
        "select count(*), count(case when not is_reconciled then 1 end)"
        " from quality__line_accounting"
    )[0]
    assert files > 10
    assert loose == 0


def test_every_system_feeds_the_contacts(demo: Warehouse) -> None:
    systems = {
        row[0]
        for row in demo.query("select distinct source_system from int_contact_records__unified")
    }
    assert systems == {"generic", "mailchimp", "hubspot", "shopify"}


def test_the_gates_left_their_results(demo: Warehouse) -> None:
    gates = demo.query(
        "select gate, count(*), bool_and(success or severity = 'warning')"
        " from quality__gate_results group by gate order by gate"
    )
    assert [row[0] for row in gates] == ["gate_intermediate", "gate_marts", "gate_staging"]
    assert all(row[1] >= 3 and row[2] for row in gates)


def test_nobody_suppressed_is_sent_to_a_tool(demo: Warehouse) -> None:
    assert demo.value("select count(*) from sync_mailchimp__members") > 100
    leaked = demo.value(
        "select count(*) from sync_mailchimp__members as mem"
        " inner join int_suppressions__unified as sup"
        " on lower(mem.email_address) = sup.email_normalized where sup.ended_at is null"
    )
    assert leaked == 0


@pytest.mark.parametrize(
    "path", sorted((ROOT / "analyses").glob("*.sql")), ids=lambda one: one.stem
)
def test_the_questions_of_marketers_have_answers(demo: Warehouse, path: Path) -> None:
    sql = re.sub(r"{{ ref\('(\w+)'\) }}", r"\1", path.read_text())
    assert demo.query(sql)


def test_the_queries_of_the_guide_have_answers(demo: Warehouse) -> None:
    queries = re.findall(r"```sql\n(.*?)```", (ROOT / "docs" / "connect.md").read_text(), re.S)
    assert len(queries) == 5
    contact = demo.value("select min(contact_id) from dim_contacts")
    for sql in queries:
        assert demo.query(sql.replace("…", contact)), sql


def test_the_file_is_its_owners_and_older_duckdb_reads_it(demo: Warehouse) -> None:
    assert demo.database.stat().st_mode & 0o077 == 0
    with demo.database.open("rb") as file:
        header = file.read(20)
    # behind the checksum and the word DUCK: 67 is the storage of DuckDB 1.4
    assert int.from_bytes(header[12:20], "little") <= 67


def test_public_tables_are_described_in_the_database(demo: Warehouse) -> None:
    undescribed = demo.query(
        "select table_name, column_name from duckdb_columns()"
        " where schema_name in ('marts', 'activation') and comment is null"
    )
    # its columns are the segments of the rules
    assert {table for table, _ in undescribed} <= {"segment_history"}


def test_the_docs_are_clean(demo: Warehouse) -> None:
    outcome = demo.dbt("--warn-error", "docs", "generate").check()
    assert "WARNING" not in outcome.output
    catalog = json.loads((demo.folder / "target" / "catalog.json").read_text())
    assert "model.winback.engagement_scores" in catalog["nodes"]
    assert not catalog["errors"]


def test_every_documented_column_exists_and_every_column_is_documented(demo: Warehouse) -> None:
    manifest = json.loads((demo.folder / "target" / "manifest.json").read_text())
    built: dict[str, set[str]] = {}
    for table, column in demo.query(
        "select table_name, column_name from information_schema.columns where table_schema <> 'raw'"
    ):
        built.setdefault(table, set()).add(column)
    wrong = {}
    for node in manifest["nodes"].values():
        # columns of these are the segments of the rules, or what these ask
        if node["resource_type"] != "model" or node["name"] in (
            "segment_history",
            "segment_inputs",
            "segment_model_inputs",
        ):
            continue
        difference = built.get(node["name"], set()) ^ set(node["columns"])
        if difference and node["name"] in built:
            wrong[node["name"]] = sorted(difference)
    assert wrong == {}


def test_a_second_build_changes_nothing_and_unit_tests_pass(demo: Warehouse) -> None:
    """By dbt alone: `dbt build` on what is loaded gives what `winback run` gave."""
    before = demo.contents()
    demo.dbt("build", "--quiet").check()
    assert differences(before, demo.contents()) == []
    results = json.loads((demo.folder / "target" / "run_results.json").read_text())["results"]
    unit = [one["status"] for one in results if one["unique_id"].startswith("unit_test.")]
    assert len(unit) > 30
    assert set(unit) == {"pass"}
