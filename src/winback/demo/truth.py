"""What really happened, beside the exports: for measuring a pipeline, never an input of it.

Written to the truth folder:

- `contacts.parquet`, one row per person: when they lapsed and returned, the true state at the end,
  the cadence, the sector, whether mail may be sent;
- `records.parquet`, one row per record in a tool: which person it is;
- `events/<month>.parquet`, one row per exported open, click, bounce, complaint and change of
  consent: who, when, and whether a machine did it. Sends are left out, the exports hold them all;
- `expectations.json`: what a correct pipeline must count, file by file and over all.

`person_id` is the number of the person and the same in all of them.
"""

from __future__ import annotations

import json
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from winback.demo.behaviour import (
    COMPLAINT,
    DELIVERED,
    EVENT_TYPES,
    HARD,
    RESUBSCRIBE,
    SENT,
    SOFT,
    UNSUBSCRIBE,
    Month,
    Simulation,
)
from winback.demo.files import DAY, NEVER, ExportWriter, Ints, pick
from winback.demo.generic import GenericExports, has_address, is_deleted, members, opted_out
from winback.demo.hubspot import (
    FIRST_CAMPAIGN,
    MERGED_OFFSET,
    HubspotExports,
    in_hubspot,
    record_ids,
)
from winback.demo.mailchimp import AudienceExports, FivetranTables, campaign_ids, is_closed
from winback.demo.people import (
    ACCOUNTS,
    COLD_BUYER,
    HUBSPOT,
    NEVER_ENGAGED,
    SECTORS,
    SHOP_FR,
    SHOP_MA,
)
from winback.demo.shopify import CURRENCIES, STATUS, ShopExports, counted
from winback.demo.texts import hex_texts

STATES = ("active", "new", "lapsed", "reactivated", "never_engaged", "cold_buyer")
ACTIVE, NEW, LAPSED, REACTIVATED, NEVER_DID, COLD = range(6)


