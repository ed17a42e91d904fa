"""Shared fixtures: where the project is, its manifest, and the public data sets."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock

ROOT = Path(__file__).parents[2]
BIN = Path(sys.executable).parent


Once = Callable[[str, Callable[[Path], None]], Path]


@pytest.fixture(scope="session", autouse=True)
def own_database() -> Iterator[None]:
    """A database for each process: two that share a file lock each other out, and one's own
    warehouse is nothing for a test to touch."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("WINBACK_DATABASE", ":memory:")
        # nobody is waited for but where a test says so
        patch.setenv("WINBACK_WAIT", "0")
        yield


@pytest.fixture(scope="session")
def once(tmp_path_factory: pytest.TempPathFactory) -> Once:
    """Gives a folder of this name, which the first worker that asks for it has filled for all."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent

    def make(name: str, fill: Callable[[Path], None]) -> Path:
        folder = shared / name
        filled = shared / f"{name}.filled"
        with FileLock(shared / f"{name}.lock"):
            if not filled.exists():
                folder.mkdir()
                fill(folder)
                filled.touch()
        return folder

    return make


@pytest.fixture(scope="session")
def root() -> Path:
    """The project's folder."""
    return ROOT


@pytest.fixture(scope="session")
def parsed(once: Once) -> Path:
    """A target folder with what dbt parsed, every system switched on; never written to."""

    def parse(target: Path) -> None:
        # what `make lint` parsed, where it did: dbt itself finds out whether it still holds
        before = ROOT / "target" / "partial_parse.msgpack"
        if before.exists():
            shutil.copy(before, target)
        done = subprocess.run(
            [BIN / "dbt", "parse", "--warn-error", "--target-path", target, "--log-path", target],
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stdout

    return once("parsed", parse)


@pytest.fixture(scope="session")
def manifest(parsed: Path) -> dict[str, Any]:
    """dbt's manifest of the project with every system switched on."""
    return dict(json.loads((parsed / "manifest.json").read_text()))


@pytest.fixture(scope="session")
def datasets() -> Path:
    """The three public data sets beside the project; says so when they are not there."""
    path = ROOT.parent / "shared" / "datasets"
    if not path.is_dir():
        pytest.skip("the public data sets are absent: ../shared/datasets from the project's root")
    return path
