"""`winback explain` on a database made by hand: who is meant, what is said, what is refused."""

import json
import re
from collections.abc import Callable
from pathlib import Path

import duckdb
import pytest
from typer.testing import CliRunner

from winback.cli import app
from winback.errors import UserError

TABLES = """
    create table dim_contacts as select 'c1' as contact_id, 'ann@new.example' as email;
    create table dim_contact_addresses as select * from (values
        ('ann@new.example', 'c1'), ('ann@old.example', 'c1'), ('gone@old.example', null)
    ) as addresses (email, contact_id);
    create table segment_tree as select * from (values
        ('vip', 'VIP', 'Les VIP', null, false),
        ('active', 'Active', 'Actifs', 1, true),
        ('lost', 'Lost', 'Perdus', 1, true)
    ) as segments (segment, label, label_fr, level, is_exclusive)
    cross join (values
        (date '2026-04-30'), (date '2026-05-31'), (date '2026-06-30')
    ) as dates (as_of_date);
    create table segment_history as select * from (values
        ('c1', date '2026-04-30', false, true, false),
        ('c1', date '2026-05-31', true, true, false),
        ('c1', date '2026-06-30', true, true, false)
    ) as history (contact_id, as_of_date, vip, active, lost);
    create table segment_explanations as select * from (values
        ('vip', 1, 'where.all[0]', 'field', false, 'revenue is more than 500',
            'le chiffre d''affaires dépasse 500', 'revenue_365d', null, 'gt', '500', '812.5', true,
            true, null, null, false),
        ('vip', 2, 'where.all[1].not', 'segment', true, 'is in “Lost”', 'est dans « Perdus »', null,
            'lost', 'eq', 'true', 'false', false, true, null, null, null),
        ('active', 3, 'where', 'field', false, 'time is at most 90 days', 'le temps est court',
            'days_since_last_engagement', null, 'lte', '90', '12', true, true,
            date '2026-09-17', '2026-09-17', true),
        ('lost', 4, 'exclusive.active', 'earlier_sibling', false, 'is not taken by “Active”',
            'n''est pas dans « Actifs »', null, 'active', 'eq', 'false', 'true', false, false, null,
            null, null),
        ('lost', 5, 'otherwise', 'otherwise', false, 'takes all', 'prend tout', null, null, null,
            null, null, true, false, null, null, true)
    ) as leaves (
        segment, leaf_number, leaf_path, kind, is_negated, sentence, sentence_fr, field,
        referenced_segment, operator, threshold, actual_value, is_true, is_in_segment, flips_on,
        flip_dates, is_foreseeable
    )
    cross join (values ('c1', date '2026-05-31'), ('c1', date '2026-06-30'))
        as days (contact_id, as_of_date);
    alter table segment_explanations add column is_decisive boolean;
    update segment_explanations set is_decisive = is_in_segment or not is_true;
"""

Explain = Callable[..., str]


@pytest.fixture(scope="module")
def database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("explain") / "made.duckdb"
    with duckdb.connect(str(path)) as connection:
        connection.execute(TABLES)
    # whoever explains may not be allowed to write
    path.chmod(0o444)
    return path


@pytest.fixture
def explain(database: Path, monkeypatch: pytest.MonkeyPatch) -> Explain:
    monkeypatch.setenv("COLUMNS", "200")

    def call(*arguments: str, of: Path = database) -> str:
        result = CliRunner().invoke(
            app, ["explain", *arguments, "--database", str(of)], catch_exceptions=True
        )
        if result.exception is not None:
            raise result.exception
        return result.output

    return call


def _lines(output: str) -> list[str]:
    return [re.sub(r"^[\s│├└─]+", "", line) for line in output.splitlines()]


