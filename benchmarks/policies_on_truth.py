"""How well each shipped inactivity policy finds the demo's contacts that truly lapsed.

Run as `python -m benchmarks.policies_on_truth <database> <truth folder>` after `make demo`; prints
the Markdown table of the README.

A contact who truly lapsed is found **early** when the policy's `inactive_since` lies before the
true lapse (it called a reader inactive, and was right only later), **in time** up to 183 days
after it, **late** beyond, and **never** when the contact is not inactive at the as_of_date, or the
policy has no signal to judge by. A
**false alarm** is a contact who has not lapsed and is called inactive at the as_of_date.
"""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path

from winback.database import connect

IN_TIME_DAYS = 183

_SQL = """
with people as (
    -- a record's id is found again among the identities; a person with several records is one
    select distinct rec.person_id, ids.contact_id
    from read_parquet('{truth}/records.parquet') as rec
    inner join int_contact_identities as ids
        on
            ids.identifier_type = 'source_id'
            and rec.source_system = ids.source_system
            and rec.source_relation = ids.source_relation
            and rec.source_contact_id = ids.identifier_value
),

verdicts as (
    select
        fla.policy,
        con.person_id,
        con.true_state,
        con.lapsed_on,
        coalesce(bool_or(fla.is_inactive), false) as is_inactive,
        min(case when fla.is_inactive then fla.inactive_since end) as inactive_since
    from read_parquet('{truth}/contacts.parquet') as con
    inner join people as peo on con.person_id = peo.person_id
    inner join inactivity_flags as fla on peo.contact_id = fla.contact_id
    where fla.as_of_date = (select as_of_date from int_as_of_dates where is_current)
    group by all
)

select
    policy,
    count(lapsed_on),
    count(case when is_inactive and inactive_since < lapsed_on then 1 end),
    count(case when is_inactive and inactive_since between lapsed_on
        and lapsed_on + {days} then 1 end),
    count(case when is_inactive and inactive_since > lapsed_on + {days} then 1 end),
    count(case when lapsed_on is not null and not is_inactive then 1 end),
    count(case when true_state in ('active', 'new', 'reactivated', 'cold_buyer') then 1 end),
    count(case when true_state in ('active', 'new', 'reactivated', 'cold_buyer') and is_inactive
        then 1 end)
from verdicts
group by policy
order by policy
"""


@dataclass(frozen=True)
class PolicyOnTruth:
    """Counts of contacts for one policy at the current date.

    Attributes:
        policy: name of the row in the seed `inactivity_policies`.
        lapsed: contacts who truly lapsed; the next four add up to it.
        early, in_time, late, never: how the policy found them.
        present: contacts who engaged before and have not lapsed.
        false_alarms: those of them whom the policy calls inactive.
    """

    policy: str
    lapsed: int
    early: int
    in_time: int
    late: int
    never: int
    present: int
    false_alarms: int


def compare(database: Path, truth: Path) -> list[PolicyOnTruth]:
    """Compares the verdicts of a built demo with its truth, a row per policy."""
    with connect(database, read_only=True) as connection:
        rows = connection.execute(_SQL.format(truth=truth, days=IN_TIME_DAYS)).fetchall()
    return [PolicyOnTruth(*row) for row in rows]


def as_markdown(rows: list[PolicyOnTruth]) -> str:
    """The rows as the README's table."""
    lines = [
        "| Policy | Lapsed | Found early | In time | Late | Never | Still there | False alarms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for row in rows:
        found = [row.early, row.in_time, row.late, row.never]
        cells = " | ".join(f"{count:,} ({count / row.lapsed:.0%})" for count in found)
        alarms = f"{row.false_alarms:,} ({row.false_alarms / row.present:.1%})"
        lines.append(f"| `{row.policy}` | {row.lapsed:,} | {cells} | {row.present:,} | {alarms} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(as_markdown(compare(Path(sys.argv[1]), Path(sys.argv[2]))))
