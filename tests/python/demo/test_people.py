"""The people of the demo and their records in each tool."""

from __future__ import annotations

import csv
import io
from datetime import date, datetime
from pathlib import Path
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import duckdb
import numpy as np

from winback.demo.behaviour import Simulation
from winback.demo.files import ExportWriter
from winback.demo.folders import Manifest
from winback.demo.mailchimp import AudienceExports
from winback.demo.people import SHOP_FR, Window, make_people
from winback.demo.texts import unique_hex

from .conftest import Demo


def test_records_cover_the_hard_cases(clean: Demo) -> None:
    records = f"'{clean.truth}/records.parquet'"
    shared = duckdb.sql(
        f"""
        select count(*) from (
            select lower(trim(replace(email, chr(160), ''))) as address
            from {records}
            where email is not null
            group by address
            having count(distinct person_id) > 1
        )
        """
    ).fetchall()[0][0]
    assert shared == 0, "two persons share an address: identity could not be told"
    plus, upper, several = duckdb.sql(
        f"""
        select
            count(*) filter (where email like '%+%'),
            count(*) filter (where email != lower(email)),
            (select count(*) from (
                select person_id from {records}
                group by person_id having count(distinct lower(trim(email))) > 1
            ))
        from {records}
        """
    ).fetchall()[0]
    assert min(plus, upper, several) > 5
    merged = [row for row in clean.rows("all-contacts") if row["Merged record IDs"]]
    earlier = {row["ID de fiche d'informations"] for row in clean.rows("exports-clients")}
    assert merged
    assert all(row["Merged record IDs"] in earlier for row in merged)


def test_identity_can_be_told_and_comes_out_as_recorded(clean: Demo) -> None:
    """Join records by address, id and merge: no two persons meet, and the count is the record's."""
    parent: dict[str, str] = {}

    def root(node: str) -> str:
        while parent.setdefault(node, node) != node:
            parent[node] = parent[parent[node]]
            node = parent[node]
        return node

    records = duckdb.sql(f"from '{clean.truth}/records.parquet'").fetchall()
    persons: dict[str, set[int]] = {}
    homes = []
    for system, relation, source_id, email, phone, person in records:
        address = (email or "").replace("\u00a0", " ").strip().lower()
        keys = [f"{system}/{relation}/{source_id}"] if source_id else []
        keys += [address] if address else []
        keys += [phone] if phone else []
        for key in keys[1:]:
            parent[root(keys[0])] = root(key)
        homes.append((keys[0], person))
    for row in clean.rows("all-contacts"):
        if row["Merged record IDs"]:
            kept, gone = row["Record ID"], row["Merged record IDs"]
            parent[root(f"hubspot/main/{kept}")] = root(f"hubspot/main/{gone}")
    for key, person in homes:
        persons.setdefault(root(key), set()).add(person)
    assert {len(found) for found in persons.values()} == {1}
    assert len(persons) == clean.expected["people"]["resolvable"]


def test_records_are_those_of_the_files(clean: Demo) -> None:
    """Every address in a contact export is a record of the truth, as written there."""
    found = set()
    for pattern, column in (
        ("audience_export_", "Email Address"),
        ("shop_ma/member.csv", "email_address"),
        ("all-contacts", "Email"),
        ("exports-clients", "E-mail"),
        ("generic/main/contacts", "email"),
        ("orders_export_", "Email"),
    ):
        found |= {row[column] for row in clean.rows(pattern) if row[column]}
    known = {
        email
        for (email,) in duckdb.sql(
            f"select email from '{clean.truth}/records.parquet' where email is not null"
        ).fetchall()
    }
    assert found == known


def test_a_record_is_modified_when_its_contact_leaves(clean: Demo) -> None:
    """The opt-out flag is as old as Last Modified Date: no older than what it tells of."""
    left: dict[str, int] = {}
    for row in clean.rows("email-events"):
        if row["portalSubscriptionStatus"] == "UNSUBSCRIBED" or row["type"] == "SPAMREPORT":
            at = int(row["created"]) // 60_000
            left[row["recipient"]] = max(at, left.get(row["recipient"], at))
    checked = 0
    for row in clean.rows("all-contacts"):
        if row["Unsubscribed from all email"] == "true" and row["Email"] in left:
            here = datetime.fromisoformat(row["Last Modified Date"])
            modified = here.replace(tzinfo=ZoneInfo("Europe/Paris")).timestamp() // 60
            assert modified >= left[row["Email"]]
            checked += 1
    assert checked > 10


def test_who_left_again_opted_in_before(tmp_path: Path) -> None:
    """The opt-in of somebody who returned and left once more is not the second leaving."""
    window = Window(date(2026, 6, 30), 4)
    simulation = Simulation(make_people(1_000, window, 3), window, 3)
    writer = ExportWriter(Manifest(tmp_path / "landing"), tmp_path / "scratch")
    exports = AudienceExports(writer, simulation)
    for month in simulation.run():
        exports.add(month)
    subs = simulation.lists[SHOP_FR]
    subs.was_resubscribed[subs.closed] = True
    exports.finish()
    writer.close()
    (path,) = (tmp_path / "landing" / "mailchimp" / "shop_fr").glob("audience_export_*.zip")
    with ZipFile(path) as archive:
        (name,) = (name for name in archive.namelist() if name.startswith("unsubscribed_"))
        rows = list(csv.DictReader(io.StringIO(archive.read(name).decode())))
    assert rows
    assert [row for row in rows if row["CONFIRM_TIME"] >= row["UNSUB_TIME"]] == []


def test_no_two_persons_share_a_mailchimp_id() -> None:
    ids = unique_hex(np.arange(1_000_000), salt=3)
    assert len(ids.unique()) == 1_000_000
    assert {len(one) for one in ids.slice(0, 1_000).to_pylist()} == {10}
