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
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import numpy as np

from winback.demo.events import (
    APPLE_AGENT,
    CLICK,
    DIRECT,
    EMAIL,
    FIRST_DEVICE_AGENT,
    GOOGLE_AGENT,
    LINKS,
    OPEN,
    ORDER_COLUMNS,
    ORGANIC,
    PAID,
    READABLE,
    SEASON,
    SESSION_COLUMNS,
    SOCIAL,
    UNSUBSCRIBE,
    WEEK,
    Buffer,
    Month,
    Rows,
    Subscriptions,
)
from winback.demo.files import DAY, NEVER, Ints, random
from winback.demo.mail import Mailing, apple_ip
from winback.demo.offers import mail_offer
from winback.demo.people import Flags


@dataclass
class Simulation(Mailing):
    """The state of the whole population while time goes by."""

    mail_test: bool = False
    assignments: Rows | None = None
    offers: Rows | None = None

    def __post_init__(self) -> None:
        """Set up the lists and the first occasions."""
        super().__post_init__()
        self.sessions = Buffer(SESSION_COLUMNS)
        self.orders = Buffer(ORDER_COLUMNS)
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

    @property
    def step_seconds(self) -> int:
        """Length of a step: a week, or a whole part of the send interval below a week."""
        return min(WEEK, int(self.send_every_days * DAY))

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
                if self.mail_test:
                    self.offers = mail_offer(self, experiment_at)
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

    def _step(self, step: int, at: int, until: int) -> None:
        rng = random(self.seed, "step", step)
        for subscriptions in self.lists:
            self._reopen(subscriptions, at, until)
            for sent_at, kind in self._due(subscriptions.account, at, until):
                self._send(rng, subscriptions, kind, sent_at)
        self._welcome(rng, at, until)
        self._leave(rng, at, until)
        self._occasions(rng, at, until)
        self._order(rng, at, until)

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
        self._note(person, at)

    def _read(
        self, rng: np.random.Generator, subs: Subscriptions, sub: Ints, person: Ints, at: Ints
    ) -> None:
        people, mail = self.people, self.mail[subs.account]
        subs.has_read[sub] = True
        subs.last_human[sub] = np.maximum(subs.last_human[sub], at)
        subs.win_backs[sub] = 0
        self._note(person, at)
        campaign = subs.last_campaign[sub]
        apple, google = people.has_mpp[person], people.has_image_proxy[person]
        device = FIRST_DEVICE_AGENT + people.device[person]
        own_ip = _own_ip(person)
        agent = np.select([apple, google], [APPLE_AGENT, GOOGLE_AGENT], device)
        google_ip = (66 << 24) + (249 << 16) + rng.integers(80 << 8, 96 << 8, len(at))
        ip = np.select([apple, google], [apple_ip(rng, len(at)), google_ip], own_ip)
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
            self._note(person[rows], when[rows])

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
        self._note(person[clicks], clicked)
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
            self._note(person, act)
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


def _own_ip(person: Ints) -> Any:
    """Return the address a person browses from, the same at each visit."""
    return (90 << 24) + (person.astype(np.int64) * 2_654_435_761 % (1 << 24))
