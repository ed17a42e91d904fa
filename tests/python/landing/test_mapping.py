"""`_mapping.yml`: files of one's own, read without a model; all its mistakes at once."""

import re
from pathlib import Path

import duckdb
import pytest

from winback.landing import LoadSummary, load
from winback.landing.date_formats import to_strptime
from winback.landing.mapping import KEYS, read_mapping
from winback.landing.sources import read_catalog

from .conftest import Shop
from .workbooks import day, rows, write_workbook

ROOT = Path(__file__).parents[3]
SOURCES = """
sources:
  - name: shop
    schema: raw
    tables:
      - name: people
        identifier: shop__people
        config: {meta: {landing: {files: ["people*"]}}}
        columns:
          - {name: person_id, config: {meta: {kind: id, required: true}}}
          - {name: email}
          - {name: born_on, config: {meta: {kind: date}}}
          - {name: joined_at, config: {meta: {kind: time}}}
          - {name: spent, config: {meta: {kind: number}}}
          - {name: consent, config: {meta: {words: [subscribed, unsubscribed]}}}
          - {name: is_vip, config: {meta: {kind: boolean}}}
          - {name: currency}
      - name: visits
        identifier: shop__visits
        config: {meta: {landing: {files: ["visits*"], require_any: [[person_id, email]]}}}
        columns: [{name: person_id, config: {meta: {kind: id}}}, {name: email}]
  - name: other
    schema: raw
    tables:
      - name: things
        config: {meta: {landing: {files: ["things*"]}}}
        columns: [{name: thing_id}, {name: made_at}]
"""
GERMAN = """
files:
  - entity: people
    pattern: Kundenliste*
    encoding: windows-1252
    header_row: 2
    headers:
      person_id: Kundennummer
      email: [E-Mail, Mail]
      born_on: Geburtstag
      joined_at: Angelegt am
      spent: Umsatz
      consent: Newsletter
    date_order: day_first
    timezone: Europe/Berlin
    decimal_mark: ","
    words:
      consent: {ja: subscribed, no: unsubscribed, nein: unsubscribed, "": unsubscribed}
      is_vip: {X: "true"}
    constants:
      currency: EUR
  - entity: visits
    pattern: besuche.csv
    headers: {person_id: E-Mail, email: E-Mail}
"""
COLUMNS = "person_id, email, born_on, joined_at, spent, consent, is_vip, currency, extra"


@pytest.fixture
def own(shop: Shop) -> Shop:
    shop.declare(SOURCES)
    return shop


def messages(summary: LoadSummary) -> dict[str, str]:
    return {file.source_file: str(file.message) for file in summary.refused}


@pytest.mark.parametrize(
    ("given", "meanings"),
    [
        (
            "words: {consent: {ja: subscribed, weg: unsubscribed}}",
            ["unsubscribed", "subscribed", "unknown"],
        ),
        ("words: {consent: {ja: subscribed}}", [None, "subscribed", None]),
        ("constants: {consent: unsubscribed}", ["unsubscribed"] * 3),
        ("constants: {currency: EUR}", [None] * 3),
    ],
)
def test_a_line_with_a_fault_says_what_its_words_mean(
    own: Shop, given: str, meanings: list[str | None]
) -> None:
    own.put("_mapping.yml", f"files:\n  - entity: people\n    pattern: list*\n    {given}\n")
    # `wegen` is another word
    lines = ["1,ann@x.example,WEG,x", "2,bob@x.example,ja,x", "3,cem@x.example,wegen,x"]
    own.put("list.csv", "\n".join(["person_id,email,consent", *lines]))
    own.load()
    found = own.query("select meaning from raw.rejected_lines order by line_number")
    assert [row[0] for row in found] == meanings


