"""The project's own YAML files, read alike wherever they are read."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import yaml

from winback.errors import UserError

# the one in C reads a description ten times as fast, where PyYAML was built with it
SAFE_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# no description or settings file has as many levels; the loader in C would go on until it crashes
MOST_LEVELS = 200


def read_yaml(path: Path, where: str) -> Mapping[str, Any]:
    """Return the mapping a YAML file holds, empty when it holds nothing.

    Args:
        path: the file.
        where: how messages call it.

    Raises:
        UserError: it is not UTF-8, not YAML or no mapping.
    """
    try:
        text = path.read_text(encoding="utf-8")
        if _levels(text) > MOST_LEVELS:
            raise UserError(f"{where}: nested too deeply for a settings file")
        found = yaml.load(text, Loader=SAFE_LOADER)
    except UnicodeDecodeError as error:
        raise UserError(f"{where}: not UTF-8; save the file as UTF-8") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise UserError(f"{where}{line}: not valid YAML") from error
    if found is None:
        return {}
    if not isinstance(found, Mapping):
        raise UserError(f"{where}: a mapping expected at the top")
    return found


def _levels(text: str) -> int:
    """Return how deep a YAML text is nested, no further than one beyond `MOST_LEVELS`."""
    depth = deepest = 0
    for event in yaml.parse(text, Loader=SAFE_LOADER):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
            deepest = max(deepest, depth)
            if depth > MOST_LEVELS:
                break
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
    return deepest


def read_list(holder: Mapping[str, Any], key: str, where: str) -> list[Mapping[str, Any]]:
    """Return the list of mappings under `key`, empty when there is none.

    Raises:
        UserError: something else is there.
    """
    found = holder.get(key) or []
    if not isinstance(found, list) or not all(isinstance(item, Mapping) for item in found):
        raise UserError(f"{where}: {key} must be a list of mappings")
    return found


def read_meta(holder: Mapping[str, Any]) -> Mapping[str, Any]:
    """Return `config: meta:`, empty when there is none."""
    config = holder.get("config") or {}
    meta = config.get("meta") if isinstance(config, Mapping) else None
    return meta if isinstance(meta, Mapping) else {}


def read_vars(project: Path) -> Mapping[str, Any]:
    """Return `vars` of `dbt_project.yml`.

    Raises:
        UserError: the file is missing or no YAML.
    """
    path = project / "dbt_project.yml"
    if not path.is_file():
        raise UserError(f"no dbt_project.yml in {project}")
    found = read_yaml(path, path.name).get("vars") or {}
    return found if isinstance(found, Mapping) else {}
