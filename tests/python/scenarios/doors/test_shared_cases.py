"""Each public case ends as its README says is right."""

import pytest

from .conftest import Doors

pytestmark = pytest.mark.scenario


def test_the_run_is_told(doors: Doors) -> None:
    print(doors.output)
    assert doors.code in (0, 1)
