"""The one exception whose text is written for the person at the keyboard."""

from __future__ import annotations

from collections.abc import Iterable


class UserError(Exception):
    """Something the user can put right: shown as one line, without a traceback.

    The text names what was found, what was expected and what to do next.
    """


def hint(word: str, known: Iterable[str]) -> str:
    """Return `; did you mean …?` with the known words nearest to one that is not known, `;` where
    none is near: what stands between the mistake and what is accepted."""
    from difflib import get_close_matches  # only when a mistake was made

    near = get_close_matches(word, list(known), cutoff=0.5)
    return f"; did you mean {' or '.join(near)}?" if near else ";"
