"""Does a segment tell more than the columns it is made of? Fitted once with it and once without."""

from typing import Any

from winback.segment_quality.fits import fit_memberships


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    return fit_memberships(dbt.ref("segment_model_inputs"), dbt.ref("segment_predictions"))
