"""Companies unlike the demo's: fewer systems, no files, several accounts, fields of their own."""

import gzip
import json
from pathlib import Path

import pytest

from .warehouse import GENERIC_VARS, Warehouse, write_demo

pytestmark = pytest.mark.scenario


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def test_one_system_only(tmp_path: Path, demo_exports: Path) -> None:
    warehouse = Warehouse(tmp_path, demo_exports / "landing", GENERIC_VARS)
    warehouse.run().check()
    assert warehouse.value("select count(*) from dim_contacts") > 100
    built = {row[0] for row in warehouse.query("select table_name from information_schema.tables")}
    assert not {name for name in built if name.startswith(("stg_hubspot", "stg_mailchimp"))}
    # unit tests that feed what is switched off are off as well
    warehouse.dbt("parse", "--write-json").check()
    manifest = json.loads((tmp_path / "target" / "manifest.json").read_text())
    assert len(manifest["unit_tests"]) > 30
    needed = {test["model"] for test in manifest["unit_tests"].values()} | {
        given["input"].split("'")[1]
        for test in manifest["unit_tests"].values()
        for given in test["given"]
        if given["input"].startswith("ref(")
    }
    assert needed - {node["name"] for node in manifest["nodes"].values()} == set()


def test_an_enabled_system_without_files(tmp_path: Path) -> None:
    """Only a shop's orders: no campaign, no session, no address book."""
    landing = tmp_path / "landing"
    lines = "".join(
        f"o{number},c{number % 7},2026-0{1 + number % 6}-11T10:00:00,paid,EUR,{number}.50\n"
        for number in range(1, 60)
    )
    _write(
        landing / "generic" / "orders.csv",
        "order_id,contact_id,ordered_at,status,currency,net_amount\n" + lines,
    )
    contacts = "".join(f"c{number},c{number}@example.org\n" for number in range(7))
    _write(landing / "generic" / "contacts.csv", "contact_id,email\n" + contacts)
    warehouse = Warehouse(tmp_path, landing)
    warehouse.run().check()
    assert warehouse.value("select count(*) from fct_orders where contact_id is not null") == 59
    # a signal that was never collected is unknown, not zero
    never = warehouse.query(
        "select count(*), count(human_opens_90d), count(sessions_90d), count(orders_365d)"
        " from int_contact_features where as_of_date ="
        " (select as_of_date from int_as_of_dates where is_current)"
    )[0]
    assert never == (7, 0, 0, 7)


def test_two_accounts_with_clashing_ids_and_fields_of_their_own(tmp_path: Path) -> None:
    landing = tmp_path / "landing"
    for account, domain in (("brand_a", "a.example"), ("brand_b", "b.example")):
        contacts = (
            "contact_id,email,loyalty_tier,store_visits\n"
            f"1,one@{domain},gold,12\n2,two@{domain},,\n3,shared@c.example,,\n"
        )
        path = landing / "generic" / account / "contacts.csv.gz"
        path.parent.mkdir(parents=True)
        path.write_bytes(gzip.compress(contacts.encode()))
        _write(
            landing / "generic" / account / "orders.csv",
            "order_id,contact_id,ordered_at,status,currency,net_amount\n"
            "10,1,2026-05-01T10:00:00,paid,EUR,5.00\n11,3,2026-05-02T10:00:00,paid,EUR,7.00\n",
        )
    warehouse = Warehouse(tmp_path, landing)
    fields = "[{name: loyalty_tier, type: text}, {name: store_visits, type: number}]"
    variables = f"{{history_months: 1, custom_fields: {fields}, fitted: []}}"
    warehouse.run("--systems", "generic", "--vars", variables).check()
    # ids clash, people do not: only the shared address makes one person of two records
    assert warehouse.value("select count(*) from fct_orders") == 4
    found = warehouse.query(
        "select con.email, fea.orders_lifetime, cast(fea.revenue_lifetime as double),"
        " fea.loyalty_tier, fea.store_visits"
        " from dim_contacts as con"
        " left join int_contact_features as fea"
        " on con.contact_id = fea.contact_id and fea.as_of_date = date '2026-05-02'"
        " order by con.email"
    )
    assert found == [
        ("one@a.example", 1, 5.0, "gold", 12),
        ("one@b.example", 1, 5.0, "gold", 12),
        ("shared@c.example", 2, 14.0, None, None),
        ("two@a.example", 0, 0.0, None, None),
        ("two@b.example", 0, 0.0, None, None),
    ]


def test_a_database_never_loaded_stops_at_once(tmp_path: Path) -> None:
    outcome = Warehouse(tmp_path, tmp_path / "landing").dbt("build")
    assert outcome.code != 0
    assert "run `winback load` first" in outcome.output


def test_the_demo_is_the_same_for_the_same_seed(tmp_path: Path) -> None:
    for name in ("first", "second"):
        write_demo(tmp_path / name, contacts=200, months=4)
    files = {
        name: {
            str(path.relative_to(tmp_path / name)): path.read_bytes()
            for path in (tmp_path / name).rglob("*")
            if path.is_file()
        }
        for name in ("first", "second")
    }
    assert files["first"] == files["second"]
