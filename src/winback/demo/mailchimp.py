"""Mailchimp's own exports, of the account `shop_fr`: two ZIPs."""

from __future__ import annotations

import re
from typing import Any

import numpy as np
import pyarrow as pa

from winback.demo.behaviour import Simulation
from winback.demo.campaigns import (
    LISTS,
    WEB_ID,
    campaign_ids,
    campaign_table,
    euids,
    is_closed,
    names,
    urls,
    zone,
)
from winback.demo.events import CLICK, COMPLAINT, HARD, LINKS, OPEN, SENT, UNSUBSCRIBE, Month, Rows
from winback.demo.files import ExportArchive, ExportWriter, Ints, pick
from winback.demo.people import CITIES, SHOP_FR
from winback.demo.texts import addresses_as_written, dotted, utc


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
            "zone": pick(pa.array([zone(country) for _, _, country, _, _ in CITIES]), city),
            "country": pick(pa.array([country for _, _, country, _, _ in CITIES]), city),
            "region": pick(pa.array([region for _, region, _, _, _ in CITIES]), city),
            "changed_at": np.where(gone | again, closed_at, joined),
            "campaign_title": pick(titles, campaign),
            "campaign_id": pick(campaign_ids(SHOP_FR, len(campaigns)), campaign),
            "reason": pick(reasons, complained.astype(np.int64)),
            "leid": 200_000_000 + person,
            "euid": euids(SHOP_FR, person),
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
