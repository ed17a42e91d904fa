"""Experiments: arms compared from their sums, and the contacts a test needs before it begins."""
