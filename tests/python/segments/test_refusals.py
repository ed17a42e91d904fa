"""Every mistake in a rule is refused with the segment, the path, the finding and the choices."""

from typing import Any

import pytest

from .compiler import Compiled, compile_rules

OK = {"field": "age", "gt": 3}
FIELD_LIST = "accepted: age, as_of_date, city"


def vip(where: Any) -> list[dict[str, Any]]:
    return [{"name": "vip", "where": where}]


# id -> rules, and what the message must say, word for word
REFUSED: dict[str, tuple[Any, str]] = {
    "unknown field": (
        vip({"all": [OK, {"field": "revenue", "gt": 1}]}),
        "vip.where.all[1].field: unknown field 'revenue'; did you mean revenue_365d or"
        f" revenue_lifetime? {FIELD_LIST}",
    ),
    "field that is no name": (vip({"field": 3, "gt": 1}), "vip.where.field: unknown field 3; "),
    "unknown operator": (
        vip({"not": {"field": "city", "like": "P%"}}),
        "vip.where.not.like: unknown operator; accepted for the text field city: eq, ne, in,"
        " not_in, is_null, contains, starts_with",
    ),
    "no operator": (
        vip({"field": "is_inactive"}),
        "vip.where: exactly one operator expected, found none; accepted for the boolean field"
        " is_inactive: eq, ne, is_null",
    ),
    "two operators": (
        vip({"field": "age", "gt": 1, "lt": 9}),
        "vip.where: exactly one operator expected, found gt and lt; accepted for the number field"
        " age: eq, ne, gt, gte, lt, lte, between, in, not_in, is_null (join two leaves with all)",
    ),
    "operator that does not fit": (
        vip({"any": [{"field": "city", "gt": "A"}]}),
        "vip.where.any[0].gt: does not fit the text field city; accepted: eq, ne, in, not_in,"
        " is_null, contains, starts_with",
    ),
    "contains on a number": (
        vip({"field": "age", "contains": "3"}),
        "vip.where.contains: does not fit the number field age; accepted: eq, ne, gt, gte, lt, lte,"
        " between, in, not_in, is_null",
    ),
    "within_days on a number": (
        vip({"field": "age", "within_days": 3}),
        "vip.where.within_days: does not fit the number field age; accepted: eq, ne, ",
    ),
    "a kind with no order": (
        vip({"field": "payload", "eq": "x"}),
        "vip.where.eq: does not fit the other field payload; accepted: is_null",
    ),
    "text for a number": (
        vip({"field": "age", "gt": "30"}),
        "vip.where.gt: a number expected, found '30'",
    ),
    "boolean for a number": (
        vip({"field": "age", "eq": True}),
        "vip.where.eq: a number expected, found true",
    ),
    "null for a number": (
        vip({"field": "age", "eq": None}),
        "vip.where.eq: a number expected, found nothing",
    ),
    "infinity": (
        vip({"field": "age", "lt": float("inf")}),
        "vip.where.lt: a number expected, found inf",
    ),
    "number for a text": (
        vip({"field": "city", "in": ["Paris", 75]}),
        "vip.where.in[1]: text expected, found 75 (write it in quotes)",
    ),
    "Norway": (
        vip({"field": "country_code", "in": [False, "SE"]}),
        "vip.where.in[0]: text expected, found false (YAML reads a bare yes, no, on and off as true"
        " and false: write it in quotes)",
    ),
    "text for a boolean": (
        vip({"field": "is_inactive", "eq": "true"}),
        "vip.where.eq: true or false expected, found 'true'",
    ),
    "not a day": (
        vip({"field": "inactive_since", "gt": "2026-02-29"}),
        "vip.where.gt: a day as YYYY-MM-DD expected, found '2026-02-29'",
    ),
    "not a time": (
        vip({"field": "last_order_at", "gt": "2026-02-28 24:00:00"}),
        "vip.where.gt: a day as YYYY-MM-DD or a UTC time as YYYY-MM-DD HH:MM:SS expected, found"
        " '2026-02-28 24:00:00'",
    ),
    "day and time mixed": (
        vip({"field": "last_order_at", "between": ["2026-01-01", "2026-02-28 12:00:00"]}),
        "vip.where.between[1]: days and moments are mixed; write all in one way",
    ),
    "injection through a date": (
        vip({"field": "inactive_since", "gt": "2026-01-01' or 1=1 --"}),
        "vip.where.gt: a day as YYYY-MM-DD expected, found '2026-01-01' or 1=1 --'",
    ),
    "between with one value": (
        vip({"field": "age", "between": [3]}),
        "vip.where.between: two values, low and high, expected, found a list of 1",
    ),
    "between the wrong way round": (
        vip({"field": "age", "between": [30, 9]}),
        "vip.where.between: low before high expected, found 30 and 9",
    ),
    "in without a list": (
        vip({"field": "city", "in": "Paris"}),
        "vip.where.in: a list of values expected, found 'Paris'",
    ),
    "in an empty list": (
        vip({"field": "city", "not_in": []}),
        "vip.where.not_in: empty; at least one value expected",
    ),
    "contains nothing": (
        vip({"field": "city", "contains": ""}),
        "vip.where.contains: empty; a text of at least one character expected",
    ),
    "is_null of a word": (
        vip({"field": "city", "is_null": "yes"}),
        "vip.where.is_null: true or false expected, found 'yes'",
    ),
    "is_null with missing": (
        vip({"field": "city", "is_null": True, "missing": True}),
        "vip.where.missing: is_null answers for missing values itself",
    ),
    "missing of a word": (
        vip({"field": "age", "gt": 1, "missing": "no"}),
        "vip.where.missing: true or false expected, found 'no'",
    ),
    "no days": (
        vip({"field": "last_order_at", "within_days": 0}),
        "vip.where.within_days: a whole number of days, at least 1, expected, found 0",
    ),
    "unknown event": (
        vip({"event": "purchase", "gte": 1, "within_days": 30}),
        "vip.where.event: unknown event 'purchase'; accepted: open, click, order, session, sent,"
        " delivered, bounce_hard, bounce_soft, unsubscribe, complaint",
    ),
    "event that is no name": (
        vip({"event": ["open"], "gte": 1}),
        "vip.where.event: unknown event a list of 1; accepted: open, ",
    ),
    "window of no days": (
        vip({"event": "click", "gte": 1, "within_days": 0}),
        "vip.where.within_days: a whole number of days, 1 to 36500, expected, found 0 (leave it out"
        " for all time)",
    ),
    "window of half a day": (
        vip({"event": "click", "gte": 1, "within_days": 30.5}),
        "vip.where.within_days: a whole number of days, 1 to 36500, expected, found 30.5",
    ),
    "window that is true": (
        vip({"event": "click", "gte": 1, "within_days": True}),
        "vip.where.within_days: a whole number of days, 1 to 36500, expected, found true",
    ),
    "window of nothing": (
        vip({"event": "open", "gte": 1, "within_days": None}),
        "vip.where.within_days: a whole number of days, 1 to 36500, expected, found nothing",
    ),
    "window of ages": (
        vip({"event": "open", "gte": 1, "within_days": 1000000}),
        "vip.where.within_days: a whole number of days, 1 to 36500, expected, found 1000000",
    ),
    "older_than_days of an event": (
        vip({"event": "open", "gte": 1, "older_than_days": 14}),
        "vip.where.older_than_days: unknown key; accepted: event, within_days, campaign_type,"
        " signal, missing, eq, ne, gt, gte, lt, lte, between",
    ),
    "campaign type of an order": (
        vip({"not": {"event": "order", "gte": 1, "campaign_type": "newsletter"}}),
        "vip.where.not.campaign_type: order belongs to no campaign; accepted on: open, click, sent,"
        " delivered, bounce_hard, bounce_soft, unsubscribe, complaint",
    ),
    "unknown campaign type": (
        vip({"event": "open", "gte": 1, "campaign_type": ["newsletter", "news"]}),
        "vip.where.campaign_type: unknown campaign type 'news'; accepted: newsletter, promotion,"
        " reactivation, automation, transactional, digest",
    ),
    "injection through a campaign type": (
        vip({"event": "open", "gte": 1, "campaign_type": "digest') or ('' = '"}),
        "vip.where.campaign_type: unknown campaign type 'digest') or ('' = ''; accepted: ",
    ),
    "no campaign type": (
        vip({"event": "open", "gte": 1, "campaign_type": []}),
        "vip.where.campaign_type: empty; at least one expected; accepted: newsletter, promotion",
    ),
    "campaign type that is a number": (
        vip({"event": "open", "gte": 1, "campaign_type": 3}),
        "vip.where.campaign_type: a campaign type or a list of them expected, found 3; accepted: "
        "newsletter, ",
    ),
    "signal of a send": (
        vip({"event": "sent", "gte": 1, "signal": "any"}),
        "vip.where.signal: sent has no signal, only open and click have one; remove it",
    ),
    "unknown signal": (
        vip({"event": "open", "gte": 1, "signal": "machine"}),
        "vip.where.signal: found 'machine'; accepted: human (the same as without it), any",
    ),
    "missing of a number on an event": (
        vip({"event": "open", "gte": 1, "missing": 0}),
        "vip.where.missing: true or false expected, found 0",
    ),
    "two counts": (
        vip({"event": "open", "gte": 1, "lt": 3}),
        "vip.where: exactly one count operator expected, found gte and lt; accepted: eq, ne",
    ),
    "event without a count": (
        vip({"event": "open", "within_days": 30}),
        "vip.where: exactly one count operator expected, found none; accepted: eq, ne, gt, gte,"
        " lt, lte, between",
    ),
    "event with a value of a wrong type": (
        vip({"event": "open", "gte": "three", "within_days": 30}),
        "vip.where.gte: a number expected, found 'three'",
    ),
    "unknown key of an event": (
        vip({"event": "open", "gte": 1, "within_days": 30, "campaign": "x"}),
        "vip.where.campaign: unknown key; accepted: event, within_days, campaign_type, signal, "
        "missing, eq, ne, ",
    ),
    "unknown segment": (
        vip({"not": {"segment": "inactve"}}),
        "vip.where.not.segment: unknown segment 'inactve'; accepted: vip",
    ),
    "key beside a segment": (
        vip({"all": [{"segment": "vip", "missing": True}]}),
        "vip.where.all[0].missing: unknown key; accepted: segment",
    ),
    "key beside all": (
        vip({"all": [OK], "gt": 3}),
        "vip.where.gt: unknown key; accepted: all",
    ),
    "two combinators": (
        vip({"all": [OK], "any": [OK]}),
        "vip.where: exactly one of all, any, not, field, segment, event, sql expected, found all"
        " and any",
    ),
    "no combinator": (
        vip({"al": [OK]}),
        "vip.where: exactly one of all, any, not, field, segment, event, sql expected, found a"
        " mapping with al",
    ),
    "empty all": (
        vip({"any": [OK, {"all": []}]}),
        "vip.where.any[1].all: empty; at least one condition expected",
    ),
    "empty any": (vip({"any": []}), "vip.where.any: empty; at least one condition expected"),
    "all without a list": (
        vip({"all": OK}),
        "vip.where.all: a list of conditions expected, found a mapping with field, gt",
    ),
    "not of a list": (
        vip({"not": [OK]}),
        "vip.where.not: a condition expected, found a list of 1; accepted: all, any, not, field,"
        " segment, event, sql",
    ),
    "sql behind its switch": (
        vip({"all": [{"sql": "age > 3"}]}),
        "vip.where.all[0].sql: SQL rules are switched off; use field, segment or event, or set"
        " allow_sql_rules to true in dbt_project.yml",
    ),
    "cycle of one": (
        vip({"not": {"segment": "vip"}}),
        "vip: cycle vip -> vip; a segment cannot depend on itself",
    ),
    "cycle of two": (
        [
            {"name": "sub", "where": {"segment": "vip"}},
            {"name": "vip", "where": {"any": [OK, {"not": {"segment": "sub"}}]}},
        ],
        "sub: cycle sub -> vip -> sub; a segment cannot depend on itself",
    ),
    "cycle through a later sibling": (
        [
            {"name": "one", "level": 1, "exclusive": True, "where": {"segment": "rest"}},
            {"name": "rest", "level": 1, "otherwise": True},
        ],
        "one: cycle one -> rest -> one; a segment cannot depend on itself, through rules, parents",
    ),
    "duplicate name": (
        [{"name": "vip", "where": OK}, {"name": "a", "where": OK}, {"name": "vip", "where": OK}],
        "segments[2].name: duplicate name 'vip', first used by segments[0]",
    ),
    "name in capitals": (
        [{"name": "VipClub", "where": OK}],
        "segments[0].name: snake_case expected (a-z, 0-9 and _, a letter first, at most 60), found"
        " 'VipClub'",
    ),
    "injection through a name": (
        [{"name": 'a" from x --', "where": OK}],
        "segments[0].name: snake_case expected",
    ),
    "name of a column": (
        [{"name": "as_of_date", "where": OK}],
        "segments[0].name: 'as_of_date' is a column of segment_history already; not accepted:"
        " contact_id, as_of_date",
    ),
    "no name": ([{"where": OK}], "segments[0].name: a name expected, found nothing"),
    "no mapping": (["vip"], "segments[0]: a mapping with a name expected, found 'vip'"),
    "no list": ({"vip": OK}, "segments: a list of segments expected, found a mapping with vip"),
    "unknown key": (
        [{"name": "vip", "were": OK, "where": OK}],
        "vip.were: unknown key; accepted: name, label, description, level, parent, exclusive,"
        " otherwise, where, expect",
    ),
    "no rule": ([{"name": "vip"}], "vip.where: missing; accepted: a rule (all, any, not, field,"),
    "word for exclusive": (
        [{"name": "vip", "level": 1, "exclusive": "yes", "where": OK}],
        "vip.exclusive: true or false expected, found 'yes'",
    ),
    "label without English": (
        [{"name": "vip", "label": {"fr": "VIP"}, "where": OK}],
        "vip.label: the English label is missing; accepted: {en: text, fr: text}",
    ),
    "label in another language": (
        [{"name": "vip", "label": {"en": "VIP", "de": "VIP"}, "where": OK}],
        "vip.label.de: unknown language; accepted: en, fr",
    ),
    "level out of range": (
        [{"name": "vip", "level": 4, "where": OK}],
        "vip.level: found 4; accepted: 1, 2, 3",
    ),
    "parent that does not exist": (
        [{"name": "vip", "level": 2, "parent": "all", "where": OK}],
        "vip.parent: unknown segment 'all'; accepted: vip",
    ),
    "parent on the wrong level": (
        [
            {"name": "top", "level": 1, "where": OK},
            {"name": "mid", "level": 2, "parent": "top", "where": OK},
            {"name": "low", "level": 3, "parent": "top", "where": OK},
        ],
        "low.parent: 'top' is on level 1, a parent on level 2 expected; accepted: mid",
    ),
    "parent on no level": (
        [{"name": "top", "where": OK}, {"name": "m", "level": 2, "parent": "top", "where": OK}],
        "m.parent: 'top' is on no level, a parent on level 1 expected; accepted: none yet",
    ),
    "level 1 with a parent": (
        [
            {"name": "top", "level": 1, "where": OK},
            {"name": "mid", "level": 1, "parent": "top", "where": OK},
        ],
        "mid.parent: a segment on level 1 has no parent, found 'top'",
    ),
    "level 2 without a parent": (
        [{"name": "top", "level": 1, "where": OK}, {"name": "mid", "level": 2, "where": OK}],
        "mid.parent: missing; a segment on level 2 needs a parent on level 1; accepted: top",
    ),
    "parent without a level": (
        [{"name": "top", "level": 1, "where": OK}, {"name": "m", "parent": "top", "where": OK}],
        "m.level: missing; a segment with a parent is one level below it; accepted: 2, 3",
    ),
    "exclusive without a level": (
        [{"name": "vip", "exclusive": True, "where": OK}],
        "vip.level: missing; exclusive siblings stand on a level; accepted: 1, 2, 3",
    ),
    "two otherwise": (
        [
            {"name": "one", "level": 1, "exclusive": True, "where": OK},
            {"name": "two", "level": 1, "otherwise": True},
            {"name": "six", "level": 1, "otherwise": True},
        ],
        "six.otherwise: two siblings take the rest of all contacts, the other is 'two'; keep one",
    ),
    "two otherwise below a parent": (
        [
            {"name": "one", "level": 1, "where": OK},
            {"name": "two", "level": 2, "parent": "one", "otherwise": True},
            {"name": "six", "level": 2, "parent": "one", "otherwise": True},
        ],
        "six.otherwise: two siblings take the rest of 'one', the other is 'two'; keep one",
    ),
    "otherwise with a rule": (
        [{"name": "two", "level": 1, "otherwise": True, "where": OK}],
        "two.where: otherwise takes what its siblings leave and has no rule of its own; remove",
    ),
    "otherwise that is not exclusive": (
        [{"name": "two", "level": 1, "otherwise": True, "exclusive": False}],
        "two.exclusive: otherwise is exclusive by nature; found false, accepted: true",
    ),
}


@pytest.fixture(scope="module")
def refused() -> dict[str, Compiled]:
    """All cases by their names."""
    results = compile_rules([rules for rules, _ in REFUSED.values()])
    return dict(zip(REFUSED, results, strict=True))


@pytest.mark.parametrize("case", REFUSED)
def test_mistake_is_refused(case: str, refused: dict[str, Compiled]) -> None:
    compiled = refused[case]
    assert len(compiled.errors) == 1, compiled.errors
    assert compiled.errors[0].startswith(REFUSED[case][1]), compiled.errors[0]


def test_all_mistakes_are_told_at_once() -> None:
    rules = [
        {"name": "one", "where": {"field": "ag", "gt": 1}},
        {"name": "two", "level": 9, "where": {"all": [{"field": "age", "gt": "x"}, {"any": []}]}},
    ]
    (compiled,) = compile_rules([rules])
    assert [error.split(":")[0] for error in compiled.errors] == [
        "one.where.field",
        "two.where.all[0].gt",
        "two.where.all[1].any",
        "two.level",
    ]
