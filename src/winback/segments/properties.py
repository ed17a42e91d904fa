"""The description of the model `segment_flags`: its columns are the segments."""

from __future__ import annotations

import yaml

from winback.segments.compiled import Compiled
from winback.segments.dialects import Model
from winback.segments.leaves import Compiler
from winback.segments.tree import label_of, rule_leaves

_DESCRIPTION = (
    "One row per contact and as_of_date, one boolean column per segment of the rules (segments/):"
    " whether the contact is in it, true or false. `winback segments compile` writes the SQL."
    " Read segment_history instead, which is the same and public."
)
_KEPT = {
    "contact_id": "The person (`dim_contacts`).",
    "as_of_date": "The day at whose end membership was judged.",
    "is_current": "True on the rows of the current date, false on the month-ends before it.",
    "is_mailable": "Whether e-mail to the contact is allowed today, on every date.",
    "revenue_365d": "Revenue in the 365 days up to the date, in var `currency`; null if unknown.",
}
_MARKS = ("{{", "{%", "{#")


def flags_properties(compiled: Compiled) -> str:
    """The YAML of the model: every segment by its label and description, and what rules ask."""
    columns = [{"name": name, "description": text} for name, text in _KEPT.items()]
    for rule in compiled.rules:
        said = " ".join(str(rule.get("description") or "").split())
        label = label_of(rule, "en")
        columns.append(
            {
                "name": rule["name"],
                "data_type": "boolean",
                "description": _literal(f"{label}: {said}" if said else f"{label}."),
            }
        )
    model = {
        "name": "segment_flags",
        "description": _DESCRIPTION,
        "config": {"meta": {"key_tested_in": "segment_history", "asks": asked(compiled)}},
        "columns": columns,
    }
    return yaml.safe_dump({"models": [model]}, sort_keys=False, allow_unicode=True, width=96)


def asked(compiled: Compiled) -> list[str]:
    """The columns that rules read and that are numbers or true and false at any date, counts of
    events among them: what segments are made of, besides texts and what is fitted."""
    compiler = Compiler(compiled.vocabulary, Model(), str)
    names = [
        compiler.column_name(leaf)
        for _, leaf in rule_leaves(compiled.rules)
        if ("event" in leaf or "field" in leaf)
        and compiler.kind(leaf) in ("number", "boolean")
        and compiled.vocabulary.owner(leaf.get("field")) is None
    ]
    return list(dict.fromkeys(names))


def _literal(text: str) -> str:
    """A text that dbt shows as it is: what begins a template in it is none."""
    for mark in _MARKS:
        text = text.replace(mark, f"{{{{ '{mark}' }}}}")
    return text
