"""Every contact scored by the models in use, some thousand at a time."""

from typing import Any

from winback.propensity.settings import read_settings
from winback.propensity.tables import score_contacts


def model(dbt: Any, session: Any) -> Any:
    dbt.config(materialized="table")
    dbt.ref("int_contact_features")
    return score_contacts(
        session,
        f'"{dbt.this.schema}".int_contact_features',
        dbt.ref("int_propensity_fits"),
        read_settings(dbt.config.meta_get("propensity")),
    )
