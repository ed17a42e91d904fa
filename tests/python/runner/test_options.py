"""Options that cannot be meant are refused before a file is read."""

import pytest

from winback.cli import check_as_of
from winback.errors import UserError


@pytest.mark.parametrize("as_of", [None, "now", "latest", "2026-06-30", "2024-02-29"])
def test_dates_that_can_be_meant(as_of: str | None) -> None:
    assert check_as_of(as_of) == as_of


@pytest.mark.parametrize("as_of", ["yesterday", "30/06/2026", "2026-02-30", "2026-6-30", "", "Now"])
def test_dates_that_cannot(as_of: str) -> None:
    with pytest.raises(UserError, match="expected a date such as 2026-06-30, `now` or `latest`"):
        check_as_of(as_of)
