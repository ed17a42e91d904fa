"""Gate behind the canonical layer and the features: are the signals and figures plausible?"""

from typing import Any

from winback.gates import run_gate


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    dbt.ref("int_as_of_dates")
    dbt.ref("int_activity_span")
    dbt.ref("int_source_days")
    dbt.ref("int_source_spans")
    dbt.ref("int_lines_set_aside")
    dbt.ref("int_order_versions__unified")
    dbt.ref("int_consents__unified")
    dbt.ref("int_suppressions__unified")
    dbt.ref("int_contacts__resolved")
    dbt.ref("int_contact_identities")
    dbt.ref("int_email_events__classified")
    dbt.ref("int_orders__unified")
    dbt.ref("int_web_sessions__unified")
    dbt.ref("int_contact_features")
    dbt.ref("int_unknown_contacts")
    dbt.ref("int_address_cells__unified")
    dbt.ref("int_identity_conflicts")
    dbt.config.meta_get("suites")
    dbt.config.meta_get("fingerprint")
    return run_gate(
        dbt,
        session,
        [
            "int_as_of_dates",
            "int_activity_span",
            "int_source_days",
            "int_source_spans",
            "int_lines_set_aside",
            "int_order_versions__unified",
            "int_consents__unified",
            "int_suppressions__unified",
            "int_contacts__resolved",
            "int_contact_identities",
            "int_email_events__classified",
            "int_orders__unified",
            "int_web_sessions__unified",
            "int_contact_features",
            "int_unknown_contacts",
            "int_address_cells__unified",
            "int_identity_conflicts",
        ],
    )
