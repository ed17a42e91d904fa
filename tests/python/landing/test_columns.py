"""Columns that no layout knows and that sound as if they said who may not be mailed."""

import json
from pathlib import Path

import duckdb
import pytest

from winback.errors import UserError
from winback.landing.jsonlines import NESTED
from winback.landing.suspicious import KINDS, looks_like

from .conftest import SOURCES, Shop
from .workbooks import rows, write_workbook


@pytest.mark.parametrize(
    ("kind", "headers"),
    [
        (
            "an unsubscribe",
            [
                "Unsubscribed at",
                "Abgemeldet am",
                "Désabonné",
                "Fecha de baja",
                "Bajas",
                "Afmelding",
            ],
        ),
        (
            "an opt-out",
            ["E-Mail_Opt-Out", "Opting out", "HasOptedOutOfEmail", "Widerspruch"],
        ),
        (
            "a do-not-contact flag",
            [
                *("doNotMail", "is_blacklisted", "Werbesperre", "keine Werbung", "Lista negra"),
                "Ineligible",
            ],
        ),
        ("a complaint", ["Marked as Spam", "complaint_date"]),
        ("a bounce", ["Hard bounce", "bounced_on", "Rückläufer", "NPAI"]),
        ("consent", ["Einwilligung", "Accepts Marketing", "gdpr_consent", "Newsletter (oui/non)"]),
        ("a second address", ["Work email", "email2", "E-Mail 2", "Autre courriel", "Zweitmail"]),
    ],
)
def test_what_sounds_like_an_opt_out(kind: str, headers: list[str]) -> None:
    assert {header: looks_like(header) for header in headers} == dict.fromkeys(headers, kind)
    assert kind in KINDS


def test_harmless_headers_are_left_alone() -> None:
    headers = [
        "Email",
        "Email domain",
        "Confirmation number",
        "Emails sent",
        "Last open",
        "City",
        "Block",
        "Total spent",
    ]
    assert [header for header in headers if looks_like(header)] == []


def test_an_unused_column_is_told_and_kept_for_sql(shop: Shop) -> None:
    shop.put("people.csv", "Person ID,city,Opt-out,shoe size\n1,Lyon,yes,40\n")
    (result,) = shop.load().files
    assert result.message is not None
    assert "“Opt-out” (an opt-out)" in result.message
    assert "shoe size" not in result.message
    wanted = [
        ("shop", "main", "shop/main/people.csv", "shop__people", "Person ID", "person_id", None),
        ("shop", "main", "shop/main/people.csv", "shop__people", "city", "city", None),
        ("shop", "main", "shop/main/people.csv", "shop__people", "Opt-out", None, "an opt-out"),
        ("shop", "main", "shop/main/people.csv", "shop__people", "shoe size", None, None),
    ]
    assert shop.query("select * from raw.landing_columns order by rowid") == wanted
    assert "Opt-out" in shop.query("select message from raw.landing_files")[0][0]
    shop.put("people.csv", "Person ID,city\n1,Lyon\n")
    assert shop.load().files[0].message is None
    assert [row[4] for row in shop.query("select * from raw.landing_columns order by rowid")] == [
        "Person ID",
        "city",
    ]


def test_json_and_parquet_name_their_columns_too(shop: Shop) -> None:
    shop.put("people.jsonl", json.dumps({"person_id": "1", "dnc": "true"}) + "\n")
    target = shop.account / "people_2.parquet"
    duckdb.execute(f"copy (select '2' as person_id, 'yes' as bounced) to '{target}'")
    shop.load()
    assert shop.query(
        "select source_file, header, looks_like from raw.landing_columns"
        " where column_name is null order by all"
    ) == [
        ("shop/main/people.jsonl", "dnc", "a do-not-contact flag"),
        ("shop/main/people_2.parquet", "bounced", "a bounce"),
    ]


def test_fields_one_level_down_are_not_passed_over(shop: Shop) -> None:
    lines = [
        {"person_id": "1", "city": "Lyon"},
        {"data": {"person_id": "2", "opted_out": "yes"}},
        {"rows": [{"person_id": "3"}]},
        {"person_id": "4", "profile": {"opted_out": "yes", "size": "40"}},
        {"remark": "nothing below"},
    ]
    shop.put("people.jsonl", "".join(json.dumps(line) + "\n" for line in lines))
    (result,) = shop.load().files
    assert (result.accepted, result.rejected) == (3, 2)
    assert shop.query("select line_number, reason from raw.rejected_lines order by 1") == [
        (2, NESTED),
        (3, NESTED),
    ]
    assert "“profile.opted_out” (an opt-out)" in str(result.message)
    assert "profile.size" not in str(result.message)


