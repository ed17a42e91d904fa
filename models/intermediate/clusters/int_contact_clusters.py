"""Every contact placed in a cluster of the chosen algorithm, some thousand at a time."""

from typing import Any

from winback.clusters.tables import placed_rows


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    dbt.ref("int_cluster_inputs")
    dbt.ref("int_cluster_fits")
    dbt.config.meta_get("clusters")
    return placed_rows(dbt, session, "int_cluster_inputs")
