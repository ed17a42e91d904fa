"""`winback segments lint`, and `import` where rules do not compile."""

import json
from pathlib import Path
from typing import Any

import pytest

from winback.segments.lint import HINT, WARNING, remarks_on
from winback.segments.rules import read_project_rules
from winback.segments.vocabulary import Column, read_vocabulary

from .small_project import Project, make_project

ROOT = Path(__file__).parents[3]
COLUMNS = {
    "age": Column(is_whole=True, may_be_null=True),
    "score": Column(is_whole=False, may_be_null=True),
    "city": Column(is_whole=False, may_be_null=True),
    "contact_id": Column(is_whole=False, may_be_null=False),
}


def leaf(field: str, **operator: Any) -> dict[str, Any]:
    return {"field": field, **operator}


def both(*parts: Any) -> dict[str, Any]:
    return {"all": list(parts)}


def either(*parts: Any) -> dict[str, Any]:
    return {"any": list(parts)}


def named(name: str, where: Any, **keys: Any) -> dict[str, Any]:
    texts = {"label": {"en": "x", "fr": "x"}, "description": "x"}
    return {"name": name, **texts, "where": where, **keys}


def click(days: int = 30, **operator: Any) -> dict[str, Any]:
    return {"event": "click", "within_days": days, **operator}


IMPOSSIBLE = {
    "two ends": both(leaf("age", lt=18), leaf("age", gt=30)),
    "no whole number between": both(leaf("age", gt=30), leaf("age", lt=31)),
    "touching ends": both(leaf("score", gt=30), leaf("score", lte=30)),
    "inside of outside": both(leaf("age", between=[1, 5]), {"not": leaf("age", gte=0)}),
    "two cities": both(leaf("city", eq="Paris"), leaf("city", eq="Lyon")),
    "none of the list": both(leaf("city", **{"in": ["A", "B"]}), leaf("city", not_in=["B", "A"])),
    "a city that does not start so": both(leaf("city", eq="Paris"), leaf("city", starts_with="L")),
    "null and a value": both(leaf("age", is_null=True), leaf("age", gt=3)),
    "never null and null": both(leaf("age", is_null=True), leaf("age", is_null=False)),
    "days": both(leaf("since", lt="2026-01-01"), leaf("since", gte="2026-01-01")),
    "moments": both(leaf("at", lt="2026-01-01 10:00:00"), leaf("at", gt="2026-01-01 10:00:00")),
    "ages of days": both(leaf("at", within_days=30), leaf("at", older_than_days=30)),
    "itself and its opposite": both(
        leaf("city", contains="P"), {"not": leaf("city", contains="P")}
    ),
    "true and false": both(leaf("is_new", eq=True), leaf("is_new", eq=False)),
    "any of impossible": either(
        both(leaf("age", lt=1), leaf("age", gt=2)), both(leaf("age", lt=3), leaf("age", gt=4))
    ),
    "less than no event": click(lt=0),
    "events": both(click(gte=3), click(eq=0)),
    "a segment and its opposite": both({"segment": "base"}, {"not": {"segment": "base"}}),
    "against the rule of a segment": both({"segment": "base"}, leaf("age", gt=60)),
}
POSSIBLE = {
    "a number between": both(leaf("score", gt=30), leaf("score", lt=31)),
    "touching ends": both(leaf("score", gte=30), leaf("score", lte=30)),
    "missing counts": both(leaf("age", lt=18, missing=True), leaf("age", gt=30, missing=True)),
    "not of a leaf takes null": both({"not": leaf("age", lt=18)}, {"not": leaf("age", gte=18)}),
    "another city": both(leaf("city", ne="Paris"), leaf("city", ne="Lyon")),
    "contains both": both(leaf("city", contains="a"), leaf("city", contains="b")),
    "named and starts": both(
        leaf("city", **{"in": ["Paris", "Lyon"]}), leaf("city", starts_with="L")
    ),
    "two windows": both(click(gte=3), click(90, eq=3)),
    "half an open": both(click(gt=0), click(lt=1)),
    "a day and a moment of it": both(
        leaf("at", lte="2026-01-01"), leaf("at", gt="2026-01-01 12:00")
    ),
    "a day that ends later elsewhere": both(
        leaf("at", lte="2026-01-01"), leaf("at", gt="2026-01-02 03:00")
    ),
    "days and age": both(leaf("at", within_days=30), leaf("at", lt="2020-01-01")),
    "one of two": either(both(leaf("age", lt=1), leaf("age", gt=2)), leaf("age", gt=3)),
    "sql": both({"sql": "age > 3"}, {"sql": "age < 3"}),
    "outside a segment": both({"not": {"segment": "base"}}, leaf("age", lt=10)),
    "null": both(leaf("age", is_null=True), {"not": leaf("age", gt=3)}),
    "the last day": both(leaf("at", within_days=1), {"not": leaf("at", older_than_days=1)}),
    "too many clauses": both(*(either(leaf("age", gt=n), leaf("age", lt=n)) for n in range(12))),
}
BASE = named("base", leaf("age", between=[18, 60]))


