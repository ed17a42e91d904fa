"""Made-up tables that fitted models read, for `benchmarks.fitted`; the same in each run."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

# contacts made up at once
PORTION = 100_000
MOST_ORDERS, MOST_MESSAGES = 60, 100
WEEKS_AFTER = 13
DATES = (("2026-06-30", True), ("2026-03-31", False))
# four kinds of contacts, told apart by the mean of each feature
KINDS = {
    "days_since_last_engagement": (10, 60, 200, 350),
    "days_since_last_order": (30, 300, 120, 700),
    "human_opens_365d": (40, 25, 4, 1),
    "human_clicks_365d": (10, 4, 1, 0.2),
    "sessions_365d": (15, 3, 2, 0.2),
    "orders_365d": (6, 0.2, 2, 0.1),
    "revenue_365d": (400, 10, 120, 5),
}
# mean of each feature that propensities read
MEANS = {
    "days_since_first_seen": 500,
    "days_since_last_engagement": 80,
    "days_since_last_click": 150,
    "days_since_last_session": 120,
    "days_since_last_order": 200,
    "days_since_last_send": 10,
    "sends_90d": 12,
    "bounces_90d": 0.1,
    "human_opens_90d": 4,
    "human_opens_365d": 14,
    "human_clicks_90d": 2,
    "human_clicks_365d": 6,
    "sessions_90d": 2,
    "sessions_365d": 7,
    "cart_abandonments_90d": 0.2,
    "orders_90d": 0.5,
    "orders_365d": 2,
    "orders_lifetime": 4,
    "engagement_days_lifetime": 20,
    "median_days_between_engagements": 15,
    "sends_since_last_engagement": 8,
}
# mean of each feature that uplift reads
UPLIFT_MEANS = {
    "days_since_first_seen": 500,
    "days_since_last_open": 60,
    "days_since_last_click": 150,
    "days_since_last_session": 120,
    "days_since_last_order": 200,
    "sends_90d": 12,
    "human_opens_90d": 4,
    "human_opens_365d": 14,
    "human_clicks_365d": 6,
    "sessions_365d": 7,
    "orders_90d": 1,
    "orders_365d": 2,
    "median_days_between_orders": 40,
}


def write_lifetimes(connection: duckdb.DuckDBPyConnection, contacts: int) -> None:
    """Write `dates`, `purchases` and `opportunities`: everybody bought, and was sent messages.

    Args:
        connection: an empty database.
        contacts: how many, at each of two dates.
    """
    connection.execute(
        "create table dates as from (values (date '2026-06-30', true, null),"
        " (date '2026-03-31', false, 91)) as dates (as_of_date, is_current, outcome_days)"
    )
    _write(connection, "purchases", contacts, _purchases)
    _write(connection, "opportunities", contacts, _opportunities)


def write_features(connection: duckdb.DuckDBPyConnection, contacts: int) -> None:
    """Write `inputs`, what clusters are found in.

    Args:
        connection: an empty database.
        contacts: how many.
    """
    columns = ", ".join(
        f"-ln(random()) * {list(means)}[1 + kind] as {name}" for name, means in KINDS.items()
    )
    connection.execute("set threads = 1")
    connection.execute("select setseed(0.5)")
    connection.execute(
        "create table inputs as select md5(contact::varchar) as contact_id,"
        " date '2026-06-30' as as_of_date, md5(contact || '|1') as sample_key, " + columns + " from"
        f" (select contact, contact % 4 as kind from range({contacts}) as contacts (contact))"
    )
    connection.execute("reset threads")


def write_inputs(connection: duckdb.DuckDBPyConnection, contacts: int) -> None:
    """Write `dates`, `inputs` and `features`: what propensities are trained, judged and scored on.

    Args:
        connection: an empty database.
        contacts: how many are scored; they are trained and judged on 10,000 and 5,000 at most.
    """
    connection.execute("set threads = 1")
    connection.execute("select setseed(0.5)")
    columns = ", ".join(
        f"cast(-ln(random()) * {mean} as integer) as {name}" for name, mean in MEANS.items()
    )
    connection.execute(
        "create table features as select md5(contact::varchar) as contact_id, contact % 3 = 0 as"
        f" is_inactive, true as is_current, {columns} from range({contacts}) as contacts (contact)"
    )
    connection.execute(
        "create table dates as from (values (date '2026-06-30', true, date '2026-06-30'),"
        " (date '2026-03-31', false, date '2026-06-30'),"
        " (date '2025-12-31', false, date '2026-06-30'))"
        " as dates (as_of_date, is_current, known_until)"
    )
    # who did much lately does it again, more often than not
    connection.execute(
        """
        create table inputs as
        select
            targets.target,
            dates.as_of_date,
            dates.is_training,
            hash(features.contact_id) // 16 as sample_key,
            features.days_since_last_engagement as silence_days,
            (target = 'churning') <> (random() < 1 / (1 + exp(
                days_since_last_engagement / 40.0 - human_clicks_90d / 3.0
            ))) as is_positive,
            features.*
        from (values ('returning'), ('churning'), ('buying')) as targets (target)
        cross join (values
            (date '2025-12-31', true, 10000), (date '2026-03-31', false, 5000)
        ) as dates (as_of_date, is_training, wanted)
        inner join (
            select *, row_number() over (order by contact_id) as place from features
        ) as features on features.place <= dates.wanted
        """
    )
    connection.execute("reset threads")


def write_experiment(connection: duckdb.DuckDBPyConnection, contacts: int) -> None:
    """Write `people` and `features`: an experiment that moves some and puts off others.

    Args:
        connection: an empty database.
        contacts: how many, all of them in the experiment.
    """
    connection.execute("set threads = 1")
    connection.execute("select setseed(0.5)")
    columns = ", ".join(
        f"floor(-ln(random()) * {mean}) as {name}" for name, mean in UPLIFT_MEANS.items()
    )
    connection.execute(
        "create table features as select md5(contact::varchar) as contact_id,"
        f" date '2026-06-30' as as_of_date, true as is_current, {columns}"
        f" from range({contacts}) as contacts (contact)"
    )
    connection.execute(
        f"""
        create table people as
        select
            'test' as experiment,
            contact_id,
            if(is_treated, 'offer', 'control') as arm,
            'control' as control_arm,
            is_treated,
            2 as arms,
            true as is_randomised,
            28 as window_days,
            'ordered' as metric,
            timestamp '2026-05-01' as assigned_at,
            date '2026-04-30' as features_as_of,
            1.0::double as expected_weight,
            (random() < 0.1 + 0.05 * least(orders_365d, 4) + case
                when not is_treated then 0
                when orders_90d > 2 then -0.15
                when orders_90d = 0 then 0.1
                else 0
            end)::double as outcome,
            md5(contact_id) as sample_key,
            {", ".join(UPLIFT_MEANS)}
        from (select *, md5(contact_id || 'arm') < '8' as is_treated from features)
        """
    )
    connection.execute("reset threads")


def _write(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    contacts: int,
    make: Callable[[np.random.Generator, int], dict[str, Any]],
) -> None:
    """Rows of both dates, a portion of the contacts at a time."""
    rng = np.random.default_rng(1)
    verb = f"create table {name} as"
    for day, is_current in DATES:
        for count in _portions(contacts):
            connection.register("portion", pa.table(make(rng, count)))
            connection.execute(
                f"{verb} select date '{day}' as as_of_date, {is_current} as is_current, *"
                " from portion"
            )
            connection.unregister("portion")
            verb = f"insert into {name}"


def _portions(contacts: int) -> Iterator[int]:
    for start in range(0, contacts, PORTION):
        yield min(PORTION, contacts - start)


def _purchases(rng: np.random.Generator, contacts: int) -> dict[str, Any]:
    """Who buys and leaves as MBG/NBD says, in 26 to 104 weeks, and orders of 13 weeks more."""
    age = rng.uniform(26, 104, contacts)[:, None]
    between = rng.exponential(1 / rng.gamma(0.9, 1 / 8, contacts)[:, None], (contacts, MOST_ORDERS))
    moments = between.cumsum(axis=1)
    # the order after which a contact leaves; the first one is the acquisition
    ends = rng.geometric(np.clip(rng.beta(0.8, 3, contacts), 1e-9, 1))[:, None]
    is_made = np.arange(1, MOST_ORDERS + 1) < ends
    bought, later = is_made & (moments <= age), is_made & (moments > age)
    frequency = bought.sum(axis=1)
    recency = np.where(bought, moments, 0).max(axis=1)
    value = rng.gamma(6 * np.maximum(frequency, 1)) / np.maximum(frequency, 1)
    return {
        "frequency": frequency,
        "recency_days": np.where(frequency > 0, np.maximum(1, recency * 7 // 1), 0).astype(int),
        "age_days": (age[:, 0] * 7).astype(int),
        "repeat_value": pa.array(
            np.round(value / rng.gamma(4.0, 1 / 90, contacts), 2), mask=frequency == 0
        ),
        "later_order_days": (later & (moments <= age + WEEKS_AFTER)).sum(axis=1),
    }


def _opportunities(rng: np.random.Generator, contacts: int) -> dict[str, Any]:
    """Who reads and leaves as BG/BB says, of 5 to 100 messages, and of as many more as lately."""
    place = np.arange(1, MOST_MESSAGES + WEEKS_AFTER + 1)
    sent = rng.integers(5, MOST_MESSAGES + 1, contacts)
    ends = rng.geometric(np.clip(rng.beta(0.6, 9, contacts), 1e-9, 1))[:, None]
    takes = rng.beta(0.8, 1.6, contacts)[:, None]
    taken = (rng.random((contacts, len(place))) < takes) & (place < ends)
    past = place <= sent[:, None]
    last = np.where(taken & past, place, 0).max(axis=1)
    pace = np.minimum(sent, rng.integers(0, WEEKS_AFTER + 1, contacts))
    return {
        "opportunities": sent,
        "engaged": (taken & past).sum(axis=1),
        "last_engaged": last,
        "send_days_90d": pace,
        "days_since_engaged": pa.array((sent - last) * 7 + 3, mask=last == 0),
        "later_engaged": (taken & ~past & (place <= (sent + pace)[:, None])).sum(axis=1),
    }
