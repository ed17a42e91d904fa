"""Rules given by a test, compiled with a small vocabulary."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from winback.segments import compiled
from winback.segments.compiled import Compiled
from winback.segments.vocabulary import FITTED, Vocabulary, kind_of

ROOT = Path(__file__).parents[3]

# name -> kind, a small vocabulary that does not move when int_contact_features does
FIELDS = {
    "contact_id": "text",
    "as_of_date": "date",
    "city": "text",
    "country_code": "text",
    "age": "number",
    "engagement_score": "number",
    "revenue_lifetime": "number",
    "revenue_365d": "number",
    "is_inactive": "boolean",
    "inactive_since": "date",
    "last_order_at": "timestamp",
    "payload": "other",
    "human_clicks_30d": "number",
    "human_clicks_90d": "number",
    "human_opens_30d": "number",
    "orders_365d": "number",
    "orders_30d": "number",
    "sends_30d": "number",
    "sends_90d": "number",
    "sessions_30d": "number",
    "orders_lifetime": "number",
}

# what stands before the segments in a query over these
KEYS = ("contact_id", "as_of_date")


def vocabulary(fields: Mapping[str, str] = FIELDS, **settings: Any) -> Vocabulary:
    """What rules may say with these fields, under settings named as the vars."""
    custom = {
        field["name"]: kind_of(field.get("type", "text"))
        for field in settings.pop("custom_fields", ())
    }
    if "allow_sql_rules" in settings:
        settings["allow_sql"] = settings.pop("allow_sql_rules")
    if "fitted" in settings:
        settings["fitted"] = frozenset(settings["fitted"]) & set(FITTED)
    known = Vocabulary({**fields, **custom}, custom=frozenset(custom))
    return replace(known, **settings)


def compile_rules(
    cases: Sequence[Any], fields: Mapping[str, str] = FIELDS, **settings: Any
) -> list[Compiled]:
    """Compile each case, a list of rules."""
    known = vocabulary(fields, **settings)
    return [compiled.compile_rules(case, known) for case in cases]
