"""From the landing folder to the raw tables: every file whole, every line accounted for."""

from __future__ import annotations

from winback.landing.catalog import Catalog, Table, read_landing_path
from winback.landing.forget import forget
from winback.landing.loader import load
from winback.landing.sources import read_catalog
from winback.landing.summary import FileResult, LoadSummary

__all__ = [
    "Catalog",
    "FileResult",
    "LoadSummary",
    "Table",
    "forget",
    "load",
    "read_catalog",
    "read_landing_path",
]
