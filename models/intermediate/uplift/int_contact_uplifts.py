"""What the used learners predict of each contact as it is now, some thousand at a time."""

from typing import Any

from winback.uplift.tables import contact_rows


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    dbt.ref("int_uplift_people")
    dbt.ref("int_uplift_fits")
    dbt.ref("int_contact_features")
    return contact_rows(dbt, session)
