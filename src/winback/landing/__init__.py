"""From the landing folder to the raw tables."""

from __future__ import annotations

from winback.landing.catalog import read_landing_path
from winback.landing.load import load
from winback.landing.summary import FileResult, LoadSummary

__all__ = ["FileResult", "LoadSummary", "load", "read_landing_path"]
