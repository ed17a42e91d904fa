"""Rules leave and come back the same, and importing them changes nothing else in the file."""

import csv
import io
import json
import random
import re
from datetime import date, datetime
from pathlib import Path
from typing import Any

import pytest
import yaml

from winback.errors import UserError
from winback.segments.exchange import export_rules, import_rules, summary, write_export
from winback.segments.rules import RULES_FILE, canonical, read_project_rules, read_rules
from winback.segments.splice import replace_rules, write_yaml

from .small_project import HEAD, TAIL

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


LIST = """          # level 1
          - name: old
            label: {en: Old, fr: Âgés}   # the board's word
            level: 1
            exclusive: true
            where: {field: age, gte: 70}
          # nobody else
          - name: rest
            description: >
              All others,
              # and this is text
            level: 1
            otherwise: true

          # audiences
          - name: paris
            where:
              all:
                - {field: city, in: [Paris]}   # for now
                # - {field: age, lt: 35}
                - {field: age, gt: 18}

          # last
          - {name: rich, where: {field: revenue_365d, gt: 500}}
          # the end
"""
TEXT = HEAD + LIST + TAIL
RULES = yaml.safe_load(TEXT)["models"][0]["config"]["meta"]["segments"]
BY_NAME = {rule["name"]: rule for rule in RULES}


def spliced(rules: list[Any], text: str = TEXT) -> str:
    changed = replace_rules(text, rules, "segments.yml")
    found = yaml.safe_load(changed)["models"][0]["config"]["meta"]["segments"]
    assert texts(found) == texts(rules)
    return changed


def test_the_same_rules_leave_the_file_as_it_is() -> None:
    assert replace_rules(TEXT, [dict(reversed(rule.items())) for rule in RULES], "x") == TEXT


def test_an_added_segment_is_all_that_changes() -> None:
    new = {"name": "new", "label": {"en": "New"}, "where": {"not": {"field": "age", "in": [1, 2]}}}
    added = (
        "          - name: new\n            label: {en: New}\n            where:\n"
        "              not: {field: age, in: [1, 2]}\n"
    )
    assert spliced([*RULES, new]) == TEXT.replace(
        "          # the end\n", added + "          # the end\n"
    )
    assert spliced([new, *RULES]) == TEXT.replace("- name: old", "- name: old").replace(
        "          - name: old", added + "          - name: old"
    )


def test_a_changed_segment_keeps_its_place_and_the_comments_around_it() -> None:
    changed = spliced(
        [BY_NAME["old"], BY_NAME["rest"], BY_NAME["paris"] | {"level": 1}, BY_NAME["rich"]]
    )
    before, after = TEXT.split("          - name: paris\n")
    assert changed.startswith(before + "          - name: paris\n")
    assert changed.endswith(after[after.index("\n          # last") :])
    assert "# for now" not in changed


def test_a_removed_segment_takes_its_comments_but_leaves_the_title_of_its_group() -> None:
    assert "# nobody else" not in spliced([BY_NAME["old"], BY_NAME["paris"]])
    without = spliced([BY_NAME["old"], BY_NAME["rest"], BY_NAME["rich"]])
    assert "# audiences" not in without  # the next one has a comment of its own
    assert "# last" in without
    bare = TEXT.replace("          # last\n", "")
    passed_on = spliced([BY_NAME["old"], BY_NAME["rest"], BY_NAME["rich"]], bare)
    assert "\n          # audiences\n          - {name: rich" in passed_on


def test_segments_move_with_their_comments() -> None:
    moved = spliced([BY_NAME["rich"], BY_NAME["paris"], BY_NAME["rest"], BY_NAME["old"]])
    assert moved.index("# last") < moved.index("name: rich") < moved.index("# for now")
    assert moved.startswith(HEAD)
    assert moved.endswith("          # the end\n" + TAIL)
    assert "label: {en: Old, fr: Âgés}   # the board's word\n" in moved
    assert spliced(RULES, moved).count("#") == TEXT.count("#")