class TruthWriter:
    """Keeps count while months are written, then writes the truth folder."""

    def __init__(self, folder: Path, writer: ExportWriter, simulation: Simulation) -> None:
        """Start the counts."""
        self.folder = folder
        self.writer = writer
        self.simulation = simulation
        self.events: Counter[tuple[str, str, str, bool]] = Counter()
        self.changes: dict[int, list[Ints]] = {UNSUBSCRIBE: [], RESUBSCRIBE: []}

    def add(self, month: Month) -> None:
        """Count a month's mail and write who did what."""
        parts = []
        for account, mail in enumerate(month.mail):
            for kind, who in self.changes.items():
                who.append(mail["person"][mail["type"] == kind].astype(np.int64))
            for kind in np.unique(mail["type"]):
                for machine in (False, True):
                    lines = int(((mail["type"] == kind) & (mail["is_machine"] == machine)).sum())
                    if lines:
                        key = (*ACCOUNTS[account], EVENT_TYPES[kind], machine)
                        self.events[key] += lines
            kept = ~np.isin(mail["type"], (SENT, DELIVERED))
            columns = ("at", "campaign", "person", "type", "is_machine")
            part: dict[str, Any] = {name: mail[name][kept] for name in columns}
            part["account"] = np.full(int(kept.sum()), account, np.int8)
            parts.append(pa.table(part))
        name = f"{datetime.fromtimestamp(month.start, UTC):%Y-%m}.parquet"
        types = pa.array(EVENT_TYPES)
        table = pa.concat_tables(parts)
        account = table["account"].to_numpy()
        table = table.append_column(
            "system", pick(pa.array([system for system, _ in ACCOUNTS]), account)
        )
        table = table.append_column(
            "relation", pick(pa.array([relation for _, relation in ACCOUNTS]), account)
        )
        made = self.simulation.campaigns
        ids = pa.array(
            [
                *campaign_ids(SHOP_FR, len(made[SHOP_FR])).to_pylist(),
                *campaign_ids(SHOP_MA, len(made[SHOP_MA])).to_pylist(),
                *(str(FIRST_CAMPAIGN + one.number) for one in made[HUBSPOT]),
            ],
            pa.string(),
        )
        begins = np.cumsum([0, *[len(one) for one in made[:-1]]])
        campaign = table["campaign"].to_numpy()
        place = np.where(campaign >= 0, begins[account] + campaign, -1)
        table = table.append_column("campaign_id", pick(ids, place))
        table = table.append_column("event", pick(types, table["type"].to_numpy()))
        self.writer.copy(
            self.folder / "events" / name,
            table,
            """select system as source_system, relation as source_relation,
                campaign_id as source_campaign_id, person as person_id,
                make_timestamp("at" * 1000000) as occurred_at, event as event_type, is_machine
            from rows""",
            "format parquet, compression zstd",
        )

    def finish(
        self,
        audience: AudienceExports,
        fivetran: FivetranTables,
        hubspot: HubspotExports,
        shop: ShopExports,
        generic: GenericExports,
        sessions: tuple[int, int],
        parameters: dict[str, Any],
    ) -> dict[str, Any]:
        """Write contacts, records and expectations; return the expectations."""
        state, blocked = self._contacts()
        records, told_apart = self._records(audience, fivetran, hubspot, shop, generic)
        people, stop = self.simulation.people, self.simulation.window.stop
        expectations = {
            "parameters": parameters,
            "people": {
                "contacts": len(people),
                "with_a_record": records,
                "resolvable": told_apart,
                "changed_address": int(
                    (people.address_changed_at < self.simulation.window.stop).sum()
                ),
                "merged_in_hubspot": int(
                    (people.has_merged_record & (people.joined_at < stop)).sum()
                ),
                "plus_address": int(people.is_plus_address.sum()),
                "unsubscribed": len(self._who_ever(UNSUBSCRIBE)),
                "resubscribed": len(self._who_ever(RESUBSCRIBE)),
                "by_state": {name: int((state == code).sum()) for code, name in enumerate(STATES)},
                "by_blocking_cause": blocked,
            },
            "mail": self._mail(),
            "orders": self._order_counts(shop),
            "sessions": {"total": sessions[0], "linked": sessions[1]},
            "experiment": self._experiment(),
            "faults": {
                name: sum(getattr(file, name) for file in self.writer.files)
                for name in ("malformed", "unparsable", "future", "duplicates", "repeated", "late")
            },
            "files": self.writer.listing(),
        }
        text = json.dumps(expectations, indent=1, sort_keys=True)
        (self.folder / "expectations.json").write_text(text + "\n", encoding="utf-8")
        return expectations

    def _contacts(self) -> tuple[Ints, dict[str, int]]:
        simulation, people = self.simulation, self.simulation.people
        stop = simulation.window.stop
        count = len(people)
        gone = (people.lapsed_at < stop) & (people.returned_at >= stop)
        state = np.select(
            [
                people.kind == NEVER_ENGAGED,
                gone,
                people.returned_at < stop,
                people.kind == COLD_BUYER,
                people.joined_at >= stop - 30 * DAY,
            ],
            [NEVER_DID, LAPSED, REACTIVATED, COLD, NEW],
            ACTIVE,
        )
        causes = ("hard_bounce", "complaint", "unsubscribe", "deleted", "never_subscribed")
        cause = np.full(count, -1)
        everyone = np.arange(count)
        member = np.isin(everyone, members(simulation))
        asked = member & has_address(everyone) & ~opted_out(everyone)
        for code, kind in ((2, UNSUBSCRIBE), (1, COMPLAINT), (0, HARD)):
            for subs in simulation.lists:
                closed = is_closed(simulation, subs) & (subs.close_type == kind)
                cause[subs.person[closed]] = code
                asked[subs.person[subs.joined_at < stop]] = True
        cause = np.where((cause < 0) & member & is_deleted(everyone), 3, cause)
        cause = np.where((cause < 0) & member & opted_out(everyone), 2, cause)
        cause = np.where((cause < 0) & people.crm_only_mail, 4, cause)
        last_act = np.minimum(simulation.last_act, stop - 1)
        self.writer.copy(
            self.folder / "contacts.parquet",
            pa.table(
                {
                    "person": everyone,
                    "state": pick(pa.array(STATES), state),
                    "joined": people.joined_at,
                    "lapsed": people.lapsed_at,
                    "returned": people.returned_at,
                    "last_act": last_act,
                    "acted": simulation.last_act > 0,
                    "cadence": np.where(
                        np.isin(people.kind, (NEVER_ENGAGED, COLD_BUYER)), -1, people.cadence_days
                    ),
                    "order_gap": np.where(people.buys, people.order_gap_days, -1),
                    "sector": pick(pa.array(SECTORS), people.sector),
                    "mpp": people.has_mpp,
                    "gateway": people.has_gateway,
                    "tracking": people.allows_tracking,
                    "asked": asked,
                    "cause": pick(pa.array(causes), cause),
                }
            ),
            f"""select person as person_id, state as true_state,
                case when returned < {NEVER} and returned < {stop} then null
                    when lapsed < {stop} then make_timestamp(lapsed * 1000000)::date end
                    as lapsed_on,
                case when returned < {stop} then make_timestamp(lapsed * 1000000)::date end
                    as earlier_lapsed_on,
                case when returned < {stop} then make_timestamp(returned * 1000000)::date end
                    as returned_on,
                make_timestamp(joined * 1000000)::date as joined_on,
                case when acted then make_timestamp(last_act * 1000000) end as last_human_act_at,
                case when cadence > 0 then cadence::float end as cadence_days,
                case when order_gap > 0 then order_gap::float end as order_gap_days,
                sector, mpp as has_privacy_proxy, gateway as has_link_scanner,
                tracking as email_tracking_allowed,
                case when cause is not null then false when asked then true end as is_mailable,
                cause as blocking_cause
            from rows""",
            "format parquet, compression zstd",
        )
        return state, {name: int((cause == code).sum()) for code, name in enumerate(causes)}

    def _records(
        self,
        audience: AudienceExports,
        fivetran: FivetranTables,
        hubspot: HubspotExports,
        shop: ShopExports,
        generic: GenericExports,
    ) -> tuple[int, int]:
        """Write the records of contacts.

        Return the number of persons that have one, and the number of contacts that can be told:
        a loyalty record without an address has nothing that ties it to the person's others.
        """
        simulation, people = self.simulation, self.simulation.people
        stop = simulation.window.stop

        def table(
            system: str, relation: str, person: Ints, ids: pa.Array, email: pa.Array
        ) -> pa.Table:
            count = len(person)
            return pa.table(
                {
                    "source_system": pa.array([system]).take(pa.array(np.zeros(count, np.int32))),
                    "source_relation": pa.array([relation]).take(
                        pa.array(np.zeros(count, np.int32))
                    ),
                    "source_contact_id": ids.cast(pa.string()),
                    "email": email.cast(pa.string()),
                    "person_id": pa.array(person.astype(np.int64)),
                }
            )

        def listed(account: int) -> Ints:
            subs = simulation.lists[account]
            return subs.person[subs.joined_at < stop]

        readers = np.union1d(
            listed(SHOP_FR), np.flatnonzero(people.crm_only_mail & (people.joined_at < stop))
        )
        moroccans = listed(SHOP_MA)
        crm = np.flatnonzero(in_hubspot(simulation) & (people.joined_at < stop))
        two = crm[people.has_merged_record[crm]]
        changed = crm[people.address_changed_at[crm] < stop]
        loyal = members(simulation)
        orders = [rows["person"][rows["has_email"] & ~rows["in_store"]] for rows in shop.all_orders]
        buyers = np.unique(np.concatenate(orders))
        tables = [
            table(
                "mailchimp",
                "shop_fr",
                readers,
                hex_texts(readers, 10, salt=3),
                audience.addresses.take(pa.array(readers)),
            ),
            table(
                "mailchimp",
                "shop_ma",
                moroccans,
                hex_texts(moroccans, 10, salt=5),
                fivetran.addresses.take(pa.array(moroccans)),
            ),
            table("hubspot", "main", crm, pa.array(record_ids(crm)), people.addresses.take(crm)),
            table(
                "hubspot",
                "main",
                changed,
                pa.array(record_ids(changed)),
                people.older_addresses.take(changed),
            ),
            table(
                "hubspot",
                "main",
                two,
                pa.array(record_ids(two) + MERGED_OFFSET),
                people.older_addresses.take(two),
            ),
            table(
                "shopify",
                "main",
                buyers,
                pa.nulls(len(buyers), pa.string()),
                shop.addresses.take(pa.array(buyers)),
            ),
            table(
                "generic",
                "main",
                loyal,
                pa.array([f"L{person:07d}" for person in loyal], pa.string()),
                pa.array(
                    pick(generic.addresses, np.where(has_address(loyal), loyal, -1)).cast(
                        pa.string()
                    )
                ),
            ),
        ]
        joined = pa.concat_tables(tables)
        self.writer.copy(
            self.folder / "records.parquet",
            joined,
            "from rows",
            "format parquet, compression zstd",
        )
        person = joined["person_id"].to_numpy()
        alone = loyal[~has_address(loyal)]
        elsewhere = np.concatenate([readers, moroccans, crm, buyers])
        known = len(np.unique(person))
        return known, known + int(np.isin(alone, elsewhere).sum())

    def _who_ever(self, kind: int) -> Ints:
        """Return who has an exported change of consent of a kind."""
        return np.unique(np.concatenate([*self.changes[kind], np.empty(0, np.int64)]))

    def _mail(self) -> list[dict[str, Any]]:
        """Count events by account, and how many of them can be read in an export.

        Mailchimp's own exports show the last state of a member, not what led to it: a bounce is a
        cleaned member, an opt-out taken back leaves no trace.
        """
        subs = self.simulation.lists[SHOP_FR]
        closed = is_closed(self.simulation, subs)
        shown = {
            ("shop_fr", EVENT_TYPES[kind]): int((closed & (subs.close_type == kind)).sum())
            for kind in (UNSUBSCRIBE, COMPLAINT)
        }
        for kind in (HARD, SOFT, RESUBSCRIBE):
            shown["shop_fr", EVENT_TYPES[kind]] = 0
        shown["shop_ma", EVENT_TYPES[RESUBSCRIBE]] = 0
        return [
            {
                "system": system,
                "account": account,
                "event_type": kind,
                "is_machine": machine,
                "events": lines,
                "exported": shown.get((account, kind), lines),
            }
            for (system, account, kind, machine), lines in sorted(self.events.items())
        ]

    def _order_counts(self, shop: ShopExports) -> list[dict[str, Any]]:
        """Count orders by shop, currency and status, amounts in units of the currency."""
        rows = {
            name: np.concatenate([part[name] for part in shop.all_orders])
            for name in ("in_store", "currency", "status", "total", "refunded")
        }
        counts = []
        for in_store in (False, True):
            for currency, code in enumerate(CURRENCIES):
                for status, name in enumerate(STATUS):
                    one = (
                        (rows["in_store"] == in_store)
                        & (rows["currency"] == currency)
                        & (rows["status"] == status)
                    )
                    if one.any():
                        total, refunded = (
                            int(rows[key][one].sum()) for key in ("total", "refunded")
                        )
                        counts.append(
                            {
                                "system": "generic" if in_store else "shopify",
                                "currency": code,
                                "status": name,
                                "orders": int(one.sum()),
                                "net_amount": f"{total / 100:.2f}",
                                "refunded_amount": f"{refunded / 100:.2f}",
                                "is_revenue": bool(counted(np.array([status]))[0]),
                            }
                        )
        return counts

    def _experiment(self) -> dict[str, Any] | None:
        assigned = self.simulation.assignments
        if assigned is None:
            return None
        treated = int(assigned["treated"].sum())
        return {
            "assigned_at": datetime.fromtimestamp(int(assigned["at"][0]), UTC).isoformat()
            if len(assigned["at"])
            else None,
            "call": treated,
            "control": len(assigned["treated"]) - treated,
            "moved_by_call": self.simulation.moved_by_call,
        }
