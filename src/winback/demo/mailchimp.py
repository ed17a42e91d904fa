"""Mailchimp: the ZIPs of its own exports (`shop_fr`) and Fivetran's tables (`shop_ma`)."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from winback.demo.behaviour import (
    CLICK,
    COMPLAINT,
    HARD,
    LINKS,
    OPEN,
    SENT,
    SOFT,
    UNSUBSCRIBE,
    Campaign,
    Month,
    Rows,
    Simulation,
    Subscriptions,
)
from winback.demo.files import ExportArchive, ExportWriter, Ints, pick
from winback.demo.people import CITIES, SHOP_FR, SHOP_MA
from winback.demo.texts import addresses_as_written, dotted, hex_texts, utc

WEB_ID = 7_100_000
LISTS = {SHOP_FR: "a1f4c09b2e", SHOP_MA: "c77d01e83a"}


def campaign_ids(account: int, count: int) -> pa.Array:
    """Return the API ids of the campaigns of an account."""
    return hex_texts(np.arange(count) + account * 1_000_000, 10, salt=11)


def urls(campaigns: list[Campaign], tag: str) -> pa.Array:
    """Return the links of each campaign, `len(LINKS)` apiece in order."""
    return pa.array(
        [
            f"https://shop.example/{link}?utm_source={tag}&utm_medium=email"
            f"&utm_campaign={campaign.title.lower().replace(' ', '-')}"
            for campaign in campaigns
            for link in LINKS
        ],
        pa.string(),
    )


def names(simulation: Simulation, person: Ints) -> dict[str, Any]:
    """Return first and last names as columns."""
    people = simulation.people
    return {
        "first_name": pick(people.first_names, people.first[person]),
        "last_name": pick(people.last_names, people.last[person]),
    }


class AudienceExports:
    """Collects the mail of `shop_fr` and writes its two archives when all is known."""

    def __init__(self, writer: ExportWriter, simulation: Simulation) -> None:
        """Start without mail."""
        self.writer = writer
        self.simulation = simulation
        self.months: list[Rows] = []
        self.addresses = addresses_as_written(simulation.people, "shop_fr", simulation.seed)

    def add(self, month: Month) -> None:
        """Keep what the account export will hold of a month."""
        mail = month.mail[SHOP_FR]
        kept = np.isin(mail["type"], (SENT, OPEN, CLICK))
        columns = ("at", "campaign", "person", "type", "link")
        self.months.append({name: mail[name][kept] for name in columns})

    def finish(self) -> None:
        """Write the archives."""
        self._audience()
        self._account()

    def _account(self) -> None:
        campaigns = self.simulation.campaigns[SHOP_FR]
        mail = {
            name: np.concatenate([month[name] for month in self.months])
            for name in ("at", "campaign", "person", "type", "link")
        }
        self.months.clear()
        order = np.lexsort((mail["type"], mail["campaign"]))
        mail = {name: column[order] for name, column in mail.items()}
        group = mail["campaign"].astype(np.int64) * 16 + mail["type"]
        links = urls(campaigns, "newsletter")
        archive = ExportArchive(
            self.writer, f"mailchimp/shop_fr/account_export_{self.simulation.window.end}.zip"
        )
        archive.write(
            "campaigns.csv",
            campaign_table(SHOP_FR, campaigns),
            f"""select id, web_id, title, subject_line, type, status,
                {utc("create_time")} as create_time, {utc("send_time")} as send_time,
                list_id, emails_sent
            from rows""",
        )
        for campaign in campaigns:

            def part(kind: int, number: int = campaign.number) -> Rows:
                edges = np.searchsorted(group, [number * 16 + kind, number * 16 + kind + 1])
                return {name: column[edges[0] : edges[1]] for name, column in mail.items()}

            slug = re.sub(r"\W+", "_", campaign.title)
            stem = f"{WEB_ID + campaign.number}_{slug}.csv"
            opens, clicks = part(OPEN), part(CLICK)
            self._activity(archive, f"granular_activity/opens/{stem}", opens)
            self._activity(archive, f"granular_activity/clicks/{stem}", clicks, links)
            recipients = np.sort(part(SENT)["person"])
            readers, counts = np.unique(opens["person"], return_counts=True)
            self._recipients(archive, f"aggregate_activity/opened/{stem}", readers, counts)
            rest = np.setdiff1d(recipients, readers, assume_unique=True)
            self._recipients(archive, f"aggregate_activity/not_opened/{stem}", rest)
        archive.close()

    def _activity(
        self, archive: ExportArchive, member: str, rows: Rows, links: pa.Array | None = None
    ) -> None:
        columns = {"at": rows["at"], "email": pick(self.addresses, rows["person"])}
        select = f'select {utc("at")} as "Timestamp", email as "Email"'
        if links is not None:
            columns["url"] = pick(links, rows["campaign"] * len(LINKS) + rows["link"])
            select += ', url as "Url"'
        archive.write(member, pa.table(columns), f"{select} from rows")

    def _recipients(
        self, archive: ExportArchive, member: str, person: Ints, opens: Ints | None = None
    ) -> None:
        columns = {"email": pick(self.addresses, person), **names(self.simulation, person)}
        select = 'select email as "Email", first_name as "First Name", last_name as "Last Name"'
        if opens is not None:
            columns["opens"] = opens
            select += ', opens as "Opens"'
        archive.write(member, pa.table(columns), f"{select} from rows")

    def _audience(self) -> None:
        """Write one CSV per status; the file name is the status."""
        simulation, people = self.simulation, self.simulation.people
        subs = simulation.lists[SHOP_FR]
        known = subs.joined_at < simulation.window.stop
        gone = is_closed(simulation, subs)
        kind = np.where(gone, subs.close_type, -1)
        left = np.isin(kind, (UNSUBSCRIBE, COMPLAINT))
        stem = f"email_audience_export_{LISTS[SHOP_FR][:8]}.csv"
        archive = ExportArchive(
            self.writer, f"mailchimp/shop_fr/audience_export_{simulation.window.end}.zip"
        )
        changed = [utc("changed_at") + ' as "LAST_CHANGED"']
        self._members(archive, f"subscribed_{stem}", np.flatnonzero(known & ~gone), changed)
        self._members(
            archive,
            f"unsubscribed_{stem}",
            np.flatnonzero(known & left),
            [
                utc("changed_at") + ' as "UNSUB_TIME"',
                'campaign_title as "UNSUB_CAMPAIGN_TITLE"',
                'campaign_id as "UNSUB_CAMPAIGN_ID"',
                'reason as "UNSUB_REASON"',
                'null::varchar as "UNSUB_REASON_OTHER"',
            ],
        )
        self._members(
            archive,
            f"cleaned_{stem}",
            np.flatnonzero(known & (kind == HARD)),
            [
                utc("changed_at") + ' as "CLEAN_TIME"',
                'campaign_title as "CLEAN_CAMPAIGN_TITLE"',
                'campaign_id as "CLEAN_CAMPAIGN_ID"',
            ],
        )
        # shoppers who never asked for mail
        shoppers = np.flatnonzero(
            people.crm_only_mail & (people.joined_at < simulation.window.stop)
        )
        self._members(archive, f"nonsubscribed_{stem}", shoppers, changed, listed=False)
        archive.close()

    def _members(
        self,
        archive: ExportArchive,
        member: str,
        index: Ints,
        status: list[str],
        listed: bool = True,
    ) -> None:
        simulation, people = self.simulation, self.simulation.people
        subs = simulation.lists[SHOP_FR]
        person = subs.person[index] if listed else index
        joined = people.joined_at[person]
        nobody = np.zeros(len(index), np.bool_)
        gone = is_closed(simulation, subs)[index] if listed else nobody
        again = subs.was_resubscribed[index] & ~gone if listed else nobody
        closed_at = subs.closed_at[index] if listed else joined
        # imported members have no opt-in time; who came back did so on a form
        form = (person % 5 < 3) | again
        confirmed = np.where(again, closed_at, joined)
        campaign = subs.close_campaign[index] if listed else np.full(len(index), -1)
        complained = (subs.close_type[index] == COMPLAINT) if listed else nobody
        campaigns = simulation.campaigns[SHOP_FR]
        titles = pa.array([one.title for one in campaigns], pa.string())
        reasons = pa.array(["NORMAL", "ABUSE"])
        city = people.city[person]
        # an audience sorted by number of the member, as it was joined
        order = np.argsort(joined, kind="stable")
        rows: dict[str, Any] = {
            "email": pick(self.addresses, person),
            **names(simulation, person),
            "rating": 1 + people.regularity[person].astype(np.int64) % 5,
            "optin": np.where(form, confirmed - 60, -1),
            "confirm": confirmed,
            "ip": np.where(form, (90 << 24) + person * 7 % (1 << 24), 0),
            "zone": pick(pa.array([_zone(country) for _, _, country, _, _ in CITIES]), city),
            "country": pick(pa.array([country for _, _, country, _, _ in CITIES]), city),
            "region": pick(pa.array([region for _, region, _, _, _ in CITIES]), city),
            "changed_at": np.where(gone | again, closed_at, joined),
            "campaign_title": pick(titles, campaign),
            "campaign_id": pick(campaign_ids(SHOP_FR, len(campaigns)), campaign),
            "reason": pick(reasons, complained.astype(np.int64)),
            "leid": 200_000_000 + person,
            "euid": hex_texts(person, 10, salt=3),
            "tags": pick(
                pa.array(['"VIP","Blog"', '"Blog"']), np.where(person % 9 < 2, person % 9, -1)
            ),
        }
        table = pa.table(rows).take(pa.array(order))
        archive.write(
            member,
            table,
            f"""select email as "Email Address", first_name as "First Name",
                last_name as "Last Name", rating as "MEMBER_RATING",
                {utc("optin")} as "OPTIN_TIME", {dotted("ip")} as "OPTIN_IP",
                {utc("confirm")} as "CONFIRM_TIME", {dotted("ip")} as "CONFIRM_IP",
                null::varchar as "LATITUDE", null::varchar as "LONGITUDE",
                null::varchar as "GMTOFF", null::varchar as "DSTOFF",
                zone as "TIMEZONE", country as "CC", region as "REGION",
                {", ".join(status)}, leid as "LEID", euid as "EUID",
                null::varchar as "NOTES", tags as "TAGS"
            from rows""",
        )


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
                    "zone": pick(pa.array([_zone(one[2]) for one in CITIES]), city),
                    "euid": hex_texts(person, 10, salt=5),
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


def is_closed(simulation: Simulation, subs: Subscriptions) -> Any:
    """Tell which subscriptions are closed at the end of the window."""
    return subs.closed & (subs.closed_at < simulation.window.stop)


def campaign_table(account: int, campaigns: list[Campaign]) -> pa.Table:
    """Return the campaigns of an account with what both layouts need."""
    return pa.table(
        {
            "id": campaign_ids(account, len(campaigns)),
            "web_id": [WEB_ID + campaign.number for campaign in campaigns],
            "title": [campaign.title for campaign in campaigns],
            "subject_line": [campaign.subject for campaign in campaigns],
            "type": ["regular"] * len(campaigns),
            "status": ["sent"] * len(campaigns),
            "create_time": [campaign.sent_at - 90_000 for campaign in campaigns],
            "send_time": [campaign.sent_at for campaign in campaigns],
            "list_id": [LISTS[account]] * len(campaigns),
            "emails_sent": [campaign.sent for campaign in campaigns],
        }
    )


def _zone(country: str) -> str:
    return {
        "FR": "Europe/Paris",
        "BE": "Europe/Brussels",
        "CH": "Europe/Zurich",
        "MA": "Africa/Casablanca",
        "NA": "Africa/Windhoek",
        "US": "America/New_York",
    }[country]