def test_json_written_as_a_text_is_read_as_what_lies_one_level_down(shop: Shop) -> None:
    """Webhooks and queues nest it so, once or twice."""
    event = {"person_id": "2", "status": "unsubscribed", "note": 'he said "no", é'}
    texts = [
        json.dumps(event),
        json.dumps(event, indent=1),
        json.dumps({"Message": json.dumps(event)}),
        json.dumps(json.dumps([event])),
        json.dumps(event).replace('"', "\x00"),
    ]
    lines = [json.dumps({"payload": text}).replace("\\u0000", "\\u0022") for text in texts]
    plain = [
        {"person_id": "1", "payload": json.dumps({"opted_out": "yes"})},
        {"person_id": "3", "city": '{"a": 1}', "remark": 'a "{}" b', "tags": '["a"]'},
        {"person_id": "4", '{"a":"b"}': '"{"', "note": '{"half'},
        {"person_id": "5", "note": "{" * 200 + '"'},
    ]
    shop.put("people.jsonl", "".join(f"{line}\n" for line in [*lines, *map(json.dumps, plain)]))
    (result,) = shop.load().files
    assert (result.accepted, result.rejected) == (4, 5)
    for _, reason, line in shop.rejected():
        assert reason == NESTED
        assert '"status": "unsubscribed"' in line
    assert "“payload.opted_out” (an opt-out)" in str(result.message)
    assert shop.people("person_id, city, extra::json->>'remark', extra::json->>'tags'") == [
        ("1", None, None, None),
        ("3", '{"a":1}', 'a "{}" b', '["a"]'),
        ("4", None, None, None),
        ("5", None, None, None),
    ]
    assert shop.people("note")[2:] == [('{"half',), ("{" * 200 + '"',)]


def test_a_header_that_is_data_is_called_by_its_place(shop: Shop) -> None:
    shop.put("people.csv", "person_id,ann@optout.example\n1,2\n")
    shop.load()
    found = shop.query("select header, looks_like from raw.landing_columns order by rowid")
    assert found == [("person_id", None), ("column 2 (its header looks like data)", None)]


def test_a_column_that_should_be_there_is_missed(shop: Shop, tmp_path: Path) -> None:
    shop.declare(
        SOURCES.replace(
            "- name: note", "- {name: note, config: {meta: {when_absent: nobody is warned.}}}"
        )
    )
    shop.put("people.csv", "person_id\n1\n")
    shop.put("people_2.csv", "person_id,note\n1,x\n")
    # every load tells it again, as long as the file is held
    for status in ("loaded", "held"):
        first, second = shop.load().files
        assert first.status == second.status == status
        assert first.message == "LOOK HERE: no column note: nobody is warned."
        assert second.message is None


def test_headers_that_a_layout_knows_are_not_told(shop: Shop) -> None:
    known = 'read_from_extra: ["opted out of "], harmless: ["* bounced", newsletter], files'
    shop.declare(SOURCES.replace("files", known, 1))
    header = "person_id,Opted out of News,E-mails bounced,Newsletter,Newsletter abo"
    shop.put("people.csv", f"{header}\n1,x,x,x,x\n")
    (message,) = [file.message for file in shop.load().files]
    assert message is not None
    assert "column not used: “Newsletter abo” (consent)." in message
    assert shop.query(
        "select header, looks_like from raw.landing_columns where looks_like is not null"
    ) == [("Newsletter abo", "consent")]
    # a change of what is known tells it anew
    shop.declare(SOURCES.replace("files", "harmless: [newsletter*], files", 1))
    (message,) = [file.message for file in shop.load().files]
    assert message is not None
    assert "“Opted out of News” (an opt-out), “E-mails bounced” (a bounce)." in message
    shop.declare(SOURCES.replace("files", 'read_from_extra: ["("], files', 1))
    with pytest.raises(UserError, match=r"people, read_from_extra: .* is no regular expression"):
        shop.load()


def test_columns_about_campaigns_and_goods_are_about_nobody(shop: Shop) -> None:
    things = "config: {meta: {erasure: {things: [marks]}}}\n    tables:"
    shop.declare(
        SOURCES.replace(
            "config:\n      enabled: \"{{ 'shop' in var('systems') }}\"\n    tables:", things, 1
        )
    )
    shop.put("marks.csv", "person_id,Hard Bounces,Abuse Complaints\n1,2,3\n")
    assert [file.message for file in shop.load().files] == [None]
    shop.put("marks.csv", "email,Hard Bounces\na@x.example,2\n")
    assert "“Hard Bounces” (a bounce)" in str(shop.load().files[0].message)


@pytest.mark.parametrize("is_workbook", [False, True])
def test_what_stands_above_the_header_row_is_told(shop: Shop, is_workbook: bool) -> None:
    shop.put(
        "_mapping.yml",
        "files: [{entity: people, pattern: crm*, header_row: 5, headers: {person_id: Nr}}]\n",
    )
    table: list[list[object]] = [
        ["List of May", None],
        ["ann@x.example", "1"],
        ["Abgemeldete Kunden", None],
        ["Nr", "email"],
        ["Nr", "email"],
        ["7", "b@x.example"],
    ]
    for name, lines in {
        "crm_a": table,
        "crm_b": [["x"], *table[:1], ["x"], ["x"], *table[4:]],
    }.items():
        if is_workbook:
            write_workbook(shop.account / f"{name}.xlsx", {"a": rows(dict(enumerate(lines, 1)))})
        else:
            text = "".join(f"{row[0]},{row[-1] or ''}\n" for row in lines)
            shop.put(f"{name}.csv", text)
    first, second = shop.load().files
    assert (first.accepted, second.accepted) == (1, 1)
    assert (
        "LOOK HERE: lines 2, 3 above the header row, which the _mapping.yml says is in line 5:"
        in (first.message or "")
    )
    assert "ann@" not in (first.message or "")
    assert "above the header row" not in (second.message or "")
