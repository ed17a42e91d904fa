"""What is wrong with one condition of a rule and everything below it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from winback.segments.values import is_whole, is_whole_day, moment, shown, value_problem
from winback.segments.vocabulary import (
    AGE_OPERATORS,
    CAMPAIGN_TYPES,
    COUNT_OPERATORS,
    EVENTS,
    LIST_OPERATORS,
    OPERATORS,
    Vocabulary,
)

_KINDS = ("all", "any", "not", "field", "segment", "event", "sql")
_MOST_EVENT_DAYS = 36_500


def condition_mistakes(
    condition: Any, path: str, vocabulary: Vocabulary, names: Collection[str]
) -> Iterator[str]:
    """Say everything that is wrong with a condition.

    Args:
        condition: as it was typed.
        path: where it stands, for messages: `vip.where.all[1]`.
        vocabulary: what rules may say.
        names: of all segments.
    """
    if not isinstance(condition, Mapping):
        yield (
            f"{path}: a condition expected, found {shown(condition)}; accepted: {', '.join(_KINDS)}"
        )
        return
    found = [key for key in condition if key in _KINDS]
    if len(found) != 1:
        yield (
            f"{path}: exactly one of {', '.join(_KINDS)} expected, found"
            f" {' and '.join(found) or shown(condition)}"
        )
        return
    kind = found[0]
    if kind in ("all", "any"):
        yield from unknown_keys(condition, (kind,), path)
        parts = condition[kind]
        if not isinstance(parts, list):
            yield f"{path}.{kind}: a list of conditions expected, found {shown(parts)}"
        elif not parts:
            yield f"{path}.{kind}: empty; at least one condition expected"
        else:
            for number, part in enumerate(parts):
                place = f"{path}.{kind}[{number}]"
                yield from condition_mistakes(part, place, vocabulary, names)
    elif kind == "not":
        yield from unknown_keys(condition, ("not",), path)
        yield from condition_mistakes(condition["not"], f"{path}.not", vocabulary, names)
    elif kind == "segment":
        yield from unknown_keys(condition, ("segment",), path)
        if not isinstance(condition["segment"], str) or condition["segment"] not in names:
            yield (
                f"{path}.segment: unknown segment {shown(condition['segment'])}; accepted:"
                f" {', '.join(names)}"
            )
    elif kind == "event":
        yield from _event_mistakes(condition, path)
    elif kind == "sql":
        yield from _sql_mistakes(condition, path, vocabulary)
    else:
        yield from _field_mistakes(condition, path, vocabulary)


def unknown_keys(given: Mapping[str, Any], accepted: Collection[str], path: str) -> Iterator[str]:
    """Keys beyond those that are accepted."""
    for key in given:
        if key not in accepted:
            yield f"{path}.{key}: unknown key; accepted: {', '.join(accepted)}"


def operators_in(leaf: Mapping[str, Any]) -> list[str]:
    """The keys of a leaf that are operators. The window of an event leaf is none."""
    return [key for key in leaf if key in OPERATORS and ("event", key) != _window(leaf, key)]


def _window(leaf: Mapping[str, Any], key: str) -> tuple[str, str] | None:
    return ("event", key) if "event" in leaf and key == "within_days" else None


def _field_mistakes(leaf: Mapping[str, Any], path: str, vocabulary: Vocabulary) -> Iterator[str]:
    name, fields = leaf["field"], vocabulary.fields
    if not isinstance(name, str) or name not in fields:
        owner = vocabulary.owner(name) if isinstance(name, str) else None
        if owner is not None and owner not in vocabulary.fitted:
            yield (
                f"{path}.field: {shown(name)} is fitted by {owner}, which var fitted leaves out;"
                f" add {owner} to it, or ask another field"
            )
            return
        yield (
            f"{path}.field: unknown field {shown(name)}; {_near_names(name, fields)}accepted:"
            f" {', '.join(sorted(fields))}"
        )
        return
    kind = fields[name]
    fitting = [operator for operator, kinds in OPERATORS.items() if kind in kinds]
    accepted = f"accepted for the {kind} field {name}: {', '.join(fitting)}"
    unknown = [key for key in leaf if key not in OPERATORS and key not in ("field", "missing")]
    for key in unknown:
        yield f"{path}.{key}: unknown operator; {accepted}"
    operators = operators_in(leaf)
    if not unknown and len(operators) != 1:
        join = " (join two leaves with all)" if operators else ""
        yield (
            f"{path}: exactly one operator expected, found {' and '.join(operators) or 'none'};"
            f" {accepted}{join}"
        )
    for operator in operators:
        if operator not in fitting:
            yield (
                f"{path}.{operator}: does not fit the {kind} field {name}; accepted:"
                f" {', '.join(fitting)}"
            )
        else:
            yield from _value_mistakes(leaf[operator], operator, kind, f"{path}.{operator}")
    if "missing" in leaf and "is_null" in leaf:
        yield f"{path}.missing: is_null answers for missing values itself"
    yield from _missing_mistakes(leaf, path)


def _near_names(name: Any, fields: Collection[str]) -> str:
    """Fields that begin like an unknown one, so that a slip is found in a long list."""
    stem = name[:4] if isinstance(name, str) else ""
    near = [known for known in sorted(fields) if len(stem) > 1 and known.startswith(stem)]
    return f"did you mean {' or '.join(near[:5])}? " if near else ""


def _missing_mistakes(leaf: Mapping[str, Any], path: str) -> Iterator[str]:
    if "missing" in leaf and not isinstance(leaf["missing"], bool):
        yield f"{path}.missing: true or false expected, found {shown(leaf['missing'])}"


def _value_mistakes(value: Any, operator: str, kind: str, path: str) -> Iterator[str]:
    """What is wrong with the value of an operator: a value of the kind, a list of them, days."""
    if operator == "is_null":
        if not isinstance(value, bool):
            yield f"{path}: true or false expected, found {shown(value)}"
        return
    if operator in AGE_OPERATORS:
        if not is_whole(value) or value < 1:
            yield f"{path}: a whole number of days, at least 1, expected, found {shown(value)}"
        return
    values = [value]
    if operator in LIST_OPERATORS:
        if not isinstance(value, list):
            yield f"{path}: a list of values expected, found {shown(value)}"
            return
        if operator == "between" and len(value) != 2:
            yield f"{path}: two values, low and high, expected, found {shown(value)}"
            return
        if not value:
            yield f"{path}: empty; at least one value expected"
            return
        values = value
    is_wrong = False
    for number, item in enumerate(values):
        place = f"{path}[{number}]" if operator in LIST_OPERATORS else path
        problem = value_problem(item, kind)
        is_day = kind == "timestamp" and is_whole_day(item)
        if problem is None and kind == "timestamp" and is_day != is_whole_day(values[0]):
            problem = "days and moments are mixed; write all in one way"
        if problem is None and operator in ("contains", "starts_with") and not item:
            problem = "empty; a text of at least one character expected"
        if problem is not None:
            is_wrong = True
            yield f"{place}: {problem}"
    if operator == "between" and not is_wrong:
        low, high = values if kind == "number" else map(moment, values)
        if low > high:
            yield (
                f"{path}: low before high expected, found {shown(values[0])} and {shown(values[1])}"
            )


def _event_mistakes(leaf: Mapping[str, Any], path: str) -> Iterator[str]:
    event = leaf["event"]
    if not isinstance(event, str) or event not in EVENTS:
        yield f"{path}.event: unknown event {shown(event)}; accepted: {', '.join(EVENTS)}"
        return
    beside = ("event", "within_days", "campaign_type", "signal", "missing")
    yield from unknown_keys(leaf, (*beside, *COUNT_OPERATORS), path)
    days = leaf.get("within_days")
    if "within_days" in leaf and not (is_whole(days) and 1 <= days <= _MOST_EVENT_DAYS):
        yield (
            f"{path}.within_days: a whole number of days, 1 to {_MOST_EVENT_DAYS}, expected, found"
            f" {shown(days)} (leave it out for all time)"
        )
    if "campaign_type" in leaf:
        yield from _campaign_type_mistakes(leaf, f"{path}.campaign_type")
    if "signal" in leaf and not EVENTS[event].any_signal:
        yield (f"{path}.signal: {event} has no signal, only open and click have one; remove it")
    elif "signal" in leaf and leaf["signal"] not in ("human", "any"):
        yield (
            f"{path}.signal: found {shown(leaf['signal'])}; accepted: human (the same as without"
            " it), any"
        )
    operators = [key for key in leaf if key in COUNT_OPERATORS]
    if len(operators) != 1:
        yield (
            f"{path}: exactly one count operator expected, found"
            f" {' and '.join(operators) or 'none'}; accepted: {', '.join(COUNT_OPERATORS)}"
        )
    for operator in operators:
        yield from _value_mistakes(leaf[operator], operator, "number", f"{path}.{operator}")
    yield from _missing_mistakes(leaf, path)


def _campaign_type_mistakes(leaf: Mapping[str, Any], path: str) -> Iterator[str]:
    """One campaign type or a list of them, on events that belong to campaigns."""
    given, accepted = leaf["campaign_type"], ", ".join(CAMPAIGN_TYPES)
    if not EVENTS[leaf["event"]].is_mail:
        mails = [event for event, kind in EVENTS.items() if kind.is_mail]
        yield f"{path}: {leaf['event']} belongs to no campaign; accepted on: {', '.join(mails)}"
    elif not isinstance(given, str | list):
        yield (
            f"{path}: a campaign type or a list of them expected, found {shown(given)}; accepted:"
            f" {accepted}"
        )
    elif given == []:
        yield f"{path}: empty; at least one expected; accepted: {accepted}"
    else:
        for item in [given] if isinstance(given, str) else given:
            if item not in CAMPAIGN_TYPES:
                yield f"{path}: unknown campaign type {shown(item)}; accepted: {accepted}"


def _sql_mistakes(leaf: Mapping[str, Any], path: str, vocabulary: Vocabulary) -> Iterator[str]:
    """Raw SQL is the last resort, behind a switch."""
    if not vocabulary.allow_sql:
        yield (
            f"{path}.sql: SQL rules are switched off; use field, segment or event, or set"
            " allow_sql_rules to true in dbt_project.yml"
        )
        return
    yield from unknown_keys(leaf, ("sql", "missing"), path)
    sql = leaf["sql"]
    if not isinstance(sql, str) or not sql.strip():
        yield f"{path}.sql: a boolean expression expected, found {shown(sql)}"
    else:
        for mark in ("{{", "{%", "{#"):
            if mark in sql:
                yield (
                    f"{path}.sql: {mark} starts a template, which dbt would run; write the value"
                    " itself"
                )
    yield from _missing_mistakes(leaf, path)
