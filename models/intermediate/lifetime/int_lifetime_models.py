"""Lifetime models, fitted at the current date and at one whose outcome is known."""

from typing import Any

from winback.lifetimes import fit_lifetimes


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    return fit_lifetimes(
        dbt.ref("int_outcome_dates").filter("is_lifetime_date"),
        dbt.ref("int_contact_purchases"),
        dbt.ref("int_contact_opportunities"),
    )
