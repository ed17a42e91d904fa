"""The short summary at the end of a run: what is in the warehouse and where to look."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console
from rich.table import Table

from winback.database import connect

_HEAD = """
    select
        (select count(*) from dim_contacts) as contacts,
        (select count(*) from dim_contacts where is_mailable) as mailable,
        (select count(*) from dim_contacts where is_inactive) as inactive,
        (select as_of_date from int_as_of_dates where is_current) as as_of_date,
        (select count(*) from quality__rejected_records) as rejected
"""

_LEVELS = """
    select
        levels.engagement_level,
        count(scores.contact_id) as contacts,
        count(case when contacts.is_inactive then 1 end) as inactive
    from engagement_levels as levels
    left join engagement_scores as scores
        on
            levels.engagement_level = scores.engagement_level
            and scores.as_of_date = (select as_of_date from int_as_of_dates where is_current)
    left join dim_contacts as contacts on scores.contact_id = contacts.contact_id
    group by levels.engagement_level
    order by max(levels.min_score) desc nulls last, levels.engagement_level
"""

_SEGMENTS = """
    select segment, level, parent_segment, contacts, share
    from segment_tree
    where as_of_date = (select as_of_date from int_as_of_dates where is_current)
    order by level nulls last, parent_segment nulls first, contacts desc
"""

_CONTRACTS = """
    select segment, true as is_held, sentence from segment_holds
    union all
    select segment, false, sentence from segment_contracts
    where not is_met and severity <> 'critical'
    order by is_held desc, segment, sentence
"""


def print_summary(database: Path, docs: Path, console: Console) -> None:
    """Prints contacts, inactive by level, segment sizes, rejects and where things are.

    Args:
        database: a built warehouse.
        docs: folder that holds dbt's and Great Expectations' pages.
        console: where to print.
    """
    with connect(database, read_only=True) as connection:
        contacts, mailable, inactive, as_of, rejected = connection.execute(_HEAD).fetchall()[0]
        levels = connection.execute(_LEVELS).fetchall()
        segments = connection.execute(_SEGMENTS).fetchall()
        broken = connection.execute(_CONTRACTS).fetchall()
    console.print(
        f"\nAs of [bold]{as_of}[/bold]: {contacts:,} contacts, {mailable:,} mailable,"
        f" {inactive:,} inactive; {rejected:,} lines rejected (quality__rejected_records)."
    )
    by_level = Table(title="Engagement", title_justify="left")
    by_level.add_column("level")
    by_level.add_column("contacts", justify="right")
    by_level.add_column("of these inactive", justify="right")
    for level, count, idle in levels:
        by_level.add_row(level, f"{count:,}", f"{idle:,}")
    console.print(by_level)
    tree = Table(title="Segments", title_justify="left")
    tree.add_column("segment")
    tree.add_column("level", justify="right")
    tree.add_column("contacts", justify="right")
    tree.add_column("share", justify="right")
    for segment, level, parent, count, share in segments:
        name = f"{parent} / {segment}" if parent else segment
        level_text = "" if level is None else str(level)
        tree.add_row(name, level_text, f"{count:,}", f"{share or 0:.1%}")
    console.print(tree)
    _print_broken_contracts(broken, console)
    console.print(f"Database:  {database}")
    pages = {"Data Docs": docs / "data_docs" / "index.html", "dbt docs": docs / "static_index.html"}
    for title, page in pages.items():
        if page.is_file():
            console.print(f"{title + ':':<10} {page}")


def _print_broken_contracts(broken: list[tuple[str, bool, str]], console: Console) -> None:
    for segment, is_held, sentence in broken:
        if is_held:
            console.print("[red]held back[/red] ", end="")
            sentence = (
                f"{segment} (in no sync table; its lists and tags stay as they are): {sentence}"
            )
        else:
            console.print("[yellow]look at[/yellow] ", end="")
        console.print(sentence, markup=False, highlight=False)
