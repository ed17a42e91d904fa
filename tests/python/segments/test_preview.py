"""`winback preview` and `winback segments list`, on people counted by hand."""

import hashlib
import json
from pathlib import Path
from typing import Any

import duckdb
import pytest

from winback.errors import UserError
from winback.segments.printed import sparkline
from winback.segments.warehouse import open_warehouse

from .small_project import Project, make_project

RULES: list[dict[str, Any]] = [
    {
        "name": "idle",
        "label": {"en": "Idle"},
        "level": 1,
        "exclusive": True,
        "where": {"field": "is_inactive", "eq": True},
    },
    {"name": "rest", "level": 1, "otherwise": True},
    {"name": "paris", "where": {"field": "city", "in": ["Paris"]}},
    {"name": "french", "label": "FR", "where": {"field": "country_code", "eq": "FR"}},
    {"name": "nobody", "where": {"field": "age", "gt": 150}},
]


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = make_project(tmp_path_factory.mktemp("preview") / "winback")
    made.fill()
    made.write(RULES)
    return made


def previewed(project: Project, *arguments: object) -> Any:
    code, printed = project.winback("preview", *arguments, "--json")
    assert code == 0, printed
    return json.loads(printed)


def test_sizes_now_and_before(project: Project) -> None:
    (found,) = previewed(project, "french")
    assert found["now"] == {
        "as_of_date": "2026-06-30",
        "contacts": 3,
        "mailable_contacts": 2,
        "revenue_365d": 940.0,
        "all_contacts": 8,
        "share_of_contacts": 3 / 8,
        "mailable_share": 2 / 3,
    }
    (rest,) = previewed(project, "rest")
    sizes = [(day["as_of_date"], day["contacts"], day["all_contacts"]) for day in rest["dates"]]
    assert sizes == [("2026-05-31", 5, 7), ("2026-06-30", 6, 8)]


def test_overlaps_largest_first(project: Project) -> None:
    (found,) = previewed(project, "french")
    assert [tuple(overlap.values()) for overlap in found["overlaps"]] == [
        ("paris", 2, 2 / 3, 2 / 3),
        ("rest", 2, 2 / 3, 2 / 7),
        ("idle", 1, 1 / 3, 1 / 4),
        ("nobody", 0, 0.0, 0.0),
    ]


def test_an_earlier_date(project: Project) -> None:
    (found,) = previewed(project, "rest", "--as-of", "2026-05-31")
    assert (found["now"]["as_of_date"], found["now"]["contacts"]) == ("2026-05-31", 5)
    assert "c07" not in found["sample"]
    code, printed = project.winback("preview", "rest", "--as-of", "2026-06-01")
    assert code == 1
    assert "not a date that is built; accepted: 2026-05-31, 2026-06-30" in printed


def test_a_segment_without_anybody(project: Project) -> None:
    (found,) = previewed(project, "nobody")
    assert found["now"]["contacts"] == 0
    assert found["now"]["mailable_share"] is None
    assert found["sample"] == []
    code, printed = project.winback("preview", "nobody")
    assert code == 0
    assert "0 contacts, 0.0% of 8; 0 mailable (-)" in printed


def test_counts_that_are_not_built(project: Project, tmp_path: Path) -> None:
    rules = tmp_path / "new.yml"
    rules.write_text("{name: keen, where: {event: click, gte: 2, within_days: 45}}")
    for as_of, members in (("2026-06-30", ["c01"]), ("2026-05-31", ["c05"])):
        (found,) = previewed(project, "--file", rules, "--as-of", as_of)
        assert found["sample"] == members, as_of


def test_the_sample_is_the_same_each_time(project: Project) -> None:
    (all_of_them,) = previewed(project, "rest", "--sample", "50")
    assert sorted(all_of_them["sample"]) == ["c01", "c02", "c04", "c06", "c07", "c08"]
    (two,) = previewed(project, "rest", "--sample", "2")
    assert two["sample"] == all_of_them["sample"][:2]
    (none,) = previewed(project, "rest", "--sample", "0")
    assert none["sample"] == []


def test_what_people_read(project: Project) -> None:
    code, printed = project.winback("preview", "french")
    assert code == 0
    assert "3 contacts, 37.5% of 8; 2 mailable (66.7%); 940 EUR of revenue in 365 days" in printed
    assert "Nobody in common with nobody" in printed
    assert "Some of them: c0" in printed


