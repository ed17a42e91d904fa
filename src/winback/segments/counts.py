"""Event leaves as columns, and the counts behind them.

What a feature counts already is read there; every other count (event, window, campaign types,
signal) is one column of int_contact_event_counts, whoever asks for it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from winback.segments.dialects import Dialect
from winback.segments.tree import Rule, rule_leaves
from winback.segments.vocabulary import EVENTS, Vocabulary

# daily fact -> kind of activity in the stream, for those that belong to campaigns
_KINDS_OF_FACTS = {
    "sends": "send",
    "deliveries": "delivery",
    "human_opens": "human_open",
    "unknown_opens": "unknown_open",
    "machine_opens": "machine_open",
    "human_clicks": "human_click",
    "leave_clicks": "leave_click",
    "machine_clicks": "bot_click",
    "bounces_hard": "bounce_hard",
    "bounces_soft": "bounce_soft",
    "unsubscribes": "unsubscribe",
    "complaints": "complaint",
}


@dataclass(frozen=True)
class Count:
    """How often something happened.

    Attributes:
        event: a name of EVENTS.
        days: of the window; None: ever.
        campaign_types: each once and sorted; empty where all events count.
        is_any_signal: whether machines count as well.
    """

    event: str
    days: int | None
    campaign_types: tuple[str, ...]
    is_any_signal: bool

    @property
    def name(self) -> str:
        """As event_open_any_newsletter_45d or event_click_ever: one name for all that count so."""
        words = ["event", self.event, *(["any"] if self.is_any_signal else [])]
        window = "ever" if self.days is None else f"{self.days}d"
        return "_".join([*words, *self.campaign_types, window])

    @property
    def terms(self) -> tuple[str, ...]:
        """Daily facts, with their weight, that add up to it."""
        event = EVENTS[self.event]
        return event.any_signal if self.is_any_signal else event.human

    @property
    def facts(self) -> list[str]:
        """Names of the daily facts."""
        return [term.split(" ")[0] for term in self.terms]


def count_of(leaf: Mapping[str, Any]) -> Count:
    """What an event leaf counts."""
    given = leaf.get("campaign_type", [])
    types = [given] if isinstance(given, str) else given
    return Count(
        event=leaf["event"],
        days=leaf.get("within_days"),
        campaign_types=tuple(sorted(set(types))),
        is_any_signal=leaf.get("signal") == "any",
    )


def count_column(leaf: Mapping[str, Any], vocabulary: Vocabulary) -> str:
    """The column that an event leaf compares."""
    count = count_of(leaf)
    if not count.campaign_types and not count.is_any_signal:
        return vocabulary.count_column(count.event, count.days) or count.name
    return count.name


def counts_needed(rules: Sequence[Rule], vocabulary: Vocabulary) -> list[Count]:
    """Every count that rules need beyond the features, in the order of names: the same rules give
    the same table."""
    found = {
        count_column(leaf, vocabulary): count_of(leaf)
        for _, leaf in rule_leaves(rules)
        if "event" in leaf
    }
    return [found[name] for name in sorted(found) if name not in vocabulary.fields]


def counts_sql(counts: Sequence[Count], dates: str, mails: str, dialect: Dialect) -> str:
    """A select of the counts of everybody who has some.

    Args:
        counts: one column each.
        dates: a select of as_of_date.
        mails: what `mails_sql` selects, or a relation that holds it.
        dialect: how SQL is written.
    """
    windows = [count.days for count in counts]
    known_windows = [days for days in windows if days is not None]
    first = ""
    if len(known_windows) == len(windows):
        oldest = dialect.days_after("dates.as_of_date", str(-max(known_windows)))
        first = f"\n            and days.activity_date > {oldest}"
    columns = ",\n        ".join(f"{_sum(count)} as {count.name}" for count in counts)
    return f"""with dates as (
    {dates}
),