@pytest.mark.parametrize("where", IMPOSSIBLE.values(), ids=IMPOSSIBLE)
def test_rules_that_can_never_match(where: Any) -> None:
    found = remarks_on([BASE, named("vip", where)], COLUMNS)
    assert [r.message for r in found if r.kind == WARNING] == [
        "vip can never match: its conditions exclude each other"
    ]


@pytest.mark.parametrize("where", POSSIBLE.values(), ids=POSSIBLE)
def test_rules_that_may_match(where: Any) -> None:
    found = remarks_on([BASE, named("vip", where)], COLUMNS)
    assert [r.message for r in found if r.kind == WARNING] == []


def level(name: str, where: Any, **keys: Any) -> dict[str, Any]:
    return named(name, where, level=1, exclusive=True, **keys)


@pytest.mark.parametrize(
    ("rules", "message"),
    [
        (
            [level("a", leaf("age", lt=18)), level("b", leaf("age", lt=18))],
            "b can never be reached: a, which is tried before it, has the same rule",
        ),
        (
            [level("a", leaf("age", lt=18)), level("b", leaf("age", lt=10))],
            "b can never be reached: whoever it fits is taken by a, which is tried before it",
        ),
        (
            [
                level("a", leaf("age", lt=18)),
                level("b", leaf("age", gte=18)),
                level("c", leaf("age", between=[5, 60])),
            ],
            "c can never be reached: whoever it fits is taken by a or b, which are tried before it",
        ),
        (
            [
                level("a", leaf("age", lt=18)),
                named("b", leaf("age", gt=30), level=2, parent="a"),
            ],
            "b can never match: its rule excludes that of its parent a",
        ),
        (
            [
                level("a", leaf("age", lt=18)),
                level("b", leaf("city", eq="X")),
                named("c", both({"segment": "a"}, {"segment": "b"})),
            ],
            "c can never match: its conditions exclude each other",
        ),
        (
            [
                named("a", both(leaf("age", gt=1), leaf("city", **{"in": ["A", "B"]}))),
                named(
                    "b",
                    both(leaf("city", **{"in": ["B", "A"]}), {"not": {"not": leaf("age", gt=1)}}),
                ),
            ],
            "b has the same rule as a: keep one, or let one say {segment: a}",
        ),
    ],
)
def test_segments_beside_others(rules: list[Any], message: str) -> None:
    assert [r.message for r in remarks_on(rules, COLUMNS)] == [message]


def test_siblings_that_are_reached() -> None:
    rules = [
        level("a", leaf("age", lt=18)),
        level("b", leaf("age", lt=19)),
        level("c", {"not": leaf("age", gte=18)}),  # those of unknown age are left
        named("d", leaf("age", lt=18)) | {"level": 1},
    ]
    assert [r.message for r in remarks_on(rules, COLUMNS) if r.kind == WARNING] == []


def test_texts_that_are_missing() -> None:
    rules = [
        {"name": "a", "where": leaf("age", gt=3)},
        named("b", leaf("age", gt=4), label={"en": "B"}, description=" "),
        named("c", leaf("age", gt=5), label="C"),
    ]
    assert [r.message for r in remarks_on(rules, COLUMNS)] == [
        "a has no label: tools show its name",
        "a has no description: say in a sentence who is in it",
        "b has no French label: the English one is shown instead",
        "b has no description: say in a sentence who is in it",
    ]


def test_who_is_unknown_is_said() -> None:
    where = both(
        leaf("city", ne="Z"),
        {"not": either(leaf("age", lt=18), leaf("city", not_in=["X"]), leaf("age", is_null=True))},
        leaf("city", not_in=["Y"], missing=False),
        leaf("contact_id", ne="c1"),
        leaf("age", lt=90),
        {"not": {"not": leaf("age", gt=2)}},
    )
    found = remarks_on([named("a", where)], COLUMNS)
    assert {r.kind for r in found} == {HINT}
    assert [r.message.split(";")[0] for r in found] == [
        "a.where.all[0]: contacts whose city is unknown are left out",
        "a.where.all[1].not.any[0]: contacts whose age is unknown are taken in",
        "a.where.all[1].not.any[1]: contacts whose city is unknown are taken in",
    ]


