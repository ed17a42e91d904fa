"""Small DuckDB tables for the gates, and the suites as they are shipped."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import duckdb
import jinja2
import pytest
import yaml

from winback.gates import check_gate
from winback.gates.results import Result

ROOT = Path(__file__).parents[3]
RUN = datetime(2026, 7, 1, 6, 0)


@pytest.fixture
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        yield connection


def shipped(gate: str, **variables: Any) -> dict[str, Any]:
    """`config: meta:` of a gate as dbt would render it."""
    path = next(ROOT.glob(f"models/**/_{gate}__models.yml"))
    project = yaml.safe_load((ROOT / "dbt_project.yml").read_text())
    values = project["vars"] | variables
    environment = jinja2.Environment(undefined=jinja2.StrictUndefined)
    environment.globals["var"] = lambda name, default=None: values.get(name, default)

    def render(value: Any) -> Any:
        if isinstance(value, str):
            return environment.from_string(value).render() if "{{" in value else value
        if isinstance(value, list):
            return [render(entry) for entry in value]
        if isinstance(value, dict):
            return {key: render(entry) for key, entry in value.items()}
        return value

    model = next(m for m in yaml.safe_load(path.read_text())["models"] if m["name"] == gate)
    meta: dict[str, Any] = render(model["config"]["meta"])
    return meta


def run(
    connection: duckdb.DuckDBPyConnection,
    suites: list[dict[str, Any]],
    models: list[str],
    **options: Any,
) -> dict[str, Result]:
    """Evaluate suites over tables of the connection; check name to result."""
    results = check_gate(
        connection,
        options.pop("gate", "gate_staging"),
        {model: model for model in models},
        suites,
        evaluated_at=options.pop("evaluated_at", RUN),
        **options,
    )
    return {result.check_name: result for result in results}
