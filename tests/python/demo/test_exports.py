"""The files of the demo: same seed same bytes, native headers, faults that are on record."""

from __future__ import annotations

import csv
import io
import math
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb
import pytest

from winback.demo import write
from winback.demo.people import add_months
from winback.errors import UserError

from .conftest import SIZE, Demo, decode, digest


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
