"""The demo: same seed same bytes, native headers, and a truth that the files bear out."""

from __future__ import annotations

import csv
import gzip
import hashlib
import io
import json
import math
from collections import Counter
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from pathlib import Path
from typing import Any
from zipfile import ZipFile
from zoneinfo import ZoneInfo

import duckdb
import numpy as np
import pytest

from winback.demo import write
from winback.demo.behaviour import Simulation
from winback.demo.files import ExportWriter
from winback.demo.folders import MANIFEST, Manifest
from winback.demo.mailchimp import AudienceExports
from winback.demo.people import SHOP_FR, Window, add_months, make_people
from winback.demo.texts import unique_hex
from winback.errors import UserError

SIZE: dict[str, Any] = {"contacts": 3_000, "months": 6, "seed": 11}


class Demo:
    """A demo on disk and its expectations."""

    def __init__(self, folder: Path, **options: Any) -> None:
        self.landing, self.truth = folder / "landing", folder / "demo_truth"
        write(self.landing, self.truth, **{**SIZE, **options})
        text = (self.truth / "expectations.json").read_text(encoding="utf-8")
        self.expected = json.loads(text)
        self.files = {file["path"]: file for file in self.expected["files"]}

    def members(self) -> Iterator[tuple[str, bytes]]:
        """Give out every file and archive member by its path, uncompressed."""
        for path in sorted(self.landing.rglob("*")):
            name = path.relative_to(self.landing).as_posix()
            if name == MANIFEST:
                continue
            if path.suffix == ".zip":
                with ZipFile(path) as archive:
                    for member in archive.namelist():
                        yield f"{name}/{member}", archive.read(member)
            elif path.suffix == ".gz":
                yield name, gzip.decompress(path.read_bytes())
            elif path.is_file():
                yield name, path.read_bytes()

    def rows(self, pattern: str) -> list[dict[str, str]]:
        """Read all clean CSVs whose path holds `pattern`."""
        found: list[dict[str, str]] = []
        for name, data in self.members():
            if pattern in name:
                found += csv.DictReader(io.StringIO(decode(data)))
        return found


def decode(data: bytes) -> str:
    """Decode as the byte-order mark says, else as UTF-8 with undecodable bytes kept."""
    if data.startswith(b"\xff\xfe"):
        return data.decode("utf-16")
    return data.decode("utf-8-sig", errors="surrogateescape")


