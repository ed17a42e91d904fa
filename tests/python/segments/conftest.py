"""One dbt target for all compiler tests: only the first call parses the project."""

from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def dbt_target(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of dbt's artifacts, kept between calls."""
    return tmp_path_factory.mktemp("dbt_target")
