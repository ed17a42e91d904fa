"""Large text files by their beginning, so that a check takes seconds."""

from __future__ import annotations

import gzip
import os
from pathlib import Path
from typing import IO, cast

SAMPLED_FROM = 64 << 20
"""Bytes of a text file from which on only its beginning is read."""
SAMPLE = 16 << 20
_SAMPLED = (".csv", ".tsv", ".txt", ".jsonl", ".csv.gz", ".tsv.gz", ".jsonl.gz")


def with_samples(landing: Path, target: Path) -> tuple[Path, dict[str, int]]:
    """Return the folder to load and how many bytes of which file are in it.

    Where nothing is large it is the landing folder itself. Else it is one of links, with the
    beginnings of large text files copied.
    """
    large = {
        path
        for path in (landing.rglob("*") if landing.is_dir() else ())
        if path.name.lower().endswith(_SAMPLED)
        and path.is_file()
        and path.stat().st_size > (SAMPLED_FROM // 8 if path.suffix == ".gz" else SAMPLED_FROM)
    }
    if not large:
        return landing, {}
    sampled = {}
    seen: set[tuple[int, int]] = set()
    for root, folders, files in os.walk(landing, followlinks=True):
        stat = Path(root).stat()
        if (stat.st_dev, stat.st_ino) in seen:
            folders.clear()  # a link to a folder that is read already, or to one around it
            continue
        seen.add((stat.st_dev, stat.st_ino))
        below = Path(root).relative_to(landing)
        (target / below).mkdir(parents=True, exist_ok=True)
        folders.sort()
        for file in files:
            path = Path(root) / file
            if path in large:
                sampled[(below / file).as_posix()] = copy_beginning(path, target / below / file)
            else:
                (target / below / file).symlink_to(path.resolve())
    return target, sampled


def copy_beginning(path: Path, target: Path) -> int:
    """Copy whole lines from the beginning of a text file; return how many bytes they are."""
    is_packed = path.suffix == ".gz"
    with cast(IO[bytes], gzip.open(path) if is_packed else path.open("rb")) as stream:
        data = stream.read(SAMPLE)
    # whole lines, and none that ends inside quotes
    end = data.rfind(b"\n") + 1
    while end > 0 and data.count(b'"', 0, end) % 2:
        end = data.rfind(b"\n", 0, end - 1) + 1
        if end < len(data) - (1 << 20):
            end = data.rfind(b"\n") + 1
            break
    data = data[: end or len(data)]
    target.write_bytes(gzip.compress(data, 1) if is_packed else data)
    return len(data)
