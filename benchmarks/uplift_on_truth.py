"""How much of the demo's planted uplift is recovered, tenth by tenth.

Run as `python -m benchmarks.uplift_on_truth <database> <truth folder>` after
`winback demo --mail-test` and `winback run`; prints the Markdown tables of docs/uplift.md. Members
are predicted out of fold, as `uplift_curves` has them, and joined to what the offer truly changes.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

from winback.database import connect
from winback.declared import read_vars
from winback.uplift.groups import decile_of, disturbed_deciles, moved_deciles
from winback.uplift.judge import Judgement, average_effect, choose, judge
from winback.uplift.settings import read_settings

EXPERIMENT = "member_offer"

_MEMBERS = """
with truth as (
    -- a person with several records is one
    select
        ids.contact_id,
        avg(off.true_uplift) as true_uplift,
        max(off.true_group) as true_group
    from read_parquet('{truth}/offers.parquet') as off
    inner join read_parquet('{truth}/records.parquet') as rec
        on off.person_id = rec.person_id and rec.source_system = 'generic'
    inner join int_contact_identities as ids
        on
            ids.identifier_type = 'source_id'
            and rec.source_system = ids.source_system
            and rec.source_relation = ids.source_relation
            and rec.source_contact_id = ids.identifier_value
    group by ids.contact_id
)

select {columns}, peo.is_treated, peo.outcome, tru.true_uplift, tru.true_group
from int_uplift_people as peo
inner join truth as tru on peo.contact_id = tru.contact_id
where peo.experiment = '{experiment}' and peo.features_as_of is not null
order by peo.sample_key, peo.contact_id
"""


class Recovered(NamedTuple):
    """What the learners made of the members, and what is true of them."""

    judgements: list[Judgement]
    used: Judgement | None
    treated: Any
    outcome: Any
    uplift: Any
    group: Any


def compare(database: Path, truth: Path) -> Recovered:
    """Judges both learners on a built demo."""
    settings = read_settings(read_vars(Path(__file__).parents[1])["uplift"])
    columns = ", ".join(f"peo.{name}" for name in settings.features)
    sql = _MEMBERS.format(truth=truth, columns=columns, experiment=EXPERIMENT)
    with connect(database, read_only=True) as connection:
        rows = connection.execute(sql).fetchnumpy()
    held = [_filled(rows[name]) for name in settings.features]
    treated = np.asarray(rows["is_treated"]).astype(np.bool_)
    outcome = np.asarray(rows["outcome"], dtype=np.float64)
    found = judge(np.stack(held, axis=1), treated, outcome, settings.seed)
    uplift = np.asarray(rows["true_uplift"], dtype=np.float64)
    return Recovered(found, choose(found), treated, outcome, uplift, np.asarray(rows["true_group"]))


def _filled(column: Any) -> Any:
    return np.ma.filled(column.astype(np.float64), np.nan)


def as_markdown(recovered: Recovered) -> str:
    """The verdicts, and one learner by tenths: the used one, else the second."""
    effect = average_effect(recovered.treated, recovered.outcome)
    lines = [
        f"Members: {len(recovered.outcome):,}. Average effect: {_points(effect.difference)}"
        f" ({_points(effect.interval.low)} to {_points(effect.interval.high)}),"
        f" truly {_points(recovered.uplift.mean())}.",
        "",
        "| Learner | Qini | 95 % | Best order's share | AUUC | 95 % | Truth by rank | Used |",
        "|---|---:|---:|---:|---:|---:|---:|---|",
    ]
    for one in recovered.judgements:
        rank = np.corrcoef(_ranks(one.uplift), _ranks(recovered.uplift))[0, 1]
        lines.append(
            f"| `{one.learner}` | {_points(one.qini)} | {_points(one.qini_interval.low)} to"
            f" {_points(one.qini_interval.high)} | {one.qini_share or 0:.0%} | {_points(one.auuc)}"
            f" | {_points(one.auuc_interval.low)} to {_points(one.auuc_interval.high)} |"
            f" {rank:.2f} | {'yes' if one is recovered.used else 'no'} |"
        )
    shown = recovered.used or recovered.judgements[-1]
    lines += [
        "",
        f"`{shown.learner}`: {moved_deciles(shown.deciles)} tenths persuadable,"
        f" {disturbed_deciles(shown.deciles)} not to be disturbed.",
        "",
        "| Tenth | Predicted | True | Happened | 95 %, all at once | Put off | Persuadable |",
        "|---|---:|---:|---:|---:|---:|---:|",
    ]
    tenth = decile_of(shown.uplift, shown.edges)
    for part in shown.deciles:
        here = tenth == part.decile
        put_off = (recovered.group[here] == "do_not_disturb").mean()
        moved = (recovered.group[here] == "persuadable").mean()
        true = recovered.uplift[here].mean()
        lines.append(
            f"| {part.decile} | {_points(part.predicted)} | {_points(true)}"
            f" | {_points(part.effect)} | {_points(part.effect_interval.low)} to"
            f" {_points(part.effect_interval.high)} | {put_off:.0%} | {moved:.0%} |"
        )
    return "\n".join(lines)


def _ranks(values: Any) -> Any:
    """Ranks, the mean one for equal values."""
    _, place, size = np.unique(values, return_inverse=True, return_counts=True)
    return (np.cumsum(size) - (size - 1) / 2)[place]


def _points(share: float) -> str:
    return f"{100 * share:.1f}"


if __name__ == "__main__":
    print(as_markdown(compare(Path(sys.argv[1]), Path(sys.argv[2]))))
