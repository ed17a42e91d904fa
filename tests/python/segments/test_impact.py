"""`winback impact` in a small git repository, contact by contact beside SQL written by hand."""

import csv
import json
import os
import subprocess
from pathlib import Path
from typing import Any

import pytest

from winback.errors import UserError
from winback.options import parse_share
from winback.segments.history import read_commit
from winback.segments.pairing import find_renames

from .small_project import Project, make_project


def segment(name: str, where: Any, **keys: Any) -> dict[str, Any]:
    return {"name": name, "where": where, **keys}


YOUNG = segment("young", {"field": "age", "lt": 35}, level=1, exclusive=True)
IDLE = segment("idle", {"field": "is_inactive", "eq": True}, level=1, exclusive=True)
REST = {"name": "rest", "level": 1, "otherwise": True}
FRENCH = segment("french", {"field": "country_code", "eq": "FR"})
BUYERS = segment("buyers", {"all": [{"field": "revenue_365d", "gt": 10}, {"segment": "french"}]})
KEEN = segment("keen", {"event": "click", "gte": 2, "within_days": 45})
OLD = segment("old", {"field": "age", "gte": 70})
MAIN = [YOUNG, IDLE, REST, FRENCH, BUYERS, OLD]

# on the branch: young grows, so that idle and rest lose; french speaks of more countries, so that
# buyers grow; old has another name; one is new
BRANCH = [
    YOUNG | {"where": {"field": "age", "lt": 36}},
    IDLE,
    REST,
    FRENCH | {"where": {"field": "country_code", "in": ["FR", "NO"]}},
    BUYERS,
    OLD | {"name": "aged"},
    segment("known", {"field": "country_code", "is_null": False}),
]
BY_HAND = {
    "young": ("age < 35", "age < 36"),
    "idle": (
        "inactive_since is not null and coalesce(age >= 35, true)",
        "inactive_since is not null and coalesce(age >= 36, true)",
    ),
    "rest": (
        "inactive_since is null and coalesce(age >= 35, true)",
        "inactive_since is null and coalesce(age >= 36, true)",
    ),
    "french": ("country_code = 'FR'", "country_code in ('FR', 'NO')"),
    "buyers": (
        "revenue_365d > 10 and country_code = 'FR'",
        "revenue_365d > 10 and country_code in ('FR', 'NO')",
    ),
    "aged": ("age >= 70", "age >= 70"),
    "known": ("false", "country_code is not null"),
}


