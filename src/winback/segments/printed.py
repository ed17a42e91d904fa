"""The results of the segment commands, as text for people."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from rich.console import Console
from rich.table import Table
from rich.text import Text
from rich.tree import Tree

from winback.segments.impact import Change, Impact, Moved
from winback.segments.lint import Remark, without_past
from winback.segments.listing import Listed
from winback.segments.preview import Overlap, Preview, Size

_BARS = "▁▂▃▄▅▆▇█"
_NOTHING = "-"


def print_list(
    listed: Sequence[Listed], as_of: date | None, problem: str | None, console: Console
) -> None:
    """Prints the tree, then the audiences outside it."""
    console.print(Text(f"Contacts as of {as_of}" if as_of else f"Without sizes: {problem}"))
    names = {segment.name for segment in listed}
    groups = {
        "tree": [s for s in listed if s.level is not None and s.parent not in names],
        "audiences": [s for s in listed if s.level is None],
    }
    for title, roots in groups.items():
        if roots:
            tree = Tree(title)
            for root in roots:
                _add(tree, root, listed)
            console.print(tree, soft_wrap=True)


def _add(tree: Tree, segment: Listed, listed: Sequence[Listed]) -> None:
    level = "" if segment.level is None else f"level {segment.level}"
    parts = [segment.name, segment.label, level]
    if segment.level is not None and not segment.is_exclusive:
        parts.append("may overlap with its siblings")
    if segment.contacts is not None:
        parts.append(
            f"{_many(segment.contacts, 'contact')} ({_percent(segment.share_of_contacts)})"
        )
    branch = tree.add(Text(" · ".join(part for part in parts if part)))
    for child in listed:
        if child.parent == segment.name and child is not segment:
            _add(branch, child, listed)


def print_lint(
    where: str, errors: Sequence[str], remarks: Sequence[Remark], count: int, console: Console
) -> None:
    """Prints mistakes, else warnings and hints, and one line that sums up."""
    for error in errors:
        console.print(Text(f"mistake  {error}"), soft_wrap=True)
    for remark in remarks:
        console.print(Text(f"{remark.kind:<8} {remark.message}"), soft_wrap=True)
    warnings = sum(remark.kind == "warning" for remark in remarks)
    console.print(
        Text(
            f"{where}: {_many(count, 'segment')}, {_many(len(errors), 'mistake')},"
            f" {_many(warnings, 'warning')}, {_many(len(remarks) - warnings, 'hint')}"
        )
    )


def print_preview(preview: Preview, currency: str, console: Console) -> None:
    """Prints sizes now and over time, overlaps and a sample."""
    now = preview.now
    console.print(Text(f"\n{preview.segment}, as of {now.as_of_date}", style="bold"))
    console.print(
        Text(
            f"{_many(now.contacts, 'contact')}, {_percent(now.share_of_contacts)} of"
            f" {now.all_contacts:,}; {now.mailable_contacts:,} mailable"
            f" ({_percent(now.mailable_share)}); {now.revenue_365d:,.0f} {currency} of revenue in"
            " 365 days"
        ),
        soft_wrap=True,
    )
    if preview.fitted:
        console.print(Text(f"It rests on {without_past(preview.fitted)}"), soft_wrap=True)
    if preview.unknown:
        console.print(
            Text(f"Nobody has a value of {', '.join(preview.unknown)} at this date"), soft_wrap=True
        )
    console.print(_dates(preview.dates, currency))
    met = [overlap for overlap in preview.overlaps if overlap.contacts]
    if met:
        console.print(_overlaps(met))
    apart = [overlap.segment for overlap in preview.overlaps if not overlap.contacts]
    if apart:
        console.print(Text("Nobody in common with " + ", ".join(apart)), soft_wrap=True)
    if preview.sample:
        console.print(Text("Some of them: " + ", ".join(preview.sample)), soft_wrap=True)


def _dates(dates: Sequence[Size], currency: str) -> Table:
    table = Table(title=f"Over time  {sparkline([size.contacts for size in dates])}")
    table.title_justify = "left"
    table.add_column("as of")
    for title in ("contacts", "of all", "mailable", f"revenue 365d, {currency}"):
        table.add_column(title, justify="right")
    for size in dates:
        table.add_row(
            str(size.as_of_date),
            f"{size.contacts:,}",
            _percent(size.share_of_contacts),
            _percent(size.mailable_share),
            f"{size.revenue_365d:,.0f}",
        )
    return table


def _overlaps(overlaps: Sequence[Overlap]) -> Table:
    table = Table(title="In other segments too", title_justify="left")
    table.add_column("segment")
    for title in ("contacts", "of these", "Jaccard"):
        table.add_column(title, justify="right")
    for overlap in overlaps:
        table.add_row(
            overlap.segment,
            f"{overlap.contacts:,}",
            _percent(overlap.share),
            _NOTHING if overlap.jaccard is None else f"{overlap.jaccard:.2f}",
        )
    return table


def sparkline(values: Sequence[int]) -> str:
    """Bars from nothing to the largest value."""
    top = max(values, default=0)
    if not top:
        return _BARS[0] * len(values)
    return "".join(_BARS[round(value / top * (len(_BARS) - 1))] for value in values)


def print_impact(impact: Impact, against: str, currency: str, console: Console) -> None:
    """Prints the segments that changed; those that did not are only counted."""
    console.print(Text(f"Rules of the working tree against {against}, as of {impact.as_of_date}"))
    changes = [change for change in impact.changes if not change.is_unchanged]
    if changes:
        table = Table(title=f"revenue: 365 days, {currency}", title_justify="left")
        table.add_column("segment", no_wrap=True)
        table.add_column("changed by")
        titles = ("before", "after", "change", "entered", "mailable", "revenue")
        for title in (*titles, "left", "mailable", "revenue"):
            table.add_column(title, justify="right")
        for change in changes:
            table.add_row(
                Text(change.segment),
                Text(_cause(change)),
                f"{change.before:,}",
                f"{change.after:,}",
                _NOTHING if change.growth is None else f"{change.growth:+.1%}",
                *_moved(change.entrants),
                *_moved(change.leavers),
            )
        console.print(table)
    for name, why in impact.skipped.items():
        console.print(
            Text(
                f"not compared: {name}, because its rule at {against} does not compile"
                f" on today's columns ({why})"
            )
        )
    unchanged = len(impact.changes) - len(changes)
    console.print(Text(f"{_many(unchanged, 'segment')} unchanged"))


def _cause(change: Change) -> str:
    if change.kind == "renamed":
        return f"name, was {change.renamed_from}"
    if change.kind in ("new", "removed"):
        return change.kind
    return "its rule" if change.is_rule_changed else "other rules"


def _moved(moved: Moved) -> tuple[str, str, str]:
    if not moved.contacts:
        return "0", "", ""
    return f"{moved.contacts:,}", f"{moved.mailable_contacts:,}", f"{moved.revenue_365d:,.0f}"


def _percent(share: float | None) -> str:
    return _NOTHING if share is None else f"{share:.1%}"


def _many(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")
