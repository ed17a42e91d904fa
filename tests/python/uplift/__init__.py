"""Uplift: curves against published values, and what was planted."""
