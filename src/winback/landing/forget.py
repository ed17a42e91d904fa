"""`winback forget`: files taken out of the raw tables on purpose."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from winback.database import open_for_writing
from winback.errors import UserError, hint
from winback.landing.ledger import Ledger


def forget(database: Path, names: Sequence[str]) -> list[str]:
    """Drop what is held of these files; the log of loads keeps that they were there.

    Args:
        database: a loaded DuckDB file.
        names: `source_file` of each, or of an archive for all its members.

    Returns:
        The files that were dropped.

    Raises:
        UserError: nothing is held under one of the names; then nothing is dropped.
    """
    if not database.is_file():
        raise UserError(f"database {database} does not exist: nothing was loaded into it")
    connection = open_for_writing(database)
    try:
        ledger = Ledger(connection)
        entries = ledger.entries() if ledger.is_there else {}
        chosen: dict[str, None] = {}
        for name in names:
            found = [file for file in entries if file == name or file.startswith(f"{name}/")]
            if not found:
                raise UserError(
                    f"no file {name} is held{hint(name, entries)}"
                    " quality__line_accounting lists all, as source_file"
                )
            chosen |= dict.fromkeys(sorted(found))
        ledger.prepare()
        for file in chosen:
            ledger.forget(entries[file])
        return list(chosen)
    finally:
        connection.close()
