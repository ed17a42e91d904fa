"""How well the chance to be alive and the personal thresholds fit the demo's true lapses.

Run as `python -m benchmarks.lifetimes_on_truth <database> <truth folder>` after `make demo`; prints
the Markdown tables of docs/lifetimes.md. Found early, in time, late and never mean what they do in
`benchmarks.policies_on_truth`, with `predicted_inactive_on` for the day of the verdict; people who
never engaged are left out, for nobody knows when they stopped.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from winback.database import connect

IN_TIME_DAYS = 183

PEOPLE = """
create temporary table judged as
with people as (
    -- a person with several records is one
    select distinct rec.person_id, ids.contact_id
    from read_parquet('{truth}/records.parquet') as rec
    inner join int_contact_identities as ids
        on
            ids.identifier_type = 'source_id'
            and rec.source_system = ids.source_system
            and rec.source_relation = ids.source_relation
            and rec.source_contact_id = ids.identifier_value
)

select
    lif.model,
    lif.contact_id,
    lif.as_of_date,
    lif.probability_alive,
    con.lapsed_on,
    con.lapsed_on is null as is_present,
    case when lif.predicted_inactive_on <= lif.as_of_date then lif.predicted_inactive_on end
        as inactive_on
from contact_lifetimes as lif
inner join people as peo on lif.contact_id = peo.contact_id
inner join read_parquet('{truth}/contacts.parquet') as con on peo.person_id = con.person_id
where con.true_state <> 'never_engaged'
"""

_BANDS = """
select
    model,
    least(floor(probability_alive * 5), 4) / 5 as band,
    count(*),
    avg(probability_alive),
    avg(cast(is_present as int))
from judged
group by all
order by all
"""

_THRESHOLDS = """
select
    model,
    count(lapsed_on),
    count(case when inactive_on < lapsed_on then 1 end),
    count(case when inactive_on between lapsed_on and lapsed_on + {days} then 1 end),
    count(case when inactive_on > lapsed_on + {days} then 1 end),
    count(case when lapsed_on is not null and inactive_on is null then 1 end),
    count(case when is_present then 1 end),
    count(case when is_present and inactive_on is not null then 1 end)
from judged
group by model
order by model
"""


def compare(database: Path, truth: Path) -> tuple[list[Any], list[Any]]:
    """Compares a built demo with its truth: by band of the chance, and by threshold."""
    with connect(database, read_only=True) as connection:
        connection.execute(PEOPLE.format(truth=truth))
        bands = connection.execute(_BANDS).fetchall()
        return bands, connection.execute(_THRESHOLDS.format(days=IN_TIME_DAYS)).fetchall()


def as_markdown(bands: list[Any], thresholds: list[Any]) -> str:
    """Both as Markdown tables."""
    lines = [
        "| Model | Chance to be alive | People | Said on average | Truly there |",
        "|---|---|---:|---:|---:|",
    ]
    lines += [
        f"| `{model}` | {band:.0%} to {band + 0.2:.0%} | {people:,} | {said:.0%} | {there:.0%} |"
        for model, band, people, said, there in bands
    ]
    lines += [
        "",
        "| Model | Lapsed | Found early | In time | Late | Never | Still there | False alarms |",
        "|---|---:|---:|---:|---:|---:|---:|---:|",
    ]
    for model, lapsed, *found, present, alarms in thresholds:
        cells = " | ".join(f"{count:,} ({count / lapsed:.0%})" for count in found)
        false = f"{alarms:,} ({alarms / present:.1%})"
        lines.append(f"| `{model}` | {lapsed:,} | {cells} | {present:,} | {false} |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(as_markdown(*compare(Path(sys.argv[1]), Path(sys.argv[2]))))
