"""Shared fixtures: where the project is, its manifest, and the public data sets."""

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


@pytest.fixture(scope="session", autouse=True)
def own_database(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """A database for each worker: two that share a file lock each other out, and one's own
    warehouse is nothing for a test to touch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WINBACK_DATABASE", str(tmp_path_factory.mktemp("default") / "tests.duckdb"))
        yield


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def manifest(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """dbt's manifest of the project with every system switched on."""
    target = tmp_path_factory.mktemp("manifest")
    done = subprocess.run(
        [BIN / "dbt", "parse", "--warn-error", "--target-path", target],
        cwd=ROOT,
        env=os.environ | {"WINBACK_DATABASE": str(target / "parse.duckdb")},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout
    return dict(json.loads((target / "manifest.json").read_text()))


@pytest.fixture(scope="session")
def datasets() -> Path:
    """The three public data sets beside the project; says so when they are not there."""
    path = ROOT.parent / "shared" / "datasets"
    if not path.is_dir():
        pytest.skip("the public data sets are absent: ../shared/datasets from the project's root")
    return path
