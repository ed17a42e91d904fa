"""The models that rules are written as: they say what the query says, and texts stay texts."""

import random
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
import yaml

from winback.errors import UserError
from winback.segments.compiled import Compiled
from winback.segments.dialects import RESERVED_WORDS, Warehouse
from winback.segments.generated import (
    FOLDER,
    compile_project,
    generated_files,
    stale_files,
)

from .compiler import FIELDS, ROOT, compile_rules
from .events import warehouse
from .small_project import Project, make_project
from .test_random_rules import SCHEMA, random_events, random_people, random_rules

TIMEZONE = "America/Los_Angeles"
AWKWARD = [
    "{{ env_var('HOME') }}",
    "{% set x = 1 %}{# no #}",
    "it's \\ a 'text'\nof two lines }} %}",
    '"}} or {{ 1 / 0 }}"',
    "'}} {{ 1 / 0 }} {{ '",
]


def rendered(model: str, timezone: str = "UTC") -> str:
    """A model as dbt renders it for DuckDB, with what its macros give there."""
    dialect = Warehouse(timezone, "EUR", frozenset())
    adapter = type("Adapter", (), {"quote": staticmethod(dialect.name)})
    context: dict[str, Any] = {
        "ref": str,
        "adapter": adapter,
        "quoted_text": dialect.text,
        "local_date": dialect.day,
        "days_between": dialect.days_between,
        "days_after": dialect.days_after,
        "slice_date": lambda: "date '2026-06-30'",
        "config": lambda **_: "",
        "after_gate": lambda _: "",
        "var": {"currency": "EUR"}.__getitem__,
        "dbt": type("Dbt", (), {"type_string": staticmethod(lambda: "varchar")}),
        "fitted_fields": lambda *given: dialect.fitted(*given, is_optional=True),
    }
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    return environment.from_string(model).render(context)


def models_of(compiled: Compiled, timezone: str = "UTC") -> dict[str, str]:
    assert compiled.errors == []
    files = generated_files(compiled, {})
    return {
        path.stem: rendered(text, timezone) for path, text in files.items() if path.suffix == ".sql"
    }


def build(connection: duckdb.DuckDBPyConnection, models: Mapping[str, str], *names: str) -> None:
    for name in names:
        connection.execute(f"create table {name} as {models[name]}")


def test_the_models_say_what_the_query_says() -> None:
    draw = random.Random(11)
    rules = random_rules(draw, 60)
    people = random_people(draw)[:500]
    events = {person["contact_id"]: random_events(draw) for person in people}
    kept = {"is_current": True, "is_mailable": True}
    schema = SCHEMA
    for name in kept:
        schema = schema.append(schema.field("is_inactive").with_name(name))
    (compiled,) = compile_rules([rules], timezone=TIMEZONE)
    models = models_of(compiled, TIMEZONE)
    with warehouse([person | kept for person in people], schema, events) as connection:
        build(
            connection,
            models,
            *("int_contact_activity__campaigns", "int_contact_event_counts", "segment_inputs"),
            *("segment_flags", "segment_membership_history", "segment_definitions"),
        )
        flags = connection.execute("select * from segment_flags order by 1").fetchall()
        query = connection.execute(f"{compiled.query()} order by 1").fetchall()
        assert flags == query
        names = [rule["name"] for rule in rules]
        held = {
            (row[0], name)
            for row in flags
            for name, is_in in zip(names, row[5:], strict=True)
            if is_in
        }
        history = connection.execute("select contact_id, segment from segment_membership_history")
        assert set(history.fetchall()) == held
        assert connection.execute(
            "select segment from segment_definitions order by position"
        ).fetchall() == [(name,) for name in names]


