"""Hand-written rules on hand-made people: who is in, worked out by hand."""

from typing import Any

import duckdb
import pytest

from .compiler import KEYS, Compiled, compile_rules

# c1 is plain, c2 has a name that bites, c3 is null wherever a rule looks, c4 has boundary values
PEOPLE = """
    select * from (values
        ('c1', date '2026-06-30', 'Paris', 'FR', 30, 80.0, 900.00, 600.00, false, null,
            timestamp '2026-06-30 23:59:00', 3, 4, 2.5, 2, 10),
        ('c2', date '2026-06-30', 'L''Hay"; --', 'DE', 35, 75.0, 200.00, 0.00, true,
            date '2026-01-15', timestamp '2026-06-01 00:00:00', 0, 2, 0.0, 0, 40),
        ('c3', date '2026-06-30', null, null, null, null, null, null, null, null,
            null, null, null, null, null, null),
        ('c4', date '2026-06-30', 'Paris 13\\', 'FR', 34, 75.5, 200.01, 500.00, false, null,
            timestamp '2026-05-31 12:00:00', 2, 2, 1.0, 1, 0)
    ) as people (
        contact_id, as_of_date, city, country_code, age, engagement_score, revenue_lifetime,
        revenue_365d, is_inactive, inactive_since, last_order_at, human_clicks_30d,
        human_clicks_90d, human_opens_30d, orders_365d, sends_90d
    )
"""
PARIS = {"field": "city", "in": ["Paris"]}
FRENCH = {"field": "country_code", "in": ["FR"]}
YOUNG = {"field": "age", "lt": 35}

# id -> condition, and the members (c1 to c4 as digits)
CONDITIONS: dict[str, tuple[Any, str]] = {
    "eq": ({"field": "city", "eq": "Paris"}, "1"),
    "eq is exact": ({"field": "city", "eq": "paris"}, ""),
    "ne leaves the missing out": ({"field": "city", "ne": "Paris"}, "24"),
    "ne with missing": ({"field": "city", "ne": "Paris", "missing": True}, "234"),
    "gt": ({"field": "engagement_score", "gt": 75}, "14"),
    "gte": ({"field": "engagement_score", "gte": 75}, "124"),
    "lt": ({"field": "age", "lt": 34.5}, "14"),
    "lte": ({"field": "age", "lte": 34}, "14"),
    "between holds both ends": ({"field": "age", "between": [30, 34]}, "14"),
    "between days": ({"field": "inactive_since", "between": ["2026-01-15", "2026-01-15"]}, "2"),
    "in": ({"field": "country_code", "in": ["FR", "BE"]}, "14"),
    "in with quotes": ({"field": "city", "in": ["x' or '1'='1", "L'Hay\"; --"]}, "2"),
    "backslash": ({"field": "city", "eq": "Paris 13\\"}, "4"),
    "not_in leaves the missing out": ({"field": "country_code", "not_in": ["FR"]}, "2"),
    "not in takes the missing": ({"not": FRENCH}, "23"),
    "not in with missing": ({"not": FRENCH | {"missing": True}}, "2"),
    "is_null": ({"field": "age", "is_null": True}, "3"),
    "is_null false": ({"field": "age", "is_null": False}, "124"),
    "contains": ({"field": "city", "contains": "aris"}, "14"),
    "contains a quote": ({"field": "city", "contains": "'"}, "2"),
    "contains is no pattern": ({"field": "city", "contains": "P%"}, ""),
    "starts_with": ({"field": "city", "starts_with": "Paris "}, "4"),
    "within_days counts the date itself": ({"field": "last_order_at", "within_days": 1}, "1"),
    "within 30 days": ({"field": "last_order_at", "within_days": 30}, "12"),
    "within 31 days": ({"field": "last_order_at", "within_days": 31}, "124"),
    "older than is not within": ({"field": "last_order_at", "older_than_days": 30}, "4"),
    "a time until the end of a day": ({"field": "last_order_at", "lte": "2026-05-31"}, "4"),
    "a moment": ({"field": "last_order_at", "lte": "2026-05-31T11:59:59Z"}, ""),
    "boolean": ({"field": "is_inactive", "eq": False}, "14"),
    "boolean not": ({"not": {"field": "is_inactive", "eq": True}}, "134"),
    "event": ({"event": "click", "gte": 3, "within_days": 30}, "1"),
    "event between": ({"event": "click", "between": [1, 2], "within_days": 90}, "24"),
    "no event is not missing": ({"event": "order", "eq": 0, "within_days": 365}, "2"),
    "event with missing": (
        {"event": "order", "eq": 0, "within_days": 365, "missing": True},
        "23",
    ),
    "sends": ({"event": "sent", "gt": 10, "within_days": 90}, "2"),
    "all": ({"all": [FRENCH, YOUNG, PARIS]}, "1"),
    "any": ({"any": [PARIS, {"field": "age", "gte": 35}]}, "12"),
    "nested": (
        {"any": [{"all": [FRENCH, {"not": PARIS}]}, {"not": {"any": [FRENCH, YOUNG]}}]},
        "234",
    ),
    "double negation": ({"not": {"not": PARIS}}, "1"),
    "any in all, and-or precedence": (
        {"all": [YOUNG, {"any": [PARIS, {"field": "age", "eq": 35}]}]},
        "1",
    ),
    "not of all": ({"not": {"all": [FRENCH, YOUNG]}}, "23"),
    "not of any": ({"not": {"any": [PARIS, {"field": "age", "gte": 35}]}}, "34"),
    "a rule about nobody": ({"all": [PARIS, {"not": PARIS}]}, ""),
    "Paris and more than 200": (
        {
            "all": [
                {"field": "city", "starts_with": "Paris"},
                {"field": "revenue_lifetime", "gt": 200},
            ]
        },
        "14",
    ),
}

