"""Runs the project's own segment macros on rules given by a test, many cases in one dbt call."""

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from winback.build import _invoke

ROOT = Path(__file__).parents[3]

# name -> kind, a small vocabulary that does not move when int_contact_features does
FIELDS = {
    "contact_id": "text",
    "as_of_date": "date",
    "city": "text",
    "country_code": "text",
    "age": "number",
    "engagement_score": "number",
    "revenue_lifetime": "number",
    "revenue_365d": "number",
    "is_inactive": "boolean",
    "inactive_since": "date",
    "last_order_at": "timestamp",
    "payload": "other",
    "human_clicks_30d": "number",
    "human_clicks_90d": "number",
    "human_opens_30d": "number",
    "orders_365d": "number",
    "orders_30d": "number",
    "sends_30d": "number",
    "sends_90d": "number",
    "sessions_30d": "number",
    "orders_lifetime": "number",
}


# what is fitted, as fields of rules: the relation, and where it is described
FITTED_RELATIONS = {
    "contact_lifetime_fields": "models/marts/lifetimes/_lifetimes__models.yml",
    "contact_clusters": "models/marts/clusters/_clusters__models.yml",
    "contact_uplift_fields": "models/marts/uplift/_uplift__models.yml",
}
# what the macros refer to
RELATIONS = [
    *("int_contact_features", "int_contact_activity__daily", "int_contact_activity__stream"),
    *("int_campaigns__unified", "int_activity_days", "int_as_of_dates", "signal_weights"),
    *FITTED_RELATIONS,
]


def write_project(folder: Path, **variables: Any) -> Path:
    """A dbt project of our macros alone, which is read in a second where all of it takes ten."""
    shutil.copytree(ROOT / "macros", folder / "macros")
    shutil.copy(ROOT / "profiles.yml", folder)
    (folder / "models").mkdir()
    for relation in RELATIONS:
        (folder / "models" / f"{relation}.sql").write_text("select 1 as one")
    shipped = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
    project = {"name": "winback", "profile": "winback", "vars": shipped | variables}
    (folder / "dbt_project.yml").write_text(yaml.safe_dump(project))
    return folder


@dataclass(frozen=True)
class Compiled:
    """What the compiler made of one list of rules: its refusals, or the query."""

    errors: list[str]
    sql: str | None
    bits: dict[str, Any]
    hashes: dict[str, str]
    event_columns: dict[str, Any] | None = None
    features_sql: str | None = None
    fitted: dict[str, dict[str, str]] | None = None

    @property
    def query(self) -> str:
        """The query on the tables of a warehouse."""
        return f"with features as ({self.features_sql}) select * from ({self.sql}) as evaluated"


def run_operation(
    name: str, arguments: Mapping[str, Any], target: Path, project: Path, **variables: Any
) -> list[str]:
    """What a macro printed."""
    printed: list[str] = []

    def keep(event: Any) -> None:
        if event.info.name == "PrintEvent":
            printed.append(event.info.msg)

    done = _invoke(
        [
            *("run-operation", name, "--args", yaml.safe_dump(dict(arguments))),
            *("--vars", json.dumps(variables), "--quiet"),
            *("--project-dir", str(project), "--profiles-dir", str(project)),
            *("--target-path", str(target), "--log-path", str(target)),
        ],
        keep,
    )
    assert done.success, done.exception
    return printed


def compile_rules(
    cases: list[list[Any] | dict[str, Any] | str],
    project: Path,
    variables: dict[str, Any] | None = None,
    **more: Any,
) -> list[Compiled]:
    """Compile each case (a list of segments) in one dbt call of the project that holds the macros;
    `more` are other arguments."""
    arguments = {"cases": [{"rules": case} for case in cases], "fields": FIELDS, **more}
    printed = run_operation(
        "validate_segments", arguments, project / "target", project, **(variables or {})
    )
    return [Compiled(**result) for result in json.loads(printed[-1])]
