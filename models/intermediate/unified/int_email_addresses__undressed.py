"""Addresses in spellings that hold more than one plain address, or none."""

from typing import Any

from winback.identity.addresses import listed_addresses


def model(dbt: Any, session: Any) -> Any:
    addresses = dbt.ref("int_email_addresses__parsed")
    dbt.config(materialized="table")
    dressed = addresses.filter("email_normalized is null").select("email_raw")
    return listed_addresses(row[0] for row in dressed.fetchall())
