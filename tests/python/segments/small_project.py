"""A project of the real settings and vocabulary, and a warehouse of a few made people: what the
commands about segments need."""

import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import duckdb
import yaml
from typer.testing import CliRunner

from winback import cli
from winback.errors import UserError
from winback.segments.rules import ORDER_FILE, RULES_FOLDER
from winback.segments.text import write_rule
from winback.segments.vocabulary import FEATURES_FILE
from winback.segments.vocabulary import FITTED as FITTED_GROUPS

from .compiler import ROOT
from .events import write_events

# two dates; c07 is known on the second only, and nothing is known of c08
PEOPLE = """
    create table int_contact_features as
    with people (
        contact_id, age, city, country_code, is_mailable, revenue_365d, inactive_since
    ) as (
        values
            ('c01', 25, 'Paris', 'FR', true, 900.0::decimal(18, 4), null::date),
            ('c02', 34, 'Paris', 'FR', false, 40, null),
            ('c03', 35, 'Lyon', 'FR', true, 0, date '2026-01-15'),
            ('c04', 41, 'Berlin', 'DE', true, 210, null),
            ('c05', 52, null, 'DE', true, 15, date '2025-11-01'),
            ('c06', 70, 'Oslo', 'NO', false, 0, null),
            ('c07', 19, 'Oslo', 'NO', true, 75, null),
            ('c08', null, null, null, true, null, null)
    )

    select
        people.*,
        dates.as_of_date,
        dates.as_of_date = date '2026-06-30' as is_current,
        people.inactive_since is not null as is_inactive,
        case when people.contact_id <> 'c08' then 0 end as human_clicks_30d
    from people
    cross join (values (date '2026-05-31'), (date '2026-06-30')) as dates (as_of_date)
    where people.contact_id <> 'c07' or dates.as_of_date = date '2026-06-30'
"""
# nothing is fitted of c03, who is in no cluster either
FITTED = """
    create table int_contact_lifetime_fields as
    from (values
        ('c01', date '2026-06-30', date '2026-06-10', 20, true, 310.5),
        ('c02', date '2026-06-30', date '2026-08-29', -60, false, 0.0)
    ) as fields (
        contact_id, as_of_date, buyer_inactive_on, buyer_days_past_threshold,
        buyer_is_past_threshold, expected_value_365d
    );
    create table int_contact_cluster_fields as
    from (values
        ('c01', date '2026-06-30', 2, 'Buyers'),
        ('c02', date '2026-06-30', 1, 'Readers'),
        ('c03', date '2026-06-30', null, null)
    ) as clusters (contact_id, as_of_date, cluster, cluster_name)
"""
DATES = """
    create table int_as_of_dates as
    select distinct as_of_date, is_current from int_contact_features
"""
# clicks, which nothing in the warehouse has counted by any window
CLICKS = {
    contact: [
        {"event": "click", "signal": signal, "day": date.fromisoformat(day), "campaign_type": None}
        for signal, day in clicks
    ]
    for contact, clicks in {
        "c01": [("human", "2026-05-20"), ("human", "2026-06-20")],
        "c02": [("machine", "2026-06-20"), ("machine", "2026-06-21")],
        "c03": [("human", "2026-06-29")],
        "c05": [("human", "2026-05-10"), ("human", "2026-05-10")],
    }.items()
}


@dataclass
class Project:
    """The folder of the project; its warehouse lies beside it, where nothing else is."""

    folder: Path

    @property
    def rules_folder(self) -> Path:
        return self.folder / RULES_FOLDER

    @property
    def database(self) -> Path:
        return self.folder.parent / "made.duckdb"

    def write(self, rules: Sequence[Any]) -> None:
        """The rules, a file each, in their order."""
        shutil.rmtree(self.rules_folder, ignore_errors=True)
        self.rules_folder.mkdir()
        for rule in rules:
            (self.rules_folder / f"{rule['name']}.yml").write_text(write_rule(rule))
        names = "".join(f"- {rule['name']}\n" for rule in rules)
        (self.rules_folder / ORDER_FILE).write_text(names or "[]\n")

    def fill(self) -> None:
        with duckdb.connect(str(self.database)) as connection:
            connection.execute(PEOPLE)
            connection.execute(DATES)
            connection.execute(FITTED)
            write_events(connection, CLICKS)

    def winback(self, *arguments: object) -> tuple[int, str]:
        """Exit code, and what is printed, with the line of a user's mistake at the end."""
        words = [str(word) for word in arguments]
        given = ["--project", str(self.folder)]
        if words[0] in ("preview", "impact"):
            given += ["--database", str(self.database)]
        result = CliRunner().invoke(cli.app, words + given, env={"COLUMNS": "200"})
        if isinstance(result.exception, UserError):
            return 1, result.output + f"winback: {result.exception}"
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()


def make_project(folder: Path) -> Project:
    """The real settings and vocabulary, without a model."""
    for name in (
        "dbt_project.yml",
        FEATURES_FILE,
        *(group.file for group in FITTED_GROUPS.values()),
    ):
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, path)
    return Project(folder)


@cache
def fitted_columns() -> dict[str, list[dict[str, str]]]:
    """Model -> name and type of its columns, as documented, of all whose columns are fields."""
    return {
        model["name"]: [
            {key: column[key] for key in ("name", "data_type")} for column in model["columns"]
        ]
        for group in FITTED_GROUPS.values()
        for model in yaml.safe_load((ROOT / group.file).read_text())["models"]
        if model["name"] == group.model
    }
