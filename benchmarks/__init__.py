"""Whole-process measurements of load and build beside DuckDB alone; ratios of one run."""
