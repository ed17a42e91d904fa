"""Rules leave and come back the same, and importing them changes no other file."""

import csv
import io
import json
import random
import re
from datetime import date, datetime
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import yaml

from winback.errors import UserError
from winback.segments.exchange import export_rules, import_rules, summary, write_export
from winback.segments.rules import FORMER_FILE, canonical, read_project_rules, read_rules
from winback.segments.text import write_yaml

ROOT = Path(__file__).parents[3]

# what spreadsheets, YAML and CSV like to change
TEXTS = [
    "plain",
    'say "vip", they said',
    '"',
    "two\nlines\n\nand a third",
    "carriage\r\nreturn",
    "tab\there",
    "=HYPERLINK(A1)",
    "+1",
    "-2+3",
    "@SUM(A1)",
    " =1+1",
    "\t=1",
    "|cmd",
    "\uff05",
    "\uff1d1+1",
    "75",
    "007",
    "1e5",
    "1/2",
    "2026-03-31",
    "NO",
    "yes",
    "null",
    "NULL",
    "~",
    "true",
    "TRUE",
    "",
    " padded ",
    "# not a comment",
    "a: b",
    "- c",
    "{d}",
    "'quoted'",
    "Élodie 🎉 ﷽",
    "semi;colon",
    "back\\slash",
    "\u2028",
    "\x07",
    "word " * 60,
]
VALUES: list[Any] = [75, 75.0, 75.5, -3, 0, 1e20, 1e-7, True, False, None, "75", "NO", "no", "null"]
AWKWARD: list[dict[str, Any]] = [
    *({"name": f"t{n}", "label": {"en": text}} for n, text in enumerate(TEXTS)),
    *({"name": f"u{n}", "label": text, "description": text} for n, text in enumerate(TEXTS)),
    *({"name": f"v{n}", "where": {"field": "age", "eq": v}} for n, v in enumerate(VALUES)),
    {"name": "w1", "where": {"field": "city", "in": [*TEXTS, *VALUES]}},
    {"name": "w2", "level": 2, "parent": "w1", "exclusive": False, "otherwise": True},
    {"name": "w3", "level": None, "parent": None, "exclusive": None, "where": None},
    {"name": "w4", "label": {"fr": "seul"}, "expect": {"contacts": {"min": 1}, "share": [0, 0.5]}},
    {"name": "w5", "label": None, "owner": "crm", "notes": {"a": [1, "1"]}, "tags": []},
    {"name": "w6", "label": {}, "description": None, "expect": None},
    {"name": "w7", "where": {"not": {"all": [{"any": [{"segment": "w1"}]}, {"segment": "w2"}]}}},
]


def exchanged(rules: list[Any], folder: Path, *formats: str) -> list[Any]:
    """The rules after an export to a file and back in each of the formats."""
    for format_ in formats:
        path = folder / f"rules.{format_}"
        write_export(path, export_rules(rules, format_), format_)
        rules = read_rules(path)
    return rules


def texts(rules: list[Any]) -> list[str]:
    return [canonical(rule) for rule in rules]


@pytest.mark.parametrize(
    "formats",
    [
        ("yaml",),
        ("json",),
        ("csv",),
        ("csv", "yaml"),
        ("csv", "json"),
        ("yaml", "csv", "json", "yaml", "json", "csv"),
    ],
)
@pytest.mark.parametrize("source", ["awkward", "shipped"])
def test_rules_come_back_equal(source: str, formats: tuple[str, ...], tmp_path: Path) -> None:
    rules = AWKWARD if source == "awkward" else read_project_rules(ROOT)
    assert texts(exchanged(rules, tmp_path, *formats)) == texts(rules)


def test_random_rules_come_back_equal(tmp_path: Path) -> None:
    chance = random.Random(7)

    def condition(depth: int) -> Any:
        kind = chance.choice(["all", "any", "not", "leaf"] if depth else ["leaf"])
        if kind == "leaf":
            values = [chance.choice([*TEXTS, *VALUES]) for _ in range(chance.randint(0, 3))]
            return {
                "field": chance.choice(TEXTS),
                "in": values,
                "missing": chance.choice([1, True]),
            }
        if kind == "not":
            return {"not": condition(depth - 1)}
        return {kind: [condition(depth - 1) for _ in range(chance.randint(0, 3))]}

    rules = [{"name": f"n{number}", "where": condition(4)} for number in range(60)]
    assert texts(exchanged(rules, tmp_path, "csv", "yaml", "json")) == texts(rules)


