"""What is measured is what was asked for."""

from pathlib import Path

import pytest
from benchmarks import exports
from benchmarks.__main__ import read_sizes
from benchmarks.exports import exports_in, write_exports


def _lines(landing: Path) -> dict[str, int]:
    return {path.name: path.read_text().count("\n") - 1 for path in exports_in(landing)}


def test_each_size_has_its_own_files(tmp_path: Path) -> None:
    small = write_exports(tmp_path, 50, 1_000)
    large = write_exports(tmp_path, 80, 2_000)
    wanted = {"email_events.csv": 900, "contacts.csv": 50, "orders.csv": 40, "web_sessions.csv": 60}
    assert _lines(write_exports(tmp_path, 50, 1_000)) == _lines(small) == wanted
    assert _lines(large)["contacts.csv"] == 80


def test_files_of_another_version_are_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (contacts,) = (
        path for path in exports_in(write_exports(tmp_path, 50, 1_000)) if "contacts" in path.name
    )
    written = contacts.stat().st_mtime_ns
    write_exports(tmp_path, 50, 1_000)
    assert contacts.stat().st_mtime_ns == written
    monkeypatch.setattr(exports, "_CONTACTS", exports._CONTACTS.replace("City ", "Town "))
    write_exports(tmp_path, 50, 1_000)
    assert "Town 1" in contacts.read_text()


def test_both_sizes_or_neither() -> None:
    assert read_sizes([]) == (1_000_000, 20_000_000)
    assert read_sizes(["1000", "20000"]) == (1000, 20_000)


@pytest.mark.parametrize("given", [["1000"], ["1000", "x"], ["0", "5"], ["1", "2", "3"]])
def test_other_sizes_are_refused(given: list[str]) -> None:
    with pytest.raises(SystemExit, match="usage"):
        read_sizes(given)
