"""What BG/NBD and MBG/NBD predict for each kind of contact with an order."""

from typing import Any

from winback.lifetimes import predict_orders


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    return predict_orders(dbt.ref("int_lifetime_models"), dbt.ref("int_contact_purchases"))
