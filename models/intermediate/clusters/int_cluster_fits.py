"""Each configured algorithm fitted on a sample: what it found, and whether to believe in it."""

from typing import Any

from winback.clusters.tables import fit_runs


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    dbt.ref("int_cluster_inputs")
    dbt.config.meta_get("clusters")
    return fit_runs(dbt, session, "int_cluster_inputs")