@pytest.mark.parametrize(
    "text",
    [
        TEXT.replace("\n", "\r\n"),
        HEAD.replace("segments:\n", "segments: [{name: a, where: {field: age, gt: 1}}]  # few\n")
        + TAIL,
        HEAD.replace("segments:\n", "segments: []\n") + TAIL,
        HEAD + TAIL,
        TEXT.replace(
            "          - name: old\n            label",
            "          -\n            # odd\n            name: old\n            label",
        ),
        re.sub(r"^  (?=        [- ] )", "", TEXT, flags=re.M),
        TEXT.replace("{field: city, in: [Paris]}", "&p {field: city, in: [Paris]}").replace(
            "- {field: age, gt: 18}", "- *p"
        ),
        TEXT.replace("description: >\n", "description: |+\n"),
        TEXT.replace(
            "where: {field: age, gte: 70}",
            "where: {field: age,\n              gte: 70\n            }",
        ),
        TEXT[: TEXT.index("          # the end")].rstrip("\n"),
    ],
    ids=[
        "CRLF",
        "flow list",
        "empty list",
        "nothing",
        "dash alone",
        "no deeper than its key",
        "anchors",
        "kept line ends",
        "flow over lines",
        "no line end",
    ],
)
def test_files_written_in_other_ways(text: str) -> None:
    loaded = yaml.safe_load(text)["models"][0]["config"]["meta"]["segments"] or []
    for rules in (AWKWARD, [*loaded[::-1], AWKWARD[0]], loaded[1:] + AWKWARD[:3], AWKWARD[:1]):
        changed = spliced(rules, text)
        assert ("\r\n" in changed) == ("\r\n" in text) or "\r" in str(rules)
        assert changed.startswith(
            HEAD.split("segments:")[0].replace("\n", "\r\n" if "\r" in text else "\n")
        )
    assert replace_rules(text, loaded, "x") == text


def test_an_alias_outside_the_list_is_not_broken() -> None:
    text = TEXT.replace("[Paris]", "&cities [Paris]") + "      - {name: x, meta: {c: *cities}}\n"
    with pytest.raises(UserError, match="without changing something else"):
        replace_rules(text, [BY_NAME["rich"]], "segments.yml")
    assert "&cities [Paris]" in spliced([BY_NAME["paris"]], text)


def test_the_shipped_file_takes_its_own_rules_in_any_order(tmp_path: Path) -> None:
    text = (ROOT / RULES_FILE).read_text()
    rules = read_project_rules(ROOT)
    back = replace_rules(replace_rules(text, rules[::-1], "x"), rules, "x")
    assert sorted(back.splitlines()) == sorted(text.splitlines())
    # a description added to each: everything after the list is as it was
    changed = replace_rules(text, [rule | {"description": "x"} for rule in rules], "x")
    assert changed.split("    columns:\n")[1] == text.split("    columns:\n")[1]


def test_import_writes_says_and_spares(tmp_path: Path) -> None:
    path = tmp_path / RULES_FILE
    path.parent.mkdir(parents=True)
    path.write_bytes(b"\xef\xbb\xbf" + TEXT.encode())
    path.chmod(0o640)
    asked = [
        BY_NAME["rest"],
        BY_NAME["old"] | {"level": 2, "label": "O"},
        {"name": "n", "where": {}},
    ]
    dry = list(import_rules(tmp_path, asked, dry_run=True))
    assert path.read_bytes()[3:].decode() == TEXT
    said = list(import_rules(tmp_path, asked, dry_run=False))
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
    assert path.read_bytes().startswith(b"\xef\xbb\xbf# the team")
    assert path.stat().st_mode & 0o777 == 0o640
    assert list(path.parent.iterdir()) == [path]
    before = path.read_bytes()
    assert "nothing to change" in next(iter(import_rules(tmp_path, asked, dry_run=False)))
    assert path.read_bytes() == before


def test_absent_null_and_false_are_told_apart() -> None:
    then = [{"name": "a", "exclusive": False}, {"name": "b"}, {"name": "c", "level": None}]
    now = [{"name": "a"}, {"name": "b", "exclusive": None}, {"name": "c", "level": None}]
    assert list(summary(then, now)) == [
        "changed  a: exclusive",
        "changed  b: exclusive",
        "unchanged: 1",
    ]


def test_yaml_is_written_to_be_read() -> None:
    assert write_yaml([BY_NAME["paris"]]) == (
        "- name: paris\n  where:\n    all:\n      - {field: city, in: [Paris]}\n"
        "      - {field: age, gt: 18}\n"
    )


def test_json_is_a_list() -> None:
    assert json.loads(export_rules(RULES, "json")) == RULES


def test_an_unknown_format() -> None:
    with pytest.raises(UserError, match="expected one of yaml, json, csv"):
        export_rules(RULES, "xlsx")