# level 1: paris, rich, rest of all; level 2 below rich: young (overlapping), and an exclusive pair
# whose second speaks of the first; an audience over the tree, written before what it speaks of
TREE = [
    {"name": "audience", "where": {"any": [{"segment": "spared"}, {"segment": "paris"}]}},
    {"name": "other", "level": 1, "otherwise": True},
    {"name": "paris", "level": 1, "exclusive": True, "where": PARIS},
    {
        "name": "rich",
        "level": 1,
        "exclusive": True,
        "where": {"field": "revenue_lifetime", "gte": 200},
    },
    {"name": "young", "level": 2, "parent": "rich", "where": YOUNG},
    {
        "name": "idle",
        "level": 2,
        "parent": "rich",
        "exclusive": True,
        "where": {"field": "is_inactive", "eq": True},
    },
    {
        "name": "spared",
        "level": 2,
        "parent": "rich",
        "exclusive": True,
        "where": {"not": {"segment": "idle"}},
    },
    {"name": "nobody", "level": 2, "parent": "rich", "otherwise": True},
]
TREE_MEMBERS = {
    "audience": "14",
    "other": "3",
    "paris": "1",
    "rich": "24",
    "young": "4",
    "idle": "2",
    "spared": "4",
    "nobody": "",
}


def members(compiled: Compiled, people: str = PEOPLE) -> dict[str, str]:
    """Run the compiled query over the people: segment -> its members' digits."""
    assert compiled.errors == []
    cursor = duckdb.connect()
    cursor.execute(f"create table int_contact_features as {people}")
    rows = cursor.execute(f"{compiled.query(kept=KEYS)} order by contact_id")
    assert rows.description is not None
    names = [column[0] for column in rows.description][2:]
    table = rows.fetchall()
    assert len({row[0] for row in table}) == len(table) > 0
    # a leaf that is null would make a verdict that is neither in nor out
    assert all(value in (True, False) for row in table for value in row[2:])
    return {
        name: "".join(row[0][1] for row in table if row[2 + place])
        for place, name in enumerate(names)
    }