class Repository(Project):
    """The project in a subfolder of a git repository, on the branch `work` of `main`."""

    def git(self, *arguments: str) -> None:
        who = {
            f"GIT_{role}_{key}": "x@example.com"
            for role in ("AUTHOR", "COMMITTER")
            for key in ("NAME", "EMAIL")
        }
        subprocess.run(
            ["git", "-C", str(self.folder), *arguments],
            check=True,
            capture_output=True,
            env=os.environ | who | {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"},
        )

    def impact(self, *arguments: object) -> Any:
        code, printed = self.winback("impact", "--against", *arguments, "--json")
        assert code == 0, printed
        return json.loads(printed)


@pytest.fixture(scope="module")
def repository(tmp_path_factory: pytest.TempPathFactory) -> Repository:
    top = tmp_path_factory.mktemp("repository")
    made = Repository(make_project(top / "crm" / "winback").folder)
    made.fill()
    subprocess.run(["git", "init", "-q", "-b", "main", str(top)], check=True)
    (top / "README").write_text("before there were segments")
    made.git("add", "--", str(top / "README"))
    made.git("commit", "-q", "-m", "empty")
    made.git("tag", "empty")
    made.write(
        [
            *MAIN,
            segment("odd", {"field": "shoe_size", "gt": 40}),
            segment("odder", {"not": {"segment": "odd"}}),
        ]
    )
    made.git("add", "-A", "--", str(made.rules_folder))
    made.git("commit", "-q", "-m", "odd")
    made.git("tag", "odd")
    made.write([*MAIN, KEEN])
    made.git("add", "-A", "--", str(made.rules_folder))
    made.git("commit", "-qm", "keen")
    made.git("tag", "keen")
    made.write(MAIN)
    made.git("add", "-A", "--", str(made.rules_folder))
    made.git("commit", "-qm", "rules")
    made.git("checkout", "-q", "-b", "work")
    made.write(BRANCH)
    return made


def test_entrants_and_leavers_equal_sql_by_hand(repository: Repository, tmp_path: Path) -> None:
    out = tmp_path / "contacts.csv"
    found = repository.impact("main", "--contacts", out)
    people = "from int_contact_features where is_current"
    expected = []
    for change in found["changes"]:
        before, after = BY_HAND[change["segment"]]
        sizes = repository.query(
            f"select count(*) filter ({before}), count(*) filter ({after}) {people}"
        )[0]
        assert (change["before"], change["after"]) == sizes, change
        moves = {
            "entered": f"coalesce({after}, false) and not coalesce({before}, false)",
            "left": f"coalesce({before}, false) and not coalesce({after}, false)",
        }
        for word, side in (("entered", "entrants"), ("left", "leavers")):
            where = f"{people} and {moves[word]}"
            ids = [row[0] for row in repository.query(f"select contact_id {where}")]
            expected += [(change["segment"], contact, word) for contact in ids]
            (stake,) = repository.query(
                "select count(*), count(*) filter (is_mailable),"
                f" coalesce(sum(revenue_365d), 0)::double {where}"
            )
            assert tuple(change[side].values()) == stake, (change, side)
    assert sorted(expected) == [tuple(row) for row in csv.reader(out.open())][1:]
    assert out.read_text().startswith("segment,contact_id,change\n")
    # the test itself: somebody moves in each of the ways
    assert {
        ("young", "c03", "entered"),
        ("idle", "c03", "left"),
        ("buyers", "c07", "entered"),
    } < set(expected)
    assert len(found["changes"]) == len(BY_HAND)


def test_counts_that_are_not_built(repository: Repository, tmp_path: Path) -> None:
    """Those of the last 52 days hold a click more than those of 45."""
    out = tmp_path / "contacts.csv"
    repository.write([*MAIN, KEEN | {"where": {"event": "click", "gte": 2, "within_days": 52}}])
    found = repository.impact("keen", "--contacts", out)
    repository.write(BRANCH)
    (keen,) = [change for change in found["changes"] if change["segment"] == "keen"]
    assert (keen["before"], keen["after"]) == (1, 2)
    assert out.read_text() == "segment,contact_id,change\nkeen,c05,entered\n"


def test_kinds_and_reasons(repository: Repository) -> None:
    found = repository.impact("main")
    assert found["as_of_date"] == "2026-06-30"
    kinds = {
        c["segment"]: (c["kind"], c["renamed_from"], c["is_rule_changed"]) for c in found["changes"]
    }
    assert kinds == {
        "young": ("kept", None, True),
        "idle": ("kept", None, False),
        "rest": ("kept", None, False),
        "french": ("kept", None, True),
        "buyers": ("kept", None, False),
        "aged": ("renamed", "old", False),
        "known": ("new", None, True),
    }


def test_what_people_read(repository: Repository) -> None:
    code, printed = repository.winback("impact", "--against", "main")
    assert code == 0
    assert "Rules of the working tree against main (" in printed
    for text in (
        "its rule",
        "other rules",
        "name, was old",
        "+33.3%",
        "1 segment unchanged",
    ):
        assert text in printed
    assert "│ rest" not in printed


def test_what_ci_asks(repository: Repository) -> None:
    def told(share: str) -> tuple[int, str]:
        code, printed = repository.winback("impact", "--against", "main", "--max-change", share)
        return code, printed.rpartition("winback: ")[2].strip()

    assert told("10%") == (
        1,
        "more than --max-change 10% in young (1 enter or leave of 3),"
        " idle (1 enter or leave of 2), french (2 enter or leave of 3),"
        " buyers (1 enter or leave of 2)",
    )
    assert told("60%")[1] == "more than --max-change 60% in french (2 enter or leave of 3)"
    assert told("67%")[0] == 0
    assert "--max-change 10: give a share such as 10% or 0.1" in told("10")[1]


def test_no_change(repository: Repository) -> None:
    repository.write(MAIN)
    found = repository.impact("main", "--max-change", "0%")
    repository.write(BRANCH)
    assert all(change["before"] == change["after"] for change in found["changes"])
    assert not any(change["is_beyond"] for change in found["changes"])


def test_a_removed_segment_loses_everybody(repository: Repository) -> None:
    repository.write([rule for rule in MAIN if rule is not OLD])
    code, printed = repository.winback("impact", "--against", "main", "--max-change", "99%")
    repository.write(BRANCH)
    assert code == 1
    assert "old (1 enter or leave of 1)" in printed


def test_rules_that_no_longer_compile_are_named(repository: Repository) -> None:
    found = repository.impact("odd")
    assert "unknown field 'shoe_size'" in found["not_compared"]["odd"]
    assert found["not_compared"]["odder"] == "it depends on odd, which does not compile"
    assert {change["segment"] for change in found["changes"]} == set(BY_HAND)
    code, printed = repository.winback("impact", "--against", "odd", "--max-change", "100%")
    assert code == 1
    assert "in odd (not compared), odder (not compared)" in printed


def test_siblings_after_one_that_does_not_compile_are_not_compared(repository: Repository) -> None:
    repository.write([REST, YOUNG | {"where": {"field": "ages", "lt": 35}}, IDLE, FRENCH])
    repository.git("commit", "-qam", "broken")
    repository.write(BRANCH)
    found = repository.impact("work")
    assert set(found["not_compared"]) == {"young", "idle", "rest"}
    assert {change["segment"] for change in found["changes"]} == {
        "french",
        "buyers",
        "aged",
        "known",
    }
    repository.git("reset", "-q", "--soft", "main")


def test_mistakes_in_the_working_tree(repository: Repository) -> None:
    repository.write([FRENCH | {"where": {"field": "land", "eq": "FR"}}])
    code, printed = repository.winback("impact", "--against", "main")
    repository.write(BRANCH)
    assert code == 1
    assert "french.where.field: unknown field 'land'" in printed


@pytest.mark.parametrize(
    ("ref", "message"),
    [
        ("nowhere", "--against nowhere: git knows no such commit, branch or tag here"),
        ("empty", "segments/ did not exist at "),
        ("--output=x", "a commit, branch or tag expected"),
    ],
)
def test_commits_that_cannot_be_read(repository: Repository, ref: str, message: str) -> None:
    with pytest.raises(UserError) as told:
        read_commit(repository.folder, ref)
    assert message in str(told.value)


def test_no_repository_and_no_git(
    repository: Repository, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))
    with pytest.raises(UserError, match="is in no git repository"):
        read_commit(tmp_path, "main")
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(UserError, match="git is not installed"):
        read_commit(repository.folder, "main")


