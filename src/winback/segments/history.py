"""The rules as another commit has them."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from winback.errors import UserError
from winback.segments.rules import FORMER_FILE, RULES_FOLDER, parse_folder, parse_former

_MARK = "\ufeff"


@dataclass(frozen=True)
class Commit:
    """The rules of a commit, under the name it was asked for and its short id."""

    ref: str
    short_id: str
    rules: list[Any]


def read_commit(project: Path, ref: str) -> Commit:
    """Read the rules of a commit, wherever in the repository the project lies.

    Raises:
        UserError: git is absent, the project is in no repository, the ref is unknown, or the
            file did not exist there or cannot be read.
    """
    if not ref or ref.startswith("-"):
        raise UserError(f"--against {ref}: a commit, branch or tag expected")
    if _git(project, "rev-parse", "--is-inside-work-tree") is None:
        raise UserError(f"{project} is in no git repository: impact compares with a commit of it")
    commit = _git(project, "rev-parse", "--verify", "--quiet", f"{ref}^{{commit}}")
    if commit is None:
        raise UserError(
            f"--against {ref}: git knows no such commit, branch or tag here; a shallow clone, as CI"
            f" makes it, needs `git fetch origin {ref}` first"
        )
    commit = commit.strip()
    return Commit(ref, commit[:7], _rules(project, ref, commit))


def _rules(project: Path, ref: str, commit: str) -> list[Any]:
    folder = RULES_FOLDER.as_posix()
    # a path that starts with ./ is meant from the project's folder, not from the repository's
    listed = _git(project, "ls-tree", "--name-only", commit, f"./{folder}/") or ""
    names = sorted(Path(path).name for path in listed.splitlines() if path.endswith(".yml"))
    if names:
        files = {
            name: (_git(project, "show", f"{commit}:./{folder}/{name}") or "").removeprefix(_MARK)
            for name in names
        }
        return parse_folder(files)
    former = FORMER_FILE.as_posix()
    text = _git(project, "show", f"{commit}:./{former}")
    if text is None:
        raise UserError(
            f"--against {ref}: {folder}/ did not exist at {commit[:7]}: nothing to compare"
        )
    return parse_former(text.removeprefix(_MARK), f"{former} at {ref}")


def _git(project: Path, *arguments: str) -> str | None:
    """What git answers, None when it refuses."""
    try:
        done = subprocess.run(
            ["git", "-C", str(project), *arguments],
            capture_output=True,
            check=False,
            env=os.environ | {"LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"},
        )
    except FileNotFoundError:
        raise UserError("git is not installed: impact needs it to read another commit") from None
    if done.returncode != 0:
        return None
    try:
        return done.stdout.decode("utf-8")
    except UnicodeDecodeError:
        raise UserError("a file of rules of that commit is not UTF-8") from None
