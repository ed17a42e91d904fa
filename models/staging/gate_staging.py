"""Gate behind staging: are the exports whole and readable?"""

from typing import Any

from winback.gates import run_gate


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    dbt.ref("staging_line_counts")
    dbt.config.meta_get("suites")
    dbt.config.meta_get("fingerprint")
    return run_gate(dbt, session, ["staging_line_counts"])