def test_the_tree_comes_first_and_the_rule_is_a_tree(explain: Explain) -> None:
    assert _lines(explain("c1")) == [
        "Contact c1, 2026-06-30",
        "✓ active  Active · in since 2026-04-30 or before ·"
        " leaves on 2026-09-17 if nothing happens",
        "✓ time is at most 90 days · found 12 · turns on 2026-09-17 ← decides",
        "✓ vip  VIP · in since 2026-05-31 · leaves on 2026-09-17 at the latest if nothing happens;"
        " depends on: revenue is more than 500",
        "✓ all of",
        "✓ revenue is more than 500 · found 812.5 ← decides",
        "✓ not",
        "✗ is in “Lost” ← decides",
        "✗ is not taken by “Active” ← decides",
        "✓ takes all",
    ]


def test_a_segment_she_is_not_in_opens_what_shuts_her_out(explain: Explain) -> None:
    assert _lines(explain("c1", "--segment", "lost")) == [
        "Contact c1, 2026-06-30",
        "✗ lost  Lost · not in it · enters on 2026-09-17 if nothing happens",
        "✗ is not taken by “Active” ← decides",
        "✓ time is at most 90 days · found 12 · turns on 2026-09-17 ← decides",
        "✓ takes all",
    ]


def test_french(explain: Explain) -> None:
    lines = _lines(explain("c1", "--segment", "vip", "--lang", "fr"))
    assert lines[1].startswith("✓ vip  Les VIP · dedans depuis le 2026-05-31 · sort le 2026-09-17")
    assert "✓ le chiffre d'affaires dépasse 500 · trouvé : 812.5 ← décisif" in lines


def test_an_earlier_date(explain: Explain) -> None:
    assert "vip  VIP · in since 2026-05-31" in explain("c1", "--as-of", "2026-05-31")


@pytest.mark.parametrize("person", ["ann@new.example", " Ann <ANN@Old.example> "])
def test_an_address_she_has_or_had(explain: Explain, person: str) -> None:
    output = explain(person)
    assert output.startswith("Contact c1")
    assert "@" not in output


def test_json_holds_the_rows(explain: Explain) -> None:
    found = json.loads(explain("ann@old.example", "--json", "--segment", "vip"))
    (vip,) = found.pop("segments")
    assert found == {"contact_id": "c1", "as_of_date": "2026-06-30"}
    assert (vip["name"], vip["entered_on"]) == ("vip", "2026-05-31")
    assert (vip["changes_on"], vip["certainty"]) == ("2026-09-17", "latest")
    assert vip["depends_on"] == [["vip", "where.all[0]"]]
    assert [leaf["leaf_path"] for leaf in vip["leaves"]] == ["where.all[0]", "where.all[1].not"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["who@nowhere.example"], "no contact with this address"),
        (["gone@old.example"], "only on a suppression list"),
        (["somebody else"], "no contact with this contact_id"),
        (
            ["c1", "--segment", "vips"],
            "unknown segment; did you mean vip? accepted: active, lost, vip",
        ),
        (["c1", "--segment", "zzz"], "unknown segment; accepted: active, lost, vip"),
        (["c1", "--as-of", "2026-06-01"], "kept dates: 2026-06-30, 2026-05-31, 2026-04-30"),
        (["c1", "--as-of", "2026-04-30"], "contact c1 was not known on 2026-04-30"),
        (["c1", "--lang", "de"], "accepted: en, fr"),
    ],
)
def test_what_is_refused(explain: Explain, arguments: list[str], message: str) -> None:
    with pytest.raises(UserError, match=re.escape(message)) as refused:
        explain(*arguments)
    assert "\n" not in str(refused.value)
    for word in ("who@", "gone@", "somebody"):
        assert word not in str(refused.value)


def test_a_database_that_was_never_built(explain: Explain, tmp_path: Path) -> None:
    with pytest.raises(UserError, match="run `winback run` first"):
        explain("c1", of=tmp_path / "none.duckdb")
    empty = tmp_path / "empty.duckdb"
    duckdb.connect(str(empty)).close()
    with pytest.raises(UserError, match="holds no dim_contact_addresses"):
        explain("c1", of=empty)
