"""Warehouses for the scenario tests: each in a folder, a target and a database of its own."""

from pathlib import Path

import pytest

from .warehouse import Warehouse, write_demo


@pytest.fixture(scope="session", autouse=True)
def slot(tmp_path_factory: pytest.TempPathFactory) -> None:
    """The place where this worker's warehouses are reached, one at a time."""
    Warehouse.slot = tmp_path_factory.mktemp("slot")


@pytest.fixture(scope="session")
def demo_exports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with `landing` and `truth` of a small demo; never written to by a test."""
    folder = tmp_path_factory.mktemp("demo")
    write_demo(folder)
    return folder


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory, demo_exports: Path) -> Warehouse:
    """The small demo, loaded and built once."""
    warehouse = Warehouse(tmp_path_factory.mktemp("demo_warehouse"), demo_exports / "landing")
    warehouse.run().check()
    return warehouse
