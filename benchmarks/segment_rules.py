"""Made-up contacts and segment rules of the kind marketers write, for `benchmarks.segments`."""

from __future__ import annotations

import random
from typing import Any

# column -> SQL of a made-up value; r() is a number from 0 to 1 of its own for each column and row
_COUNT = "cast(floor(-ln(r()) * {mean}) as bigint)"
_SOME = "case when r() < {share} then {value} end"
_DAYS = "cast(floor(-ln(r()) * {mean}) as integer)"
COUNTS = {
    "sends": 9.0,
    "human_opens": 2.0,
    "human_clicks": 0.6,
    "sessions": 0.9,
    "orders": 0.2,
}
WINDOWS = (30, 90, 180, 365)
MADE_UP: dict[str, str] = {
    "is_mailable": "r() < 0.8",
    "is_inactive": _SOME.format(share=0.95, value="r() < 0.4"),
    "is_past_legal_max": "r() < 0.1",
    "cart_abandoned_30d": "r() < 0.03",
    "age": _SOME.format(share=0.6, value="cast(18 + r() * 62 as integer)"),
    "country_code": _SOME.format(
        share=0.9, value="['FR','DE','BE','CH','IT','ES','GB','NL'][1 + cast(floor(r()*8) as int)]"
    ),
    "city": _SOME.format(share=0.7, value="'City ' || cast(floor(r() * r() * 500) as integer)"),
    "gender": _SOME.format(share=0.5, value="['female','male'][1 + cast(floor(r()*2) as int)]"),
    "language": _SOME.format(
        share=0.8, value="['fr','de','en','nl'][1 + cast(floor(r()*4) as int)]"
    ),
    "preferred_device": _SOME.format(
        share=0.7, value="['mobile','desktop','tablet'][1 + cast(floor(r()*3) as int)]"
    ),
    "favourite_category": _SOME.format(
        share=0.3, value="'Category ' || cast(floor(r() * 20) as integer)"
    ),
    "rfm_segment": _SOME.format(
        share=0.3,
        value="['Champions','Loyal','At risk','Lost','New'][1 + cast(floor(r()*5) as int)]",
    ),
    "engagement_level": "['high','medium','low','never'][1 + cast(floor(r() * 4) as int)]",
    "engagement_score": "round(r() * r() * 100, 4)",
    "engagement_points": "round(-ln(r()) * 40, 4)",
    "revenue_365d": "cast(-ln(r()) * 90 as decimal(18, 4))",
    "revenue_lifetime": "cast(-ln(r()) * 300 as decimal(18, 4))",
    "orders_lifetime": _COUNT.format(mean=1.5),
    "average_order_value": _SOME.format(share=0.4, value="round(-ln(r()) * 60, 4)"),
    "sends_since_last_engagement": _COUNT.format(mean=8),
    "days_since_first_seen": _DAYS.format(mean=500),
    "days_since_last_engagement": _SOME.format(share=0.8, value=_DAYS.format(mean=150)),
    "days_since_last_open": _SOME.format(share=0.7, value=_DAYS.format(mean=150)),
    "days_since_last_click": _SOME.format(share=0.4, value=_DAYS.format(mean=200)),
    "days_since_last_order": _SOME.format(share=0.3, value=_DAYS.format(mean=250)),
    "first_seen_at": "timestamp '2026-06-30' - interval 1 second * cast(r() * 1e8 as bigint)",
    "last_order_at": _SOME.format(
        share=0.3, value="timestamp '2026-06-30' - interval 1 second * cast(r() * 5e7 as bigint)"
    ),
    # what event leaves count beyond the features
    "event_click_45d": _COUNT.format(mean=0.9),
    "event_open_14d": _COUNT.format(mean=1),
    "event_open_newsletter_60d": _COUNT.format(mean=2),
    "event_order_730d": _COUNT.format(mean=3),
    "event_complaint_ever": _COUNT.format(mean=0.05),
} | {
    f"{name}_{days}d": _COUNT.format(mean=mean * days / 30)
    for name, mean in COUNTS.items()
    for days in WINDOWS
}
_NUMBERS: dict[str, list[float]] = {
    "age": [25, 30, 35, 40, 50, 60],
    "engagement_score": [10, 25, 50, 60, 75, 90],
    "engagement_points": [5, 10, 30, 60, 100],
    "revenue_365d": [50, 100, 200, 500, 1000],
    "revenue_lifetime": [100, 200, 500, 1000, 2000],
    "orders_lifetime": [1, 2, 3, 5, 10],
    "average_order_value": [30, 50, 80, 150],
    "sends_since_last_engagement": [4, 8, 16, 30],
    "days_since_first_seen": [7, 14, 30, 90, 365],
    "days_since_last_engagement": [30, 60, 90, 120, 180, 183, 365],
    "days_since_last_open": [7, 14, 30, 60, 90, 180],
    "days_since_last_click": [14, 30, 90, 180, 365],
    "days_since_last_order": [30, 60, 90, 180, 365],
}
_TEXTS: dict[str, list[str]] = {
    "country_code": ["FR", "DE", "BE", "CH", "IT", "ES"],
    "city": [f"City {number}" for number in range(12)],
    "gender": ["female", "male"],
    "language": ["fr", "de", "en"],
    "preferred_device": ["mobile", "desktop"],
    "favourite_category": [f"Category {number}" for number in range(10)],
    "rfm_segment": ["Champions", "Loyal", "At risk", "Lost"],
    "engagement_level": ["high", "medium", "low"],
}
_EVENTS = {"open": 4, "click": 3, "order": 3, "session": 3, "sent": 10}
_OTHER_EVENTS: list[dict[str, Any]] = [
    {"event": "click", "within_days": 45},
    {"event": "open", "within_days": 14},
    {"event": "open", "within_days": 60, "campaign_type": "newsletter"},
    {"event": "order", "within_days": 730},
    {"event": "complaint"},
]


