"""Fivetran's Mailchimp tables, of the account `shop_ma`."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from winback.demo.behaviour import Simulation
from winback.demo.campaigns import (
    LISTS,
    campaign_ids,
    campaign_table,
    euids,
    is_closed,
    names,
    urls,
    zone,
)
from winback.demo.events import (
    CLICK,
    COMPLAINT,
    HARD,
    LINKS,
    OPEN,
    SENT,
    SOFT,
    UNSUBSCRIBE,
    Month,
    Rows,
)
from winback.demo.files import ExportWriter, Ints, pick
from winback.demo.people import CITIES, SHOP_MA
from winback.demo.texts import addresses_as_written, dotted, utc


class FivetranTables:
    """Writes Fivetran's tables of `shop_ma`, the large ones by quarter."""

    def __init__(self, writer: ExportWriter, simulation: Simulation) -> None:
        """Start without mail."""
        self.writer = writer
        self.simulation = simulation
        self.months: list[Rows] = []
        self.quarters = 0
        people = simulation.people
        self.addresses = addresses_as_written(people, "shop_ma", simulation.seed)
        self.member_ids = member_ids(writer, self.addresses, simulation.lists[SHOP_MA].person)
        self.unsubscribes: list[Rows] = []

    def add(self, month: Month) -> None:
        """Take a month in; every third is written out with the two before."""
        self.months.append(month.mail[SHOP_MA])
        if len(self.months) == 3:
            self._flush()

    def _flush(self) -> None:
        if not self.months:
            return
        self.quarters += 1
        columns = self.months[0].keys()
        mail = {name: np.concatenate([month[name] for month in self.months]) for name in columns}
        self.months.clear()
        subs = self.simulation.lists[SHOP_MA]
        campaigns = self.simulation.campaigns[SHOP_MA]
        ids = campaign_ids(SHOP_MA, len(campaigns))
        list_id = LISTS[SHOP_MA]

        def table(kinds: tuple[int, ...]) -> tuple[pa.Table, Rows]:
            kept = np.isin(mail["type"], kinds)
            rows = {name: column[kept] for name, column in mail.items()}
            return pa.table(
                {
                    "campaign_id": pick(ids, rows["campaign"]),
                    "member_id": pick(self.member_ids, subs.position[rows["person"]]),
                    "at": rows["at"],
                    "type": rows["type"],
                    "ip": rows["ip"].astype(np.int64),
                    "url": pick(
                        urls(campaigns, "mailing"),
                        np.where(
                            rows["type"] == CLICK, rows["campaign"] * len(LINKS) + rows["link"], -1
                        ),
                    ),
                }
            ), rows

        folder = "mailchimp/shop_ma"
        self.writer.write(
            f"{folder}/campaign_recipient_{self.quarters:02d}.parquet",
            table((SENT,))[0],
            f"""select campaign_id, member_id, null::varchar as combination_id,
                '{list_id}' as list_id
            from rows""",
            "format parquet, compression zstd",
        )
        self.writer.write(
            f"{folder}/campaign_recipient_activity_{self.quarters:02d}.csv.gz",
            table((OPEN, CLICK, HARD, SOFT))[0],
            f"""select
                case type when {OPEN} then 'open' when {CLICK} then 'click' else 'bounce' end
                    as action,
                campaign_id, member_id, {utc("at")} as timestamp,
                case type when {HARD} then 'hard' when {SOFT} then 'soft' end as bounce_type,
                null::varchar as combination_id, {dotted("ip")} as ip,
                '{list_id}' as list_id, url
            from rows""",
            "header, compression gzip",
        )
        self.unsubscribes.append(table((UNSUBSCRIBE, COMPLAINT))[1])

    def finish(self) -> None:
        """Write the rest and the small tables."""
        self._flush()
        simulation = self.simulation
        campaigns = simulation.campaigns[SHOP_MA]
        folder, list_id = "mailchimp/shop_ma", LISTS[SHOP_MA]
        self.writer.write(
            f"{folder}/campaign.csv",
            campaign_table(SHOP_MA, campaigns),
            f"""select id, list_id, null::varchar as segment_id, null::varchar as segment_text,
                title, subject_line, 'Shop Maroc' as from_name,
                'bonjour@shop.example' as reply_to, type, status,
                {utc("create_time")} as create_time, {utc("send_time")} as send_time,
                null::varchar as archive_url, 'template' as content_type, true as track_opens,
                true as track_html_clicks, false as track_text_clicks,
                null::varchar as winning_campaign_id, null::varchar as winning_combination_id
            from rows""",
        )
        left = {
            name: np.concatenate([part[name] for part in self.unsubscribes])
            for name in ("at", "campaign", "person", "type")
        }
        subs = simulation.lists[SHOP_MA]
        self.writer.write(
            f"{folder}/unsubscribe.csv",
            pa.table(
                {
                    "campaign_id": pick(campaign_ids(SHOP_MA, len(campaigns)), left["campaign"]),
                    "member_id": pick(self.member_ids, subs.position[left["person"]]),
                    "at": left["at"],
                    "type": left["type"],
                }
            ),
            f"""select campaign_id, member_id, '{list_id}' as list_id,
                case type when {COMPLAINT} then 'ABUSE' else 'NORMAL' end as reason,
                {utc("at")} as timestamp
            from rows""",
        )
        self._members()

    def _members(self) -> None:
        simulation, people = self.simulation, self.simulation.people
        subs = simulation.lists[SHOP_MA]
        index = np.flatnonzero(subs.joined_at < simulation.window.stop)
        person = subs.person[index]
        gone = is_closed(simulation, subs)[index]
        again = subs.was_resubscribed[index] & ~gone
        kind = np.where(gone, subs.close_type[index], -1)
        form = (person % 5 < 3) | again
        opted = np.where(again, subs.closed_at[index], people.joined_at[person])
        statuses = pa.array(["subscribed", "unsubscribed", "cleaned"])
        status = np.select([kind == HARD, kind >= 0], [2, 1], 0)
        city = people.city[person]
        self.writer.write(
            "mailchimp/shop_ma/member.csv",
            pa.table(
                {
                    "id": pick(self.member_ids, index),
                    "country": pick(pa.array([country for _, _, country, _, _ in CITIES]), city),
                    "email": pick(self.addresses, person),
                    "ip": np.where(form, (90 << 24) + person * 7 % (1 << 24), 0),
                    "language": pick(pa.array(["fr", "ar", "en"]), person % 3),
                    "changed": np.where(gone | again, subs.closed_at[index], opted),
                    "rating": 1 + person % 5,
                    **names(simulation, person),
                    "status": pick(statuses, status),
                    "opted": opted,
                    "signup": np.where(form, opted - 60, -1),
                    "zone": pick(pa.array([zone(one[2]) for one in CITIES]), city),
                    "euid": euids(SHOP_MA, person),
                    "vip": person % 40 == 0,
                }
            ),
            f"""select id, '{LISTS[SHOP_MA]}' as list_id, country as country_code,
                null::varchar as dstoff, email as email_address, null::varchar as email_client,
                'html' as email_type, null::varchar as gmtoff, {dotted("ip")} as ip_opt,
                {dotted("ip")} as ip_signup, language, {utc("changed")} as last_changed,
                null::varchar as latitude, null::varchar as longitude, rating as member_rating,
                first_name as merge_fname, last_name as merge_lname, status,
                {utc("opted")} as timestamp_opt, {utc("signup")} as timestamp_signup,
                zone as timezone, euid as unique_email_id, vip
            from rows""",
        )


def member_ids(writer: ExportWriter, addresses: pa.Array, person: Ints) -> pa.Array:
    """Return Mailchimp's member id, the md5 of the lower-cased address, for each of `person`."""
    writer.con.register("rows", pa.table({"email": addresses.take(pa.array(person))}))
    ids = writer.con.sql("select md5(lower(email)) as id from rows").to_arrow_table()
    writer.con.unregister("rows")
    return pc.cast(ids["id"].combine_chunks(), pa.string())
