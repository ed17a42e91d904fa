"""The clusters of every algorithm with their stability, taken out of the fits."""

from typing import Any

from winback.clusters.tables import group_rows


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    dbt.ref("int_cluster_fits")
    return group_rows(session, str(dbt.this.schema))
