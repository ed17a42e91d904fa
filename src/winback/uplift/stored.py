"""Fitted learners as bytes in a table, by the project's one way to store a model."""

from __future__ import annotations

from winback.fitting.stored import read_model, write_model
from winback.uplift.learners import Fit


def write_fit(fitted: Fit) -> bytes:
    """Return a fit as bytes: the same for the same fit."""
    return write_model(dict(vars(fitted)))


def read_fit(stored: bytes, sha256: str) -> Fit:
    """Return the fit that was written.

    Args:
        stored: what `write_fit` gave.
        sha256: its hash.

    Raises:
        UserError: the bytes are not those that were written, or hold what is not trusted.
    """
    return Fit(**read_model(stored, sha256))
