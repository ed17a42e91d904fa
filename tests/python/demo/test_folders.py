"""A demo replaces what a demo wrote, and touches nothing else."""

import importlib
from pathlib import Path
from typing import Any

import pytest

from winback.demo import write
from winback.demo.folders import MANIFEST, MARKER, SYSTEMS, clear
from winback.errors import UserError
from winback.landing.discover import discover
from winback.landing.sources import read_catalog

ROOT = Path(__file__).parents[3]


def _former(folder: Path) -> tuple[Path, Path]:
    """A landing and a truth folder as a demo leaves them, in small."""
    landing, truth = folder / "landing", folder / "truth"
    manifest = clear(landing, truth)
    for name in ("generic/main/contacts.csv", "mailchimp/shop_ma/member.csv"):
        manifest.claim(name).write_text("the demo's")
    manifest.finish()
    (truth / "events").mkdir()
    for name in ("contacts.parquet", "expectations.json", "events/2026-06.parquet"):
        (truth / name).write_text("the demo's")
    return landing, truth


def _files(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): path.read_text()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def _refused(landing: Path, truth: Path, match: str) -> None:
    """Nothing was removed or written when a demo is refused."""
    before = _files(landing.parent)
    with pytest.raises(UserError, match=match):
        clear(landing, truth)
    assert _files(landing.parent) == before


def test_a_former_demo_is_replaced(tmp_path: Path) -> None:
    landing, truth = _former(tmp_path)
    clear(landing, truth)
    assert _files(landing) == {MANIFEST: ""}
    assert list(_files(truth)) == [MARKER]
    # nor do empty folders of accounts stay behind
    assert [path.name for path in landing.iterdir()] == [MANIFEST]


@pytest.mark.parametrize("system", SYSTEMS)
def test_exports_beside_those_of_the_demo_stop_it(tmp_path: Path, system: str) -> None:
    landing, truth = _former(tmp_path)
    mine = landing / system / "my_brand" / "export.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    _refused(landing, truth, f"not of a demo \\({system}/my_brand/export.csv\\)")


def test_exports_of_a_system_the_demo_does_not_write_stay(tmp_path: Path) -> None:
    landing, truth = _former(tmp_path)
    mine = landing / "brevo" / "main" / "contacts.csv"
    mine.parent.mkdir(parents=True)
    mine.write_text("mine")
    clear(landing, truth)
    assert mine.read_text() == "mine"


def test_a_landing_folder_without_a_manifest_is_left_alone(tmp_path: Path) -> None:
    landing, truth = _former(tmp_path)
    (landing / MANIFEST).unlink()
    _refused(landing, truth, "not of a demo")


def test_an_export_in_the_place_of_the_demos_stops_it(tmp_path: Path) -> None:
    landing, truth = _former(tmp_path)
    (landing / "generic" / "main" / "contacts.csv").write_text("my own contacts")
    _refused(landing, truth, "changed since")


def test_a_link_to_a_folder_is_not_followed(tmp_path: Path) -> None:
    landing, truth = _former(tmp_path)
    mine = tmp_path / "mine"
    mine.mkdir()
    (mine / "contacts.csv").write_text("mine")
    (landing / "generic" / "linked").symlink_to(mine)
    _refused(landing, truth, "not of a demo \\(generic/linked\\)")


def test_a_truth_folder_of_others_is_left_alone(tmp_path: Path) -> None:
    truth = tmp_path / "documents"
    truth.mkdir()
    (truth / "thesis.txt").write_text("mine")
    _refused(tmp_path / "landing", truth, "not the truth of a demo")


def test_the_truth_of_another_landing_folder_is_left_alone(tmp_path: Path) -> None:
    _, truth = _former(tmp_path)
    _refused(tmp_path / "another", truth, "not the truth of a demo")


def test_a_file_put_into_the_truth_folder_stops_it(tmp_path: Path) -> None:
    landing, truth = _former(tmp_path)
    (truth / "notes.md").write_text("mine")
    _refused(landing, truth, "holds notes.md")


@pytest.mark.parametrize("truth", [".", "..", "truth"])
def test_the_folders_must_lie_apart(tmp_path: Path, truth: str) -> None:
    landing = tmp_path / "landing"
    landing.mkdir()
    _refused(landing, landing / truth, "lie in each other")


def test_a_demo_cut_short_is_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    landing, truth = tmp_path / "landing", tmp_path / "truth"
    size: dict[str, Any] = {"contacts": 200, "months": 4}

    def stop(*_: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(importlib.import_module("winback.demo.write"), "write_header_only", stop)
        with pytest.raises(KeyboardInterrupt):
            write(landing, truth, **size)
    assert (landing / "ga4").is_dir()
    # a rewrite cut short as well, and what the database spilled
    (landing / "ga4" / "main" / "ga4_sessions_202606.csv.part").write_text("half a file")
    (truth / ".scratch").mkdir()
    (truth / ".scratch" / "member.csv").write_text("half a file")
    write(landing, truth, **size)
    written = set(_files_below(landing)) - {MANIFEST}
    listed = [line.split("\t") for line in (landing / MANIFEST).read_text().splitlines()]
    assert {name for name, _ in listed} == written
    assert all((landing / name).stat().st_size == int(size) for name, size in listed)
    assert not (truth / ".scratch").exists()


def _files_below(folder: Path) -> list[str]:
    return [p.relative_to(folder).as_posix() for p in folder.rglob("*") if p.is_file()]


def test_the_loader_passes_over_the_manifest(tmp_path: Path) -> None:
    landing, _ = _former(tmp_path)
    found = discover(landing, read_catalog(ROOT), list(SYSTEMS))
    assert [file.source_file for file in found.files] == [
        "generic/main/contacts.csv",
        "mailchimp/shop_ma/member.csv",
    ]
    assert found.unrecognised == found.notes == []
