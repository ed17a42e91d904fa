"""All rules as one query: a row per contact and date, a boolean column per segment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from winback.segments.counts import Count, counts_needed, counts_sql, mails_sql
from winback.segments.dialects import Dialect
from winback.segments.leaves import Compiler, Expression, decided, joined, known, negated, written
from winback.segments.tree import Rule, rule_leaves, steps, tried_before
from winback.segments.vocabulary import EVENTS, FITTED, RESERVED_NAMES, Vocabulary

_INDENT = "        "


@dataclass(frozen=True)
class Inputs:
    """What rules ask beyond the features.

    Attributes:
        counts: counts of events that no feature has.
        fitted: name in var `fitted` -> its fields, in the order of the rules.
    """

    counts: Sequence[Count]
    fitted: Mapping[str, Sequence[str]]


def inputs_of(rules: Sequence[Rule], vocabulary: Vocabulary) -> Inputs:
    """What rules without mistakes ask beyond the features."""
    fitted: dict[str, list[str]] = {}
    for _, leaf in rule_leaves(rules):
        owner = vocabulary.owner(leaf.get("field"))
        if owner is not None and leaf["field"] not in fitted.setdefault(owner, []):
            fitted[owner].append(leaf["field"])
    return Inputs(counts_needed(rules, vocabulary), fitted)


def input_ctes(
    inputs: Inputs, vocabulary: Vocabulary, dialect: Dialect, counts: str, where: str = ""
) -> tuple[dict[str, str], str]:
    """The relations that rules read, as CTEs.

    Args:
        inputs: what they ask.
        vocabulary: what rules may say.
        dialect: how SQL is written.
        counts: a select of the counts.
        where: a condition on the features, where not all are wanted.

    Returns:
        name -> SQL, and the name of the one that holds all columns.
    """
    condition = f"\nwhere {where}" if where else ""
    ctes = {"features": f"select * from {dialect.relation('int_contact_features')}{condition}"}
    if not inputs.counts and not inputs.fitted:
        return ctes, "features"
    columns, joins = ["features.*"], []
    if inputs.counts:
        ctes["event_counts"] = counts
        joins.append("event_counts")
        for count in inputs.counts:
            # whoever has no row has none; null where the features say that it is not collected yet
            columns.append(
                f"case\n        when features.{EVENTS[count.event].known_by} is not null\n"
                f"            then coalesce(event_counts.{count.name}, 0)\n"
                f"    end as {count.name}"
            )
    for owner, fields in inputs.fitted.items():
        group = FITTED[owner]
        kinds = {name: vocabulary.fields[name] for name in fields}
        ctes[owner] = dialect.fitted(owner, group.model, kinds, bool(group.unfitted))
        joins.append(owner)
        columns += [f"{owner}.{name}" for name in fields]
    ctes["asked"] = "\n".join(
        [
            "select\n    " + ",\n    ".join(columns),
            "from features",
            *(
                f"left join {name}\n    on\n        features.contact_id = {name}.contact_id\n"
                f"        and features.as_of_date = {name}.as_of_date"
                for name in joins
            ),
        ]
    )
    return ctes, "asked"


def counts_anew(inputs: Inputs, dialect: Dialect, where: str = "") -> str:
    """A select of counts that are not built, made of the activity."""
    dates = "select as_of_date from int_as_of_dates" + (f" where {where}" if where else "")
    return counts_sql(inputs.counts, dates, f"({mails_sql(inputs.counts, dialect)})", dialect)


def step_ctes(
    rules: Sequence[Rule],
    vocabulary: Vocabulary,
    dialect: Dialect,
    source: str,
    kept: Sequence[str] = RESERVED_NAMES,
) -> tuple[dict[str, str], str]:
    """The rules, step by step: each CTE adds the segments that need only those before it.

    Args:
        rules: without mistakes.
        vocabulary: what rules may say.
        dialect: how SQL is written.
        source: the relation that holds all columns they ask.
        kept: the columns of it that stand before the segments.

    Returns:
        name -> SQL of the CTEs, and the select of the result.
    """
    columns = _columns(rules, vocabulary)
    compiler = Compiler(vocabulary, dialect, lambda name: dialect.name(columns[name]))
    by_name = {rule["name"]: rule for rule in rules}
    ctes: dict[str, str] = {}
    for names in steps(rules)[0]:
        added = []
        for name in names:
            alias = f" as {dialect.name(columns[name])}"
            condition = _membership(by_name[name], rules, compiler)
            added.append(written(condition, _INDENT[4:], len(alias) + 1) + alias)
        lines = ",\n    ".join(["*", *added])
        ctes[f"step_{len(ctes) + 1}"] = f"select\n    {lines}\nfrom {source}"
        source = f"step_{len(ctes)}"
    flags = [
        dialect.name(name) if columns[name] == name else f"{columns[name]} as {dialect.name(name)}"
        for name in by_name
    ]
    selected = ",\n    ".join([*kept, *flags])
    return ctes, f"select\n    {selected}\nfrom {source}"


def _membership(rule: Rule, rules: Sequence[Rule], compiler: Compiler) -> Expression:
    """In the parent, taken by no sibling that is tried before, and the rule holds."""
    parts = []
    if rule.get("parent") is not None:
        parts.append(compiler.condition({"segment": rule["parent"]}))
    parts += [negated(compiler.condition({"segment": name})) for name in tried_before(rule, rules)]
    if rule.get("where") is not None:
        parts.append(compiler.condition(rule["where"]))
    return decided(joined("and", parts)) if parts else known("true")


def _columns(rules: Sequence[Rule], vocabulary: Vocabulary) -> dict[str, str]:
    """Segment -> the column that holds it between the steps: another name where a field has its."""
    counts = counts_needed(rules, vocabulary)
    taken = {name.lower() for name in vocabulary.fields} | {count.name for count in counts}
    columns = {}
    for rule in rules:
        column = rule["name"]
        while column in taken:
            column = f"in_{column}"
        taken.add(column)
        columns[rule["name"]] = column
    return columns


def with_ctes(ctes: Mapping[str, str], last: str) -> str:
    """One statement of CTEs and a select."""
    parts = [f"{name} as (\n{_indented(sql)}\n)" for name, sql in ctes.items()]
    return "with " + ",\n\n".join(parts) + f"\n\n{last}"


def _indented(text: str) -> str:
    return "\n".join(f"    {line}" if line else line for line in text.split("\n"))
