"""Keeps what was compiled, so that the same rules are not compiled by dbt twice."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from importlib.metadata import version
from pathlib import Path
from typing import Any

from winback.segments.rules import RULES_FILE

_KEPT = 24


class Store:
    """A file of compiled cases, each under a digest of all that went into it."""

    def __init__(self, path: Path, project: Path, variables: Mapping[str, Any]) -> None:
        """Reads the file.

        Args:
            path: the file, which need not exist.
            project: folder of `dbt_project.yml`.
            variables: dbt vars that differ from those of `dbt_project.yml`.
        """
        self._path = path
        digest = hashlib.sha256(repr((version("dbt-core"), sorted(variables.items()))).encode())
        for file in _inputs(project):
            digest.update(repr((file.relative_to(project).as_posix(), file.read_bytes())).encode())
        self._inputs = digest.hexdigest()
        self._known: dict[str, Any] = {}
        with suppress(OSError, ValueError):
            self._known = dict(json.loads(path.read_text(encoding="utf-8")))

    def get(self, case: Any) -> Any:
        """What was compiled of a case, None when that is not known."""
        return self._known.get(self._key(case))

    def keep(self, cases: Sequence[Any], results: Sequence[Any]) -> None:
        """Adds what was compiled; the oldest go."""
        for case, result in zip(cases, results, strict=True):
            self._known[self._key(case)] = result
        last = dict(list(self._known.items())[-max(_KEPT, len(cases)) :])
        with suppress(OSError):
            self._path.write_text(json.dumps(last), encoding="utf-8")

    def _key(self, case: Any) -> str:
        # not the normal form: a day without quotes is refused for a text, in quotes it is not
        return hashlib.sha256(f"{self._inputs} {case!r}".encode()).hexdigest()


def _inputs(project: Path) -> Iterator[Path]:
    """Every file that may change what rules are compiled to; the rules themselves are the case."""
    yield project / "dbt_project.yml"
    for folder in ("macros", "models"):
        for file in sorted((project / folder).rglob("*.*")):
            if file.suffix in (".sql", ".yml", ".yaml") and file != project / RULES_FILE:
                yield file
