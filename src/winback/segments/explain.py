"""`winback explain`: why a contact is in a segment, or not, as a tree or as JSON."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import date
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.text import Text
from rich.tree import Tree

from winback.errors import UserError, hint
from winback.segments.explain_forecast import (
    Forecast,
    Group,
    Leaf,
    forecast,
    holds,
    rule_tree,
)
from winback.segments.explain_lookup import Explained, Segment, read_explained

WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "head": "Contact {contact}, {day}",
        "in": "in since {day}",
        "in_before": "in since {day} or before",
        "out": "not in it",
        "all": "all of",
        "any": "at least one of",
        "not": "not",
        "found": "found {value}",
        "missing": "not known",
        "decides": "decides",
        "turns": "turns on {day}",
        "leaves_certain": "leaves on {day} if nothing happens",
        "leaves_latest": "leaves on {day} at the latest if nothing happens",
        "leaves_if_rest_stays": "leaves on {day} if nothing happens and what fades stays",
        "enters_certain": "enters on {day} if nothing happens",
        "enters_latest": "enters on {day} at the latest if nothing happens",
        "enters_if_rest_stays": "enters on {day} if nothing happens and what fades stays",
        "leaves_never": "stays in as long as nothing happens",
        "enters_never": "stays out as long as nothing happens",
        "unknown": "no date can be told",
        "depends": "depends on: {leaves}",
        "nowhere": "in no segment",
    },
    "fr": {
        "head": "Contact {contact}, {day}",
        "in": "dedans depuis le {day}",
        "in_before": "dedans depuis le {day} ou avant",
        "out": "pas dedans",
        "all": "tout ceci",
        "any": "au moins un de ceux-ci",
        "not": "pas ceci",
        "found": "trouvé : {value}",
        "missing": "inconnu",
        "decides": "décisif",
        "turns": "bascule le {day}",
        "leaves_certain": "sort le {day} si rien ne se passe",
        "leaves_latest": "sort le {day} au plus tard si rien ne se passe",
        "leaves_if_rest_stays": "sort le {day} si rien ne se passe et si ce qui s'estompe reste",
        "enters_certain": "entre le {day} si rien ne se passe",
        "enters_latest": "entre le {day} au plus tard si rien ne se passe",
        "enters_if_rest_stays": "entre le {day} si rien ne se passe et si ce qui s'estompe reste",
        "leaves_never": "reste dedans tant que rien ne se passe",
        "enters_never": "reste dehors tant que rien ne se passe",
        "unknown": "aucune date ne peut être dite",
        "depends": "dépend de : {leaves}",
        "nowhere": "dans aucun segment",
    },
}


def explain(
    database: Path,
    person: str,
    *,
    segment: str | None = None,
    as_of: str | None = None,
    language: str = "en",
    as_json: bool = False,
    console: Console,
) -> None:
    """Print why a contact is in its segments, or in or out of one.

    Args:
        database: a built warehouse; opened read-only.
        person: contact_id, or an e-mail address the contact has or had.
        segment: only this one, whether the contact is in it or not.
        as_of: a date that is kept; None for the current one.
        language: `en` or `fr`.
        as_json: print the rows as JSON instead of a tree.
        console: where to print.

    Raises:
        UserError: an unknown language, database, contact, date or segment.
    """
    if language not in WORDS:
        raise UserError(f"--lang {language}: unknown language; accepted: {', '.join(WORDS)}")
    explained = read_explained(database, person, as_of)
    shown = _shown(explained, segment)
    forecasts = {
        each.name: forecast(explained.leaves, each.name, explained.as_of_date) for each in shown
    }
    if as_json:
        _print_json(explained, shown, forecasts, console)
        return
    printer = _Printer(explained, WORDS[language], language, console)
    printer.head(shown)
    for each in shown:
        console.print(printer.segment(each, forecasts[each.name], with_all=segment is not None))


def _shown(explained: Explained, segment: str | None) -> list[Segment]:
    if segment is None:
        return [each for each in explained.segments if each.entered_on is not None]
    found = [each for each in explained.segments if each.name == segment]
    if not found:
        names = [each.name for each in explained.segments]
        raise UserError(
            f"--segment {segment}: unknown segment{hint(segment, names)}"
            f" accepted: {', '.join(names)}"
        )
    return found


def _print_json(
    explained: Explained,
    shown: Sequence[Segment],
    forecasts: Mapping[str, Forecast],
    console: Console,
) -> None:
    import json

    def plain(value: object) -> str:
        if isinstance(value, date):
            return value.isoformat()
        raise TypeError(type(value))

    segments: list[dict[str, Any]] = []
    for each in shown:
        told = forecasts[each.name]
        segments.append(
            {
                **asdict(each),
                "is_in_segment": each.entered_on is not None,
                "changes_on": told.changes_on,
                "certainty": told.certainty,
                "depends_on": [[leaf.segment, leaf.leaf_path] for leaf in told.depends_on],
                "leaves": [asdict(leaf) for leaf in explained.leaves[each.name]],
            }
        )
    rows = {
        "contact_id": explained.contact_id,
        "as_of_date": explained.as_of_date,
        "segments": segments,
    }
    console.out(json.dumps(rows, default=plain, ensure_ascii=False, indent=2), highlight=False)


class _Printer:
    """Puts the words of one language around the leaves of one contact."""

    def __init__(
        self, explained: Explained, words: Mapping[str, str], language: str, console: Console
    ) -> None:
        self._explained = explained
        self._words = words
        self._language = language
        is_unicode = console.encoding.lower().startswith("utf")
        self._marks = ("✓", "✗", "←") if is_unicode else ("yes", "no ", "<-")
        self._console = console

    def head(self, shown: Sequence[Segment]) -> None:
        day = self._explained.as_of_date.isoformat()
        head = self._words["head"].format(contact=self._explained.contact_id, day=day)
        self._console.print(Text(head, "bold"))
        if not shown:
            self._console.print(self._words["nowhere"])

    def segment(self, each: Segment, told: Forecast, with_all: bool) -> Tree:
        """The tree of one segment; `with_all` opens the segments that shut the contact out too."""
        tree = Tree(self._segment_line(each, told))
        for part in rule_tree(self._explained.leaves[each.name]).parts:
            self._grow(tree, part, with_all)
        return tree

    def _segment_line(self, each: Segment, told: Forecast) -> Text:
        label = each.label_fr if self._language == "fr" else each.label
        is_in = each.entered_on is not None
        line = Text()
        line.append(f"{self._mark(is_in)} {each.name}", "bold green" if is_in else "bold red")
        line.append(f"  {label}" if label != each.name else "")
        word = "out" if not is_in else "in" if each.is_entry_known else "in_before"
        line.append(f" · {self._words[word].format(day=each.entered_on)}")
        kind = "leaves" if is_in else "enters"
        key = "unknown" if told.certainty == "unknown" else f"{kind}_{told.certainty}"
        line.append(f" · {self._words[key].format(day=told.changes_on)}")
        if told.depends_on:
            sentences = [self._sentence(leaf) for leaf in told.depends_on]
            shown = dict.fromkeys(sentences[:3] + (["…"] if len(sentences) > 3 else []))
            line.append(f"; {self._words['depends'].format(leaves=', '.join(shown))}", "dim")
        return line

    def _grow(
        self, tree: Tree, node: Group | Leaf, with_all: bool, named_by: Leaf | None = None
    ) -> None:
        if isinstance(node, Group):
            is_true = holds(node, lambda leaf: leaf.is_true)
            branch = tree.add(Text(f"{self._mark(is_true)} {self._words[node.word]}"))
            for part in node.parts:
                self._grow(branch, part, with_all, named_by)
            return
        decides = node.is_decisive and (named_by is None or named_by.is_decisive)
        branch = tree.add(self._leaf_line(node, decides))
        shuts_out = with_all and node.is_decisive and not node.is_true
        if named_by is None and node.referenced_segment and (node.kind == "segment" or shuts_out):
            # one level: what the named segment names itself stays closed
            for part in rule_tree(self._explained.leaves[node.referenced_segment]).parts:
                self._grow(branch, part, with_all, named_by=node)

    def _leaf_line(self, leaf: Leaf, decides: bool) -> Text:
        line = Text()
        line.append(f"{self._mark(leaf.is_true)} ", "green" if leaf.is_true else "red")
        line.append(self._sentence(leaf), "bold" if decides else "")
        if leaf.kind in ("field", "event", "sql"):
            value = leaf.actual_value
            if value is None:
                line.append(f" · {self._words['missing']}")
            elif value not in ("true", "false"):
                line.append(f" · {self._words['found'].format(value=value)}")
        if leaf.flips_on is not None:
            line.append(f" · {self._words['turns'].format(day=leaf.flips_on)}")
        if decides:
            line.append(f" {self._marks[2]} {self._words['decides']}", "cyan")
        return line

    def _sentence(self, leaf: Leaf) -> str:
        return leaf.sentence_fr if self._language == "fr" else leaf.sentence

    def _mark(self, is_true: bool | None) -> str:
        return self._marks[0 if is_true else 1]
