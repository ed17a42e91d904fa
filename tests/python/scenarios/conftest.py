"""Warehouses for the scenario tests: each in a folder, a target and a database of its own."""

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from .warehouse import DEMO_VARS, Warehouse, write_demo


@pytest.fixture(scope="session", autouse=True)
def slot(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The place where this worker's warehouses are reached, one at a time."""
    Warehouse.slot = tmp_path_factory.mktemp("slot")


@pytest.fixture(scope="session")
def demo_exports(once: Callable[..., Path]) -> Path:
    """A folder with `landing` and `truth` of a small demo; never written to by a test."""
    return once("demo_exports", write_demo)


@pytest.fixture(scope="session")
def demo(
    tmp_path_factory: pytest.TempPathFactory, once: Callable[..., Path], demo_exports: Path
) -> Warehouse:
    """The small demo, loaded and built once; each worker has a copy of its own."""
    landing = demo_exports / "landing"

    def of(folder: Path) -> Warehouse:
        return Warehouse(folder, landing, DEMO_VARS, is_plain=False)

    built = once("demo_warehouse", lambda folder: of(folder).run().check())
    own = tmp_path_factory.mktemp("demo_warehouse")
    return of(Path(shutil.copytree(built, own, dirs_exist_ok=True)))
