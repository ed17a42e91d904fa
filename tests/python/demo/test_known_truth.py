"""What really happened, as the files of the demo bear it out."""

from __future__ import annotations

from collections import Counter
from datetime import date
from itertools import pairwise

import duckdb
import pytest

from winback.demo.behaviour import Simulation
from winback.demo.people import Window, make_people

from .conftest import Demo


def test_mail_counts_reconcile(clean: Demo) -> None:
    expected: Counter[tuple[str, str]] = Counter()
    for one in clean.expected["mail"]:
        expected[one["account"], one["event_type"]] += one["exported"]
    native = {
        "SENT": "sent",
        "DELIVERED": "delivered",
        "OPEN": "open",
        "CLICK": "click",
        "SPAMREPORT": "complaint",
        "DROPPED": "dropped",
    }
    found: Counter[tuple[str, str]] = Counter()
    for row in clean.rows("email-events"):
        if row["type"] == "BOUNCE":
            kind = "bounce_hard" if row["category"] == "UNKNOWN_USER" else "bounce_soft"
        elif row["type"] == "STATUSCHANGE":
            leaves = row["portalSubscriptionStatus"] == "UNSUBSCRIBED"
            kind = "unsubscribe" if leaves else "resubscribe"
        else:
            kind = native[row["type"]]
        found["main", kind] += 1
    for row in clean.rows("campaign_recipient_activity_"):
        kind = f"bounce_{row['bounce_type']}" if row["action"] == "bounce" else row["action"]
        found["shop_ma", kind] += 1
    for kind in ("open", "click"):
        found["shop_fr", kind] = len(clean.rows(f"granular_activity/{kind}s/"))
    found["shop_fr", "sent"] = len(clean.rows("aggregate_activity/"))
    for row in clean.rows("shop_ma/unsubscribe"):
        found["shop_ma", "complaint" if row["reason"] == "ABUSE" else "unsubscribe"] += 1
    for row in clean.rows("/unsubscribed_email_audience_export_"):
        found["shop_fr", "complaint" if row["UNSUB_REASON"] == "ABUSE" else "unsubscribe"] += 1
    recipients = duckdb.sql(
        f"select count(*) from '{clean.landing}/mailchimp/shop_ma/campaign_recipient_*.parquet'"
    )
    found["shop_ma", "sent"] = recipients.fetchall()[0][0]
    assert +expected == +found
    sent = sum(int(row["emails_sent"]) for row in clean.rows("account_export") if "web_id" in row)
    assert expected["shop_fr", "sent"] == sent


def test_orders_reconcile(clean: Demo) -> None:
    found: Counter[str] = Counter()
    for row in clean.rows("orders_export_"):
        if row["Financial Status"]:
            found[row["Currency"]] += round(float(row["Total"]) * 100)
    expected: Counter[str] = Counter()
    for one in clean.expected["orders"]:
        if one["system"] == "shopify":
            expected[one["currency"]] += round(float(one["net_amount"]) * 100)
    assert found == expected


def test_nobody_acts_after_a_lapse(clean: Demo) -> None:
    acts = duckdb.sql(
        f"""
        select
            count(*) as acts,
            count(*) filter (
                where events.occurred_at >= coalesce(people.lapsed_on, people.earlier_lapsed_on)
                    and (people.returned_on is null or events.occurred_at < people.returned_on)
            ) as after_lapse,
            count(*) filter (where people.true_state = 'never_engaged') as by_never_engaged,
        from '{clean.truth}/events/*.parquet' as events
        inner join '{clean.truth}/contacts.parquet' as people using (person_id)
        where not events.is_machine and events.event_type in ('open', 'click')
        """
    ).fetchall()[0]
    assert acts[0] > 1_000
    assert acts[1:] == (0, 0)


def test_the_last_act_is_the_last_one(clean: Demo) -> None:
    """No human event is later than the person's last act, and none is after the end."""
    people, late, after = duckdb.sql(
        f"""
        with acts as (
            select person_id, max(occurred_at) as last_at
            from '{clean.truth}/events/*.parquet'
            where not is_machine
                and event_type in ('open', 'click', 'unsubscribe', 'complaint', 'resubscribe')
            group by person_id
        )

        select
            count(*),
            count(*) filter (where acts.last_at > people.last_human_act_at
                or people.last_human_act_at is null),
            count(*) filter (where people.last_human_act_at >= timestamp '2026-06-30 23:59:59')
        from acts
        inner join '{clean.truth}/contacts.parquet' as people using (person_id)
        """
    ).fetchall()[0]
    assert people > 1_000
    assert (late, after) == (0, 0)


def test_machines_go_on_after_a_lapse_and_make_half_of_the_opens(clean: Demo) -> None:
    share, after = duckdb.sql(
        f"""
        select
            avg(events.is_machine::int) as share,
            count(*) filter (where events.is_machine and events.occurred_at > people.lapsed_on)
        from '{clean.truth}/events/*.parquet' as events
        inner join '{clean.truth}/contacts.parquet' as people using (person_id)
        where events.event_type = 'open'
        """
    ).fetchall()[0]
    assert 0.35 < share < 0.65
    assert after > 100


def test_times_stay_inside_the_window(clean: Demo) -> None:
    times = [int(row["created"]) for row in clean.rows("email-events")]
    assert min(times) >= 1_767_225_600_000  # 2026-01-01
    assert max(times) < 1_782_864_000_000  # 2026-07-01


@pytest.mark.parametrize("days", [1, 2.5, 7, 10, 14, 30])
def test_newsletters_keep_their_distance(days: float) -> None:
    """Exactly so many days, and the other campaigns go out beside them in every account."""
    window = Window(date(2026, 6, 30), 14)
    simulation = Simulation(make_people(300, window, 3), window, 3, days)
    for _ in simulation.run():
        pass
    for made in simulation.campaigns:
        times = [one.sent_at for one in made if one.kind == "newsletter"]
        gaps = {after - before for before, after in pairwise(times)}
        assert gaps == {days * 86_400}
        assert len(times) >= ((window.stop - window.start) / 86_400 - 4) // days
        kinds = Counter(one.kind for one in made)
        assert kinds["promotion"] in (4, 5)
        assert kinds["reactivation"] >= 4


def test_hubspot_says_why_a_message_was_dropped(clean: Demo) -> None:
    """The reason is what closed the subscription: nobody who only left has bounced."""
    closed: dict[str, list[tuple[int, str]]] = {}
    reasons = {
        "BOUNCE": "PREVIOUSLY_BOUNCED",
        "STATUSCHANGE": "PREVIOUSLY_UNSUBSCRIBED_MESSAGE",
        "SPAMREPORT": "PREVIOUS_SPAM",
    }
    rows = sorted(clean.rows("email-events"), key=lambda row: int(row["created"]))
    for row in rows:
        # the address may have changed between the two
        row["recipient"] = row["recipient"].split("@")[0].removeprefix("old.")
        returns = row["portalSubscriptionStatus"] == "SUBSCRIBED"
        soft = row["type"] == "BOUNCE" and row["category"] != "UNKNOWN_USER"
        if row["type"] in reasons and not returns and not soft:
            said = (int(row["created"]), reasons[row["type"]])
            closed.setdefault(row["recipient"], []).append(said)
    dropped = [row for row in rows if row["type"] == "DROPPED"]
    assert len(dropped) > 50
    for row in dropped:
        before = [why for at, why in closed[row["recipient"]] if at < int(row["created"])]
        assert row["dropReason"] == before[-1]
    assert {row["dropReason"] for row in dropped} == set(reasons.values())