@pytest.fixture(scope="module")
def evaluated() -> dict[str, str]:
    """Members per condition; all conditions go through one query, as in the model."""
    rules = [
        {"name": f"s{place}", "where": condition}
        for place, (condition, _) in enumerate(CONDITIONS.values())
    ]
    (compiled,) = compile_rules([rules])
    return dict(zip(CONDITIONS, members(compiled).values(), strict=True))


@pytest.mark.parametrize("case", CONDITIONS)
def test_condition_selects_whom_it_says(case: str, evaluated: dict[str, str]) -> None:
    assert evaluated[case] == CONDITIONS[case][1]


def test_tree_parents_siblings_and_rest() -> None:
    tree, reordered = compile_rules([TREE, [TREE[3], TREE[2], TREE[1]]])
    assert members(tree) == TREE_MEMBERS
    # first match wins: with the rich tried first, c1 is rich and no longer in Paris
    assert members(reordered) == {"rich": "124", "paris": "", "other": "3"}


def test_sql_leaf_when_switched_on() -> None:
    rule = {"name": "raw", "where": {"not": {"sql": "age > 33 or city = 'x' -- note"}}}
    (compiled,) = compile_rules([[rule]], allow_sql_rules=True)
    assert members(compiled) == {"raw": "13"}


# ordered at 20:00 in Los Angeles on the as_of_date, which is the next day in UTC
EVENING_ORDER = """
    select
        'c1' as contact_id, date '2026-06-30' as as_of_date,
        timestamp '2026-07-01 03:00:00' as last_order_at
"""


def test_days_of_a_time_are_those_of_the_time_zone() -> None:
    ordered = "last_order_at"
    conditions = {
        "today": {"field": ordered, "within_days": 1},
        "before": {"field": ordered, "older_than_days": 1},
        "on_the_day": {"field": ordered, "eq": "2026-06-30"},
        "after": {"field": ordered, "gt": "2026-06-30"},
        "moment": {"field": ordered, "eq": "2026-07-01 03:00:00"},
    }
    rules = [{"name": name, "where": where} for name, where in conditions.items()]
    (compiled,) = compile_rules([rules], timezone="America/Los_Angeles")
    assert members(compiled, EVENING_ORDER) == {
        "today": "1",
        "before": "",
        "on_the_day": "1",
        "after": "",
        "moment": "1",
    }


def test_many_segments_keep_their_places() -> None:
    rules = [
        {"name": f"s{place}", "where": {"field": "age", "eq": (30, 34, 35)[place % 3]}}
        for place in range(130)
    ]
    (compiled,) = compile_rules([rules])
    assert members(compiled) == {f"s{place}": "142"[place % 3] for place in range(130)}


def test_a_segment_may_be_called_like_a_field_or_a_word_of_sql() -> None:
    rules = [
        {"name": "age", "where": YOUNG},
        {"name": "order", "where": {"not": {"segment": "age"}}},
        {"name": "in_age", "where": {"all": [{"segment": "order"}, {"field": "age", "gt": 34}]}},
    ]
    (compiled,) = compile_rules([rules])
    assert members(compiled) == {"age": "14", "order": "23", "in_age": "2"}


def test_nulls_are_handled_at_the_end_and_under_not_alone() -> None:
    rules = [
        {"name": "idle", "where": {"field": "is_inactive", "eq": True}},
        {
            "name": "vip",
            "where": {
                "all": [
                    {"field": "engagement_score", "gt": 75},
                    {"field": "revenue_365d", "gt": 500},
                    {"not": {"segment": "idle"}},
                ]
            },
        },
        {"name": "abroad", "where": {"not": {"any": [FRENCH, YOUNG]}}},
        {"name": "known", "where": {"field": "age", "is_null": False}},
    ]
    (compiled,) = compile_rules([rules])
    sql = compiled.query(kept=KEYS)
    assert "(engagement_score > 75 and revenue_365d > 500 and not idle) is true as vip" in sql
    assert "(country_code = 'FR' or age < 35) is not true as abroad" in sql
    assert "is_inactive is true as idle" in sql
    assert "age is not null as known" in sql
