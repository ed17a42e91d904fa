"""The models around the query of all rules: who was in what, what segments are, what is counted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from winback.segments.compiled import Compiled
from winback.segments.counts import Count, counts_sql
from winback.segments.dialects import Model
from winback.segments.expectations import expectations
from winback.segments.flags import with_ctes
from winback.segments.tree import Rule, is_exclusive, is_in_path, label_of, resolve

_SLICED = """{{ config(
    materialized='sliced',
    slices_from=['int_feature_slices', 'int_event_count_slices']
) }}
"""
_COUNTED = (
    "int_feature_slices",
    "int_event_count_slices",
    "int_as_of_dates",
    "int_activity_days",
    "int_contact_activity__daily",
    "int_contact_activity__campaigns",
    "signal_weights",
)
_NOBODY = """select
    cast(null as {{ dbt.type_string() }}) as contact_id,
    cast(null as date) as as_of_date
where false"""


def membership_model(rules: Sequence[Rule], dialect: Model) -> str:
    """A row per contact, date and segment that is true."""
    flags = {"flags": f"select * from {dialect.relation('segment_flags')}"}
    selects = [
        f"select\n    contact_id,\n    as_of_date,\n    '{rule['name']}' as segment\nfrom flags\n"
        f"where {dialect.name(rule['name'])}"
        for rule in rules
    ] or [
        "select\n    contact_id,\n    as_of_date,\n"
        f"    cast(null as {dialect.text_type}) as segment\nfrom flags\nwhere false"
    ]
    return with_ctes({**flags, "final": "\nunion all\n".join(selects)}, "select * from final")


def definitions_model(compiled: Compiled, dialect: Model) -> str:
    """A row per segment: what it is called, where it stands, what its rule comes to."""
    by_name = {rule["name"]: rule for rule in compiled.rules}
    resolved = resolve(compiled.rules)
    rows = []
    for position, (name, rule) in enumerate(by_name.items(), start=1):
        parent = rule.get("parent")
        rivals = None
        fitted_by = ", ".join(sorted(set(compiled.fitted.get(name, {}).values()))) or None
        if is_exclusive(rule):
            is_path = is_in_path(rule, by_name)
            rivals = f"level {rule['level']}" if is_path else f"below {parent}"
        rows.append(
            {
                "segment": f"'{name}'",
                "position": str(position),
                "label": dialect.text(label_of(rule, "en")),
                "label_fr": dialect.text(label_of(rule, "fr")),
                "level": _cast(rule.get("level"), "integer"),
                "parent_segment": _cast(parent and f"'{parent}'", dialect.text_type),
                "is_exclusive": _boolean(is_exclusive(rule)),
                "takes_the_rest": _boolean(rule.get("otherwise") is True),
                "is_in_path": _boolean(is_in_path(rule, by_name)),
                "rivals": _cast(rivals and f"'{rivals}'", dialect.text_type),
                "is_fitted": _boolean(name in compiled.fitted),
                "fitted_by": _cast(fitted_by and f"'{fitted_by}'", dialect.text_type),
                "rules_hash": f"'{resolved[name].hash}'",
                "rule": dialect.text(resolved[name].rule),
                "resolved_rules": dialect.text(resolved[name].resolved),
            }
        )
    text = dialect.text_type
    nothing = {
        "segment": f"cast(null as {text})",
        "position": "cast(null as integer)",
        "label": f"cast(null as {text})",
        "label_fr": f"cast(null as {text})",
        "level": "cast(null as integer)",
        "parent_segment": f"cast(null as {text})",
        "is_exclusive": "cast(null as boolean)",
        "takes_the_rest": "cast(null as boolean)",
        "is_in_path": "cast(null as boolean)",
        "rivals": f"cast(null as {text})",
        "is_fitted": "cast(null as boolean)",
        "fitted_by": f"cast(null as {text})",
        "rules_hash": f"cast(null as {text})",
        "rule": f"cast(null as {text})",
        "resolved_rules": f"cast(null as {text})",
    }
    return _rows(rows, nothing)


def expectations_model(rules: Sequence[Rule], dialect: Model) -> str:
    """A row per segment and check."""
    text = dialect.text_type
    rows = [
        {
            "segment": f"'{each.segment}'",
            "label": dialect.text(each.label),
            "check_name": f"'{each.check}'",
            "severity": f"'{each.severity}'",
            "expected_low": _cast(each.low, "double"),
            "expected_high": _cast(each.high, "double"),
            "expected": f"'{each.expected}'",
            "outcome": _cast(each.outcome and f"'{each.outcome}'", text),
            "within_days": _cast(each.days, "integer"),
        }
        for each in expectations(rules)
    ]
    texts = ("segment", "label", "check_name", "severity", "expected", "outcome")
    nothing = dict.fromkeys(texts, f"cast(null as {text})")
    nothing |= dict.fromkeys(("expected_low", "expected_high"), "cast(null as double)")
    nothing["within_days"] = "cast(null as integer)"
    return _rows(rows, nothing)


def _rows(rows: Sequence[Mapping[str, str]], nothing: Mapping[str, str]) -> str:
    """A select with some rows; with none of those typed columns where there are no rows."""
    selects = [_row(row) for row in rows] or [f"{_row(nothing)}\nwhere false"]
    return "\nunion all\n".join(selects)


def _row(row: Mapping[str, str]) -> str:
    return "select\n" + ",\n".join(f"    {value} as {name}" for name, value in row.items())


def _cast(value: object, kind: str) -> str:
    return f"cast({'null' if value is None else value} as {kind})"


def _boolean(is_so: bool) -> str:
    return "true" if is_so else "false"


def event_counts_model(counts: Sequence[Count], dialect: Model) -> str:
    """A row per contact and date with some event that is counted."""
    waits = "".join(f"-- depends_on: {dialect.relation(name)}\n" for name in _COUNTED)
    body = _NOBODY
    if counts:
        dates = "select {{ slice_date() }} as as_of_date"
        body = counts_sql(
            counts, dates, dialect.relation("int_contact_activity__campaigns"), dialect
        )
    return _SLICED + waits + with_ctes({"final": body}, "select * from final")