def test_a_german_customer_list_needs_no_model(own: Shop) -> None:
    own.put("_mapping.yml", GERMAN)
    lines = [
        "Kundenliste vom 01.02.2026;;;;;;;",
        "Kundennummer;E-Mail;Geburtstag;Angelegt am;Umsatz;Newsletter;is_vip;Größe",
        "007;anna@a.example;1.2.1980;03.07.2024 09:05;1.234,50 €;JA;x;38",
        "8;ben@a.example;1980-02-01;03.01.2024;12;Nein;;",
        "9;cem@a.example;31.02.1980;bald;1.5;vielleicht;?;",
        "10;dan@a.example;;2024-07-03 09:05:00;;no;;",
        "11;eva@a.example;;2024-07-03T09:05:00Z;3,5-;;;",
    ]
    own.put("Kundenliste_Mai.csv", "\r\n".join(lines).encode("cp1252"))
    own.put("besuche.csv", "E-Mail;Seite\nanna@a.example;/\n")
    assert not own.load().refused
    assert own.people(COLUMNS) == [
        ("007", "anna@a.example", "1980-02-01", "2024-07-03 07:05:00", "1234.50", "subscribed",
         "true", "EUR", '{"Größe":"38"}'),
        ("8", "ben@a.example", "1980-02-01", "2024-01-03", "12", "unsubscribed", None, "EUR", None),
        # what does not convert stays as it is, and what would be misread is made unreadable
        ("9", "cem@a.example", "31.02.1980", "bald", "1.5 (not a number with the decimal mark ,)",
         "not listed: vielleicht", "not listed: ?", "EUR", None),
        ("10", "dan@a.example", None, "2024-07-03 07:05:00", None, "unsubscribed", None, "EUR",
         None),
        ("11", "eva@a.example", None, "2024-07-03T09:05:00Z", "-3.5", "unsubscribed", None, "EUR",
         None),
    ]  # fmt: skip
    assert own.query("select person_id, email, extra from raw.shop__visits") == [
        ("anna@a.example", "anna@a.example", '{"Seite":"/"}')
    ]
    assert own.ledger()[0] == ("shop/main/Kundenliste_Mai.csv", "loaded", 7, 5, 5, 0)


def test_every_reader_converts(own: Shop) -> None:
    own.put(
        "_mapping.yml", GERMAN.replace("    header_row: 2\n", "").replace("windows-1252", "utf-8")
    )
    header = ["Kundennummer", "Mail", "Geburtstag", "Angelegt am", "Umsatz", "Newsletter"]
    table: dict[int, list[object]] = {
        1: header,
        2: ["1", None, day(29252), day(45658.5), 12.5, "ja"],
        3: ["2", None, "1.2.1980", "01.01.2025 13:00", "12,5", "nein"],
    }
    write_workbook(own.account / "Kundenliste.xlsx", {"Kunden": rows(table)})
    own.put(
        "Kundenliste.jsonl",
        '{"Kundennummer": "3", "Mail": null, "Geburtstag": "1.2.1980", "Angelegt am": '
        '"01.01.2025 13:00", "Umsatz": "12,5", "Newsletter": "ja"}\n',
    )
    text = ",".join(header).replace("Mail", '"Mail"') + '\n4,,1.2.1980,01.01.2025 13:00,"12,5",ja\n'
    own.put("Kundenliste_quoted.csv", text + '5,,1.2.1980,"01.01.2025\n13:00","12,5",ja\n')
    duckdb.execute(
        "copy (select '6' as Kundennummer, null::varchar as Mail, date '1980-02-01' as Geburtstag,"
        " timestamp '2025-01-01 13:00:00' as \"Angelegt am\", 12.5::double as Umsatz,"
        f" 'ja' as Newsletter) to '{own.account / 'Kundenliste.parquet'}' (format parquet)"
    )
    assert messages(own.load()) == {}
    found = own.query(
        "select person_id, born_on, joined_at, spent, consent, currency from raw.shop__people"
        " order by person_id"
    )
    same = ("1980-02-01", "2025-01-01 12:00:00", "12.5")
    assert found == [
        ("1", "1980-02-01", "2025-01-01 11:00:00", "12.5", "subscribed", "EUR"),
        ("2", *same, "unsubscribed", "EUR"),
        ("3", *same, "subscribed", "EUR"),
        ("4", *same, "subscribed", "EUR"),
        ("5", *same, "subscribed", "EUR"),
        ("6", *same, "subscribed", "EUR"),
    ]