def test_days_are_text_outside_yaml_and_equal_to_it(tmp_path: Path) -> None:
    typed = [{"name": "a", "where": {"field": "f", "in": [date(2026, 3, 31)]}}]
    times = [{"name": "a", "where": {"field": "f", "gt": datetime(2026, 3, 31, 12)}}]
    assert exchanged(typed, tmp_path, "yaml") == typed
    assert exchanged(typed, tmp_path, "csv")[0]["where"]["in"] == ["2026-03-31"]
    assert exchanged(times, tmp_path, "json")[0]["where"]["gt"] == "2026-03-31 12:00:00"
    assert texts(exchanged(times, tmp_path, "csv")) == texts(times)


def test_no_cell_is_a_formula(tmp_path: Path) -> None:
    rows = list(csv.reader(io.StringIO(export_rules(AWKWARD, "csv"), newline="")))
    cells = [cell for row in rows for cell in row]
    assert len(cells) > 500
    assert [cell for cell in cells if re.match(r"\s*[=+\-@|%\uff1d\uff0b\uff0d\uff20]", cell)] == []
    path = tmp_path / "rules.csv"
    write_export(path, export_rules(AWKWARD, "csv"), "csv")
    assert path.read_bytes().startswith(b"\xef\xbb\xbfname,label_en,label_fr,description,level,")


def test_what_a_spreadsheet_saves_is_read(tmp_path: Path) -> None:
    path = tmp_path / "saved.csv"
    path.write_bytes(
        "\ufeffname;label_en;exclusive;otherwise;where\r\n"
        'a;"""=1+1""";TRUE;;"{""field"": ""age"", ""gt"": 3}"\r\n'
        "b;Rest;;TRUE;\r\n;;;;\r\n".encode()
    )
    assert read_rules(path) == [
        {
            "name": "a",
            "label": {"en": "=1+1"},
            "exclusive": True,
            "where": {"field": "age", "gt": 3},
        },
        {"name": "b", "label": {"en": "Rest"}, "otherwise": True},
    ]


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        ("a.csv", "name,where\nvip,age > 3\n", "segment 1, where: JSON expected, found 'age > 3'"),
        ("a.csv", "label_en\nVIP\n", "`name` among them"),
        ("a.csv", "name,name\na,b\n", "each column once"),
        ("a.csv", 'name,label_en,label\na,A,"""B"""\n', "segment 1, label: label and label_en"),
        ("a.csv", "name\na,b\n", "segment 1: more cells than columns"),
        ("a.csv", 'name,where\na,"{""x"": 1, ""x"": 2}"\n', "the key 'x' is there twice"),
        ("a.csv", 'name\n"a\n', "not valid CSV"),
        ("a.csv", "name,level\n", "no segment in it"),
        ("a.csv", b"name\n\xe9\n", "a.csv: not UTF-8"),
        ("a.json", '[{"name": "a", "name": "b"}]', "the key 'name' is there twice"),
        ("a.json", "[", "a.json: not valid JSON"),
        ("a.yml", "- name: a\n  where: {field: age, gt: 1, gt: 2}\n", "line 2: the key 'gt' is"),
        ("a.yml", "- name: [\n", "a.yml, line 2: not valid YAML"),
        ("a.yml", "- &a [*a]\n", "a.yml, line 1: it contains itself"),
        ("a.yml", "- {name: a, where: {field: d, gt: 2026-13-45}}\n", "not valid YAML (month"),
        ("a.yml", "", "a.yml: no segment in it"),
        ("a.yml", "models: []\n", "no model segment_evaluations"),
        ("a.txt", "a", "ending in .yml, .yaml, .json or .csv"),
    ],
)
def test_what_cannot_be_read_is_told(
    name: str, content: str | bytes, message: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    with pytest.raises(UserError) as told:
        read_rules(path)
    assert message in str(told.value)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="cannot be read"):
        read_rules(tmp_path / "none.yml")


