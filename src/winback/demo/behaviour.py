"""What people, and the machines in front of them, do: one pass over time, all people at once.

Time advances in steps of a week (shorter when mail is sent more often). In each step

1. campaigns go out: newsletters every `send_every_days` (every second one to the three in ten who
   asked for fewer), promotions to a random part every twelve weeks, win-back mails every eight
   weeks to those silent for 120 days (three at most), a welcome message in HubSpot. Bounces,
   complaints and opt-outs close a subscription; some opt-outs return;
2. machines answer the mail: Apple's privacy proxy fetches the pixel for three messages of four of
   its users, whether anyone reads or not and long after a lapse; security gateways open and follow
   every link within seconds; a crawler walks through a part of some campaigns from one /24 block;
3. people act on *occasions*: a renewal process with gamma gaps, of their own mean (`cadence_days`)
   and regularity, only while they are active, and thinned over the 60 days before a lapse. An
   occasion is spent on the latest unread message (open, perhaps click, then a visit) or on a direct
   visit. A reader behind Apple's proxy leaves a proxied open or no trace at all;
4. buyers order on a second renewal process, faster in the sales and before Christmas.

Nobody does anything human from the true lapse on, until a return. Those never engaged never act;
cold buyers order and never touch a message.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from winback.demo.files import DAY, NEVER, Ints, random
from winback.demo.people import ACCOUNTS, HUBSPOT, SHOP_FR, Flags, People, Window

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

SILENCE = 120 * DAY
READABLE = 21 * DAY

_EVENT_COLUMNS: dict[str, Any] = {
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
_SESSION_COLUMNS: dict[str, Any] = {
    "at": np.int64,
    "person": np.int32,
    "medium": np.int8,
    "campaign": np.int32,
    "converted": np.bool_,
}
_ORDER_COLUMNS: dict[str, Any] = {"at": np.int64, "person": np.int32}

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


@dataclass
class Simulation:
    """The state of the whole population while time goes by."""

    people: People
    window: Window
    seed: int
    send_every_days: float = 14.0
    campaigns: list[list[Campaign]] = field(default_factory=lambda: [[], [], []])
    lists: list[Subscriptions] = field(default_factory=list)
    assignments: Rows | None = None

    def __post_init__(self) -> None:
        """Set up the lists and the first occasions."""
        self.lists = [self._subscribe(account) for account in range(len(ACCOUNTS))]
        self.mail = [Buffer(_EVENT_COLUMNS) for _ in ACCOUNTS]
        self.sessions = Buffer(_SESSION_COLUMNS)
        self.orders = Buffer(_ORDER_COLUMNS)
        self.welcome: Campaign | None = None
        self.moved_by_call = 0
        people, rng = self.people, random(self.seed, "first occasions")
        begin = np.maximum(people.joined_at, self.window.start)
        count = len(people)
        gap = people.cadence_days * DAY
        acting = people.kind != 1
        self.next_occasion = np.where(acting, begin + rng.random(count) * gap, NEVER).astype(
            np.int64
        )
        order_gap = people.order_gap_days * DAY
        buying = people.buys & acting
        self.next_order = np.where(buying, begin + rng.random(count) * order_gap, NEVER).astype(
            np.int64
        )
        self.last_act = np.full(count, -NEVER, np.int64)

    def _subscribe(self, account: int) -> Subscriptions:
        people = self.people
        rng = random(self.seed, "subscribe", account)
        second = rng.random(len(people)) < 0.07
        primary = people.home == account
        if account == HUBSPOT:
            member = primary | (second & (people.home != 3) & people.in_crm)
        elif account == SHOP_FR:
            member = (primary & ~people.crm_only_mail) | (second & (people.home == HUBSPOT))
        else:
            member = primary
        person = np.flatnonzero(member)
        size = len(person)
        position = np.full(len(people), -1, np.int64)
        position[person] = np.arange(size)
        never = np.full(size, NEVER, np.int64)
        none = np.full(size, -1, np.int64)
        return Subscriptions(
            account=account,
            person=person,
            position=position,
            joined_at=people.joined_at[person],
            is_primary=primary[person],
            closed=np.zeros(size, np.bool_),
            closed_at=never.copy(),
            close_type=none.copy(),
            close_campaign=none.copy(),
            resubscribes_at=never.copy(),
            last_send=none.copy(),
            last_campaign=none.copy(),
            has_read=np.zeros(size, np.bool_),
            last_human=none.copy(),
            win_backs=np.zeros(size, np.int64),
            was_resubscribed=np.zeros(size, np.bool_),
            wants_less=rng.random(size) < 0.3,
        )

    @property
    def step_seconds(self) -> int:
        """Length of a step: a week, or a whole part of the send interval below a week."""
        return int(min(7.0, self.send_every_days) * DAY)

    def run(self) -> Iterator[Month]:
        """Let time go by and give out each month as it is complete."""
        starts = [
            int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp())
            for day in self.window.month_starts()
        ]
        edges = [*starts[1:], self.window.stop]
        month, at, step = 0, self.window.start, 0
        experiment_at = edges[-3] if len(edges) > 3 else -1
        while at < self.window.stop:
            until = min(at + self.step_seconds, self.window.stop)
            while at >= edges[month]:
                yield self._month(starts[month], edges[month])
                month += 1
            if at <= experiment_at < until:
                self._experiment(experiment_at)
            self._step(step, at, until)
            at, step = until, step + 1
        yield self._month(starts[month], edges[month])

    def _month(self, start: int, stop: int) -> Month:
        return Month(
            start=start,
            stop=stop,
            mail=[buffer.take_before(stop) for buffer in self.mail],
            sessions=self.sessions.take_before(stop),
            orders=self.orders.take_before(stop),
        )

    # ------------------------------------------------------------------ one step

    def _step(self, step: int, at: int, until: int) -> None:
        rng = random(self.seed, "step", step)
        for subscriptions in self.lists:
            self._reopen(subscriptions, at, until)
            for kind, sent_at in self._due(subscriptions.account, step, at):
                if sent_at < self.window.stop:
                    self._send(rng, subscriptions, kind, sent_at)
        self._welcome(rng, at, until)
        self._leave(rng, at, until)
        self._occasions(rng, at, until)
        self._order(rng, at, until)

    def _due(self, account: int, step: int, at: int) -> list[tuple[str, int]]:
        """Return the campaigns of a step; each account has its own weekday and hour."""
        morning = at + min((1, 3, 2)[account] * DAY, self.step_seconds - DAY) + 9 * 3600
        week = (at - self.window.start) // (7 * DAY)
        fresh = week != (at - self.window.start - self.step_seconds) // (7 * DAY)
        every = max(1, round(self.send_every_days * DAY / self.step_seconds))
        due = []
        if step % every == account % every:
            due.append(("newsletter", morning))
        elif fresh and week % 12 == 3:
            due.append(("promotion", morning + 8 * 3600))
        if fresh and week % 8 == 7:
            due.append(("reactivation", morning + 5 * 3600))
        return due

    def _campaign(self, account: int, kind: str, sent_at: int) -> Campaign:
        made = self.campaigns[account]
        day = datetime.fromtimestamp(sent_at, UTC).date()
        number = len(made)
        title, subject = {
            "newsletter": (f"Newsletter {day:%Y-%m-%d}", f"What is new, {day:%B}"),
            "promotion": (f"Promotion {day:%Y-%m}", "Two days only: up to 30 % off"),
            "reactivation": (f"Win-back {day:%Y-%m}", "We miss you"),
            "automation": ("Welcome", "Welcome, here is your first discount"),
        }[kind]
        campaign = Campaign(account, number, kind, title, subject, sent_at)
        made.append(campaign)
        return campaign

    def _reopen(self, subs: Subscriptions, at: int, until: int) -> None:
        """Take back those who opt in again on a form."""
        due = np.flatnonzero(subs.closed & (subs.resubscribes_at < until))
        if len(due) == 0:
            return
        when = np.maximum(subs.resubscribes_at[due], at)
        self.mail[subs.account].add(
            when,
            person=subs.person[due],
            campaign=-1,
            type=RESUBSCRIBE,
        )
        subs.closed[due] = False
        subs.was_resubscribed[due] = True
        subs.closed_at[due] = when
        subs.resubscribes_at[due] = NEVER

    def _close(
        self, rng: np.random.Generator, subs: Subscriptions, who: Ints, at: Ints, kind: int
    ) -> None:
        """End subscriptions; some who stay active take an opt-out back within three months."""
        self.mail[subs.account].add(
            at, person=subs.person[who], campaign=subs.last_campaign[who], type=kind
        )
        subs.closed[who] = True
        subs.closed_at[who] = at
        subs.close_type[who] = kind
        subs.close_campaign[who] = subs.last_campaign[who]
        if kind == UNSUBSCRIBE:
            back = at + rng.integers(10, 90, len(who)) * DAY
            people, person = self.people, subs.person[who]
            returns = (rng.random(len(who)) < 0.3) & (people.lapsed_at[person] > back)
            subs.resubscribes_at[who] = np.where(returns, back, NEVER)

    def _send(self, rng: np.random.Generator, subs: Subscriptions, kind: str, sent_at: int) -> None:
        chosen = ~subs.closed & (subs.joined_at < sent_at)
        if kind == "promotion":
            chosen &= rng.random(len(chosen)) < 0.4
        elif kind == "newsletter" and len(self.campaigns[subs.account]) % 2:
            chosen &= ~subs.wants_less
        elif kind == "reactivation":
            chosen &= (
                (np.maximum(subs.last_human, subs.joined_at) < sent_at - SILENCE)
                & (subs.win_backs < 3)
                & (sent_at - SILENCE > self.window.start)
            )
        who = np.flatnonzero(chosen)
        if len(who) == 0:
            return
        campaign = self._campaign(subs.account, kind, sent_at)
        # Mailchimp dates the campaign, HubSpot each message: a send takes its minutes
        spread = 600 if subs.account == HUBSPOT else 45
        at = sent_at + np.sort(rng.integers(0, spread, len(who)))
        if kind == "reactivation":
            subs.win_backs[who] += 1
        self._deliver(rng, subs, campaign, who, at)
        self._crawl(rng, subs, campaign, who)
        if subs.account == HUBSPOT:
            recent = subs.closed & (subs.closed_at > sent_at - 60 * DAY)
            left = np.flatnonzero(recent & (subs.closed_at < sent_at))
            self.mail[HUBSPOT].add(
                np.full(len(left), sent_at + 5),
                person=subs.person[left],
                campaign=campaign.number,
                type=DROPPED,
                cause=subs.close_type[left],
            )

    def _welcome(self, rng: np.random.Generator, at: int, until: int) -> None:
        """Greet who joined HubSpot's list in this step."""
        subs = self.lists[HUBSPOT]
        who = np.flatnonzero((subs.joined_at >= at) & (subs.joined_at < until - 3600))
        if len(who) == 0:
            return
        if self.welcome is None:
            self.welcome = self._campaign(HUBSPOT, "automation", at)
        order = np.argsort(subs.joined_at[who], kind="stable")
        who = who[order]
        # a newsletter already sent in this step stays the latest message
        latest = subs.last_send[who]
        self._deliver(rng, subs, self.welcome, who, subs.joined_at[who] + 1800)
        subs.last_send[who] = np.maximum(latest, subs.last_send[who])

    def _deliver(
        self,
        rng: np.random.Generator,
        subs: Subscriptions,
        campaign: Campaign,
        who: Ints,
        at: Ints,
    ) -> None:
        """Send one message each to `who` at `at`; bounce, or deliver and let machines answer."""
        people, mail = self.people, self.mail[subs.account]
        person, number = subs.person[who], campaign.number
        mail.add(at, person=person, campaign=number, type=SENT)
        campaign.sent += len(who)
        subs.last_send[who], subs.last_campaign[who] = at, number
        subs.has_read[who] = False

        luck = rng.random(len(who))
        hard = people.dead_at[person] <= at
        soft = ~hard & (luck < 0.004)
        bounced = np.flatnonzero(hard)
        if len(bounced):
            wait = rng.integers(1, 60, len(bounced))
            self._close(rng, subs, who[bounced], at[bounced] + wait, HARD)
        mail.add(at[soft] + 30, person=person[soft], campaign=number, type=SOFT)
        arrived = ~hard & ~soft
        who, person, at = who[arrived], person[arrived], at[arrived] + 1
        at = at + rng.integers(0, 8, len(at))
        if subs.account == HUBSPOT:
            mail.add(at, person=person, campaign=number, type=DELIVERED)

        # Apple's privacy proxy: within minutes to a day, reader or not
        proxy = people.has_mpp[person] & (rng.random(len(who)) < 0.75)
        pixels = np.flatnonzero(proxy)
        delay = np.exp(rng.normal(np.log(2400), 1.3, len(pixels))).clip(20, 30 * 3600)
        mail.add(
            at[pixels] + delay.astype(np.int64),
            person=person[pixels],
            campaign=number,
            type=OPEN,
            is_machine=True,
            is_filtered=rng.random(len(pixels)) < 0.88,
            agent=APPLE_AGENT,
            ip=_apple_ip(rng, len(pixels)),
        )
        # security gateways: everything at once, seconds after delivery
        gate = np.flatnonzero(people.has_gateway[person] & (rng.random(len(who)) < 0.6))
        named = rng.random(len(gate)) < 0.3
        agent = np.where(named, GATEWAY_NAMED_AGENT, GATEWAY_AGENT)
        filtered = rng.random(len(gate)) < 0.75
        ip = (40 << 24) + (94 << 16) + (people.domain[person[gate]] << 8) + gate % 200
        begin = at[gate] + rng.integers(1, 6, len(gate))
        common: Rows = {
            "person": person[gate],
            "campaign": number,
            "is_machine": True,
            "is_filtered": filtered,
            "agent": agent,
            "ip": ip,
        }
        mail.add(begin, type=OPEN, **common)
        for link in range(len(LINKS)):
            mail.add(begin + 1 + link // 2, type=CLICK, link=link, **common)

    def _crawl(
        self, rng: np.random.Generator, subs: Subscriptions, campaign: Campaign, who: Ints
    ) -> None:
        """Let a crawler of one /24 open and click a part of some campaigns within a minute."""
        if rng.random() >= 0.17:
            return
        hit = np.flatnonzero((rng.random(len(who)) < 0.015) & ~subs.closed[who])
        at = campaign.sent_at + int(rng.integers(3, 20)) * 3600 + rng.integers(0, 50, len(hit))
        block = (185 << 24) + (int(rng.integers(0, 200)) << 16) + (int(rng.integers(0, 250)) << 8)
        common: Rows = {
            "person": subs.person[who[hit]],
            "campaign": campaign.number,
            "is_machine": True,
            "agent": GATEWAY_AGENT,
            "ip": block + rng.integers(1, 250, len(hit)),
        }
        self.mail[subs.account].add(at, type=OPEN, **common)
        self.mail[subs.account].add(at + 4, type=CLICK, link=0, **common)

    def _leave(self, rng: np.random.Generator, at: int, until: int) -> None:
        """Let some say goodbye on the last day before they lapse."""
        people = self.people
        lapsing = (people.lapsed_at >= at + DAY) & (people.lapsed_at < until + DAY)
        for subs in self.lists:
            who = np.flatnonzero(lapsing[subs.person] & ~subs.closed & (subs.last_send > 0))
            luck = rng.random(len(who))
            when = people.lapsed_at[subs.person[who]] - DAY + rng.integers(0, DAY - 60, len(who))
            known = (subs.last_send[who] < when) & (when < self.window.stop)
            for kind, share in ((COMPLAINT, luck < 0.012), (UNSUBSCRIBE, luck >= 0.9)):
                going = np.flatnonzero(known & share)
                self._close(rng, subs, who[going], when[going], kind)

    # ------------------------------------------------------------------ people

    def _renew(
        self, rng: np.random.Generator, due: Ints, gap_days: Any, shape: Any, then: Ints
    ) -> Ints:
        """Return the next time after `due`; a lapse is skipped up to the return."""
        people = self.people
        gap = rng.standard_gamma(shape) / shape * gap_days * DAY
        following = (then + np.maximum(gap, DAY / 2)).astype(np.int64)
        lapsed = (following >= people.lapsed_at[due]) & (following < people.returned_at[due])
        resumed = people.returned_at[due] + (gap * 0.2).astype(np.int64)
        return np.where(lapsed, np.where(resumed < NEVER, resumed, NEVER), following)

    def _occasions(self, rng: np.random.Generator, at: int, until: int) -> None:
        people = self.people
        due = np.flatnonzero(self.next_occasion < until)
        while len(due):
            when = self.next_occasion[due]
            self.next_occasion[due] = self._renew(
                rng, due, people.cadence_days[due], people.regularity[due], when
            )
            left = (people.lapsed_at[due] - when) / (60 * DAY)
            fading = (left > 0) & (left < 1) & (rng.random(len(due)) > np.maximum(left, 0.25))
            # at the hours the person keeps
            noon = people.hour[due] * 3600 + rng.normal(0, 5400, len(due))
            hour = noon.clip(0, DAY - 1).astype(np.int64)
            act = (when // DAY * DAY + hour).clip(at, until - 1)
            person, act = due[~fading], act[~fading]
            live = people.acts_at(person, act)
            self._act(rng, person[live], act[live], at)
            due = due[self.next_occasion[due] < until]

    def _act(self, rng: np.random.Generator, person: Ints, when: Ints, step_at: int) -> None:
        """Spend occasions: on the latest message where there is one, else on a visit."""
        people = self.people
        rest = np.ones(len(person), np.bool_)
        willing = rng.random(len(person)) < people.email_share[person]
        for subs in self.lists:
            sub = subs.position[person]
            known = sub >= 0
            sent = subs.last_send[sub]
            delay = np.exp(rng.normal(np.log(10_800), 1.2, len(person))).clip(40, 40 * 3600)
            soon = sent + delay.astype(np.int64)
            opened = np.where(
                when < sent, soon, np.where(sent >= step_at, np.minimum(when, soon), when)
            )
            reads = (
                known
                & willing
                & (sent > 0)
                & ~subs.has_read[sub]
                & ~subs.closed[sub]
                & (opened - sent < READABLE)
                & (subs.is_primary[sub] | (rng.random(len(person)) < 0.4))
                & people.acts_at(person, opened)
            )
            self._read(rng, subs, sub[reads], person[reads], opened[reads])
            rest &= ~reads
        visits = rest & (rng.random(len(person)) < 0.3)
        medium = rng.choice(
            [DIRECT, ORGANIC, SOCIAL, PAID], int(visits.sum()), p=[0.4, 0.35, 0.15, 0.1]
        )
        self._visit(person[visits], when[visits], medium, -1)

    def _visit(self, person: Ints, at: Ints, medium: Any, campaign: Any) -> None:
        self.sessions.add(at, person=person, medium=medium, campaign=campaign)
        np.maximum.at(self.last_act, person, at)

    def _read(
        self, rng: np.random.Generator, subs: Subscriptions, sub: Ints, person: Ints, at: Ints
    ) -> None:
        people, mail = self.people, self.mail[subs.account]
        subs.has_read[sub] = True
        subs.last_human[sub] = np.maximum(subs.last_human[sub], at)
        subs.win_backs[sub] = 0
        np.maximum.at(self.last_act, person, at)
        campaign = subs.last_campaign[sub]
        apple, google = people.has_mpp[person], people.has_image_proxy[person]
        device = FIRST_DEVICE_AGENT + people.device[person]
        own_ip = _own_ip(person)
        agent = np.select([apple, google], [APPLE_AGENT, GOOGLE_AGENT], device)
        google_ip = (66 << 24) + (249 << 16) + rng.integers(80 << 8, 96 << 8, len(at))
        ip = np.select([apple, google], [_apple_ip(rng, len(at)), google_ip], own_ip)
        luck = rng.random(len(at))
        # the proxy holds the image already: four readers in ten leave no open of their own
        traced = ~apple | (luck < 0.6)
        filtered = np.where(apple, rng.random(len(at)) < 0.88, rng.random(len(at)) < 0.003)
        shown: Rows = {
            "person": person,
            "campaign": campaign,
            "is_filtered": filtered,
            "agent": agent,
            "ip": ip,
        }

        def emit(rows: Flags, when: Ints) -> None:
            mail.add(when[rows], type=OPEN, **{key: value[rows] for key, value in shown.items()})

        emit(traced, at)
        later = at + rng.integers(1800, 40 * 3600, len(at))
        emit(traced & (rng.random(len(at)) < 0.12) & people.acts_at(person, later), later)
        clicks = (rng.random(len(at)) < people.click_share[person]) & (
            people.acts_at(person, at + 120)
        )
        clicked = at[clicks] + rng.integers(8, 110, int(clicks.sum()))
        mail.add(
            clicked,
            type=CLICK,
            person=person[clicks],
            campaign=campaign[clicks],
            agent=device[clicks],
            ip=own_ip[clicks],
            link=rng.integers(0, len(LINKS), len(clicked)),
        )
        visits = rng.random(len(clicked)) < 0.8
        tag = subs.account * 1_000_000 + campaign[clicks][visits]
        self._visit(person[clicks][visits], clicked[visits] + 3, EMAIL, tag)
        leaves = np.flatnonzero((rng.random(len(at)) < 0.0015) & people.acts_at(person, at + 200))
        self._close(rng, subs, sub[leaves], at[leaves] + 150, UNSUBSCRIBE)

    def _order(self, rng: np.random.Generator, at: int, until: int) -> None:
        people = self.people
        season = SEASON[datetime.fromtimestamp(at, UTC).month - 1]
        due = np.flatnonzero(self.next_order < until)
        while len(due):
            when = self.next_order[due]
            self.next_order[due] = self._renew(
                rng, due, people.order_gap_days[due] / season, people.order_regularity[due], when
            )
            hour = (rng.beta(3, 2, len(due)) * DAY).astype(np.int64)
            act = (when // DAY * DAY + hour).clip(at, until - 1)
            live = people.acts_at(due, act)
            person, act = due[live], act[live]
            self.orders.add(act, person=person)
            np.maximum.at(self.last_act, person, act)
            seen = rng.random(len(person)) < 0.65
            self.sessions.add(
                act[seen] - 400,
                person=person[seen],
                medium=rng.choice([DIRECT, ORGANIC, PAID], int(seen.sum())),
                converted=True,
            )
            due = due[self.next_order[due] < until]

    def _experiment(self, at: int) -> None:
        """Assign silent members of the loyalty programme to a win-back call, or to none.

        Half of those treated and still reachable act within a fortnight on top of their own pace.
        """
        people, rng = self.people, random(self.seed, "experiment")
        silent = self.last_act < at - 60 * DAY
        who = np.flatnonzero(people.in_loyalty & silent & (people.joined_at < at - 60 * DAY))
        treated = rng.random(len(who)) < 0.5
        moved = treated & (rng.random(len(who)) < 0.5) & people.acts_at(who, np.full(len(who), at))
        moved &= people.lapsed_at[who] > at + 15 * DAY
        soon = at + rng.integers(DAY, 14 * DAY, len(who))
        target = who[moved]
        reachable = people.kind[target] != 1
        target, soon = target[reachable], soon[moved][reachable]
        self.next_occasion[target] = np.minimum(self.next_occasion[target], soon)
        shops = (rng.random(len(target)) < 0.3) & people.buys[target]
        self.next_order[target[shops]] = np.minimum(
            self.next_order[target[shops]], soon[shops] + DAY
        )
        self.assignments = {"person": who, "treated": treated, "at": np.full(len(who), at)}
        self.moved_by_call = len(target)


def _apple_ip(rng: np.random.Generator, count: int) -> Any:
    return (17 << 24) + (58 << 16) + rng.integers(96 << 8, 128 << 8, count)


def _own_ip(person: Ints) -> Any:
    """Return the address a person browses from, the same at each visit."""
    return (90 << 24) + (person.astype(np.int64) * 2_654_435_761 % (1 << 24))