def _leaf(draw: random.Random) -> dict[str, Any]:
    kind = draw.random()
    if kind < 0.4:
        field = draw.choice(list(_NUMBERS))
        operator = draw.choice(["gt", "gte", "lt", "lte"])
        return {"field": field, operator: draw.choice(_NUMBERS[field])}
    if kind < 0.6:
        field = draw.choice(list(_TEXTS))
        return {
            "field": field,
            draw.choice(["in", "in", "not_in"]): draw.sample(_TEXTS[field], draw.randint(1, 2)),
        }
    if kind < 0.8:
        event = draw.choice(list(_EVENTS))
        count = draw.randint(1, _EVENTS[event])
        return {
            "event": event,
            draw.choice(["gte", "lt"]): count,
            "within_days": draw.choice(WINDOWS),
        }
    if kind < 0.87:
        return draw.choice(_OTHER_EVENTS) | {draw.choice(["gte", "lt"]): draw.randint(1, 3)}
    if kind < 0.92:
        field = draw.choice(["first_seen_at", "last_order_at"])
        return {"field": field, "within_days": draw.choice([30, 60, 90, 365])}
    field = draw.choice(["is_mailable", "is_inactive", "is_past_legal_max", "cart_abandoned_30d"])
    return {"field": field, "eq": draw.random() < 0.7}


def _tree() -> list[dict[str, Any]]:
    def top(name: str, where: dict[str, Any]) -> dict[str, Any]:
        return {"name": name, "level": 1, "exclusive": True, "where": where}

    return [
        top("unmailable", {"field": "is_mailable", "eq": False, "missing": True}),
        top("never_engaged", {"field": "days_since_last_engagement", "is_null": True}),
        top("inactive", {"field": "is_inactive", "eq": True}),
        top("active", {"field": "days_since_last_engagement", "lte": 90}),
        {"name": "cooling", "level": 1, "otherwise": True},
    ]


def write_rules(number: int, seed: int = 11) -> list[dict[str, Any]]:
    """A tree of five segments and audiences over it: two or three leaves each, some either-or."""
    draw = random.Random(seed)
    rules = _tree()
    while len(rules) < number:
        parts = [_leaf(draw) for _ in range(draw.choice([1, 2, 2, 3, 3, 4]))]
        shape = draw.random()
        if shape < 0.25:
            parts = [*parts, {"any": [_leaf(draw), _leaf(draw)]}]
        elif shape < 0.45:
            parts = [*parts, {"not": {"segment": draw.choice(["unmailable", "inactive"])}}]
        rules.append({"name": f"audience_{len(rules)}", "where": {"all": parts}})
    return rules


def write_stores(rules: list[dict[str, Any]], stores: int) -> list[dict[str, Any]]:
    """The rules, and each of them again for every one of some stores, told by the city."""
    copies = [
        {
            "name": f"{rule['name']}_store_{store}",
            "where": {"all": [{"segment": rule["name"]}, {"field": "city", "eq": f"City {store}"}]},
        }
        for store in range(stores)
        for rule in rules
    ]
    return rules + copies
