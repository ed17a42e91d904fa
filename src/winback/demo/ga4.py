"""Google Analytics 4: one flat line per session, as a BigQuery query gives it."""

from __future__ import annotations

from datetime import UTC, datetime

import numpy as np
import pyarrow as pa

from winback.demo.behaviour import Simulation
from winback.demo.events import DIRECT, EMAIL, Month
from winback.demo.files import ExportWriter, pick, random
from winback.demo.hubspot import MERGED_OFFSET, record_ids
from winback.demo.people import CITIES
from winback.demo.texts import mix

FOLDER = "ga4/main"
SOURCES = ("(direct)", "google", "newsletter", "instagram", "google")
MEDIA = ("(none)", "organic", "email", "social", "cpc")
DEVICES = ("mobile", "desktop", "tablet")
ANONYMOUS_SHARE = 0.35


class SessionExports:
    """Writes a file of sessions a month; most sessions name nobody."""

    def __init__(self, writer: ExportWriter, simulation: Simulation) -> None:
        """Start the counts."""
        self.writer = writer
        self.simulation = simulation
        self.total = 0
        self.linked = 0

    def add(self, month: Month) -> pa.Table:
        """Write a month; return who was behind each line (person -1: nobody known)."""
        simulation, people = self.simulation, self.simulation.people
        rng = random(simulation.seed, "sessions", month.start)
        known = month.sessions
        strangers = int(len(known["at"]) * ANONYMOUS_SHARE)
        span = month.stop - month.start
        at = np.concatenate(
            [known["at"], month.start + (rng.random(strangers) * span).astype(np.int64)]
        )
        person = np.concatenate([known["person"], np.full(strangers, -1)]).astype(np.int64)
        medium = np.concatenate([known["medium"], rng.choice([0, 1, 3, 4], strangers)])
        tag = np.concatenate([known["campaign"], np.full(strangers, -1)]).astype(np.int64)
        converted = np.concatenate([known["converted"], rng.random(strangers) < 0.01])
        order = np.argsort(at, kind="stable")
        at, person, medium = at[order], person[order], medium[order]
        tag, converted = tag[order], converted[order]

        count = len(at)
        anonymous = person < 0
        owner = np.where(anonymous, len(people) + rng.integers(0, 10**9, count), person)
        # two browsers a person; a visit is tied to the account only when logged in
        browser = mix(owner * 2 + (rng.random(count) < 0.3), salt=7) % np.uint64(2_000_000_000)
        safe = np.where(anonymous, 0, person)
        customer = people.in_crm[safe] & (safe % 10 < 5) & ~anonymous
        logged_in = customer & (rng.random(count) < 0.7)
        user = record_ids(safe) + np.where(people.has_merged_record[safe], MERGED_OFFSET, 0)
        # some sites send the address as user id
        by_address = logged_in & (rng.random(count) < 0.03)
        duration = np.exp(rng.normal(np.log(95), 0.9, count)).clip(3, 5400)
        duration = (duration * np.where(converted, 3, 1)).astype(np.int64)
        pages = 1 + (duration / 40 * rng.random(count)).astype(np.int64)
        carts = np.where(converted, 1 + pages // 8, (rng.random(count) < 0.09).astype(np.int64))
        titles = [
            one.title.lower().replace(" ", "-") for made in simulation.campaigns for one in made
        ]
        begins = np.cumsum([0, *[len(made) for made in simulation.campaigns[:-1]]])
        account = np.maximum(tag, 0) // 1_000_000
        campaign = np.where(tag >= 0, begins[account] + np.maximum(tag, 0) % 1_000_000, -1)
        table = pa.table(
            {
                "person": person,
                "logged_in": logged_in,
                "browser": browser.astype(np.int64),
                "session": at,
                "user": user,
                "address": pick(people.addresses, np.where(by_address, person, -1)),
                "began": at * 1_000_000 + rng.integers(0, 10**6, count),
                "duration": duration,
                "pages": pages,
                "source": pick(pa.array(SOURCES), medium),
                "medium": pick(pa.array(MEDIA), medium),
                "campaign": pick(pa.array(titles, pa.string()), campaign),
                "direct": medium == DIRECT,
                "by_mail": medium == EMAIL,
                "device": pick(
                    pa.array(DEVICES), np.where(anonymous, owner % 3, people.device[safe])
                ),
                "country": pick(
                    pa.array([one[4] for one in CITIES]),
                    np.where(anonymous, owner % 6, people.city[safe]),
                ),
                "carts": carts,
                "converted": converted,
                "amount": 1500 + (rng.random(count) * 12_000).astype(np.int64),
            }
        )
        self.total += count
        self.linked += int(logged_in.sum())
        day = datetime.fromtimestamp(month.start, UTC)
        self.writer.write(
            f"{FOLDER}/ga4_sessions_{day:%Y%m}.csv",
            table,
            """select browser || '.' || (1600000000 + browser % 97000000) as user_pseudo_id,
                session as ga_session_id,
                case when logged_in then coalesce(address, "user"::varchar) end as user_id,
                began as session_start_timestamp,
                began + duration * 1000000 as session_end_timestamp,
                duration * 900 as engagement_time_msec, pages as page_views, source, medium,
                case when direct then '(direct)' else coalesce(campaign, '(not set)') end
                    as campaign,
                device as device_category, country, carts as add_to_carts,
                converted::int as purchases,
                case when converted then (amount / 100)::decimal(18, 2) end as purchase_revenue,
                converted
            from rows""",
        )
        return table
