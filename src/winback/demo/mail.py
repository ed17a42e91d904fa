"""The mail: who is on which list, which campaigns go out, what machines make of them."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import numpy as np

from winback.demo.events import (
    APPLE_AGENT,
    CLICK,
    COMPLAINT,
    DELIVERED,
    DROPPED,
    EVENT_COLUMNS,
    GATEWAY_AGENT,
    GATEWAY_NAMED_AGENT,
    HARD,
    LINKS,
    OPEN,
    RESUBSCRIBE,
    SENT,
    SILENCE,
    SOFT,
    UNSUBSCRIBE,
    WEEK,
    Buffer,
    Campaign,
    Rows,
    Subscriptions,
)
from winback.demo.files import DAY, NEVER, Ints, random
from winback.demo.people import ACCOUNTS, HUBSPOT, NO_MAIL, SHOP_FR, People, Window


@dataclass
class Mailing:
    """Lists, campaigns and mail events of all accounts while time goes by."""

    people: People
    window: Window
    seed: int
    send_every_days: float = 14.0
    campaigns: list[list[Campaign]] = field(default_factory=lambda: [[], [], []])
    lists: list[Subscriptions] = field(default_factory=list)

    def __post_init__(self) -> None:
        """Set up the lists."""
        self.lists = [self._subscribe(account) for account in range(len(ACCOUNTS))]
        self.mail = [Buffer(EVENT_COLUMNS) for _ in ACCOUNTS]
        self.welcome: Campaign | None = None
        self.last_act = np.full(len(self.people), -NEVER, np.int64)

    def _note(self, person: Ints, at: Ints) -> None:
        """Keep when each person last did something themselves; what is after the end is not."""
        known = at < self.window.stop
        np.maximum.at(self.last_act, person[known], at[known])

    def _subscribe(self, account: int) -> Subscriptions:
        people = self.people
        rng = random(self.seed, "subscribe", account)
        second = rng.random(len(people)) < 0.07
        primary = people.home == account
        if account == HUBSPOT:
            asked = (people.home != NO_MAIL) & ~people.crm_only_mail
            member = primary | (second & asked & people.in_crm)
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

    def _due(self, account: int, at: int, until: int) -> list[tuple[int, str]]:
        """Return the campaigns of a step by time; each account has its own weekday."""
        weekday, other = self.window.start + (1, 3, 2)[account] * DAY, account % 2
        between = int(self.send_every_days * DAY)
        # promotions fall in weeks without a newsletter where one goes out each fortnight
        plans = (
            ("newsletter", weekday + 9 * 3600 + between // (2 * DAY) * DAY * other, between),
            ("promotion", weekday + (3 + other) * WEEK + 2 * DAY + 17 * 3600, 12 * WEEK),
            ("reactivation", weekday + 7 * WEEK + 14 * 3600, 8 * WEEK),
        )
        due = []
        for kind, first, every in plans:
            sent_at = first + max(0, -((first - at) // every)) * every
            if at <= sent_at < until:
                due.append((sent_at, kind))
        return sorted(due)

    def _campaign(self, account: int, kind: str, sent_at: int) -> Campaign:
        made = self.campaigns[account]
        day = datetime.fromtimestamp(sent_at, UTC).date()
        number = len(made)
        title, subject = {
            "newsletter": (f"Newsletter {day:%Y-%m-%d}", f"What is new, {day:%B}"),
            "promotion": (f"Promotion {day:%Y-%m}", "Two days only: up to 30 % off"),
            "reactivation": (f"Win-back {day:%Y-%m}", "We miss you"),
            "offer": (f"Offer to members {day:%Y-%m}", "A gift for our members"),
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
        self._note(subs.person[due], when)
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
        if kind != HARD:
            self._note(subs.person[who], at)
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
        latest, campaign = subs.last_send[who], subs.last_campaign[who]
        self._deliver(rng, subs, self.welcome, who, subs.joined_at[who] + 1800)
        # a newsletter already sent in this step stays the latest message
        later = latest > subs.last_send[who]
        subs.last_send[who[later]] = latest[later]
        subs.last_campaign[who[later]] = campaign[later]

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
            ip=apple_ip(rng, len(pixels)),
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


def apple_ip(rng: np.random.Generator, count: int) -> Any:
    """Return addresses of Apple's privacy proxy."""
    return (17 << 24) + (58 << 16) + rng.integers(96 << 8, 128 << 8, count)
