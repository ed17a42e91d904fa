"""The dbt projects of the compiler tests, read once."""

import shutil
from pathlib import Path

import pytest

from .compiler import write_project


@pytest.fixture(scope="session")
def macros_only(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dbt project of the macros alone, for rules and fields that a test gives."""
    return write_project(tmp_path_factory.mktemp("macros_only"))


@pytest.fixture(scope="session")
def dbt_target(parsed: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Folder of dbt's artifacts of the whole project, kept between calls."""
    target = tmp_path_factory.mktemp("dbt_target")
    return Path(shutil.copytree(parsed, target, dirs_exist_ok=True))
