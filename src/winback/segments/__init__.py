"""Segment rules outside the database."""
