"""What really happened, beside the exports: for measuring a pipeline, never an input of it.

Written to the truth folder:

- `contacts.parquet`, one row per person: when they lapsed and returned, the true state at the end,
  the cadence, the sector, whether mail may be sent;
- `records.parquet`, one row per record in a tool: which person it is;
- `events/<month>.parquet`, one row per exported open, click, bounce, complaint and change of
  consent: who, when, and whether a machine did it. Sends are left out, the exports hold them all;
- `offers.parquet`, with `--mail-test` alone: one row per member of the test with what the offer
  changes in them;
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

from winback.demo.behaviour import Simulation
from winback.demo.campaigns import campaign_ids
from winback.demo.events import DELIVERED, EVENT_TYPES, RESUBSCRIBE, SENT, UNSUBSCRIBE, Month
from winback.demo.files import ExportWriter, Ints, pick
from winback.demo.fivetran import FivetranTables
from winback.demo.generic import GenericExports
from winback.demo.hubspot import FIRST_CAMPAIGN
from winback.demo.mailchimp import AudienceExports
from winback.demo.people import ACCOUNTS, HUBSPOT, SHOP_FR, SHOP_MA
from winback.demo.shopify import ShopExports
from winback.demo.truth_counts import (
    experiment_counts,
    mail_counts,
    offer_counts,
    order_counts,
)
from winback.demo.truth_people import holders, write_contacts, write_offers, write_records


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
        shop: ShopExports,
        generic: GenericExports,
        sessions: tuple[int, int],
        parameters: dict[str, Any],
    ) -> dict[str, Any]:
        """Write contacts, records and expectations; return the expectations."""
        simulation = self.simulation
        people, stop = simulation.people, simulation.window.stop
        held = holders(simulation, shop)
        states, blocked = write_contacts(self.folder, self.writer, simulation, held)
        exports = (audience, fivetran, shop, generic)
        if simulation.offers is not None:
            write_offers(self.folder, self.writer, simulation.offers)
        records, told_apart = write_records(self.folder, self.writer, simulation, held, exports)
        expectations = {
            "parameters": parameters,
            "people": {
                "contacts": len(people),
                "with_a_record": records,
                "resolvable": told_apart,
                "changed_address": int((people.address_changed_at < stop).sum()),
                "merged_in_hubspot": int(
                    (people.has_merged_record & (people.joined_at < stop)).sum()
                ),
                "plus_address": int(people.is_plus_address.sum()),
                "unsubscribed": len(self._who_ever(UNSUBSCRIBE)),
                "resubscribed": len(self._who_ever(RESUBSCRIBE)),
                "by_state": states,
                "by_blocking_cause": blocked,
            },
            "mail": mail_counts(simulation, self.events),
            "orders": order_counts(shop),
            "sessions": {"total": sessions[0], "linked": sessions[1]},
            "experiment": experiment_counts(simulation),
            **offer_counts(simulation),
            "faults": {
                name: sum(getattr(file, name) for file in self.writer.files)
                for name in ("malformed", "unparsable", "future", "duplicates", "repeated", "late")
            },
            "files": self.writer.listing(),
        }
        text = json.dumps(expectations, indent=1, sort_keys=True)
        (self.folder / "expectations.json").write_text(text + "\n", encoding="utf-8")
        return expectations

    def _who_ever(self, kind: int) -> Ints:
        """Return who has an exported change of consent of a kind."""
        return np.unique(np.concatenate([*self.changes[kind], np.empty(0, np.int64)]))