windows as (
    select
        days.activity_date,
        dates.as_of_date,
        {dialect.days_between("days.activity_date", "dates.as_of_date")} as age
    from {dialect.relation("int_activity_days")} as days
    inner join dates
        on
            days.activity_date <= dates.as_of_date{first}
),

unknown_opens as (
    select
        coalesce(max(case when quality = 'unknown' and signal = 'open' then weight end), 0)
            as unknown_open_weight
    from {dialect.relation("signal_weights")}
),

activity as (
{_indented(_activity_sql(counts, mails, dialect))}
),

counted as (
    select
        activity.contact_id,
        windows.as_of_date,
        {columns}
    from activity
    inner join windows on activity.activity_date = windows.activity_date
    cross join unknown_opens
    group by activity.contact_id, windows.as_of_date
)

select * from counted
where {" + ".join(count.name for count in counts)} > 0"""


def mails_sql(counts: Sequence[Count], dialect: Dialect) -> str:
    """A select of the e-mail events that counts by campaign type add up, a row each; no row where
    there is no such count."""
    kinds = [_KINDS_OF_FACTS[fact] for fact in _facts(counts, of_campaigns=True)]
    types = sorted({name for count in counts for name in count.campaign_types})
    wanted = "false"
    if kinds:
        wanted = (
            f"activity.kind in ({_texts(kinds)})\n    and campaigns.campaign_type in"
            f" ({_texts(types)})"
        )
    return f"""select
    activity.contact_id,
    activity.activity_date,
    campaigns.campaign_type,
    activity.kind,
    activity.quantity
from {dialect.relation("int_contact_activity__stream")} as activity
inner join {dialect.relation("int_campaigns__unified")} as campaigns
    on activity.campaign_id = campaigns.campaign_id
where
    {wanted}"""


def _sum(count: Count) -> str:
    """The sum of a count in its window; whole unless unknown opens have a weight."""
    conditions = [] if count.days is None else [f"windows.age < {count.days}"]
    if count.campaign_types:
        conditions.append(f"activity.campaign_type in ({_texts(count.campaign_types)})")
    else:
        conditions.append("activity.campaign_type is null")
    facts = " + ".join(count.terms)
    total = f"sum(case when {' and '.join(conditions)} then {facts} else 0e0 end)"
    return f"round({total}, 4)" if "*" in facts else f"cast({total} as bigint)"


def _facts(counts: Sequence[Count], of_campaigns: bool) -> list[str]:
    """The daily facts that counts add up: those by campaign type, or the others."""
    return sorted(
        {
            fact
            for count in counts
            if bool(count.campaign_types) == of_campaigns
            for fact in count.facts
        }
    )


def _activity_sql(counts: Sequence[Count], mails: str, dialect: Dialect) -> str:
    """The activity that counts add up: daily facts without a campaign type, and e-mail events with
    it. Each is read only where some count needs it."""
    daily, typed = _facts(counts, of_campaigns=False), _facts(counts, of_campaigns=True)
    facts = sorted({*daily, *typed})
    selects = []
    if daily:
        columns = "".join(
            f",\n    cast({fact if fact in daily else 0} as double) as {fact}" for fact in facts
        )
        selects.append(
            "select\n    contact_id,\n    activity_date,\n"
            f"    cast(null as {dialect.text_type}) as campaign_type{columns}\n"
            f"from {dialect.relation('int_contact_activity__daily')}\n"
            f"where {' + '.join(daily)} > 0"
        )
    if typed:
        columns = "".join(
            f",\n    cast(case when kind = '{_KINDS_OF_FACTS[fact]}' then quantity else 0 end"
            f" as double) as {fact}"
            if fact in typed
            else f",\n    0e0 as {fact}"
            for fact in facts
        )
        selects.append(
            f"select\n    contact_id,\n    activity_date,\n    campaign_type{columns}\n"
            f"from {mails} as mails"
        )
    return "\nunion all\n".join(selects)


def _texts(words: Sequence[str]) -> str:
    return ", ".join(f"'{word}'" for word in words)


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))