def test_texts_stay_what_they_are() -> None:
    rules = [
        {
            "name": f"s{number}",
            "label": {"en": text, "fr": text},
            "description": text,
            "where": {"any": [{"field": "city", "eq": text}, {"field": "city", "contains": text}]},
            "expect": {"contacts": [0, None]},
        }
        for number, text in enumerate(AWKWARD)
    ]
    (compiled,) = compile_rules([rules])
    models = models_of(compiled)
    connection = duckdb.connect()
    known = ("city", "contact_id", "as_of_date")
    columns = ", ".join(f"null as {name}" for name in FIELDS if name not in known)
    values = ", ".join(f"({Warehouse('UTC', '', frozenset()).text(text)})" for text in AWKWARD)
    connection.execute(
        f"create table int_contact_features as select city as contact_id, city, {columns},"
        " date '2026-06-30' as as_of_date, true as is_current, true as is_mailable"
        f" from (values {values}) as cities (city)"
    )
    build(connection, models, "segment_inputs", "segment_flags", "segment_definitions")
    build(connection, models, "segment_membership_history", "segment_expectations")
    connection.execute("create table segment_history as from segment_flags")
    build(connection, models, "segment_explanations")
    named = {f"s{number}": text for number, text in enumerate(AWKWARD)}
    for query in (
        "select segment, label from segment_definitions",
        "select segment, label from segment_expectations",
        "select segment, contact_id from segment_membership_history",
    ):
        assert dict(connection.execute(query).fetchall()) == named, query
    sentences = connection.execute(
        "select distinct segment, sentence from segment_explanations where operator = 'eq'"
    )
    assert dict(sentences.fetchall()) == {name: f"city is “{text}”" for name, text in named.items()}


def test_descriptions_are_written_so_that_dbt_shows_them() -> None:
    (compiled,) = compile_rules(
        [[{"name": "vip", "label": "VIP", "description": AWKWARD[0], "where": YOUNG}]]
    )
    text = generated_files(compiled, {})[FOLDER / "_segment_flags__models.yml"]
    model = yaml.safe_load(text)["models"][0]
    column = model["columns"][-1]
    assert column["name"] == "vip"
    assert jinja2.Template(column["description"]).render() == f"VIP: {AWKWARD[0]}"
    assert model["config"]["meta"]["asks"] == ["age"]


YOUNG = {"field": "age", "lt": 35}


def test_no_rules_are_models_without_rows() -> None:
    (compiled,) = compile_rules([[]])
    models = models_of(compiled)
    connection = duckdb.connect()
    columns = ", ".join(f"null as {name}" for name in FIELDS)
    connection.execute(
        f"create table int_contact_features as select {columns}, true as is_current,"
        " true as is_mailable"
    )
    build(connection, models, "segment_inputs", "segment_flags", "segment_definitions")
    build(connection, models, "segment_membership_history", "segment_expectations")
    connection.execute("create table segment_history as from segment_flags")
    build(connection, models, "segment_explanations")
    for name in ("segment_membership_history", "segment_definitions", "segment_explanations"):
        assert connection.execute(f"from {name}").fetchall() == []
    assert len(connection.execute("from segment_flags").fetchall()) == 1


def test_words_that_need_quotes_are_those_of_the_engine() -> None:
    rows = duckdb.execute(
        "select keyword_name from duckdb_keywords()"
        " where keyword_category in ('reserved', 'type_function')"
    ).fetchall()
    assert {word for (word,) in rows} == RESERVED_WORDS


def test_what_is_committed_is_what_the_shipped_rules_come_to() -> None:
    assert stale_files(ROOT, {}) == []


@pytest.fixture
def project(tmp_path: Path) -> Project:
    made = make_project(tmp_path / "winback")
    made.write([{"name": "young", "where": YOUNG}])
    return made


def test_only_what_changed_is_written(project: Project) -> None:
    first = compile_project(project.folder, {})
    assert {path.name for path in first} >= {"segment_flags.sql", "segment_explanations.sql"}
    assert compile_project(project.folder, {}) == []
    project.write([{"name": "young", "label": "Young", "where": YOUNG}])
    code, printed = project.winback("segments", "compile", "--check")
    assert code == 1
    assert "run `winback segments compile`" in printed
    written = {path.name for path in compile_project(project.folder, {})}
    # nobody's membership can have changed
    assert "segment_membership_history.sql" not in written
    assert {"segment_flags.sql", "segment_definitions.sql"} <= written
    flags = project.folder / FOLDER / "segment_flags.sql"
    flags.write_text(flags.read_text().replace("age < 35", "age < 36"))
    assert [path.name for path in stale_files(project.folder, {})] == ["segment_flags.sql"]
    assert project.winback("segments", "compile") == (0, f"wrote {FOLDER}/segment_flags.sql\n")
    assert "age < 35" in flags.read_text()
    assert project.winback("segments", "compile", "--check") == (0, "")


def test_mistakes_are_told_and_nothing_is_written(project: Project) -> None:
    compile_project(project.folder, {})
    project.write([{"name": "young", "where": {"field": "ages", "lt": 35}}])
    with pytest.raises(
        UserError, match=r"1 mistake in the segment rules \(segments/\):\n  - young"
    ):
        compile_project(project.folder, {})
