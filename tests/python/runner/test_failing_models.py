"""What a user's own failing model quotes of a row stays out of everything that is kept or shown."""

from io import StringIO
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from winback.build import BuildResult, build, target_folder

PROJECT = """
name: own
version: "1.0"
profile: own
models: {own: {+materialized: table}}
"""
PROFILE = """
own:
  target: dev
  outputs:
    dev: {type: duckdb, path: "{{ env_var('WINBACK_DATABASE') }}", schema: main, threads: 1}
"""
MODELS = {
    "cast_name.sql": "select cast(full_name as date) as born from people",
    "own_error.sql": "select error('no such customer: ' || full_name) as a from people",
    "own_gate.sql": "select error('Stopped at own_gate: ' || full_name) as a from people",
    "broken_json.sql": "select json_extract('{' || full_name, '$.a') as a from people",
    "misspelt.sql": "select ful_name from people",
    "own_python.py": (
        "def model(dbt, session):\n"
        "    dbt.config(materialized='table')\n"
        "    name = session.sql('select full_name from people').fetchall()[0][0]\n"
        "    if name:\n"
        "        raise ValueError(f'{name} is no number')\n"
        "    return session.sql('select 1 as a')\n"
    ),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path, BuildResult]:
    """A project of failing models."""
    folder = tmp_path_factory.mktemp("failing")
    project = folder / "project"
    (project / "models").mkdir(parents=True)
    (project / "dbt_project.yml").write_text(PROJECT)
    (project / "profiles.yml").write_text(PROFILE)
    for name, text in MODELS.items():
        (project / "models" / name).write_text(text)
    database = folder / "own.duckdb"
    with duckdb.connect(str(database)) as connection:
        connection.execute("create table people as select 'Anna Schmidt' as full_name")
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("DBT_TARGET_PATH", raising=False)
        patch.setenv("WINBACK_DATABASE", str(database))
        result = build(project, database, {}, console=Console(file=StringIO()))
    return project, database, result


def test_names_are_not_shown(built: tuple[Path, Path, BuildResult]) -> None:
    failures = sorted(built[2].failures)
    assert [failure.split(":")[0] for failure in failures] == sorted(
        name.split(".")[0] for name in MODELS
    )
    assert not [failure for failure in failures if "Anna" in failure or "Schmidt" in failure]
    # what helps is still there
    said = dict(failure.split(": ", 1) for failure in failures)
    assert "invalid date field format '<value>'" in said["cast_name"]
    assert 'Referenced column "ful_name" not found' in said["misspelt"]
    assert "Python model failed: ValueError (line " in said["own_python"]
    assert "Invalid Input Error: its text is left out" in said["own_error"]


def test_names_are_in_no_file_but_the_database(built: tuple[Path, Path, BuildResult]) -> None:
    project, database, _ = built
    target = target_folder(project, database)
    assert target.name.startswith("own-")
    assert (target / "run_results.json").is_file()
    kept = [path for path in project.rglob("*") if path.is_file()]
    assert len(kept) > 8
    assert [path for path in kept if b"Schmidt" in path.read_bytes()] == []