def test_a_changed_mapping_reads_its_files_again_and_no_others(own: Shop) -> None:
    own.put("_mapping.yml", GERMAN)
    own.put("besuche.csv", "E-Mail\nanna@a.example\n")
    own.put("visits.csv", "email\nben@a.example\n")
    own.load()
    assert [file.status for file in own.load().files] == ["held", "held"]
    own.put("_mapping.yml", GERMAN.replace("{person_id: E-Mail, email: E-Mail}", "{email: E-Mail}"))
    assert [file.status for file in own.load().files] == ["loaded", "held"]
    assert own.query("select person_id, email from raw.shop__visits order by email") == [
        (None, "anna@a.example"),
        (None, "ben@a.example"),
    ]


def test_a_header_that_a_mapping_names_must_be_there(own: Shop) -> None:
    own.put("_mapping.yml", GERMAN)
    own.put("besuche.csv", "Email;Seite\nanna@a.example;/\n")
    said = messages(own.load())
    assert said == {
        "shop/main/besuche.csv": "missing header “E-Mail”; found 2 fields: Email and 1 of other"
        " names (not repeated here: without a header row they are somebody's data)"
        " (read as the _mapping.yml of its folder says)"
    }


def test_a_header_that_is_there_twice_is_refused(own: Shop) -> None:
    own.put("_mapping.yml", GERMAN)
    own.put("besuche.csv", "E-Mail;E-Mail\na@a.example;b@a.example\n")
    (text,) = messages(own.load()).values()
    assert "the header 'E-Mail' is there 2 times (columns 1 and 2)" in text


def test_patterns_without_a_file_are_told(own: Shop) -> None:
    own.put("_mapping.yml", GERMAN)
    own.put("besuche.csv", "E-Mail\nanna@a.example\n")
    assert own.load().notes == [
        "shop/main/_mapping.yml: no file of its folder is named kundenliste*"
    ]


BROKEN = """
files:
  - entity: peple
    pattern: a*
    colour: red
    constants: {curency: EUR}
  - entity: people
    delimiter: ";;"
    encoding: windows-1525
    header_row: zero
    headers: {persn_id: Nr, email: [], born_on: Nr., joined_at: [Nr., Am]}
    date_formats: [DD.MM.YYYY, MM.DD.YYYY, gestern]
    timezone: Europe/Berlinn
    decimal_mark: ";"
    thousands_mark: "_"
    words:
      consent: {ja: subscribe, JA: subscribed}
      spent: {viel: 100}
    constants: {born_on: 1980-01-01, joined_at: heute, spent: "1,5", is_vip: ja}
  - pattern: [a*, b*]
    entity: people
    date_order: dmy
    headers: Nr
"""


