"""The var `uplift`: what is meant, and what cannot be."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from winback.declared import read_vars
from winback.errors import UserError
from winback.uplift.settings import read_settings, uplift_faults

GOOD: dict[str, Any] = {
    "features": ["orders_365d"],
    "min_contacts": 200,
    "min_outcomes": 20,
    "sample": 100_000,
    "seed": 1,
}


def test_the_shipped_settings_are_good() -> None:
    shipped = read_vars(Path(__file__).parents[3])["uplift"]
    assert list(uplift_faults(shipped)) == []
    assert "orders_365d" in read_settings(shipped).features


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        ({"features": []}, "uplift: features: found nothing, expected a list of columns."),
        ({"features": [1]}, "uplift: features: found `1`, expected the name of a column."),
        (
            {"features": ["sends_90d", "sends_90d"]},
            "uplift: features: found `sends_90d again`, expected each column once.",
        ),
        # today's value on every date: it would know what came after the assignment
        (
            {"features": ["source_count"]},
            "uplift: features: found `source_count`, expected a column of the as_of_date: this"
            " one is today's on past dates.",
        ),
        ({"sample": 10}, "uplift: sample: found `10`, expected a whole number, 1000 or more."),
        ({"min_contacts": True}, "uplift: min_contacts: found `True`, expected a whole number, 50"),
        ({"trees": 9}, "uplift: found `trees`, expected only features, min_contacts,"),
    ],
)
def test_what_cannot_be_meant_is_said(change: dict[str, Any], fault: str) -> None:
    (found,) = uplift_faults(GOOD | change)
    assert found.startswith(fault)
    with pytest.raises(UserError, match="Settings that cannot be used"):
        read_settings(GOOD | change)


def test_no_mapping_is_no_settings() -> None:
    assert list(uplift_faults(None)) == [
        "uplift: found nothing, expected a mapping (docs/uplift.md)."
    ]
