"""Both materializations of our own, in a small dbt project of their own."""

import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import duckdb
import pytest

from .warehouse import BIN, ROOT, Outcome

pytestmark = pytest.mark.scenario

FILES = {
    "dbt_project.yml": """
name: winback
version: "1.0"
config-version: 2
profile: winback
""",
    "profiles.yml": """
winback:
  target: dev
  outputs: {dev: {type: duckdb, path: small.duckdb, threads: 1}}
""",
    "macros/seen.sql": "{% macro seen(column) %}{{ seen_by(column) }}{% endmacro %}\n",
    "macros/seen_by.sql": "{% macro seen_by(column) %}{{ column }} * 1{% endmacro %}\n",
    "models/int_as_of_dates.sql": """
{{ config(materialized='table') }}
select cast(date '2026-01-31' as date) as as_of_date, 'f' as slice_fingerprint
union all select date '2026-02-28', 'f'
""",
    "models/days.sql": """
{{ config(materialized='table') }}
select date '2026-02-01' as activity_date, 'f1' as day_fingerprint, 2 as activities
union all select date '2026-02-02', 'f2', 1
""",
    "models/stream.sql": """
select '1a' as contact_id, date '2026-02-01' as activity_date, 1 as sends, 0 as opens
union all select 'f0', date '2026-02-01', 1, 0
union all select '1a', date '2026-02-02', 5, 9
""",
    "models/facts.sql": """
{{ config(materialized='changed_days', days_from='days', portion_size=1) }}
with stream as (select * from {{ ref('stream') }} where {{ facts_wanted() }})

select stream.contact_id, stream.activity_date, stream.sends, stream.opens, days.day_fingerprint
from stream
inner join {{ ref('days') }} as days on stream.activity_date = days.activity_date
order by stream.contact_id, stream.activity_date
""",
    "models/profiles.sql": "select 1 as contact_id, {{ seen('2') }} as figure\n",
    "models/slices.sql": """
{{ config(materialized='sliced', slices_from='int_as_of_dates') }}
select profiles.contact_id, profiles.figure, {{ slice_date() }} as as_of_date
from {{ ref('profiles') }} as profiles
where {{ slice_date() }} > date '2026-02-01'
""",
}


class Project:
    """A dbt project with our materializations and a few lines of SQL."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for part in ("materializations", "dialect"):
            shutil.copytree(ROOT / "macros" / part, folder / "macros" / part)
        shutil.copy(ROOT / "macros/features/slice_date.sql", folder / "macros")
        for name, text in FILES.items():
            self.write(name, text)

    def write(self, name: str, text: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)

    def change(self, name: str, before: str, after: str) -> None:
        assert before in FILES[name]
        self.write(name, FILES[name].replace(before, after))

    def run(self, *options: str) -> Outcome:
        done = subprocess.run(
            [str(BIN / "dbt"), "run", "--profiles-dir", ".", *options],
            cwd=self.folder,
            env=os.environ | {"DBT_TARGET_PATH": "target", "DBT_LOG_PATH": "logs"},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return Outcome(done.returncode, done.stdout)

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.folder / "small.duckdb")) as connection:
            return connection.execute(sql).fetchall()


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    project = Project(tmp_path_factory.mktemp("small"))
    project.run().check()
    return project.folder


@pytest.fixture
def project(built: Path, tmp_path: Path) -> Project:
    shutil.copytree(built, tmp_path / "small")
    copy = Project.__new__(Project)
    copy.folder = tmp_path / "small"
    return copy


def test_facts_come_in_the_order_of_contacts(project: Project) -> None:
    rows = project.execute("select contact_id, sends, opens from facts")
    assert rows == [("1a", 1, 0), ("1a", 5, 9), ("f0", 1, 0)]


def test_what_did_not_change_is_left_alone(project: Project) -> None:
    project.execute("update facts set sends = 77")
    project.execute("update slices set figure = 77")
    project.run().check()
    assert project.execute("select distinct sends from facts") == [(77,)]
    assert project.execute("select distinct figure from slices") == [(77,)]


def test_changed_sql_of_the_facts_builds_every_day_again(project: Project) -> None:
    project.change("models/facts.sql", "stream.opens,", "stream.opens * 2 as opens,")
    project.run("--select", "facts").check()
    assert project.execute("select max(opens) from facts") == [(18,)]


def test_columns_in_another_order_keep_their_values(project: Project) -> None:
    reordered = ("stream.sends, stream.opens,", "stream.opens, stream.sends,")
    project.change("models/facts.sql", *reordered)
    project.run("--select", "facts").check()
    project.execute("update days set day_fingerprint = 'f3' where activities = 1")
    project.run("--select", "facts").check()
    assert project.execute("select sends, opens from facts where sends > 1") == [(5, 9)]


@pytest.mark.parametrize("table", ["facts", "slices"])
def test_a_rebuild_that_fails_leaves_the_table(project: Project, table: str) -> None:
    before = project.execute(f"select * from {table}")
    column = {"facts": "stream.opens,", "slices": "profiles.figure,"}[table]
    project.change(f"models/{table}.sql", column, f"error('no') as {column.split('.')[1]}")
    assert project.run("--select", table, "--full-refresh").code == 1
    assert project.execute(f"select * from {table}") == before


def test_a_macro_called_by_a_parent_builds_slices_again(project: Project) -> None:
    project.change("macros/seen_by.sql", "* 1", "* 3")
    project.run().check()
    assert project.execute("select figure from slices") == [(6,)]


def test_an_empty_oldest_slice_hides_nothing(project: Project) -> None:
    project.run("--full-refresh").check()
    assert project.execute("select count(*) from slices where figure = 2") == [(1,)]