def test_all_mistakes_are_told_at_once_with_line_and_nearest_word(own: Shop) -> None:
    own.put("_mapping.yml", BROKEN)
    own.put("people.csv", "person_id,email\n1,a@x.example\n")
    own.put("anything.csv", "x\n1\n")
    (own.landing / "shop" / "good").mkdir()
    (own.landing / "shop" / "good" / "people.csv").write_text("person_id,email\n2,b@x.example\n")
    summary = own.load()
    said = messages(summary)
    assert [file.source_file for file in summary.loaded] == ["shop/good/people.csv"]
    there = "the _mapping.yml of its folder has mistakes, see there: mend it first"
    assert said.pop("shop/main/people.csv") == said.pop("shop/main/anything.csv") == there
    (text,) = said.values()
    lines = re.split(r" \(\d+\) ", text)
    assert lines[0] == f"{len(lines) - 1} mistakes, so that no file of this folder is read:"
    expected = [
        ("line 3, entity", "shop has no peple; did you mean people? one of people, visits"),
        ("line 5, files", "unknown key colour"),
        ("line 6, constants, curency", "did you mean currency?"),
        ("line 7, pattern", "missing"),
        ("line 8, delimiter", "found ';;'"),
        ("line 9, encoding", "did you mean windows-1252?"),
        ("line 10, header_row", "found 'zero'"),
        ("line 11, headers, persn_id", "did you mean person_id?"),
        ("line 11, headers, email", "an empty list"),
        ("line 11, headers, joined_at", "Nr. is named for born_on too"),
        ("line 12, date_formats", "'MM.DD.YYYY' is another format here with day and month swapped"),
        ("line 12, date_formats", "'gestern' is no date format"),
        ("line 13, timezone", "did you mean Europe/Berlin"),
        ("line 14, decimal_mark", "found ';'"),
        ("line 15, thousands_mark", "found '_'"),
        ("line 17, words, consent", "JA is there twice"),
        ("line 17, words, consent, ja", "did you mean subscribed"),
        ("line 18, words, spent", "spent is a number"),
        ("line 19, constants, born_on", "the column has a header too"),
        ("line 19, constants, joined_at", "a date such as 2026-04-05 expected, found 'heute'"),
        ("line 19, constants, spent", "a number such as 12.5 expected, found '1,5'"),
        ("line 19, constants, is_vip", "one of true, false expected"),
        ("line 20, pattern", "a* is there twice"),
        ("line 22, date_order", "one of day_first, month_first, year_first expected"),
        ("line 23, headers", "`name: value` lines expected, found a text"),
    ]
    for where, what in expected:
        assert any(line.startswith(where) and what in line for line in lines), (where, what)
    assert len(lines) - 1 == len(expected), text


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file is empty"),
        (
            b"files:\n",
            "line 1, files: a list of entries expected, each after a dash, found nothing",
        ),
        (
            b"files: []\n",
            "files: a list of entries expected, each after a dash, found an empty list",
        ),
        (b"file: []\n", "did you mean files?"),
        (
            b"ann secret,ann@x.example\nben secret,no\n",
            "keys such as files: expected, found a text",
        ),
        (b"Ann Secret: subscribed\n", "line 1: unknown key; known: files"),
        (b"files: Ann Secret\n", "each after a dash, found a text"),
        (b"files:\n- Ann Secret,no\n", "keys such as entity: expected, found a text"),
        (b"files:\n- secret@x.example: 1\n", "unknown key (an address); known: entity"),
        (b"files:\n- entity: secret@x.example\n", "shop has no (an address)"),
        (
            b"files:\n- {entity: people, pattern: a, timezone: 'Ann Secret, secret@x.example'}\n",
            "line 2, timezone: (an address) is not known",
        ),
        (b"- a\n", "keys such as files: expected, found a list"),
        (b"files:\n\t- a\n", "line 2: not valid YAML"),
        (b"files: \xff\n", "line 1: not UTF-8"),
        (b"a: 1\nfiles: [" + b"[" * 5000, "nested too deeply"),
        (b"#" * 1_100_000, "at most 1,048,576 are read"),
        (b"files:\n- {entity: people, entity: visits, pattern: a}\n", "entity is there twice"),
        (b"files:\n- {entity: people, pattern: ../a}\n", "a name below this folder expected"),
        (
            b"files:\n- {entity: people, pattern: a, date_order: day_first, date_formats: iso}\n",
            "keep",
        ),
        (b"files:\n- {entity: people, pattern: a, thousands_mark: '.'}\n", "name decimal_mark too"),
        (
            b"files:\n- {entity: people, pattern: a, headers: {consent: Werbesperre}}\n",
            "Werbesperre sounds like a do-not-contact flag: name under `words`, consent",
        ),
        (
            b"files:\n- {entity: people, pattern: a, headers: {is_vip: opt-out}}\n",
            "what each of its values means, such as yes: false",
        ),
    ],
)
def test_a_file_that_is_no_mapping_is_said_to_be_none(
    own: Shop, content: bytes, words: str
) -> None:
    path = own.put("_mapping.yml", content)
    tables = read_catalog(own.project).systems["shop"]
    mapping = read_mapping(path, "shop/main/_mapping.yml", tables)
    assert mapping.problem is not None and words in mapping.problem
    assert "secret" not in mapping.problem.lower()
    assert mapping.entries == []