OLD = {
    "name": "old",
    "label": {"en": "Old", "fr": "Âgés"},
    "level": 1,
    "exclusive": True,
    "where": {"field": "age", "gte": 70},
}
REST = {"name": "rest", "level": 1, "otherwise": True}
PARIS = {
    "name": "paris",
    "where": {"all": [{"field": "city", "in": ["Paris"]}, {"field": "age", "gt": 18}]},
}
RICH = {"name": "rich", "where": {"field": "revenue_365d", "gt": 500}}
RULES: list[dict[str, Any]] = [OLD, REST, PARIS, RICH]
FILES = {
    "_order.yml": "# the tree\n\n# level 1\n- old\n- rest\n\n# audiences\n- paris\n",
    "old.yml": "# the board's word\nname: old\nlabel: {en: Old, fr: Âgés}   # or so\nlevel: 1\n"
    "exclusive: true\nwhere: {field: age, gte: 70}\n",
    "rest.yml": "name: rest\nlevel: 1\notherwise: true\n",
    "paris.yml": "# for now\n\nname: paris\nwhere:\n  all:\n    - {field: city, in: [Paris]}\n"
    "    - {field: age, gt: 18}\n",
    "rich.yml": "{name: rich, where: {field: revenue_365d, gt: 500}}\n",
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "segments").mkdir()
    for name, text in FILES.items():
        (tmp_path / "segments" / name).write_text(text)
    return tmp_path


def held(project: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in (project / "segments").iterdir()}


def test_a_folder_is_read_in_the_order_of_the_tree_and_then_of_names(project: Path) -> None:
    assert read_project_rules(project) == RULES
    (project / "segments" / "_order.yml").write_text("- rest\n- old\n")
    assert [rule["name"] for rule in read_project_rules(project)] == [
        "rest",
        "old",
        "paris",
        "rich",
    ]
    (project / "segments" / "_order.yml").write_text("- old\n")
    (project / "segments" / "old.yml").write_text("\ufeff" + FILES["old.yml"])
    assert read_project_rules(project)[0] == OLD


@pytest.mark.parametrize(
    ("name", "text", "message"),
    [
        ("old.yml", "name: older\n", "segments/old.yml: holds the segment 'older'"),
        ("old.yml", "- name: old\n", "segments/old.yml: one segment expected"),
        ("Old.yml", "name: Old\n", "segments/Old.yml: a file is called like its segment"),
        ("{{x}}.yml", "name: x\n", "a file is called like its segment"),
        ("vip.yaml", "name: vip\n", "only files that end in .yml are read; rename vip.yaml"),
        ("_order.yml", "- old\n- gone\n", "lists 'gone', of which there is no file"),
        ("_order.yml", "- rest\n", "old excludes its siblings, so it has to stand where"),
        ("_order.yml", "- old\n- old\n", "a segment is there twice"),
        ("_order.yml", "old: 1\n", "a list of names of segments expected"),
    ],
)
def test_a_folder_that_is_not_right_is_told(
    name: str, text: str, message: str, project: Path
) -> None:
    (project / "segments" / name).write_text(text)
    with pytest.raises(UserError) as told:
        read_project_rules(project)
    assert message in str(told.value)


def test_a_project_of_an_earlier_release_is_told_the_way(tmp_path: Path) -> None:
    former = tmp_path / FORMER_FILE
    former.parent.mkdir(parents=True)
    model = {"name": "segment_evaluations", "config": {"meta": {"segments": RULES}}}
    former.write_text(yaml.safe_dump({"models": [model]}))
    with pytest.raises(UserError, match="run `winback segments import models/marts/"):
        read_project_rules(tmp_path)
    list(import_rules(tmp_path, read_rules(former), dry_run=False))
    assert read_project_rules(tmp_path) == RULES


@pytest.mark.parametrize(
    "text",
    [
        "{not: " * 120 + "{field: age, gt: 1}" + "}" * 120,
        "a: &a [1, 1, 1, 1, 1, 1, 1, 1, 1]\n"
        + "".join(
            f"{name}: &{name} [{', '.join([f'*{above}'] * 9)}]\n"
            for above, name in pairwise("abcdefghijklmnop")
        ),
        "a: &a {x: 1}\n"
        + "".join(
            f"{name}: &{name} {{<<: [{', '.join([f'*{above}'] * 9)}]}}\n"
            for above, name in pairwise("abcdefghijklmnop")
        ),
        "[" * 3000,
    ],
    ids=["deep", "aliases", "merged aliases", "brackets"],
)
def test_what_is_too_deep_or_too_large_is_refused_in_a_sentence(text: str, tmp_path: Path) -> None:
    path = tmp_path / "bomb.yml"
    path.write_text(text)
    with pytest.raises(UserError, match=r"levels deep|parts, aliases counted|not valid YAML"):
        read_rules(path)