def test_a_file_may_speak_of_others_and_replace_one(project: Project, tmp_path: Path) -> None:
    rules = tmp_path / "new.yml"
    rules.write_text(
        "- {name: new, where: {all: [{segment: french}, {segment: rest}]}}\n"
        "- {name: rest, level: 1, exclusive: true, where: {field: age, lt: 30}}\n"
    )
    new, rest = previewed(project, "--file", rules)
    assert (new["segment"], new["now"]["contacts"]) == ("new", 1)
    assert rest["now"]["contacts"] == 2


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("a.yml", "field: age\nlt: 30\n"),
        ("a.yml", "where: {field: age, lt: 30}\n"),
        ("a.yml", "name: young\nwhere: {field: age, lt: 30}\n"),
        ("a.yml", "segments:\n- name: young\n  where: {field: age, lt: 30}\n"),
        ("a.json", '[{"name": "young", "where": {"field": "age", "lt": 30}}]'),
        ("a.csv", 'name,where\nyoung,"{""field"": ""age"", ""lt"": 30}"\n'),
    ],
)
def test_ways_to_write_a_rule(project: Project, name: str, text: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text(text)
    (found,) = previewed(project, "--file", tmp_path / name)
    assert found["now"]["contacts"] == 2


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("{name: a, where: {field: ages, gt: 3}}", "a.where.field: unknown field 'ages'"),
        (
            "[{name: a, where: {field: age, gt: 3}}, {where: {field: age, gt: 3}}]",
            "a name expected",
        ),
        ("[{name: a}, {name: a}]", "a name is there twice"),
        ("[1]", "a segment, a list of segments or a condition expected"),
    ],
)
def test_mistakes_in_a_file(project: Project, text: str, message: str, tmp_path: Path) -> None:
    (tmp_path / "a.yml").write_text(text)
    code, printed = project.winback("preview", "--file", tmp_path / "a.yml")
    assert code == 1
    assert message in printed


def test_a_template_in_a_rule_is_the_text_that_it_is(project: Project, tmp_path: Path) -> None:
    rule = "{name: a, label: '{{ env_var(1) }}', where: {field: city, ne: \"{{ 1/0 }}\"}}"
    (tmp_path / "a.yml").write_text(rule)
    (found,) = previewed(project, "--file", tmp_path / "a.yml")
    assert found["now"]["contacts"] == 6


def test_arguments_that_do_not_fit(project: Project) -> None:
    assert "no segment vips; accepted: idle, rest, paris" in project.winback("preview", "vips")[1]
    given = project.winback("preview", str(project.folder / "dbt_project.yml"))[1]
    assert "dbt_project.yml is a file: give it by --file" in given
    assert "no segment pari; did you mean paris? accepted" in project.winback("preview", "pari")[1]
    assert "give the name of a segment, or --file" in project.winback("preview")[1]


def test_nothing_is_written(project: Project) -> None:
    def state() -> dict[Path, str]:
        return {
            path: hashlib.sha256(path.read_bytes()).hexdigest()
            for path in project.folder.parent.rglob("*")
            if path.is_file()
        }

    before = state()
    project.write([*RULES, {"name": "fresh", "where": {"field": "age", "lt": 21}}])
    changed = state()
    assert previewed(project, "fresh")[0]["now"]["contacts"] == 1
    assert state() == changed != before
    project.write(RULES)
    assert state() == before


def test_databases_that_cannot_be_read(project: Project, tmp_path: Path) -> None:
    def told(path: Path) -> str:
        with (
            pytest.raises(UserError) as error,
            open_warehouse(path, "int_contact_features") as connection,
        ):
            connection.execute("select contact_id from int_contact_features")
        return str(error.value)

    assert "run `winback run` first" in told(tmp_path / "none.duckdb")
    (tmp_path / "text.duckdb").write_text("no database" * 1000)
    assert "cannot be opened as a DuckDB file" in told(tmp_path / "text.duckdb")
    with duckdb.connect(str(tmp_path / "empty.duckdb")):
        pass
    assert "holds no int_contact_features: run `winback run` on it first" in told(
        tmp_path / "empty.duckdb"
    )


def test_errors_about_values_do_not_quote_them(project: Project) -> None:
    with (
        pytest.raises(UserError) as error,
        open_warehouse(project.database) as connection,
    ):
        connection.execute("select city::int from int_contact_features")
    assert "ConversionException" in str(error.value)
    assert "Paris" not in str(error.value)


def test_list_without_and_with_a_database(project: Project, tmp_path: Path) -> None:
    code, printed = project.winback("segments", "list", "--database", tmp_path / "none.duckdb")
    assert code == 0
    assert "Without sizes: no database at" in printed
    assert "idle · Idle · level 1\n" in printed
    with duckdb.connect(str(tmp_path / "built.duckdb")) as connection:
        connection.execute(
            "create table segment_tree as select 'idle' as segment, 1234::bigint as contacts,"
            " 0.25 as share_of_contacts, date '2026-06-30' as as_of_date, true as is_current"
        )
    command = ("segments", "list", "--database", tmp_path / "built.duckdb")
    code, printed = project.winback(*command)
    assert "idle · Idle · level 1 · 1,234 contacts (25.0%)" in printed
    assert printed.index("rest · rest") < printed.index("audiences") < printed.index("paris")
    found = json.loads(project.winback(*command, "--json")[1])
    assert found["as_of_date"] == "2026-06-30"
    assert [segment["contacts"] for segment in found["segments"]] == [1234, None, None, None, None]
    assert found["segments"][3]["label_fr"] == "FR"


def test_sparkline() -> None:
    assert sparkline([0, 5, 10]) == "▁▅█"
    assert sparkline([0, 0]) == "▁▁"
    assert sparkline([]) == ""