def test_keys_about_values_are_refused_where_the_layout_fixes_them(own: Shop) -> None:
    account = own.landing / "other" / "main"
    account.mkdir(parents=True)
    body = "files:\n  - entity: things\n    pattern: dinge*\n    headers: {thing_id: Ding}\n"
    (account / "_mapping.yml").write_text(body + "    date_order: day_first\n")
    (account / "Dinge.csv").write_text("Ding;made_at\n1;x\n")
    said = messages(own.load(["other"]))
    assert "line 5, date_order: not for other" in said["other/main/_mapping.yml"]
    (account / "_mapping.yml").write_text(body)
    assert messages(own.load(["other"])) == {}
    assert own.query("select thing_id, made_at from raw.other__things") == [("1", "x")]


def test_a_mapping_lies_in_the_folder_of_an_account(own: Shop) -> None:
    own.put("old/_mapping.yml", GERMAN)
    own.put("_mapping.yml", GERMAN)
    own.put("_mapping.yaml", GERMAN)
    said = messages(own.load())
    assert said["shop/main/old/_mapping.yml"].startswith(
        "a mapping lies in the folder of an account"
    )
    assert "keep one" in said["shop/main/_mapping.yml"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("DD.MM.YYYY", "%d.%m.%Y"),
        ("dd/mm/yy hh:mm", "%d/%m/%y %H:%M"),
        ("M/D/YYYY h:mm:ss AM/PM", "%m/%d/%Y %I:%M:%S %p"),
        ("DD-MMM-YYYY", "%d-%b-%Y"),
        ("YYYY-MM-DDTHH:MM", "%Y-%m-%dT%H:%M"),
        ("%d.%m.%Y", "%d.%m.%Y"),
        ("YYYY-MM", None),
        ("DD.MM.JJJJ", None),
        ("%d.%m.%Y %d", None),
        ("%d.%m.%Y %Q", None),
    ],
)
def test_date_formats_are_written_as_people_write_them(text: str, expected: str | None) -> None:
    assert to_strptime(text) == expected


def test_the_example_of_the_guide_loads(tmp_path: Path) -> None:
    text = (ROOT / "docs" / "bring_your_own_exports.md").read_text(encoding="utf-8")
    text = text.split("## Files of your own")[1]
    lines, mapping = re.findall(r"```(?:yaml)?\n(.*?)```", text, re.DOTALL)[:2]
    folder = tmp_path / "landing" / "generic" / "crm_de"
    folder.mkdir(parents=True)
    (folder / "Kundenliste_2026-05.csv").write_text(lines, encoding="cp1252")
    (folder / "_mapping.yml").write_text(mapping, encoding="utf-8")
    header = ["Belegnummer", "Debitor", "Belegdatum", "Netto", "Status"]
    order: list[object] = [4711, "00017", "31.12.2025", 12.5, "Bezahlt"]
    write_workbook(folder / "Auftraege_1.xlsx", {"Export": rows({1: header, 2: order})})
    database = tmp_path / "own.duckdb"
    summary = load(tmp_path / "landing", database, ROOT, ["generic"])
    assert [file.message for file in summary.files] == [None, None]
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute(
            "select contact_id, first_name, email_consent, created_at, country_code,"
            " extra ->> 'Umsatz' from raw.generic__contacts order by 1"
        ).fetchall() == [
            ("00017", "Änne", "subscribed", "2024-07-03 07:05:00", "DE", "1.234,50"),
            ("00018", "Bodo", "unsubscribed", "2025-02-14 16:30:00", "DE", "12,00"),
        ]
        assert connection.execute(
            "select order_id, contact_id, ordered_at, net_amount, status, currency"
            " from raw.generic__orders"
        ).fetchall() == [("4711", "00017", "2025-12-31", "12.5", "paid", "EUR")]


def test_every_key_is_documented() -> None:
    text = (ROOT / "docs" / "bring_your_own_exports.md").read_text(encoding="utf-8")
    assert [key for key in KEYS if f"`{key}`" not in text] == []
