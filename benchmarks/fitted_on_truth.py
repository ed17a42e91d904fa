"""What fitted models say of the demo's people, beside what is true of them, in one table.

Run as `python -m benchmarks.fitted_on_truth <database> <truth folder>` after `make demo`; prints
the Markdown table of docs/fitted.md, with rows of uplift after `winback demo --mail-test`. Readers
are those whom a message reached and who ever engaged, buyers those who ordered: fixed policies are
judged on the same people as the personal threshold of the model.
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import NamedTuple

from benchmarks import uplift_on_truth
from benchmarks.lifetimes_on_truth import PEOPLE
from winback.database import connect
from winback.uplift.groups import decile_of

AMONG = {"bg_bb": "readers (`bg_bb`)", "mbg_nbd": "buyers (`mbg_nbd`)"}

_BANDS = """
select
    model,
    least(floor(probability_alive * 5), 4) / 5 as band,
    count(*),
    avg(probability_alive),
    avg(cast(is_present as int))
from judged
where model in ('bg_bb', 'mbg_nbd')
group by all
order by all
"""

_CALLED = """
with verdicts as (
    select
        model,
        contact_id,
        '' as policy,
        not is_present as is_lapsed,
        inactive_on is not null as is_called
    from judged
    union all
    select
        judged.model,
        judged.contact_id,
        flags.policy,
        not judged.is_present as is_lapsed,
        coalesce(flags.is_inactive, false) as is_called
    from judged
    inner join inactivity_flags as flags
        on judged.contact_id = flags.contact_id and judged.as_of_date = flags.as_of_date
)

select
    model,
    policy,
    count(*) filter (where is_called),
    avg(cast(is_lapsed as int)) filter (where is_called),
    count(*) filter (where is_called and is_lapsed) / count(*) filter (where is_lapsed)
from verdicts
where model in ('bg_bb', 'mbg_nbd')
group by all
order by all
"""


class Verdict(NamedTuple):
    """What was said of how many people, and what is true of them, as text of a table."""

    verdict: str
    among: str
    people: int
    said: str
    truly: str


def compare(database: Path, truth: Path) -> list[Verdict]:
    """Compare a built demo with its truth.

    Args:
        database: with lifetimes fitted.
        truth: folder that `winback demo` wrote.
    """
    with connect(database, read_only=True) as connection:
        connection.execute(PEOPLE.format(truth=truth))
        found = [
            Verdict(
                f"chance to be alive {band:.0%} to {band + 0.2:.0%}",
                AMONG[model],
                people,
                f"{said:.0%} still there",
                f"{there:.0%} still there",
            )
            for model, band, people, said, there in connection.execute(_BANDS).fetchall()
        ]
        for model, policy, people, lapsed, share in connection.execute(_CALLED).fetchall():
            verdict = f"inactive by policy `{policy}`" if policy else "past the own threshold"
            truly = "-" if lapsed is None else f"{lapsed:.0%} lapsed, {share:.0%} of all who did"
            found.append(Verdict(verdict, AMONG[model], people, "all lapsed", truly))
    return found + (_uplifts(database, truth) if (truth / "offers.parquet").exists() else [])


def _uplifts(database: Path, truth: Path) -> list[Verdict]:
    """The tenths that are said to be moved most and least, by the learner in use, else the last."""
    recovered = uplift_on_truth.compare(database, truth)
    shown = recovered.used or recovered.judgements[-1]
    tenths = decile_of(shown.uplift, shown.edges)
    found = []
    for part in (shown.deciles[0], shown.deciles[-1]):
        here = tenths == part.decile
        found.append(
            Verdict(
                f"uplift of an offer, tenth {part.decile}",
                f"members (`{shown.learner}`)",
                int(here.sum()),
                f"{100 * part.predicted:+.1f} points",
                f"{100 * recovered.uplift[here].mean():+.1f} points",
            )
        )
    return found


def as_markdown(rows: list[Verdict]) -> str:
    """The rows as a Markdown table."""
    lines = ["| Verdict | Among | People | Said | Truly |", "|---|---|---:|---|---|"]
    lines += [
        f"| {row.verdict} | {row.among} | {row.people:,} | {row.said} | {row.truly} |"
        for row in rows
    ]
    return "\n".join(lines)


if __name__ == "__main__":
    print(as_markdown(compare(Path(sys.argv[1]), Path(sys.argv[2]))))
