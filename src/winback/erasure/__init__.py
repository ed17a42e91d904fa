"""Erasing a person: out of the raw tables and all that was built, and out of every later load."""
