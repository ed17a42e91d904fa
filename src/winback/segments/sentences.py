"""Leaves in the words of a marketer, English (`en`) and French (`fr`)."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from winback.declared import read_yaml
from winback.segments.conditions import operators_in
from winback.segments.counts import count_of
from winback.segments.tree import Rule, label_of
from winback.segments.vocabulary import LIST_OPERATORS

LANGUAGES = ("en", "fr")
# where the currency stands in a sentence: it is a setting, known when the sentence is shown
CURRENCY = "\ue000"
_FILE = Path(__file__).with_name("words.yml")
_OR_UNKNOWN = {"en": " (or it is not known)", "fr": " (ou on l'ignore)"}
_OPERATORS = {
    "gt": {"en": "is more than {}", "fr": "dépasse {}"},
    "gte": {"en": "is at least {}", "fr": "est d'au moins {}"},
    "lt": {"en": "is less than {}", "fr": "est de moins de {}"},
    "lte": {"en": "is at most {}", "fr": "est d'au plus {}"},
    "between": {"en": "is between {} and {}", "fr": "est entre {} et {}"},
    "in": {"en": "is one of {}", "fr": "est parmi {}"},
    "not_in": {"en": "is none of {}", "fr": "n'est pas parmi {}"},
    "contains": {"en": "contains {}", "fr": "contient {}"},
    "starts_with": {"en": "starts with {}", "fr": "commence par {}"},
    "within_days": {"en": "is in the last {} days", "fr": "est dans les {} derniers jours"},
    "older_than_days": {
        "en": "is before the last {} days",
        "fr": "est avant les {} derniers jours",
    },
}
_OF_DAYS = {
    "gt": {"en": "is after {}", "fr": "est après le {}"},
    "gte": {"en": "is on or after {}", "fr": "est le {} ou après"},
    "lt": {"en": "is before {}", "fr": "est avant le {}"},
    "lte": {"en": "is on or before {}", "fr": "est le {} ou avant"},
    "between": {"en": "is from {} to {}", "fr": "va du {} au {}"},
}
_OF_ONE_DAY = {
    "within_days": {"en": "is today", "fr": "est aujourd'hui"},
    "older_than_days": {"en": "is before today", "fr": "est avant aujourd'hui"},
}
_MEMBERSHIPS = {
    "segment": {"en": "is in “{}”", "fr": "est dans « {} »"},
    "parent": {"en": "must be in “{}”", "fr": "doit être dans « {} »"},
    "earlier_sibling": {
        "en": "is not taken by “{}”, which is tried first",
        "fr": "n'est pas dans « {} », essayé avant",
    },
    "otherwise": {
        "en": "takes all whom its siblings leave",
        "fr": "prend tous ceux que ses voisins laissent",
    },
}
_UNITS = {
    "days": {"en": ("day", "days"), "fr": ("jour", "jours")},
    "years": {"en": ("year", "years"), "fr": ("an", "ans")},
    "seconds": {"en": ("second", "seconds"), "fr": ("seconde", "secondes")},
}
_MONTHS = {
    "en": "January February March April May June July August September October November December",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
Words = Mapping[str, Any]


@cache
def dictionary() -> Mapping[str, Mapping[str, Words]]:
    """What fields and events are called: words.yml."""
    return read_yaml(_FILE, _FILE.name)


def words_of(leaf: Mapping[str, Any], column: str) -> Words:
    """What sentences call what a leaf reads; what the keys mean is written in words.yml."""
    return _event_words(leaf) if "event" in leaf else _field_words(column)


def leaf_sentence(leaf: Mapping[str, Any], words: Words, kind: str, language: str) -> str:
    """A field or event leaf, as `revenue in the last 365 days is more than 500 EUR`.

    Args:
        leaf: without mistakes.
        words: of what it reads.
        kind: of value it reads.
        language: `en` or `fr`.
    """
    (operator,) = operators_in(leaf)
    value = leaf[operator]
    if operator == "is_null":
        return _null_sentence(words, value, language)
    own = words.get("sentences")
    if own is not None and isinstance(value, bool):
        sentence = own[language][0 if value == (operator == "eq") else 1]
    else:
        family = "day" if kind in ("date", "timestamp") else kind
        template = _template(operator, family, value)[language]
        if operator in ("within_days", "older_than_days"):
            shown = [number_words(value, language)]
        else:
            values = value if operator in LIST_OPERATORS else [value]
            shown = [_value_words(item, kind, language) for item in values]
            if operator != "between":
                shown = [", ".join(shown)]
            shown[-1] += _unit_words(words.get("unit"), values[-1], language)
        sentence = f"{words[language]} {template.format(*shown)}"
    end = _OR_UNKNOWN[language] if leaf.get("missing") else ""
    return f"{sentence}{end}"


def sql_sentence(leaf: Mapping[str, Any], language: str) -> str:
    """A leaf of raw SQL."""
    start = {"en": "SQL: ", "fr": "SQL : "}[language]
    end = _OR_UNKNOWN[language] if leaf.get("missing") else ""
    return f"{start}{leaf['sql'].strip()}{end}"


def membership_sentence(kind: str, rule: Rule, language: str) -> str:
    """What decides beside fields: membership of the segment of a rule, its place among siblings."""
    return _MEMBERSHIPS[kind][language].format(label_of(rule, language))


def number_words(value: float, language: str) -> str:
    """12,500.5 and 12 500,5; the space does not break a line."""
    text = f"{int(value) if value == value // 1 else value:,}"
    return text.replace(",", "\u00a0").replace(".", ",") if language == "fr" else text


def _null_sentence(words: Words, is_null: bool, language: str) -> str:
    place = 0 if is_null else 1
    if "when_null" in words:
        return str(words["when_null"][language][place])
    template = {
        "en": ("{} is not known", "{} is known"),
        "fr": ("on ignore {}", "on connaît {}"),
    }[language][place]
    return template.format(words[language])


def _template(operator: str, family: str, value: Any) -> Mapping[str, str]:
    """The part of the sentence after the subject."""
    is_one = operator in ("in", "not_in") and len(value) == 1
    if operator == "eq" or (operator == "in" and is_one):
        return {"en": "is {}", "fr": "est le {}" if family == "day" else "est {}"}
    if operator == "ne" or (operator == "not_in" and is_one):
        return {"en": "is not {}", "fr": "n'est pas le {}" if family == "day" else "n'est pas {}"}
    if family == "day" and operator in _OF_DAYS:
        return _OF_DAYS[operator]
    if operator in _OF_ONE_DAY and value == 1:
        return _OF_ONE_DAY[operator]
    return _OPERATORS[operator]


def _field_words(column: str) -> Words:
    known = dictionary()
    own = known["columns"].get(column) or known["fitted"].get(column)
    if own is not None:
        return own
    last = known["last"].get(column.removeprefix("days_since_last_"))
    if column.startswith("days_since_last_") and last is not None:
        return {
            "en": f"time since the last {last['en']}",
            "fr": f"le temps depuis {last['fr']}",
            "unit": "days",
            "when_null": last["when_null"],
        }
    window = re.fullmatch(r"(.+)_([0-9]+)d", column)
    if window and window[1] in known["measures"]:
        return _in_window(known["measures"][window[1]], int(window[2]))
    # a column of one's own, a custom field among them, is called what it is called
    plain = column.replace("_", " ")
    return {"en": plain, "fr": f"« {plain} »"}


def _event_words(leaf: Mapping[str, Any]) -> Words:
    count = count_of(leaf)
    kind = dictionary()["events"][count.event]
    english, french = f"number of {kind['en']}", f"le nombre {kind['fr']}"
    if count.is_any_signal:
        english += ", machines included,"
        french += ", machines comprises,"
    if count.campaign_types:
        english += f" in {' or '.join(count.campaign_types)} campaigns"
        french += f" des campagnes {' ou '.join(count.campaign_types)}"
    return _in_window({"en": english, "fr": french}, count.days)


def _in_window(words: Words, days: int | None) -> Words:
    """Words of something counted over a number of days; without one, over all time."""
    if days is None:
        english, french = "in all", "au total"
    elif days == 1:
        english, french = "today", "aujourd'hui"
    else:
        english, french = f"in the last {days} days", f"des {days} derniers jours"
    return {**words, "en": f"{words['en']} {english}", "fr": f"{words['fr']} {french}"}


def _value_words(value: Any, kind: str, language: str) -> str:
    """A value as people write it."""
    if kind == "number":
        return number_words(value, language)
    if kind in ("date", "timestamp"):
        return _day_words(str(value), language)
    if kind == "boolean":
        return {"en": ("yes", "no"), "fr": ("oui", "non")}[language][0 if value else 1]
    return {"en": "“{}”", "fr": "« {} »"}[language].format(value)


def _day_words(text: str, language: str) -> str:
    """31 March 2026 and 31 mars 2026, with the time where there is one."""
    day, month = int(text[8:10]), _MONTHS[language].split(" ")[int(text[5:7]) - 1]
    clock = text[11:].replace("Z", "")
    first = "1er" if language == "fr" and day == 1 else str(day)
    return f"{first} {month} {text[:4]}{f' {clock} UTC' if clock else ''}"


def _unit_words(unit: str | None, value: Any, language: str) -> str:
    """The unit after a number, in the singular where it belongs."""
    if unit is None:
        return ""
    if unit == "currency":
        return f" {CURRENCY}"
    is_one = value == 1 if language == "en" else -2 < value < 2
    return f" {_UNITS[unit][language][0 if is_one else 1]}"
