"""Domains that hold non-ASCII characters, in the form a mail server knows them by."""

from typing import Any

from winback.identity.idna import ascii_domains


def model(dbt: Any, session: Any) -> Any:
    addresses = dbt.ref("int_email_addresses__parsed")
    dbt.config(materialized="table")
    domains = addresses.filter("regexp_matches(email_domain, '[^ -~]')")
    return ascii_domains(row[0] for row in domains.select("email_domain").distinct().fetchall())
