"""The query behind `segment_explanations`: a row per contact, date and leaf.

Features are read once, whatever the number of leaves: each row picks its own of their columns.
"""

from __future__ import annotations

from collections.abc import Sequence

from winback.segments.dialects import Dialect
from winback.segments.explanations import Explanation
from winback.segments.sentences import CURRENCY

# what is the same of a leaf for every contact
_FACTS = (
    "segment",
    "path",
    "kind",
    "sentence",
    "sentence_fr",
    "field",
    "referenced_segment",
    "operator",
    "threshold",
    "foreseen_when",
)


def result_ctes(explanation: Explanation, source: str) -> dict[str, str]:
    """name -> SQL of CTEs from all that rules read, and `history` with a boolean per segment,
    to `explained`: a row per contact and date with the result of every leaf and group."""
    answers = [
        *explanation.columns.values(),
        *(f"{leaf.answer} as answer_{leaf.number}" for leaf in explanation.leaves if leaf.answer),
        *(f"{leaf.days} as days_{leaf.number}" for leaf in explanation.leaves if leaf.days),
        *(f"{leaf.raw} as raw_{leaf.number}" for leaf in explanation.leaves if leaf.raw),
    ]
    members = [
        f"history.{explanation.dialect.name(name)} as {member}"
        for name, member in explanation.members.items()
    ]
    found = {
        "answers": _select(["contact_id", "as_of_date", *answers], source),
        "members": _select(["answers.*", *members], "answers")
        + "\ninner join history\n    on\n        answers.contact_id = history.contact_id\n"
        "        and answers.as_of_date = history.as_of_date",
    }
    last = "members"
    for height in sorted({group.height for group in explanation.groups}):
        here = [group for group in explanation.groups if group.height == height]
        columns = [f"({group.sql}) as {group.name}" for group in here]
        found[f"groups_{height}"] = _select(["*", *columns], last)
        last = f"groups_{height}"
    found["explained"] = f"select * from {last}"
    return found


def row_ctes(explanation: Explanation) -> dict[str, str]:
    """name -> SQL of CTEs from `explained` to `final`, the rows of the view."""
    text = explanation.dialect.text_type
    picked = [
        "explained.contact_id",
        "explained.as_of_date",
        "leaves.number as leaf_number",
        "leaves.is_negated",
        *(f"leaves.{name}" if name != "path" else "leaves.path as leaf_path"
          for name in _FACTS),
        _case(explanation, "value", text) + " as actual_value",
        _case(explanation, "result", "boolean") + " as is_true",
        _member_case(explanation) + " as is_in_segment",
        _case(explanation, "decides", "boolean") + " as is_decisive",
        _case(explanation, "flips", text) + " as flip_dates",
    ]  # fmt: skip
    return {
        "leaves": _leaf_list(explanation),
        "picked": _select(picked, "explained") + "\ncross join leaves",
        "final": _FINAL,
    }


def _leaf_list(explanation: Explanation) -> str:
    dialect, text = explanation.dialect, explanation.dialect.text_type
    names = ", ".join(("number", "is_negated", *_FACTS))
    if not explanation.leaves:
        nulls = [f"cast(null as {text}) as {name}" for name in _FACTS]
        return _select(["0 as number", "false as is_negated", *nulls], "") + "\nwhere false"
    rows = []
    for leaf in explanation.leaves:
        values = [_literal(dialect, leaf.facts.get(name)) for name in _FACTS]
        first = [str(leaf.number), "true" if leaf.is_negated else "false", *values[:3]]
        lines = [", ".join(first), *values[3:5], ", ".join(values[5:])]
        rows.append("    (\n        " + ",\n        ".join(lines) + "\n    )")
    typed = [f"cast(leaves.{name} as {text}) as {name}" for name in _FACTS]
    source = "(\n    values\n" + ",\n".join(rows) + f"\n) as leaves ({names})"
    return _select(["leaves.number", "leaves.is_negated", *typed], source)


def _literal(dialect: Dialect, value: str | None) -> str:
    if value is None:
        return "null"
    before, currency, after = value.partition(CURRENCY)
    parts = [dialect.text(before)]
    parts += [dialect.currency()] if currency else []
    parts += [dialect.text(after)] if after else []
    return " || ".join(parts)


def _case(explanation: Explanation, key: str, kind: str) -> str:
    """By the number of the leaf, the SQL under a key of those leaves that have some."""
    branches = [
        f"when {leaf.number} then {getattr(leaf, key)}"
        for leaf in explanation.leaves
        if getattr(leaf, key)
    ]
    return _picked("leaves.number", branches, kind)


def _member_case(explanation: Explanation) -> str:
    """By the segment of the leaf, whether the contact is in it."""
    branches = [
        f"when '{name}' then explained.{member}" for name, member in explanation.members.items()
    ]
    return _picked("leaves.segment", branches, "boolean")


_FINAL = """select
    contact_id,
    as_of_date,
    segment,
    cast(leaf_number as integer) as leaf_number,
    leaf_path,
    kind,
    is_negated,
    sentence,
    sentence_fr,
    field,
    referenced_segment,
    operator,
    threshold,
    actual_value,
    is_true,
    is_in_segment,
    is_decisive,
    cast(left(flip_dates, 10) as date) as flips_on,
    flip_dates,
    case
        when referenced_segment is not null then null
        when foreseen_when = 'always' then true
        when foreseen_when = 'never' then false
        when foreseen_when = 'present' then actual_value is not null
        when actual_value is null then true
        else is_true = (foreseen_when = 'true')
    end as is_foreseeable
from picked"""


def _select(columns: Sequence[str], source: str) -> str:
    listed = ",\n    ".join(columns)
    return f"select\n    {listed}" + (f"\nfrom {source}" if source else "")


def _picked(chooser: str, branches: Sequence[str], kind: str) -> str:
    if not branches:
        return f"cast(null as {kind})"
    listed = "\n        ".join(branches)
    return f"case {chooser}\n        {listed}\n    end"
