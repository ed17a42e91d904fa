"""The three curves over the number of clusters, taken out of the fits."""

from typing import Any

from winback.clusters.tables import curve_rows


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    dbt.ref("int_cluster_fits")
    return curve_rows(session, str(dbt.this.schema))
