"""The one exception whose text is written for the person at the keyboard."""

from __future__ import annotations


class UserError(Exception):
    """Something the user can put right: shown as one line, without a traceback.

    The text names what was found, what was expected and what to do next.
    """
