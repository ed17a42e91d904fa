"""Which files are the demo's own: nothing else in its two folders is ever removed.

The landing folder gets a manifest that names each file before it is written, so that a demo cut
short can be replaced too. The truth folder gets a marker that names the landing folder it belongs
to. A file that no demo wrote, or that changed since, stops the demo before anything is removed.
"""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

from winback.errors import UserError

MANIFEST = ".demo_files"
"""Beside the folders of the systems; the loader passes over names that begin with a dot."""
MARKER = "DEMO"
SCRATCH = ".scratch"
SYSTEMS = ("generic", "mailchimp", "hubspot", "shopify", "ga4")
PART = ".part"
"""Ending of a file while it is rewritten."""

_TRUTH = re.compile(
    r"DEMO|(?:contacts|records|offers)\.parquet|expectations\.json|events/\d{4}-\d\d\.parquet"
    rf"|{re.escape(SCRATCH)}/.*"
)


class Manifest:
    """The list of a landing folder's demo files, kept on disk while they are written."""

    def __init__(self, landing: Path) -> None:
        """Start the list; a former one is replaced."""
        self.landing = landing
        self.names: list[str] = []
        landing.mkdir(parents=True, exist_ok=True)
        (landing / MANIFEST).write_text("", encoding="utf-8")

    def claim(self, name: str) -> Path:
        """Name a file, by its path below the landing folder, before it is written."""
        self.names.append(name)
        with (self.landing / MANIFEST).open("a", encoding="utf-8") as file:
            file.write(f"{name}\n")
        path = self.landing / name
        path.parent.mkdir(parents=True, exist_ok=True)
        return path

    def finish(self) -> None:
        """Note the size of each file: one of another size is no longer the demo's."""
        lines = (f"{name}\t{(self.landing / name).stat().st_size}\n" for name in self.names)
        fresh = self.landing / (MANIFEST + PART)
        fresh.write_text("".join(lines), encoding="utf-8")
        fresh.replace(self.landing / MANIFEST)


def clear(landing: Path, truth: Path) -> Manifest:
    """Remove a former demo, and begin the manifest and the marker of the next.

    Raises:
        UserError: the folders lie in each other, or hold something that no demo wrote.
    """
    _keep_apart(landing, truth)
    exports = list(_exports(landing))
    known = list(_known(landing, truth))
    for path in (*exports, *known):
        path.unlink()
    for folder in {path.parent for path in exports}:
        _remove_empty(folder, landing)
    scratch = truth / SCRATCH
    if scratch.is_dir():
        shutil.rmtree(scratch)
    truth.mkdir(parents=True, exist_ok=True)
    (truth / MARKER).write_text(_mark(landing, truth), encoding="utf-8")
    return Manifest(landing)


def _keep_apart(landing: Path, truth: Path) -> None:
    one, other = landing.resolve(), truth.resolve()
    if one == other or one in other.parents or other in one.parents:
        raise UserError(
            f"--truth {truth} and --landing {landing} lie in each other: "
            "give --truth a folder beside the landing folder"
        )


def _mark(landing: Path, truth: Path) -> str:
    # relative: the two may move together, and equal demos stay byte-identical wherever they are
    return f"written by winback demo for {os.path.relpath(landing.resolve(), truth.resolve())}\n"


def _files(folder: Path) -> Iterator[Path]:
    """Give out everything below a folder that is no folder itself; links are not followed."""
    for path in sorted(folder.rglob("*")):
        if path.is_symlink() or not path.is_dir():
            yield path


def _exports(landing: Path) -> Iterator[Path]:
    """Give out the files of a former demo; refuse when others lie beside them."""
    sizes: dict[str, str] = {}
    manifest = landing / MANIFEST
    if manifest.is_file():
        for line in manifest.read_text(encoding="utf-8").splitlines():
            name, _, size = line.partition("\t")
            sizes[name] = size
    for system in SYSTEMS:
        for path in _files(landing / system):
            name = path.relative_to(landing).as_posix()
            own = name if name in sizes else name.removesuffix(PART)
            if own not in sizes:
                raise UserError(
                    f"{landing} holds exports that are not of a demo ({name}): move them away, "
                    "or give --landing an empty folder"
                )
            if sizes[own] not in ("", str(path.stat().st_size)):
                raise UserError(
                    f"{landing}/{name} was changed since the demo wrote it: move it away, "
                    "or give --landing an empty folder"
                )
            yield path


def _known(landing: Path, truth: Path) -> Iterator[Path]:
    """Give out the files of a former truth of the same landing folder; refuse any other."""
    if truth.exists() and not truth.is_dir():
        raise UserError(f"--truth {truth} is no folder: give it one of its own")
    files = list(_files(truth))
    marker = truth / MARKER
    if not files:
        return
    if not marker.is_file() or marker.read_text(encoding="utf-8") != _mark(landing, truth):
        raise UserError(
            f"--truth {truth} holds files that are not the truth of a demo in {landing}: "
            "give it an empty folder"
        )
    for path in files:
        name = path.relative_to(truth).as_posix()
        if not _TRUTH.fullmatch(name):
            raise UserError(
                f"--truth {truth} holds {name}, which no demo wrote: move it away, "
                "or give --truth an empty folder"
            )
        if not name.startswith(f"{SCRATCH}/"):
            yield path


def _remove_empty(folder: Path, root: Path) -> None:
    """Remove a folder and those above it up to `root`, as far as nothing is in them."""
    while folder != root and folder.is_dir() and not any(folder.iterdir()):
        folder.rmdir()
        folder = folder.parent
