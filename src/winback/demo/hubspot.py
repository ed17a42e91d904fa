"""HubSpot's layouts: contact exports under English and French labels, and e-mail events."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import numpy as np
import pyarrow as pa

from winback.demo.behaviour import Simulation
from winback.demo.campaigns import names, urls
from winback.demo.events import (
    CLICK,
    COMPLAINT,
    DROPPED,
    HARD,
    LINKS,
    RESUBSCRIBE,
    SENT,
    SOFT,
    UNSUBSCRIBE,
    USER_AGENTS,
    Month,
    Rows,
)
from winback.demo.files import DAY, NEVER, ExportFile, ExportWriter, Ints, pick
from winback.demo.people import CITIES, HUBSPOT, SECTORS, Flags
from winback.demo.texts import dotted, in_zone, uuid_texts

ZONE = "Europe/Paris"
FIRST_RECORD, RECORD_STEP, MERGED_OFFSET = 100_001, 7, 3
FIRST_CAMPAIGN = 55_000_000
FOLDER = "hubspot/main"

NATIVE_TYPES = (
    "SENT",
    "DELIVERED",
    "OPEN",
    "CLICK",
    "BOUNCE",
    "BOUNCE",
    "STATUSCHANGE",
    "SPAMREPORT",
    "STATUSCHANGE",
    "DROPPED",
)

DROP_REASONS = {
    HARD: "PREVIOUSLY_BOUNCED",
    UNSUBSCRIBE: "PREVIOUSLY_UNSUBSCRIBED_MESSAGE",
    COMPLAINT: "PREVIOUS_SPAM",
}
"""Why a message is dropped, by what closed the subscription."""

LABELS = {
    "en": {
        "record_id": "Record ID",
        "first_name": "First Name",
        "last_name": "Last Name",
        "email": "Email",
        "city": "City",
        "country": "Country/Region",
        "country_code": "Country/Region Code",
        "language": "Preferred language",
        "birth_date": "Date of birth",
        "gender": "Gender",
        "job": "Job Title",
        "industry": "Industry",
        "stage": "Lifecycle Stage",
        "created": "Create Date",
        "modified": "Last Modified Date",
        "opted_out": "Unsubscribed from all email",
        "bounce": "Email hard bounce reason",
        "merged": "Merged record IDs",
        "tracking": "Email tracking allowed",
        "owner": "Contact owner",
    },
    "fr": {
        "record_id": "ID de fiche d'informations",
        "first_name": "Prénom",
        "last_name": "Nom",
        "email": "E-mail",
        "city": "Ville",
        "country": "Pays/région",
        "country_code": "Code pays/région",
        "language": "Langue préférée",
        "birth_date": "Date de naissance",
        "gender": "Sexe",
        "job": "Intitulé du poste",
        "industry": "Secteur",
        "stage": "Phase du cycle de vie",
        "created": "Date de création",
        "modified": "Date de dernière modification",
        "opted_out": "Désabonné de tous les e-mails",
        "bounce": "Raison du hard bounce de l'e-mail",
        "merged": "ID des enregistrements fusionnés",
        "tracking": "Suivi des e-mails autorisé",
        "owner": "Propriétaire du contact",
    },
}
JOBS = ("Engineer", "Teacher", "Nurse", "Sales manager", "Student", "Architect", "Retired")


def record_ids(person: Ints) -> Ints:
    """Return the Record ID of each person."""
    return FIRST_RECORD + person.astype(np.int64) * RECORD_STEP


class HubspotExports:
    """Writes a file of events a month and, at the end, the contacts."""

    def __init__(self, writer: ExportWriter, simulation: Simulation) -> None:
        """Prepare the addresses: each person's own, then the one before."""
        self.writer = writer
        self.simulation = simulation
        people = simulation.people
        self.addresses = pa.chunked_array([people.addresses, people.older_addresses])
        self.addresses = self.addresses.combine_chunks()
        self.events = 0

    def recipients(self, person: Ints, at: Ints) -> Ints:
        """Return the position in `addresses` of the one each person had at a time."""
        people = self.simulation.people
        earlier = (people.address_changed_at[person] < 2**39) & (
            at < people.address_changed_at[person]
        )
        return person.astype(np.int64) + np.where(earlier, len(people), 0)

    def table(self, mail: Rows) -> pa.Table:
        """Return events with everything their text is made of; ids depend on the order made."""
        number = self.events + np.arange(len(mail["at"]))
        self.events += len(number)
        campaigns = self.simulation.campaigns[HUBSPOT]
        message = mail["campaign"].astype(np.int64) << 32 | mail["person"].astype(np.int64)
        sent = mail["type"] == SENT
        # the id of a SENT event follows from its message, so that others can name it
        own = np.where(sent, message, number | 1 << 62)
        return pa.table(
            {
                "id": uuid_texts(own),
                "sent_by": uuid_texts(message),
                "has_sender": ~sent & (mail["type"] != DROPPED) & (mail["campaign"] >= 0),
                "created": mail["at"] * 1000 + number % 997,
                "type": mail["type"],
                "recipient": pick(self.addresses, self.recipients(mail["person"], mail["at"])),
                "campaign": mail["campaign"],
                "name": pick(
                    pa.array([one.title for one in campaigns], pa.string()), mail["campaign"]
                ),
                "filtered": mail["is_filtered"],
                "url": pick(
                    urls(campaigns, "hubspot"),
                    np.where(
                        mail["type"] == CLICK, mail["campaign"] * len(LINKS) + mail["link"], -1
                    ),
                ),
                "agent": pick(pa.array(USER_AGENTS), mail["agent"]),
                "ip": mail["ip"].astype(np.int64),
                "person": mail["person"],
                "cause": mail["cause"],
            }
        )

    def write_events(self, name: str, table: pa.Table) -> ExportFile:
        """Write one file of events."""
        native = " ".join(f"when {code} then '{kind}'" for code, kind in enumerate(NATIVE_TYPES))
        drops = " ".join(f"when {code} then '{reason}'" for code, reason in DROP_REASONS.items())
        return self.writer.write(
            f"{FOLDER}/{name}",
            table,
            f"""select id, created, case type {native} end as type, recipient,
                case when campaign >= 0 then {FIRST_CAMPAIGN} + campaign end as "emailCampaignId",
                name as "emailCampaignName",
                case when has_sender then sent_by end as "sentById",
                null::varchar as "obsoletedById", filtered as "filteredEvent", url,
                agent as "userAgent", {dotted("ip")} as "ipAddress",
                case type when {HARD} then 'UNKNOWN_USER'
                    when {SOFT} then (case created % 2 when 0 then 'MAILBOX_FULL'
                        else 'THROTTLED' end) end as category,
                case type when {HARD} then '5.1.1' when {SOFT} then '4.2.2' end as status,
                case type when {HARD} then '550 user unknown'
                    when {SOFT} then '452 try again later' end as response,
                case type when {DROPPED} then (case cause {drops} end) end as "dropReason",
                case type when {UNSUBSCRIBE} then 'UNSUBSCRIBED'
                    when {RESUBSCRIBE} then 'SUBSCRIBED' end as "portalSubscriptionStatus"
            from rows""",
        )

    def add(self, month: Month) -> pa.Table:
        """Return the events of a month as `write_events` takes them."""
        return self.table(month.mail[HUBSPOT])

    def finish(self) -> None:
        """Write all contacts, and an earlier list of clients exported by a French user."""
        simulation, people = self.simulation, self.simulation.people
        end, stop = simulation.window.end, simulation.window.stop
        everyone = np.flatnonzero(in_hubspot(simulation) & (people.joined_at < stop))
        self._contacts(f"hubspot-crm-exports-all-contacts-{end}.csv", "en", everyone, stop)
        then = stop - 90 * DAY
        special = (people.address_changed_at < 2**39) | people.has_merged_record
        clients = in_hubspot(simulation) & (people.joined_at < then) & (people.buys | special)
        name = f"hubspot-crm-exports-clients-{end - timedelta(days=90)}.csv"
        self._contacts(name, "fr", np.flatnonzero(clients), then)

    def _contacts(self, name: str, language: str, person: Ints, then: int) -> None:
        """Write the contacts as they were at `then`."""
        simulation, people = self.simulation, self.simulation.people
        earlier = then < simulation.window.stop
        merged = people.has_merged_record[person]
        if earlier:
            # not merged yet: the second record still stands beside the first
            person = np.concatenate([person, person[merged]])
            second = np.arange(len(person)) >= len(merged)
            merged = np.zeros(len(person), np.bool_)
        else:
            second = np.zeros(len(person), np.bool_)
        subs = simulation.lists[HUBSPOT]
        sub = subs.position[person]
        gone = (sub >= 0) & subs.closed[sub] & (subs.closed_at[sub] < then) & ~second
        kind = np.where(gone, subs.close_type[sub], -1)
        # an opt-out, a bounce and a return each change the record
        changed_at = np.where((sub >= 0) & ~second, subs.closed_at[sub], NEVER)
        changed_at = np.where(changed_at < then, changed_at, 0)
        address = np.where(
            second, person + len(people), self.recipients(person, np.full(len(person), then - 1))
        )
        city = people.city[person]
        luck = (person * 2_654_435_761 % 1000) / 1000
        labels = LABELS[language]
        ids = record_ids(person)
        rows: dict[str, Any] = {
            "id": ids + np.where(second, MERGED_OFFSET, 0),
            **names(simulation, person),
            "email": pick(self.addresses, address),
            "city": pick(pa.array([one[0] for one in CITIES]), city),
            "country": pick(pa.array([one[4] for one in CITIES]), city),
            "code": pick(pa.array([one[2] for one in CITIES]), city),
            "language": pick(pa.array(["fr", "ar", "en"]), np.where(luck < 0.9, person % 3, -1)),
            "born": np.where(luck < 0.7, people.birth_day[person], 10**6),
            "female": people.is_female[person],
            "job": pick(pa.array(JOBS), np.where(luck < 0.6, person % len(JOBS), -1)),
            "sector": pick(pa.array(SECTORS), np.where(luck < 0.85, people.sector[person], -1)),
            "buys": people.buys[person],
            "created": people.joined_at[person],
            "modified": np.maximum.reduce(
                [
                    then - 1 - (luck * 40 * DAY).astype(np.int64),
                    people.joined_at[person],
                    changed_at,
                ]
            ),
            "out": np.isin(kind, (UNSUBSCRIBE, COMPLAINT)),
            "member": sub >= 0,
            "bounced": kind == HARD,
            "merged": np.where(merged, ids + MERGED_OFFSET, -1),
            "tracking": people.allows_tracking[person],
        }
        stamp = "%Y-%m-%d %H:%M"
        columns = {
            "record_id": "id",
            "first_name": "first_name",
            "last_name": "last_name",
            "email": "email",
            "owner": "'Équipe CRM'",
            "city": "city",
            "country": "country",
            "country_code": "code",
            "language": "language",
            "birth_date": "case when born < 1000000 then date '1970-01-01' + born::int end",
            "gender": "if(female, 'female', 'male')",
            "job": "job",
            "industry": "sector",
            "stage": "if(buys, 'customer', 'subscriber')",
            "created": in_zone("created", ZONE, stamp),
            "modified": in_zone("modified", ZONE, stamp),
            "opted_out": 'case when member then "out" end',
            "bounce": "if(bounced, 'UNKNOWN_USER', null)",
            "merged": "case when merged >= 0 then merged end",
            "tracking": "tracking",
        }
        select = ", ".join(f'{sql} as "{labels[key]}"' for key, sql in columns.items())
        self.writer.write(f"{FOLDER}/{name}", pa.table(rows), f"select {select} from rows")


def in_hubspot(simulation: Simulation) -> Flags:
    """Tell who has a contact record in HubSpot."""
    return simulation.people.in_crm