def test_what_is_too_deep_in_json_is_refused_too(tmp_path: Path) -> None:
    path = tmp_path / "deep.json"
    path.write_text('{"not": ' * 200 + '{"field": "age", "gt": 1}' + "}" * 200)
    with pytest.raises(UserError, match="levels deep"):
        read_rules(path)


def test_the_same_rules_leave_all_files_as_they_are(project: Path) -> None:
    said = list(import_rules(project, [dict(reversed(rule.items())) for rule in RULES], False))
    assert said == ["segments/ holds these rules already: nothing to change"]
    assert held(project) == FILES


def test_only_the_file_of_a_changed_segment_changes_and_keeps_its_first_comments(
    project: Path,
) -> None:
    changed = PARIS | {"where": {"field": "city", "eq": "Paris"}}
    list(import_rules(project, [OLD, REST, changed, RICH], dry_run=False))
    after = held(project)
    assert after.pop("paris.yml") == ("# for now\n\nname: paris\nwhere: {field: city, eq: Paris}\n")
    assert after == {name: text for name, text in FILES.items() if name != "paris.yml"}


def test_an_added_audience_needs_no_place_in_the_order(project: Path) -> None:
    new = {"name": "zeal", "label": {"en": "New"}, "where": {"field": "age", "in": [1, 2]}}
    list(import_rules(project, [*RULES, new], dry_run=False))
    assert held(project) == FILES | {
        "zeal.yml": "name: zeal\nlabel: {en: New}\nwhere: {field: age, in: [1, 2]}\n"
    }


def test_the_order_keeps_its_comments(project: Path) -> None:
    list(import_rules(project, [REST, OLD, RICH, PARIS], dry_run=False))
    assert held(project)["_order.yml"] == (
        "# the tree\n\n- rest\n# level 1\n- old\n- rich\n\n# audiences\n- paris\n"
    )
    assert [rule["name"] for rule in read_project_rules(project)] == [
        "rest",
        "old",
        "rich",
        "paris",
    ]


def test_awkward_rules_come_back_from_the_folder(project: Path) -> None:
    rules = [rule for rule in AWKWARD if rule.get("name") != "w3"]
    list(import_rules(project, rules, dry_run=False))
    assert texts(read_project_rules(project)) == texts(rules)


def test_import_writes_says_and_spares(project: Path) -> None:
    (project / "segments" / "old.yml").chmod(0o640)
    asked = [REST, OLD | {"level": 2, "label": "O"}, {"name": "n", "where": {}}]
    dry = list(import_rules(project, asked, dry_run=True))
    assert held(project) == FILES
    said = list(import_rules(project, asked, dry_run=False))
    assert (
        said[:-1]
        == dry[:-1]
        == [
            "changed  old: label, level",
            "added    n",
            "removed  paris",
            "removed  rich",
            "changed  the order, in which exclusive siblings are tried",
            "unchanged: 1",
        ]
    )
    assert (project / "segments" / "old.yml").stat().st_mode & 0o777 == 0o640
    before = held(project)
    assert sorted(before) == ["_order.yml", "n.yml", "old.yml", "rest.yml"]
    assert "nothing to change" in next(iter(import_rules(project, asked, dry_run=False)))
    assert held(project) == before


@pytest.mark.parametrize("name", ["half.yml", "half.json"])
def test_half_a_character_is_refused(name: str, tmp_path: Path) -> None:
    (tmp_path / name).write_text('{"name": "a", "label": "\\ud800"}')
    with pytest.raises(UserError, match=r"half a character|invalid Unicode"):
        read_rules(tmp_path / name)


def test_absent_null_and_false_are_told_apart() -> None:
    then = [{"name": "a", "exclusive": False}, {"name": "b"}, {"name": "c", "level": None}]
    now = [{"name": "a"}, {"name": "b", "exclusive": None}, {"name": "c", "level": None}]
    assert list(summary(then, now)) == [
        "changed  a: exclusive",
        "changed  b: exclusive",
        "unchanged: 1",
    ]


def test_yaml_is_written_to_be_read() -> None:
    assert write_yaml([PARIS]) == (
        "- name: paris\n  where:\n    all:\n      - {field: city, in: [Paris]}\n"
        "      - {field: age, gt: 18}\n"
    )


def test_json_is_a_list() -> None:
    assert json.loads(export_rules(RULES, "json")) == RULES


def test_an_unknown_format() -> None:
    with pytest.raises(UserError, match="expected one of yaml, json, csv"):
        export_rules(RULES, "xlsx")
