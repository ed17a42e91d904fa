"""What can happen, and how it is held until it is exported: columns of arrays."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from winback.demo.files import DAY, Ints
from winback.demo.people import Flags

EVENT_TYPES = (
    "sent",
    "delivered",
    "open",
    "click",
    "bounce_hard",
    "bounce_soft",
    "unsubscribe",
    "complaint",
    "resubscribe",
    "dropped",
)
SENT, DELIVERED, OPEN, CLICK, HARD, SOFT, UNSUBSCRIBE, COMPLAINT, RESUBSCRIBE, DROPPED = range(10)

USER_AGENTS = (
    "Mozilla/5.0",
    "Mozilla/5.0 (Windows NT 5.1; rv:11.0) Gecko Firefox/11.0 (via ggpht.com GoogleImageProxy)",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/124.0.0.0 Safari/537.36",
    "BarracudaCentral URL Analyzer",
    "Mozilla/5.0 (iPhone; CPU iPhone OS 17_4 like Mac OS X) AppleWebKit/605.1.15 "
    "(KHTML, like Gecko) Mobile/15E148",
    "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) "
    "Chrome/125.0.0.0 Safari/537.36",
    "Mozilla/5.0 (iPad; CPU OS 17_4 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Mobile/15E148",
)
APPLE_AGENT, GOOGLE_AGENT, GATEWAY_AGENT, GATEWAY_NAMED_AGENT, FIRST_DEVICE_AGENT = range(5)

LINKS = ("new-arrivals", "best-sellers", "stores", "account")
"""Pages that every message links to; the unsubscribe link is not followed by machines here."""

DIRECT, ORGANIC, EMAIL, SOCIAL, PAID = range(5)
SEASON = np.array([1.3, 0.9, 0.95, 1.0, 1.0, 1.05, 1.2, 0.7, 0.95, 1.05, 1.6, 1.7])

WEEK = 7 * DAY
SILENCE = 120 * DAY
READABLE = 21 * DAY

EVENT_COLUMNS: dict[str, Any] = {
    "at": np.int64,
    "campaign": np.int32,
    "person": np.int32,
    "type": np.int8,
    "is_machine": np.bool_,
    "is_filtered": np.bool_,
    "agent": np.int8,
    "ip": np.uint32,
    "link": np.int8,
    "cause": np.int8,
}
SESSION_COLUMNS: dict[str, Any] = {
    "at": np.int64,
    "person": np.int32,
    "medium": np.int8,
    "campaign": np.int32,
    "converted": np.bool_,
}
ORDER_COLUMNS: dict[str, Any] = {"at": np.int64, "person": np.int32}

Rows = dict[str, Any]
"""Columns by name, arrays of one length."""


class Buffer:
    """Rows in the order they were made, given out by time."""

    def __init__(self, columns: dict[str, Any]) -> None:
        """Start empty."""
        self.columns = columns
        self.parts: list[Rows] = []

    def add(self, at: Ints, **values: Any) -> None:
        """Add rows; scalars are repeated, columns left out are -1, 0 or false."""
        if len(at) == 0:
            return
        rows: Rows = {"at": at.astype(np.int64)}
        for name, kind in self.columns.items():
            if name == "at":
                continue
            signed = kind in (np.int8, np.int32)
            value = values.get(name, -1 if signed else 0)
            rows[name] = np.broadcast_to(np.asarray(value).astype(kind), at.shape)
        self.parts.append(rows)

    def take_before(self, at: int) -> Rows:
        """Remove and return the rows before a time, by time and then in the order made."""
        taken: dict[str, list[Any]] = {name: [] for name in self.columns}
        kept: list[Rows] = []
        for part in self.parts:
            early = part["at"] < at
            if not early.all():
                kept.append({name: column[~early] for name, column in part.items()})
            for name, column in part.items():
                taken[name].append(column[early])
        self.parts = kept
        rows = {
            name: np.concatenate([np.empty(0, kind), *taken[name]])
            for name, kind in self.columns.items()
        }
        order = np.argsort(rows["at"], kind="stable")
        return {name: column[order].astype(self.columns[name]) for name, column in rows.items()}


@dataclass
class Campaign:
    """One campaign of one account; `sent` counts its messages."""

    account: int
    number: int
    kind: str
    title: str
    subject: str
    sent_at: int
    sent: int = 0


@dataclass
class Subscriptions:
    """The people on the list of one account, and where each stands."""

    account: int
    person: Ints
    position: Ints
    joined_at: Ints
    is_primary: Flags
    closed: Flags
    closed_at: Ints
    close_type: Ints
    close_campaign: Ints
    resubscribes_at: Ints
    last_send: Ints
    last_campaign: Ints
    has_read: Flags
    last_human: Ints
    win_backs: Ints
    was_resubscribed: Flags
    wants_less: Flags


@dataclass
class Month:
    """All that happened in one month, before it is written in the tools' layouts."""

    start: int
    stop: int
    mail: list[Rows]
    sessions: Rows
    orders: Rows
