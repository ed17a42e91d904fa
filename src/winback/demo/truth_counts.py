"""The truth about numbers: what a correct pipeline must count over all files."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime
from typing import Any

import numpy as np

from winback.demo.behaviour import Simulation
from winback.demo.campaigns import is_closed
from winback.demo.events import COMPLAINT, EVENT_TYPES, HARD, RESUBSCRIBE, SOFT, UNSUBSCRIBE
from winback.demo.offers import GROUPS
from winback.demo.people import SHOP_FR
from winback.demo.shopify import CURRENCIES, STATUS, ShopExports, counted


def mail_counts(
    simulation: Simulation, events: Counter[tuple[str, str, str, bool]]
) -> list[dict[str, Any]]:
    """Count events by account, and how many of them can be read in an export.

    Mailchimp's own exports show the last state of a member, not what led to it: a bounce is a
    cleaned member, an opt-out taken back leaves no trace.
    """
    subs = simulation.lists[SHOP_FR]
    closed = is_closed(simulation, subs)
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
        for (system, account, kind, machine), lines in sorted(events.items())
    ]


def order_counts(shop: ShopExports) -> list[dict[str, Any]]:
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
                    total, refunded = (int(rows[key][one].sum()) for key in ("total", "refunded"))
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


def experiment_counts(simulation: Simulation) -> dict[str, Any] | None:
    """Count the two arms of the experiment, and who acted because of the call."""
    assigned = simulation.assignments
    if assigned is None:
        return None
    treated = int(assigned["treated"].sum())
    return {
        "assigned_at": datetime.fromtimestamp(int(assigned["at"][0]), UTC).isoformat()
        if len(assigned["at"])
        else None,
        "call": treated,
        "control": len(assigned["treated"]) - treated,
        "moved_by_call": simulation.moved_by_call,
    }


def offer_counts(simulation: Simulation) -> dict[str, Any]:
    """Count the members of each arm and true group of the offer; empty when none was mailed."""
    offers = simulation.offers
    if offers is None:
        return {}
    counts = {
        arm: {
            name: int(((offers["group"] == code) & (offers["treated"] == is_treated)).sum())
            for code, name in enumerate(GROUPS)
        }
        for arm, is_treated in (("offer", True), ("control", False))
    }
    return {"offer": counts}
