"""The words of a leaf, in both languages."""

from datetime import date
from typing import Any

import pytest

from winback.segments.compiled import compile_rules
from winback.segments.vocabulary import read_vocabulary

from .compiler import ROOT
from .explainer import answers, explained_rules, people_table, queries_of
from .reference import evaluate
from .test_random_rules import TYPES

COLUMNS = {
    "age": "number",
    "city": "text",
    "revenue_365d": "number",
    "average_order_value": "number",
    "days_since_last_engagement": "number",
    "human_clicks_90d": "number",
    "orders_365d": "number",
    "is_mailable": "boolean",
    "loyal_member": "boolean",
    "blocking_cause": "text",
    "last_order_at": "timestamp",
    "inactive_since": "date",
}
FIELDS = {"contact_id": "text", "as_of_date": "date", **COLUMNS}
NBSP = "\u00a0"
SENTENCES: list[tuple[dict[str, Any], str, str]] = [
    (
        {"field": "revenue_365d", "gt": 12500.5},
        "revenue in the last 365 days is more than 12,500.5 EUR",
        f"le chiffre d'affaires des 365 derniers jours dépasse 12{NBSP}500,5 EUR",
    ),
    ({"field": "age", "lt": 35}, "age is less than 35 years", "l'âge est de moins de 35 ans"),
    (
        {"field": "age", "between": [18, 25], "missing": True},
        "age is between 18 and 25 years (or it is not known)",
        "l'âge est entre 18 et 25 ans (ou on l'ignore)",
    ),
    (
        {"field": "days_since_last_engagement", "lte": 1},
        "time since the last sign of life is at most 1 day",
        "le temps depuis le dernier signe de vie est d'au plus 1 jour",
    ),
    (
        {"field": "days_since_last_engagement", "is_null": True},
        "no open, click, visit or order was ever seen",
        "aucun signe de vie connu",
    ),
    (
        {"event": "click", "gte": 3, "within_days": 90},
        "number of clicks in the last 90 days is at least 3",
        "le nombre de clics des 90 derniers jours est d'au moins 3",
    ),
    ({"field": "city", "in": ["Paris"]}, "city is “Paris”", "la ville est « Paris »"),
    (
        {"field": "city", "not_in": ["Paris", "L'Hay"]},
        "city is none of “Paris”, “L'Hay”",
        "la ville n'est pas parmi « Paris », « L'Hay »",
    ),
    ({"field": "city", "is_null": False}, "city is known", "on connaît la ville"),
    (
        {"field": "average_order_value", "is_null": True},
        "average order is not known",
        "on ignore le panier moyen",
    ),
    ({"field": "is_mailable", "eq": False}, "cannot be mailed", "ne peut pas recevoir d'e-mail"),
    ({"field": "is_mailable", "ne": False}, "can be mailed", "peut recevoir un e-mail"),
    ({"field": "loyal_member", "eq": True}, "loyal member is yes", "« loyal member » est oui"),
    (
        {"field": "blocking_cause", "is_null": True},
        "nothing blocks e-mail",
        "rien ne bloque les e-mails",
    ),
    (
        {"field": "last_order_at", "within_days": 30},
        "date of the last order is in the last 30 days",
        "la date de la dernière commande est dans les 30 derniers jours",
    ),
    (
        {"field": "last_order_at", "gte": "2026-03-01T12:00Z"},
        "date of the last order is on or after 1 March 2026 12:00 UTC",
        "la date de la dernière commande est le 1er mars 2026 12:00 UTC ou après",
    ),
    (
        {"field": "inactive_since", "between": ["2026-01-31", "2026-02-01"]},
        "first day of inactivity is from 31 January 2026 to 1 February 2026",
        "le premier jour d'inactivité va du 31 janvier 2026 au 1er février 2026",
    ),
]


VALUES = {"revenue_365d": 600.0, "average_order_value": 812.5, "is_mailable": False}
PERSON = {"contact_id": "c1", "as_of_date": date(2026, 6, 30)}


@pytest.fixture(scope="module")
def rows() -> list[dict[str, Any]]:
    """What is said of somebody of whom little is known."""
    rules: list[dict[str, Any]] = [
        {"name": f"s{number}", "where": leaf} for number, (leaf, _, _) in enumerate(SENTENCES)
    ]
    rules += [
        {
            "name": "top",
            "label": {"en": "It's top", "fr": "Haut"},
            "level": 1,
            "exclusive": True,
            "where": {"segment": "s0"},
        },
        {"name": "sub", "level": 2, "parent": "top", "where": {"segment": "top"}},
        {"name": "rest", "level": 1, "otherwise": True},
    ]
    (queries,) = explained_rules([rules], FIELDS)
    person = PERSON | VALUES
    members = evaluate(rules, dict.fromkeys(COLUMNS) | person)
    return answers(queries.leaves, people_table([person], COLUMNS, TYPES), [members])


@pytest.mark.parametrize("number", range(len(SENTENCES)))
def test_a_leaf_reads_well(number: int, rows: list[dict[str, Any]]) -> None:
    (row,) = (row for row in rows if row["segment"] == f"s{number}")
    assert (row["sentence"], row["sentence_fr"]) == SENTENCES[number][1:]


def test_memberships_read_well(rows: list[dict[str, Any]]) -> None:
    found = {
        (row["segment"], row["leaf_path"]): (row["sentence"], row["sentence_fr"]) for row in rows
    }
    assert found["sub", "parent"] == ("must be in “It's top”", "doit être dans « Haut »")
    assert found["sub", "where"] == ("is in “It's top”", "est dans « Haut »")
    assert found["rest", "exclusive.top"] == (
        "is not taken by “It's top”, which is tried first",
        "n'est pas dans « Haut », essayé avant",
    )
    assert found["rest", "otherwise"] == (
        "takes all whom its siblings leave",
        "prend tous ceux que ses voisins laissent",
    )


def test_values_are_text(rows: list[dict[str, Any]]) -> None:
    found = {row["field"]: row["actual_value"] for row in rows if row["field"] in VALUES}
    assert found == {"revenue_365d": "600", "average_order_value": "812.5", "is_mailable": "false"}


def test_every_feature_has_words() -> None:
    """A column without words of its own is called by its name, which no marketer should read."""
    vocabulary = read_vocabulary(ROOT, {})
    rules = [
        {"name": f"s{number}", "where": {"field": column, "is_null": False}}
        for number, column in enumerate(vocabulary.fields)
    ]
    sql = queries_of(compile_rules(rules, vocabulary)).leaves
    named = [name for name in vocabulary.fields if f"« {name.replace('_', ' ')} »" in sql]
    assert named == []
