"""A list of hashes of those who are to be erased."""

from __future__ import annotations

from collections.abc import Sequence

from winback.errors import UserError


def read_hashes(lines: Sequence[str], where: str) -> list[str]:
    """Return the hashes of a file, one a line; its header is passed over.

    Raises:
        UserError: a line is no SHA-256, all mistakes at once; or there is none.
    """
    hashes, bad = [], []
    for number, line in enumerate(lines, start=1):
        value = line.strip().strip('"').lower().removeprefix("\ufeff").strip('"')
        if not value:
            continue
        if len(value) == 64 and set(value) <= set("0123456789abcdef"):
            hashes.append(value)
        elif number > 1 or len(value) >= 32 or "@" in value:
            bad.append(str(number))
    if bad:
        raise UserError(
            f"{where}, line {', '.join(bad[:20])}: a SHA-256 of 64 hexadecimal digits expected, of"
            " the normalised address (lower case, no blanks around); nothing was erased"
        )
    if not hashes:
        raise UserError(f"{where}: no hash in it; one SHA-256 a line was expected")
    return list(dict.fromkeys(hashes))
