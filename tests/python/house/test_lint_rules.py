"""Every linter rule we rely on must fire on a deliberately bad file: a misspelt key never does."""

import configparser
import json
import subprocess
import sys
import tomllib
from pathlib import Path

import sqlfluff

ROOT = Path(__file__).parents[3]
BAD = Path(__file__).parent / "bad_sql" / "every_rule.sql"


# sections that are no rule's own, and the rules that read them
READERS = {"indentation": {"LT02"}, "layout:type:comma": {"LT01", "LT04"}}


def _config() -> configparser.ConfigParser:
    config = configparser.ConfigParser()
    config.read(ROOT / ".sqlfluff")
    return config


def _enabled(config: configparser.ConfigParser) -> set[str]:
    return set(config["sqlfluff"]["rules"].split(","))


def idle_sections(config: configparser.ConfigParser) -> list[str]:
    """Sections that no enabled rule reads: settings one believes in, and that do nothing."""
    codes = {rule.name: rule.code for rule in sqlfluff.list_rules()}
    idle = []
    for section in config.sections():
        name = section.removeprefix("sqlfluff:")
        if name in ("sqlfluff", "templater:dbt"):
            continue
        readers = READERS.get(name) or {codes.get(name.removeprefix("rules:"), "no such rule")}
        if not readers & _enabled(config):
            idle.append(section)
    return idle


def test_every_section_belongs_to_an_enabled_rule() -> None:
    assert idle_sections(_config()) == []


def test_an_idle_section_is_found() -> None:
    config = _config()
    enabled = _enabled(config) - {"LT04", "LT01", "CP01"}
    config["sqlfluff"]["rules"] = ",".join(sorted(enabled))
    config["sqlfluff:rules:no.such_rule"] = {}
    assert idle_sections(config) == [
        "sqlfluff:layout:type:comma",
        "sqlfluff:rules:capitalisation.keywords",
        "sqlfluff:rules:no.such_rule",
    ]


def test_every_configured_rule_fires_on_the_bad_file() -> None:
    wanted = _enabled(_config())
    done = subprocess.run(
        [
            Path(sys.executable).parent / "sqlfluff",
            "lint",
            "--templater=jinja",
            f"--config={ROOT / '.sqlfluff'}",
            "--ignore-local-config",
            "--disregard-sqlfluffignores",
            "--format=json",
            BAD,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    fired = {violation["code"] for violation in json.loads(done.stdout)[0]["violations"]}
    assert wanted - fired == set()


def test_what_builds_the_package_is_pinned_like_the_rest() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    (backend,) = project["build-system"]["requires"]
    assert backend in (ROOT / "constraints.txt").read_text().splitlines()


def test_python_models_are_linted_and_typed() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    assert "models" in project["tool"]["mypy"]["files"]
    listed = subprocess.run(
        [Path(sys.executable).parent / "ruff", "check", "--show-files", "models"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    ).stdout
    assert "gate_staging.py" in listed


def long_lines(path: Path) -> list[str]:
    """The lines of a file that are longer than those of Python may be."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    limit = project["tool"]["ruff"]["line-length"]
    return [
        f"{path.name}:{number}"
        for number, line in enumerate(path.read_text().splitlines(), start=1)
        if len(line) > limit
    ]


def test_no_line_of_sql_is_too_long() -> None:
    written = "-- Written by `winback segments compile`"
    files = [
        path
        for folder in ("models", "tests/singular")
        for path in (ROOT / folder).rglob("*.sql")
        # a value of a rule is as long as it is
        if not path.read_text().startswith(written)
    ]
    assert len(files) > 150
    assert [line for path in files for line in long_lines(path)] == []


def test_a_long_line_is_found() -> None:
    assert long_lines(BAD) == ["every_rule.sql:32"]


def test_no_rule_is_both_asked_for_and_ignored() -> None:
    lint = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["ruff"]["lint"]
    assert set(lint["select"]) & set(lint.get("ignore", [])) == set()
