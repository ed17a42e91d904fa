"""Gate behind the marts: may what email tools read be built from them?"""

from typing import Any

from winback.gates import run_gate


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    dbt.ref("int_as_of_dates")
    dbt.ref("int_suppressions__unified")
    dbt.ref("dim_contacts")
    dbt.ref("engagement_scores")
    dbt.ref("inactivity_flags")
    dbt.ref("segment_tree")
    dbt.config.meta_get("suites")
    dbt.config.meta_get("fingerprint")
    return run_gate(
        dbt,
        session,
        [
            "int_as_of_dates",
            "int_suppressions__unified",
            "dim_contacts",
            "engagement_scores",
            "inactivity_flags",
            "segment_tree",
        ],
    )