def test_nothing_is_said_of_the_shipped_rules() -> None:
    custom = {"custom_fields": [{"name": "tier", "type": "integer"}]}
    columns = read_vocabulary(ROOT, custom).columns
    assert columns["age"] == Column(is_whole=True, may_be_null=True)
    assert columns["is_mailable"] == Column(is_whole=False, may_be_null=False)
    assert columns["tier"] == Column(is_whole=True, may_be_null=True)
    assert remarks_on(read_project_rules(ROOT), columns) == []


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    return make_project(tmp_path_factory.mktemp("lint") / "winback")


GOOD = [
    named("kids", leaf("age", lt=18)),
    named("none", both(leaf("age", lt=18), leaf("age", gt=30))),
]
BAD = [
    named("a", leaf("ages", gt=3)),
    named("b", leaf("age", gt="3")),
    named("c", leaf("age", gt=3), label={"en": ""}),
]


def state(project: Project) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in project.rules_folder.iterdir()}


def test_all_mistakes_at_once(project: Project) -> None:
    project.write(BAD)
    code, printed = project.winback("segments", "lint")
    assert code == 1
    assert "mistake  a.where.field: unknown field 'ages'" in printed
    assert "mistake  b.where.gt: a number expected, found '3'" in printed
    assert "mistake  c.label.en: text expected, found ''" in printed
    assert "segments/: 3 segments, 3 mistakes, 0 warnings, 0 hints" in printed


def test_warnings_do_not_stop_unless_asked(project: Project, tmp_path: Path) -> None:
    project.write(GOOD)
    code, printed = project.winback("segments", "lint")
    assert code == 0
    assert "warning  none can never match: its conditions exclude each other" in printed
    assert "2 segments, 0 mistakes, 1 warning, 0 hints" in printed
    assert project.winback("segments", "lint", "--strict")[0] == 1
    code, printed = project.winback("segments", "lint", "--json")
    assert (code, json.loads(printed)["remarks"][0]["segment"]) == (0, "none")
    (tmp_path / "other.json").write_text(json.dumps(GOOD[:1]))
    code, printed = project.winback(
        "segments", "lint", "--file", tmp_path / "other.json", "--strict"
    )
    assert (code, printed) == (0, "other.json: 1 segment, 0 mistakes, 0 warnings, 0 hints\n")


def test_a_file_may_name_segments_of_the_project(project: Project, tmp_path: Path) -> None:
    project.write(GOOD)
    (tmp_path / "more.yml").write_text(
        "{name: more, label: {en: x, fr: x}, description: x,"
        " where: {all: [{segment: kids}, {field: age, gt: 20}]}}"
    )
    code, printed = project.winback("segments", "lint", "--file", tmp_path / "more.yml")
    assert code == 0, printed
    assert printed == (
        "warning  more can never match: its conditions exclude each other\n"
        "more.yml: 1 segment, 0 mistakes, 1 warning, 0 hints\n"
    )


def test_what_is_no_list_of_rules_is_told(project: Project, tmp_path: Path) -> None:
    (tmp_path / "odd.json").write_text('[{"name": "a"}, 3, {"name": "a"}]')
    code, printed = project.winback("segments", "lint", "--file", tmp_path / "odd.json")
    assert code == 1
    assert "odd.json: a segment, a list of segments or a condition expected" in printed


def test_import_of_rules_that_do_not_compile_writes_nothing(
    project: Project, tmp_path: Path
) -> None:
    project.write(GOOD)
    before = state(project)
    (tmp_path / "bad.json").write_text(json.dumps([*GOOD, *BAD]))
    code, printed = project.winback("segments", "import", tmp_path / "bad.json")
    assert code == 1
    assert "3 mistakes in bad.json:" in printed
    assert "a.where.field: unknown field 'ages'" in printed
    assert state(project) == before


def test_export_and_import_through_the_commands(project: Project, tmp_path: Path) -> None:
    project.write(GOOD)
    before = state(project)
    for format_ in ("yaml", "json", "csv"):
        path = tmp_path / f"out.{format_}"
        assert project.winback("segments", "export", "--format", format_, "--output", path) == (
            0,
            "",
        )
        code, printed = project.winback("segments", "import", path)
        assert (code, "nothing to change" in printed) == (0, True)
        assert state(project) == before
    printed = project.winback("segments", "export", "--format", "csv")[1]
    (tmp_path / "less.csv").write_text(printed.replace("kids,", "minors,"))
    code, printed = project.winback("segments", "import", tmp_path / "less.csv", "--dry-run")
    assert (code, "added    minors" in printed, "removed  kids" in printed) == (0, True, True)
    assert state(project) == before
    assert project.winback("segments", "import", tmp_path / "less.csv")[0] == 0
    assert sorted(state(project)) == ["_order.yml", "minors.yml", "none.yml"]
    # what dbt builds is written along with them
    flags = project.folder / "models/intermediate/segmentation/segment_flags.sql"
    assert "as minors" in flags.read_text()
    assert project.winback("segments", "export", "--format", "csv", "--output", tmp_path)[0] == 1
