"""One dbt target for all compiler tests, with the project parsed already."""

import shutil
from pathlib import Path

import pytest


@pytest.fixture(scope="session")
def dbt_target(parsed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of dbt's artifacts, kept between calls."""
    target = tmp_path_factory.mktemp("dbt_target")
    return Path(shutil.copytree(parsed, target, dirs_exist_ok=True))
