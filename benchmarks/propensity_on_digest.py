"""Shows that propensity finds nothing where there is nothing to know.

The weekly digest of `../shared/datasets/mode_email` is opened or not without any memory: who
opened the last one opens the next one no more often. Contacts who are sent exactly four digests in
the four weeks after a date differ in nothing that could tell who will open one; a model that ranks
them has read what came afterwards. The same with the columns of the next month-end, which have,
shows that such a model would be found.

Run as `python -m benchmarks.propensity_on_digest <database>` on a warehouse of that data; prints
Markdown.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from winback.database import connect
from winback.declared import read_vars
from winback.propensity.settings import Settings, read_settings
from winback.propensity.tables import fit_models

ROOT = Path(__file__).parents[1]

_INPUTS = """
with digests as (
    select eve.contact_id, eve.event_type, cast(eve.occurred_at as date) as day
    from fct_email_events as eve
    inner join int_campaigns__unified as cam on eve.campaign_id = cam.campaign_id
    where cam.campaign_type = 'digest'
),

dates as (
    select *
    from (values
        (date '2022-06-30', date '2022-07-31', true), (date '2022-07-31', date '2022-08-31', false)
    ) as dates (as_of_date, next_date, is_training)
),

sent as (
    select
        dates.as_of_date,
        dates.next_date,
        dates.is_training,
        digests.contact_id,
        max(case when digests.event_type = 'open' then 1 else 0 end) = 1 as is_positive
    from digests
    inner join dates on digests.day between dates.as_of_date + 1 and dates.as_of_date + 28
    group by all
    having count(case when digests.event_type = 'sent' then 1 end) = 4
)

select
    'returning' as target,
    sent.as_of_date,
    sent.is_training,
    sent.contact_id,
    cast(hash(sent.contact_id) // 2 as bigint) as sample_key,
    sent.is_positive,
    features.days_since_last_engagement as silence_days,
    {features}
from sent
inner join int_contact_features as features
    on sent.contact_id = features.contact_id and features.as_of_date = sent.{date}
"""


def shipped(**changed: Any) -> Settings:
    """The settings of dbt_project.yml, for this question."""
    return replace(
        read_settings(read_vars(ROOT)["propensity"]), targets={"returning": 28}, **changed
    )


def judge(database: Path, *, is_leaking: bool, settings: Settings) -> list[dict[str, Any]]:
    """Trains on June, judges on July; leaking: with the columns of a month later."""
    with connect(database, read_only=True) as connection:
        inputs = connection.sql(
            _INPUTS.format(
                features=", ".join(f"features.{name}" for name in settings.features),
                date="next_date" if is_leaking else "as_of_date",
            )
        )
        dates = connection.sql(
            "select date '2022-08-31' as as_of_date, true as is_current,"
            " date '2022-08-31' as known_until"
        )
        rows: list[dict[str, Any]] = fit_models(dates, inputs, settings).to_pylist()
        return rows


def main(arguments: Sequence[str]) -> None:
    """Prints the table of docs/propensity.md."""
    database = Path(arguments[0])
    print("| Columns of | Model | Contacts judged | AUC (95 %) | AUC by recency | Verdict |")
    print("|---|---|---:|---:|---:|---|")
    for is_leaking in (False, True):
        for row in judge(database, is_leaking=is_leaking, settings=shipped()):
            columns = "a month later" if is_leaking else "the date"
            print(
                f"| {columns} | {row['algorithm']} | {row['test_rows']:,}"
                f" | {row['auc']:.3f} ({row['auc_low']:.3f} to {row['auc_high']:.3f})"
                f" | {row['auc_recency']:.3f} | `{row['status']}` |"
            )


if __name__ == "__main__":
    main(sys.argv[1:])
