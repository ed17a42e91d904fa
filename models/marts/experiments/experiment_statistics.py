"""The arms of experiments compared: what experiment_results shows is computed here."""

from typing import Any

from winback.experiments.results import compare_arms


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    sums = dbt.ref("experiment_sums")
    return compare_arms(dict(zip(sums.columns, row, strict=True)) for row in sums.fetchall())
