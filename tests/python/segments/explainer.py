"""Rules explained by the compiler, and explained once more in plain Python."""

import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from winback.segments.compiled import Compiled
from winback.segments.explanation_query import result_ctes, row_ctes
from winback.segments.explanations import Explanation
from winback.segments.flags import with_ctes

from .compiler import FIELDS, compile_rules
from .events import UNKNOWN_OPEN_WEIGHT, Happened, warehouse
from .reference import Row, Rule, _tried_before, evaluate, holds
from .test_random_rules import COLUMNS, TYPES, random_events, random_people


@dataclass(frozen=True)
class Queries:
    """What one list of rules comes to, over the tables of a warehouse and `history`.

    The rows of the view, and whether the leaves put each contact into each segment.
    """

    leaves: str
    roots: str


def explained_rules(
    cases: Sequence[Sequence[Rule]], fields: Mapping[str, str] = FIELDS, **settings: Any
) -> list[Queries]:
    """The queries of each list of rules."""
    return [queries_of(compiled) for compiled in compile_rules(cases, fields, **settings)]


def queries_of(compiled: Compiled) -> Queries:
    assert compiled.errors == []
    explanation = Explanation(compiled.vocabulary, compiled.dialect, compiled.rules)
    asked, source = compiled.asked()
    ctes = {**asked, **result_ctes(explanation, source)}
    roots = ", ".join(f"{sql} as {name}" for name, sql in explanation.roots.items())
    return Queries(
        leaves=with_ctes({**ctes, **row_ctes(explanation)}, "select * from final"),
        roots=with_ctes(ctes, f"select contact_id, as_of_date, {roots} from explained"),
    )


def answers(
    sql: str,
    people: pa.Table,
    memberships: Sequence[Mapping[str, bool]],
    events: Happened | None = None,
) -> list[dict[str, Any]]:
    """Rows of a query over the people, what they did and what segments they are in."""
    rows = people.to_pylist()
    history = [
        {"contact_id": row["contact_id"], "as_of_date": row["as_of_date"], **known}
        for row, known in zip(rows, memberships, strict=True)
    ]
    with warehouse(rows, people.schema, events or {}) as connection:
        connection.register("history", pa.Table.from_pylist(history))
        found = connection.execute(sql)
        assert found.description is not None
        names = [column[0] for column in found.description]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


@dataclass(frozen=True)
class Expected:
    """What a leaf says of a person, by the interpreter."""

    is_true: bool
    is_in_segment: bool
    is_decisive: bool
    is_negated: bool


def expected_leaves(
    rules: Sequence[Rule],
    person: Row,
    timezone: str = "UTC",
    events: Sequence[Mapping[str, Any]] = (),
) -> dict[tuple[str, str], Expected]:
    """(segment, path) -> what the leaf says, in the order of the file."""
    members = evaluate(rules, person, timezone, events, UNKNOWN_OPEN_WEIGHT)
    row = {**person, "events": events, "unknown_open_weight": UNKNOWN_OPEN_WEIGHT}

    def judge(condition: Mapping[str, Any]) -> bool:
        return holds(condition, row, members.__getitem__, timezone)

    found = {}
    for rule in rules:
        name = rule["name"]
        whole = members[name]
        if rule.get("parent"):
            inside = members[rule["parent"]]
            found[name, "parent"] = Expected(inside, whole, inside == whole, False)
        for other in _tried_before(rule, rules):
            is_free = not members[other["name"]]
            path = f"exclusive.{other['name']}"
            found[name, path] = Expected(is_free, whole, is_free == whole, False)
        if "where" in rule:
            decides = judge(rule["where"]) == whole
            for path, result, decided, negated in _walk(rule["where"], "where", judge, decides):
                found[name, path] = Expected(result, whole, decided, negated)
        else:
            found[name, "otherwise"] = Expected(True, whole, whole, False)
    return found


def _walk(
    condition: Mapping[str, Any],
    path: str,
    judge: Callable[[Mapping[str, Any]], bool],
    decides: bool,
    is_negated: bool = False,
) -> Iterator[tuple[str, bool, bool, bool]]:
    if "not" in condition:
        yield from _walk(condition["not"], f"{path}.not", judge, decides, not is_negated)
        return
    word = next((word for word in ("all", "any") if word in condition), None)
    if word is None:
        yield path, judge(condition), decides, is_negated
        return
    for place, part in enumerate(condition[word]):
        counts = decides and judge(part) == judge(condition)
        yield from _walk(part, f"{path}.{word}[{place}]", judge, counts, is_negated)


def people_table(
    people: Sequence[Mapping[str, Any]], columns: Mapping[str, str], types: Mapping[str, Any]
) -> pa.Table:
    """Rows as the relation `features`."""
    schema = pa.schema(
        [("contact_id", pa.string()), ("as_of_date", pa.date32())]
        + [(name, types[kind]) for name, kind in columns.items()]
    )
    return pa.Table.from_pylist([dict(person) for person in people], schema=schema)


@dataclass(frozen=True)
class Truth:
    """What the interpreter says of some people: their memberships, and every leaf."""

    people: Sequence[Mapping[str, Any]]
    events: Happened
    members: Sequence[Mapping[str, bool]]
    leaves: Mapping[tuple[str, str, str], Expected]


def truth_of(rules: Sequence[Rule], draw: random.Random, number: int, timezone: str) -> Truth:
    """What holds for some random people and what they did."""
    people = random_people(draw)[:number]
    events = {person["contact_id"]: random_events(draw) for person in people}
    return Truth(
        people,
        events,
        [
            evaluate(rules, person, timezone, events[person["contact_id"]], UNKNOWN_OPEN_WEIGHT)
            for person in people
        ],
        {
            (person["contact_id"], *key): leaf
            for person in people
            for key, leaf in expected_leaves(
                rules, person, timezone, events[person["contact_id"]]
            ).items()
        },
    )


def differences(queries: Queries, truth: Truth) -> list[str]:
    """Where explanations say something else than the interpreter, one sentence each."""
    table = people_table(truth.people, COLUMNS, TYPES)
    rows = answers(queries.leaves, table, truth.members, truth.events)
    keys = [(row["contact_id"], row["segment"], row["leaf_path"]) for row in rows]
    if len(keys) != len(truth.leaves) or set(keys) != set(truth.leaves):
        return ["the leaves are others"]
    wrong = [
        f"{key} {name}: {value} expected, {row[name]} found: {row['sentence']}"
        for key, row in zip(keys, rows, strict=True)
        for name, value in vars(truth.leaves[key]).items()
        if row[name] is not value
    ]
    roots = answers(queries.roots, table, truth.members, truth.events)
    found = {row["contact_id"]: row for row in roots}
    return wrong + [
        f"{person['contact_id']} {name}: the leaves come to {found[person['contact_id']][name]}"
        for person, known in zip(truth.people, truth.members, strict=True)
        for name, is_in in known.items()
        if found[person["contact_id"]][name] is not is_in
    ]