def digest(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


@pytest.fixture(scope="module")
def dirty(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("dirty"))


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    return Demo(tmp_path_factory.mktemp("clean"), dirt=False)


def test_same_seed_gives_the_same_bytes(dirty: Demo, tmp_path: Path) -> None:
    again = Demo(tmp_path)
    assert digest(again.landing) == digest(dirty.landing)
    assert digest(again.truth) == digest(dirty.truth)


def test_another_seed_gives_others(dirty: Demo, tmp_path: Path) -> None:
    other = Demo(tmp_path, seed=12)
    name = "generic/main/contacts.csv"
    assert (other.landing / name).read_bytes() != (dirty.landing / name).read_bytes()


def test_every_file_is_on_record(dirty: Demo) -> None:
    names = [name for name, _ in dirty.members()]
    assert sorted(names) == sorted(dirty.files)


@pytest.mark.parametrize("which", ["dirty", "clean"])
def test_line_counts_hold(which: str, request: pytest.FixtureRequest) -> None:
    demo: Demo = request.getfixturevalue(which)
    wrong = {}
    for name, data in demo.members():
        if name.endswith(".parquet"):
            path = demo.landing / name
            found = duckdb.sql(f"select count(*) from '{path}'").fetchall()[0][0]
        elif "email-events" in name or "granular" in name:
            # one record, one line: counts even where a quote never closes
            found = decode(data).count("\n") - 1
        else:
            found = sum(1 for _ in csv.reader(io.StringIO(decode(data)))) - 1
        if found != demo.files[name]["lines"]:
            wrong[name] = (found, demo.files[name]["lines"])
    assert wrong == {}


def test_headers_are_those_of_the_tools(clean: Demo) -> None:
    headers = {}
    for name, data in clean.members():
        if not name.endswith(".parquet"):
            headers[name] = decode(data).split("\n", 1)[0].replace('"', "")

    def header(pattern: str) -> str:
        found = {text for name, text in headers.items() if pattern in name}
        assert len(found) == 1, pattern
        return found.pop()

    member = (
        "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,OPTIN_IP,CONFIRM_TIME,"
        "CONFIRM_IP,LATITUDE,LONGITUDE,GMTOFF,DSTOFF,TIMEZONE,CC,REGION,{},LEID,EUID,NOTES,TAGS"
    )
    assert header("/subscribed_email_audience_export_") == member.format("LAST_CHANGED")
    assert header("/unsubscribed_email_audience_export_") == member.format(
        "UNSUB_TIME,UNSUB_CAMPAIGN_TITLE,UNSUB_CAMPAIGN_ID,UNSUB_REASON,UNSUB_REASON_OTHER"
    )
    assert header("/cleaned_email_audience_export_") == member.format(
        "CLEAN_TIME,CLEAN_CAMPAIGN_TITLE,CLEAN_CAMPAIGN_ID"
    )
    assert header("shop_fr/account_export_2026-06-30.zip/campaigns.csv") == (
        "id,web_id,title,subject_line,type,status,create_time,send_time,list_id,emails_sent"
    )
    assert header("granular_activity/opens/") == "Timestamp,Email"
    assert header("granular_activity/clicks/") == "Timestamp,Email,Url"
    assert header("aggregate_activity/opened/") == "Email,First Name,Last Name,Opens"
    assert header("aggregate_activity/not_opened/") == "Email,First Name,Last Name"
    assert header("campaign_recipient_activity_") == (
        "action,campaign_id,member_id,timestamp,bounce_type,combination_id,ip,list_id,url"
    )
    assert header("unsubscribe.csv") == "campaign_id,member_id,list_id,reason,timestamp"
    assert header("hubspot-email-events") == (
        "id,created,type,recipient,emailCampaignId,emailCampaignName,sentById,obsoletedById,"
        "filteredEvent,url,userAgent,ipAddress,category,status,response,dropReason,"
        "portalSubscriptionStatus"
    )
    assert header("ga4_sessions") == (
        "user_pseudo_id,ga_session_id,user_id,session_start_timestamp,session_end_timestamp,"
        "engagement_time_msec,page_views,source,medium,campaign,device_category,country,"
        "add_to_carts,purchases,purchase_revenue,converted"
    )
    orders = header("orders_export_").split(",")
    assert orders[:4] == ["Name", "Email", "Financial Status", "Paid at"]
    assert len(orders) == 79 and len(set(orders)) == 79
    assert header("all-contacts").startswith("Record ID,First Name,Last Name,Email,")
    assert header("exports-clients").startswith("ID de fiche d'informations,Prénom,Nom,E-mail,")


def test_no_dirt_when_not_asked_for(clean: Demo) -> None:
    assert set(clean.expected["faults"].values()) == {0}
    assert not any("encoding" in file for file in clean.files.values())
    for name, data in clean.members():
        if not name.endswith(".parquet"):
            rows = list(csv.reader(io.StringIO(data.decode("utf-8"), newline=""), strict=True))
            assert {len(row) for row in rows} == {len(rows[0])}, name
            assert rows[1:] or clean.files[name]["lines"] == 0, name


def test_each_kind_of_fault_is_there(dirty: Demo) -> None:
    faults = dirty.expected["faults"]
    assert all(faults.values()), faults
    bad = faults["malformed"] + faults["unparsable"] + faults["future"]
    assert bad < 0.005 * sum(file["lines"] for file in dirty.files.values())
    assert {file.get("encoding") for file in dirty.files.values()} == {None, "utf-16", "utf-8-sig"}
    assert any(file["lines"] == 0 for file in dirty.files.values())


def test_malformed_lines_are_malformed(dirty: Demo) -> None:
    """Lines with too few columns, or bytes that are no UTF-8, are as many as the record says."""
    for name, data in dirty.members():
        expected = dirty.files[name].get("malformed", 0)
        if name.endswith(".parquet") or not expected:
            continue
        if b"sent from my phone" in data:
            data = b"\n".join(
                line for line in data.split(b"\n") if not line.endswith(b"sent from my phone")
            )
            expected -= 1
        rows = list(csv.reader(io.StringIO(decode(data))))
        bad = [
            row
            for row in rows
            if len(row) != len(rows[0]) or any("\udc80" <= one <= "\udcff" for one in "".join(row))
        ]
        found = len(bad)
        assert found == expected, name


def test_dirt_hides_nothing(dirty: Demo, clean: Demo) -> None:
    """Every HubSpot event, order and session of the clean files is in the dirty ones as it was."""

    def events(demo: Demo) -> set[str]:
        lines: set[str] = set()
        for name, data in demo.members():
            if "email-events" in name:
                lines |= set(decode(data).split("\n"))
        return lines

    assert events(clean) <= events(dirty)
    orders = {row["Name"] for row in clean.rows("orders_export_")}
    assert orders <= {row["Name"] for row in dirty.rows("orders_export_")}

    def sessions(demo: Demo) -> set[tuple[str, ...]]:
        return {tuple(row.values()) for row in demo.rows("ga4_sessions")}

    assert len(sessions(clean)) == clean.expected["sessions"]["total"]
    assert sessions(clean) <= sessions(dirty)


def test_mail_counts_reconcile(clean: Demo) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for one in clean.expected["mail"]:
        expected[one["account"], one["event_type"]] += one["exported"]
    native = {
        "SENT": "sent",
        "DELIVERED": "delivered",
        "OPEN": "open",
        "CLICK": "click",
        "SPAMREPORT": "complaint",
        "DROPPED": "dropped",
    }
    found: Counter[tuple[str, str]] = Counter()
    for row in clean.rows("email-events"):
        if row["type"] == "BOUNCE":
            kind = "bounce_hard" if row["category"] == "UNKNOWN_USER" else "bounce_soft"
        elif row["type"] == "STATUSCHANGE":
            leaves = row["portalSubscriptionStatus"] == "UNSUBSCRIBED"
            kind = "unsubscribe" if leaves else "resubscribe"
        else:
            kind = native[row["type"]]
        found["main", kind] += 1
    for row in clean.rows("campaign_recipient_activity_"):
        kind = f"bounce_{row['bounce_type']}" if row["action"] == "bounce" else row["action"]
        found["shop_ma", kind] += 1
    for kind in ("open", "click"):
        found["shop_fr", kind] = len(clean.rows(f"granular_activity/{kind}s/"))
    found["shop_fr", "sent"] = len(clean.rows("aggregate_activity/"))
    for row in clean.rows("shop_ma/unsubscribe"):
        found["shop_ma", "complaint" if row["reason"] == "ABUSE" else "unsubscribe"] += 1
    for row in clean.rows("/unsubscribed_email_audience_export_"):
        found["shop_fr", "complaint" if row["UNSUB_REASON"] == "ABUSE" else "unsubscribe"] += 1
    recipients = duckdb.sql(
        f"select count(*) from '{clean.landing}/mailchimp/shop_ma/campaign_recipient_*.parquet'"
    )
    found["shop_ma", "sent"] = recipients.fetchall()[0][0]
    assert +expected == +found
    sent = sum(int(row["emails_sent"]) for row in clean.rows("account_export") if "web_id" in row)
    assert expected["shop_fr", "sent"] == sent


def test_orders_reconcile(clean: Demo) -> None:
    found: Counter[str] = Counter()
    for row in clean.rows("orders_export_"):
        if row["Financial Status"]:
            found[row["Currency"]] += round(float(row["Total"]) * 100)
    expected: Counter[str] = Counter()
    for one in clean.expected["orders"]:
        if one["system"] == "shopify":
            expected[one["currency"]] += round(float(one["net_amount"]) * 100)
    assert found == expected


def test_nobody_acts_after_a_lapse(clean: Demo) -> None:
    acts = duckdb.sql(
        f"""
        select
            count(*) as acts,
            count(*) filter (
                where events.occurred_at >= coalesce(people.lapsed_on, people.earlier_lapsed_on)
                    and (people.returned_on is null or events.occurred_at < people.returned_on)
            ) as after_lapse,
            count(*) filter (where people.true_state = 'never_engaged') as by_never_engaged,
        from '{clean.truth}/events/*.parquet' as events
        inner join '{clean.truth}/contacts.parquet' as people using (person_id)
        where not events.is_machine and events.event_type in ('open', 'click')
        """
    ).fetchall()[0]
    assert acts[0] > 1_000
    assert acts[1:] == (0, 0)


def test_the_last_act_is_the_last_one(clean: Demo) -> None:
    """No human event is later than the person's last act, and none is after the end."""
    people, late, after = duckdb.sql(
        f"""
        with acts as (
            select person_id, max(occurred_at) as last_at
            from '{clean.truth}/events/*.parquet'
            where not is_machine
                and event_type in ('open', 'click', 'unsubscribe', 'complaint', 'resubscribe')
            group by person_id
        )

        select
            count(*),
            count(*) filter (where acts.last_at > people.last_human_act_at
                or people.last_human_act_at is null),
            count(*) filter (where people.last_human_act_at >= timestamp '2026-06-30 23:59:59')
        from acts
        inner join '{clean.truth}/contacts.parquet' as people using (person_id)
        """
    ).fetchall()[0]
    assert people > 1_000
    assert (late, after) == (0, 0)


def test_machines_go_on_after_a_lapse_and_make_half_of_the_opens(clean: Demo) -> None:
    share, after = duckdb.sql(
        f"""
        select
            avg(events.is_machine::int) as share,
            count(*) filter (where events.is_machine and events.occurred_at > people.lapsed_on)
        from '{clean.truth}/events/*.parquet' as events
        inner join '{clean.truth}/contacts.parquet' as people using (person_id)
        where events.event_type = 'open'
        """
    ).fetchall()[0]
    assert 0.35 < share < 0.65
    assert after > 100


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


def test_times_stay_inside_the_window(clean: Demo) -> None:
    times = [int(row["created"]) for row in clean.rows("email-events")]
    assert min(times) >= 1_767_225_600_000  # 2026-01-01
    assert max(times) < 1_782_864_000_000  # 2026-07-01


@pytest.mark.parametrize(
    "wrong",
    [
        {"contacts": 5},
        {"months": 3},
        {"months": 61},
        {"seed": -1},
        {"end": date(2026, 6, 29)},
        {"end": add_months(datetime.now(UTC).date(), 1) - timedelta(days=1)},
        {"end": date.max},
        {"end": date(1975, 5, 31)},
        {"end": date(1, 1, 31)},
        {"send_every_days": 0.5},
        {"send_every_days": math.nan},
        {"send_every_days": math.inf},
        {"send_every_days": 1e300},
    ],
    ids=str,
)
def test_bad_sizes_are_refused(tmp_path: Path, wrong: dict[str, Any]) -> None:
    """Said in a line, before anything is written."""
    with pytest.raises(UserError, match="give"):
        write(tmp_path / "landing", tmp_path / "truth", **{**SIZE, **wrong})
    assert list(tmp_path.iterdir()) == []


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


def test_hubspot_says_why_a_message_was_dropped(clean: Demo) -> None:
    """The reason is what closed the subscription: nobody who only left has bounced."""
    closed: dict[str, list[tuple[int, str]]] = {}
    reasons = {
        "BOUNCE": "PREVIOUSLY_BOUNCED",
        "STATUSCHANGE": "PREVIOUSLY_UNSUBSCRIBED_MESSAGE",
        "SPAMREPORT": "PREVIOUS_SPAM",
    }
    rows = sorted(clean.rows("email-events"), key=lambda row: int(row["created"]))
    for row in rows:
        # the address may have changed between the two
        row["recipient"] = row["recipient"].split("@")[0].removeprefix("old.")
        returns = row["portalSubscriptionStatus"] == "SUBSCRIBED"
        soft = row["type"] == "BOUNCE" and row["category"] != "UNKNOWN_USER"
        if row["type"] in reasons and not returns and not soft:
            said = (int(row["created"]), reasons[row["type"]])
            closed.setdefault(row["recipient"], []).append(said)
    dropped = [row for row in rows if row["type"] == "DROPPED"]
    assert len(dropped) > 50
    for row in dropped:
        before = [why for at, why in closed[row["recipient"]] if at < int(row["created"])]
        assert row["dropReason"] == before[-1]
    assert {row["dropReason"] for row in dropped} == set(reasons.values())


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


@pytest.mark.parametrize("days", [1, 2.5, 7, 10, 14, 30])
def test_newsletters_keep_their_distance(days: float) -> None:
    """Exactly so many days, and the other campaigns go out beside them in every account."""
    window = Window(date(2026, 6, 30), 14)
    simulation = Simulation(make_people(300, window, 3), window, 3, days)
    for _ in simulation.run():
        pass
    for made in simulation.campaigns:
        times = [one.sent_at for one in made if one.kind == "newsletter"]
        gaps = {after - before for before, after in pairwise(times)}
        assert gaps == {days * 86_400}
        assert len(times) >= ((window.stop - window.start) / 86_400 - 4) // days
        kinds = Counter(one.kind for one in made)
        assert kinds["promotion"] in (4, 5)
        assert kinds["reactivation"] >= 4


def test_no_two_persons_share_a_mailchimp_id() -> None:
    ids = unique_hex(np.arange(1_000_000), salt=3)
    assert len(ids.unique()) == 1_000_000
    assert {len(one) for one in ids.slice(0, 1_000).to_pylist()} == {10}
