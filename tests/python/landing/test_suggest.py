"""The first `_mapping.yml`: what values settle is written, what they leave open is asked."""

import re
from pathlib import Path

import pytest
import yaml

from winback.errors import UserError
from winback.landing.catalog import Catalog
from winback.landing.mapping import read_mapping
from winback.landing.sources import read_catalog
from winback.landing.suggest import suggest
from winback.landing.synonyms import HEADERS, WORDS

from .workbooks import day, rows, write_workbook

ROOT = Path(__file__).parents[3]


@pytest.fixture(scope="module")
def catalog() -> Catalog:
    return read_catalog(ROOT)


def suggested(path: Path, catalog: Catalog) -> tuple[dict[str, object], str]:
    """The suggestion as data and as text, after the check of mappings let it pass."""
    text = suggest(path, catalog, "generic")
    mapping = path.with_name("_mapping.yml")
    mapping.write_text(text, encoding="utf-8")
    assert read_mapping(mapping, "m", catalog.systems["generic"]).problem is None, text
    (entry,) = yaml.load(text, Loader=yaml.BaseLoader)["files"]
    return entry, text


def test_a_german_customer_list(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "Kundenliste_2026-05.csv"
    lines = [
        "Kundenliste Stand Mai 2026",
        "",
        "Kundennummer;Vorname;Name;E-Mail;Newsletter;Geburtsdatum;Angelegt am;Größe",
        "007;Änne;Geheim;a@b.example;Ja;01.02.80;03.07.2024 09:05;38",
        "8;Bö;Geheim;c@b.example;Nein;14.02.80;03.07.2024 09:05;38",
        "9;Bö;Geheim;c@b.example;vielleicht;14.02.80;03.07.2024 09:05;38",
    ]
    path.write_bytes("\r\n".join(lines).encode("cp1252"))
    entry, text = suggested(path, catalog)
    assert entry == {
        "entity": "contacts",
        "pattern": "kundenliste_*",
        "delimiter": ";",
        "encoding": "windows-1252",
        "header_row": "3",
        "headers": {
            "contact_id": "Kundennummer",
            "email": "E-Mail",
            "first_name": "Vorname",
            "last_name": "Name",
            "birth_date": "Geburtsdatum",
            "created_at": "Angelegt am",
            "email_consent": "Newsletter",
        },
        "date_formats": [
            *("DD.MM.YY", "DD.MM.YY HH:mm", "DD.MM.YY HH:mm:ss"),
            *("DD.MM.YYYY", "DD.MM.YYYY HH:mm", "DD.MM.YYYY HH:mm:ss"),
        ],
        "words": {"email_consent": {"ja": "subscribed", "nein": "unsubscribed"}},
    }
    assert "# ? which time zone are the times in?" in text
    assert "# ? email_consent: what does vielleicht mean?" in text
    assert "kept, not used: Größe" in text
    assert "Geheim" not in text and "b.example" not in text


def test_what_sounds_like_a_no_is_asked_and_proposed(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "kunden.csv"
    path.write_text(
        "Kundennummer;E-Mail;Zweitmail;Werbesperre;Bounce am\n"
        "1;a@b.example;c@b.example;ja;\n2;d@b.example;;nein;2026-01-02\n"
    )
    entry, text = suggested(path, catalog)
    assert entry["headers"] == {"contact_id": "Kundennummer", "email": "E-Mail"}
    assert "# ? Zweitmail sounds like a second address: nothing reads it" in text
    assert "# ? Werbesperre sounds like a do-not-contact flag: does it say who may not" in text
    assert "# ? Bounce am sounds like a bounce: does it say who may not be mailed?" in text
    # what the comments propose is a mapping once somebody agrees
    agreed = text.replace("      # ? email_consent: W", "      email_consent: W")
    agreed = re.sub(r"# \? (words:|email_consent:|ja:)", r"\1", agreed)
    (entry,) = yaml.load(agreed, Loader=yaml.BaseLoader)["files"]
    assert entry["headers"]["email_consent"] == "Werbesperre"
    assert entry["words"] == {"email_consent": {"ja": "unsubscribed"}}
    assert "# ? nein: one of subscribed, unsubscribed, pending, never_subscribed" in text


def test_what_could_be_both_is_asked(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "auftraege.csv"
    path.write_text(
        "Belegnummer;Debitor;Belegdatum;Nettobetrag;Status\n"
        "1;7;01.02.2026;1.234;bezahlt\n2;8;03.04.2026;2.345;offen\n"
    )
    entry, text = suggested(path, catalog)
    assert entry["entity"] == "orders"
    assert entry["words"] == {"status": {"bezahlt": "paid", "offen": "pending"}}
    assert "date_order" not in entry and "decimal_mark" not in entry
    assert "day first or month first? Every date in ordered_at could be both" in text
    assert "a mark of thousands that stands in net_amount?" in text


@pytest.mark.parametrize(
    ("dates", "amounts", "expected"),
    [
        (
            ["13/02/2026", "01/02/2026"], ["1.234,50", "2"],
            {"date_order": "day_first", "decimal_mark": ","},
        ),
        (
            ["02/13/2026", "01/02/2026"], ["1,234.50", "2.345"],
            {"date_order": "month_first", "decimal_mark": "."},
        ),
        (["2026/02/13", "2026/01/02"], ["1.50", "2"], {"date_order": "year_first"}),
        (["2026-02-13", "2026-01-02"], ["1", "2"], {}),
        (["1700000000", "1700000001"], ["1", "2"], {"date_formats": ["epoch_seconds"]}),
        (["13/02/2026", "02/13/2026"], ["1,5", "1.5"], {}),
    ],
)  # fmt: skip
def test_what_values_settle(
    tmp_path: Path, catalog: Catalog, dates: list[str], amounts: list[str], expected: object
) -> None:
    path = tmp_path / "orders.csv"
    body = "".join(f"{n}|{d}|{a}\n" for n, (d, a) in enumerate(zip(dates, amounts, strict=True)))
    path.write_text("order_id|ordered_at|net_amount\n" + body)
    entry, text = suggested(path, catalog)
    found = {
        key: entry[key] for key in ("date_order", "date_formats", "decimal_mark") if key in entry
    }
    assert found == expected
    assert ("no date_order is right for all" in text) == (dates[0][:2] != dates[1][:2] == "02")
    assert entry["delimiter"] == "|"


def test_a_workbook_in_french_without_a_number_of_the_customer(
    tmp_path: Path, catalog: Catalog
) -> None:
    path = tmp_path / "clients.xlsx"
    table: dict[int, list[object]] = {
        1: ["Clients au 1er mai"],
        3: ["Prénom", "Nom", "Adresse e-mail", "Date de naissance", "Ville"],
        4: ["Zoé", "Secret", "z@b.example", day(29252), "Lyon"],
        5: ["Léa", "Secret", "l@b.example", day(29253), "Nice"],
    }
    write_workbook(path, {"Feuil1": rows(table)})
    entry, text = suggested(path, catalog)
    assert entry["header_row"] == "3"
    assert entry["headers"] == {
        "contact_id": "Adresse e-mail",
        "email": "Adresse e-mail",
        "first_name": "Prénom",
        "last_name": "Nom",
        "birth_date": "Date de naissance",
        "city": "Ville",
    }
    assert "no column of consent was found" in text and "Secret" not in text


def test_a_file_without_a_header_shows_no_value(tmp_path: Path, catalog: Catalog) -> None:
    path = tmp_path / "list.csv"
    path.write_text("7,anna@a.example,Anna\n8,ben@a.example,Ben\n")
    _, text = suggested(path, catalog)
    assert "is the header row missing?" in text
    assert not re.search("anna|ben", text, re.IGNORECASE)


def test_what_cannot_be_looked_at(tmp_path: Path, catalog: Catalog) -> None:
    (tmp_path / "a.pdf").write_text("x")
    (tmp_path / "b.csv").write_text("\n;;\n")
    for name, words in (("a.pdf", "files"), ("b.csv", "is empty"), ("c.csv", "cannot be read")):
        with pytest.raises(UserError, match=words):
            suggest(tmp_path / name, catalog, "generic")
    with pytest.raises(UserError, match="unknown system"):
        suggest(tmp_path / "b.csv", catalog, "generisch")


def test_words_are_those_of_staging(catalog: Catalog) -> None:
    """The words of the sources are the accepted ones; consent is suggested as staging reads it."""
    macros = (ROOT / "macros" / "staging" / "choices.sql").read_text(encoding="utf-8")

    def words_of(macro: str) -> list[str]:
        body = macros.split(f"macro {macro}()")[1].split("endmacro")[0]
        return re.findall(r"'([^']+)'", body)

    columns = {
        (table.name, column.name): column
        for table in catalog.systems["generic"]
        for column in table.columns
    }
    assert list(columns["contacts", "email_consent"].words) == words_of("email_consents")
    assert list(columns["campaigns", "campaign_type"].words) == words_of("campaign_types")
    assert list(columns["email_events", "event_type"].words) == words_of("email_event_types")
    assert list(columns["orders", "status"].words) == words_of("order_statuses")
    read = words_of("consent_words")
    starts = [read.index(word) for word in WORDS["email_consent"]]
    for (target, words), begin, end in zip(
        WORDS["email_consent"].items(), starts, [*starts[1:], len(read)], strict=True
    ):
        assert set(words.split(", ")) <= set(read[begin:end]), target
    assert {name for _, name in columns} >= set(HEADERS)
