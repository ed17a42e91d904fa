"""An offer mailed to half of the loyalty programme, with an effect planted in each member.

Only with `--mail-test`. Whom the mail changes, and how, follows from habits that exports show:

- **do not disturb**: buys often (a mean gap under 60 days). Who would have ordered within four
  weeks waits for the next offer instead with a chance of 7 in 10; 3 in 10 of all unsubscribe;
- **persuadable**: buys seldom and reads its mail. Who would not have ordered within four weeks
  does so with a chance of 4 in 10;
- **sure thing**: any other who would have ordered; **lost cause**: everybody else. The mail changes
  neither.

The truth of a member is the change of the chance to order in the 28 days from the assignment on,
given whether an order was due anyway; whether that order counts is decided later, in the shops.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from winback.demo.events import UNSUBSCRIBE, Rows
from winback.demo.files import DAY, random

if TYPE_CHECKING:
    from winback.demo.behaviour import Simulation

WINDOW = 28 * DAY
GROUPS = ("persuadable", "sure_thing", "lost_cause", "do_not_disturb")
PERSUADABLE, SURE, LOST, DISTURBED = range(4)
MOVED, PUT_OFF, LEAVES = 0.4, 0.7, 0.3
OFTEN_DAYS = 60
# share of its occasions that a reader spends on mail; eight in ten members are above
READS = 0.6


def mail_offer(simulation: Simulation, at: int) -> Rows:
    """Draw who gets the offer, send it, and let those act whom it moves.

    Args:
        simulation: the population on the day of the offer; its next orders and lists change.
        at: when members are assigned; the mail goes out nine hours later.

    Returns:
        Person, treated, at, group, orders_anyway and true_uplift of each member assigned.
    """
    people, rng = simulation.people, random(simulation.seed, "offer")
    reachable = np.zeros(len(people), np.bool_)
    for subs in simulation.lists:
        reachable[subs.person[~subs.closed & (subs.joined_at < at - 60 * DAY)]] = True
    who = np.flatnonzero(people.in_loyalty & reachable)
    treated = rng.random(len(who)) < 0.5
    luck, leaving = rng.random(len(who)), rng.random(len(who))
    soon = at + rng.integers(DAY, WINDOW - DAY, len(who))

    upcoming = simulation.next_order[who]
    stays = people.acts_at(who, np.full(len(who), at)) & (people.lapsed_at[who] > at + WINDOW + DAY)
    anyway = (upcoming >= at) & (upcoming < at + WINDOW) & people.acts_at(who, upcoming)
    # an order of the days before is still to be made: what follows it is not known yet
    open_to_it = people.buys[who] & (people.kind[who] != 1) & stays & (upcoming >= at)
    often = people.order_gap_days[who] < OFTEN_DAYS
    reads = people.email_share[who] > READS
    group = np.select(
        [open_to_it & often, open_to_it & reads, anyway],
        [DISTURBED, PERSUADABLE, SURE],
        LOST,
    )
    gains, loses = (group == PERSUADABLE) & ~anyway, (group == DISTURBED) & anyway
    uplift = np.select([gains, loses], [MOVED, -PUT_OFF], 0.0)

    _send(simulation, rng, who[treated], at + 9 * 3600)
    moved = treated & gains & (luck < MOVED)
    simulation.next_order[who[moved]] = soon[moved]
    off = treated & loses & (luck < PUT_OFF)
    simulation.next_order[who[off]] += WINDOW
    gone = treated & (group == DISTURBED) & (leaving < LEAVES)
    for subs in simulation.lists:
        position = subs.position[who]
        closes = np.flatnonzero(gone & (position >= 0) & ~subs.closed[position])
        when = at + 10 * 3600 + rng.integers(0, 2 * DAY, len(closes))
        simulation._close(rng, subs, position[closes], when, UNSUBSCRIBE)
    return {
        "person": who,
        "treated": treated,
        "at": np.full(len(who), at),
        "group": group,
        "orders_anyway": anyway,
        "true_uplift": uplift,
    }


def _send(simulation: Simulation, rng: np.random.Generator, person: np.ndarray, at: int) -> None:
    for subs in simulation.lists:
        position = subs.position[person]
        here = position[position >= 0]
        here = np.sort(here[~subs.closed[here] & (subs.joined_at[here] < at)])
        if len(here):
            campaign = simulation._campaign(subs.account, "offer", at)
            times = at + np.sort(rng.integers(0, 45, len(here)))
            simulation._deliver(rng, subs, campaign, here, times)
