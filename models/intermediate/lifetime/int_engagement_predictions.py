"""What BG/BB predicts for each kind of contact with a message."""

from typing import Any

from winback.lifetimes import predict_engagements


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    return predict_engagements(dbt.ref("int_lifetime_models"), dbt.ref("int_contact_opportunities"))
