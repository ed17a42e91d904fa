"""What exports of mail have in common: campaigns and their links, names, ids of members."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from winback.demo.behaviour import Simulation
from winback.demo.events import LINKS, Campaign, Subscriptions
from winback.demo.files import Ints, pick
from winback.demo.people import SHOP_FR, SHOP_MA
from winback.demo.texts import hex_texts, unique_hex

WEB_ID = 7_100_000
LISTS = {SHOP_FR: "a1f4c09b2e", SHOP_MA: "c77d01e83a"}


def campaign_ids(account: int, count: int) -> pa.Array:
    """Return the API ids of the campaigns of an account."""
    return hex_texts(np.arange(count) + account * 1_000_000, 10, salt=11)


def urls(campaigns: list[Campaign], tag: str) -> pa.Array:
    """Return the links of each campaign, `len(LINKS)` apiece in order."""
    return pa.array(
        [
            f"https://shop.example/{link}?utm_source={tag}&utm_medium=email"
            f"&utm_campaign={campaign.title.lower().replace(' ', '-')}"
            for campaign in campaigns
            for link in LINKS
        ],
        pa.string(),
    )


def campaign_table(account: int, campaigns: list[Campaign]) -> pa.Table:
    """Return the campaigns of an account with what both layouts need."""
    return pa.table(
        {
            "id": campaign_ids(account, len(campaigns)),
            "web_id": [WEB_ID + campaign.number for campaign in campaigns],
            "title": [campaign.title for campaign in campaigns],
            "subject_line": [campaign.subject for campaign in campaigns],
            "type": ["regular"] * len(campaigns),
            "status": ["sent"] * len(campaigns),
            "create_time": [campaign.sent_at - 90_000 for campaign in campaigns],
            "send_time": [campaign.sent_at for campaign in campaigns],
            "list_id": [LISTS[account]] * len(campaigns),
            "emails_sent": [campaign.sent for campaign in campaigns],
        }
    )


def names(simulation: Simulation, person: Ints) -> dict[str, Any]:
    """Return first and last names as columns."""
    people = simulation.people
    return {
        "first_name": pick(people.first_names, people.first[person]),
        "last_name": pick(people.last_names, people.last[person]),
    }


def euids(account: int, person: Ints) -> pa.Array:
    """Return Mailchimp's EUID of each person: ten digits, and no two persons' alike."""
    return unique_hex(person, salt={SHOP_FR: 3, SHOP_MA: 5}[account])


def is_closed(simulation: Simulation, subs: Subscriptions) -> Any:
    """Tell which subscriptions are closed at the end of the window."""
    return subs.closed & (subs.closed_at < simulation.window.stop)


def zone(country: str) -> str:
    """Return the time zone that Mailchimp guesses for a country."""
    return {
        "FR": "Europe/Paris",
        "BE": "Europe/Brussels",
        "CH": "Europe/Zurich",
        "MA": "Africa/Casablanca",
        "NA": "Africa/Windhoek",
        "US": "America/New_York",
    }[country]