def test_contacts_to_a_folder_that_is_not_there(repository: Repository, tmp_path: Path) -> None:
    code, printed = repository.winback(
        "impact", "--against", "main", "--contacts", tmp_path / "none" / "it's.csv"
    )
    assert code == 1
    assert "cannot be written" in printed


def test_renames_follow_each_other() -> None:
    before = [
        segment("a", {"field": "age", "gt": 3}, level=1),
        segment("b", {"not": {"segment": "a"}}),
        segment("c", {"field": "age", "lt": 3}, level=2, parent="a"),
        segment("d", {"field": "age", "eq": 1}),
    ]
    after = [
        segment("c2", {"field": "age", "lt": 3}, level=2, parent="a2"),
        segment("b2", {"not": {"segment": "a2"}}),
        segment("a2", {"field": "age", "gt": 3}, level=1, label="A", exclusive=False),
        segment("d2", {"field": "age", "eq": True}),
    ]
    assert find_renames(before, after) == {"a2": "a", "b2": "b", "c2": "c"}


@pytest.mark.parametrize("text", ["10", "-1%", "-0.1", "ten", "", "10 percent"])
def test_shares_that_are_none(text: str) -> None:
    with pytest.raises(UserError, match="give a share"):
        parse_share("--max-change", text)


def test_shares() -> None:
    assert [parse_share("--max-change", text) for text in ("10%", " 0.5 %", "0.1", "250%")] == [
        0.1,
        0.005,
        0.1,
        2.5,
    ]
