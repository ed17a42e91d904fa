"""Each configured algorithm trained for each target, and judged at later dates."""

from typing import Any

from winback.propensity.settings import read_settings
from winback.propensity.tables import fit_models


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    return fit_models(
        dbt.ref("int_outcome_dates"),
        dbt.ref("int_propensity_inputs"),
        read_settings(dbt.config.meta_get("propensity")),
    )
