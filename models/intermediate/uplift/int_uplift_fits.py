"""What a treatment changes, learned from each experiment: and whether that is to be believed."""

from typing import Any

from winback.uplift.tables import fit_rows


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    dbt.ref("int_uplift_people")
    dbt.config.meta_get("uplift")
    return fit_rows(dbt, session)
