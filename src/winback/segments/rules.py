"""Segment rules as files: where the project keeps its own, and how any file of rules is read.

What is read is data. No text in it is run as a template, and what is too large, too deep or
contains itself is refused.
"""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from winback.declared import SAFE_LOADER
from winback.errors import UserError
from winback.segments import table
from winback.segments.tree import leaves_of

RULES_FOLDER = Path("segments")
# the order of the tree; no segment has such a name
ORDER_FILE = "_order.yml"
# where releases before 0.2.0 kept the rules
FORMER_FILE = Path("models/marts/segmentation/segments.yml")
_FORMER_MODEL = "segment_evaluations"
FORMATS = ("yaml", "json", "csv")
_FILE_NAME = re.compile(r"[a-z][a-z0-9_]*\.yml")
# rules are small; what is larger or deeper is a trap or a slip
_MOST_PARTS = 100_000
_MOST_LEVELS = 100
Rule = dict[str, Any]


def fields_of(condition: Mapping[str, Any]) -> set[str]:
    """The fields a condition without mistakes reads, less those of the segments it speaks of."""
    return {leaf["field"] for leaf in leaves_of(condition) if "field" in leaf}


def rule_files(project: Path) -> dict[str, str]:
    """Name of a file in the folder of rules -> its text.

    Raises:
        UserError: the folder is missing, or a file in it cannot be read.
    """
    folder = project / RULES_FOLDER
    if not folder.is_dir():
        raise UserError(
            f"no folder {RULES_FOLDER.as_posix()}/ in {project}: it holds one file per segment,"
            f" <name>.yml{_former_hint(project)}"
        )
    unread = sorted(path.name for path in folder.iterdir() if path.suffix in (".yaml", ".YML"))
    if unread:
        raise UserError(
            f"{RULES_FOLDER.as_posix()}/: only files that end in .yml are read; rename"
            f" {', '.join(unread)}"
        )
    return {path.name: read_text(path) for path in sorted(folder.glob("*.yml"))}


def read_project_rules(project: Path) -> list[Any]:
    """Return the rules of the working tree in the order of the tree, as they are typed.

    Raises:
        UserError: a file cannot be read, or is not the file of one segment.
    """
    return parse_folder(rule_files(project))


def parse_folder(files: Mapping[str, str]) -> list[Any]:
    """Return the rules in the files of a folder, in the order of the tree.

    Args:
        files: name of a file -> its text.

    Raises:
        UserError: says of every file that is not that of one segment what is wrong.
    """
    rules, problems = {}, []
    for name, text in files.items():
        if name == ORDER_FILE:
            continue
        where = f"{RULES_FOLDER.as_posix()}/{name}"
        rule = load_yaml(text, where)
        if not _FILE_NAME.fullmatch(name):
            problems.append(f"{where}: a file is called like its segment, as paris_clickers.yml")
        elif not isinstance(rule, Mapping):
            problems.append(f"{where}: one segment expected, a mapping that begins with its name")
        elif rule.get("name") != name.removesuffix(".yml"):
            problems.append(
                f"{where}: holds the segment {rule.get('name')!r}; file and segment need one name"
            )
        else:
            rules[str(rule["name"])] = rule
    order = _parse_order(files.get(ORDER_FILE, ""))
    where = f"{RULES_FOLDER.as_posix()}/{ORDER_FILE}"
    problems += [
        f"{where}: lists {name!r}, of which there is no file" for name in order if name not in rules
    ]
    problems += [
        f"{where}: {name} excludes its siblings, so it has to stand where it is to be tried"
        for name, rule in rules.items()
        if name not in order and rule.get("exclusive") is True
    ]
    if problems:
        raise UserError("; ".join(problems))
    return [rules[name] for name in [*order, *(name for name in rules if name not in order)]]


def _parse_order(text: str) -> list[str]:
    where = f"{RULES_FOLDER.as_posix()}/{ORDER_FILE}"
    found = load_yaml(text, where) or []
    if not isinstance(found, list) or not all(isinstance(name, str) for name in found):
        raise UserError(f"{where}: a list of names of segments expected")
    if len(set(found)) < len(found):
        raise UserError(f"{where}: a segment is there twice")
    return found


def _former_hint(project: Path) -> str:
    if not (project / FORMER_FILE).is_file():
        return ""
    return (
        "; to move those of an earlier release there, run `winback segments import"
        f" {FORMER_FILE.as_posix()}`, then delete that file"
    )


def parse_former(text: str, where: str) -> list[Any]:
    """Return the rules of an earlier release: a list in a file of dbt properties.

    Args:
        text: the file.
        where: how messages call it.

    Raises:
        UserError: it is no YAML, or the list is not there.
    """
    return _in_properties(load_yaml(text, where), where)


def read_rules(path: Path) -> Any:
    """Return the rules in a file: YAML (a list, `segments:`, one segment, or dbt properties), JSON
    of the same shapes, or CSV.

    Raises:
        UserError: the file cannot be read or holds nothing.
    """
    text, where = read_text(path), path.name
    suffix = path.suffix.lower()
    if suffix == ".csv":
        found: Any = table.parse_csv(text, where)
        check_size(found, where)
        return found
    if suffix in (".yml", ".yaml"):
        found = load_yaml(text, where)
    elif suffix == ".json":
        try:
            found = json.loads(text, object_pairs_hook=table.no_key_twice)
        except ValueError as error:
            raise UserError(f"{where}: not valid JSON ({error})") from None
        except RecursionError:
            raise UserError(_too_deep(where)) from None
        check_size(found, where)
    else:
        raise UserError(f"{where}: a file ending in .yml, .yaml, .json or .csv expected")
    if isinstance(found, Mapping) and "models" in found:
        return _in_properties(found, where)
    if isinstance(found, Mapping) and "segments" in found:
        found = found["segments"]
    if not found:
        raise UserError(f"{where}: no segment in it")
    return [found] if isinstance(found, Mapping) else found


def read_text(path: Path) -> str:
    """Return a file's text with its line ends as they are, without a byte order mark.

    Raises:
        UserError: it is missing or not UTF-8.
    """
    try:
        return path.read_bytes().decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UserError(f"{path.name}: not UTF-8; save the file as UTF-8") from None
    except OSError as error:
        raise UserError(f"{path}: cannot be read ({error.strerror})") from None


def write_file(path: Path, text: str) -> None:
    """Put a text in the place of a file, all of it or none.

    Raises:
        UserError: it cannot be written.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
        try:
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
                file.write(text)
            Path(name).chmod(path.stat().st_mode if path.exists() else 0o644)
            Path(name).replace(path)
        except BaseException:
            Path(name).unlink(missing_ok=True)
            raise
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror})") from None


def load_yaml(text: str, where: str) -> Any:
    """Return what YAML holds; other than dbt, it does not let the second of two equal keys win.

    Raises:
        UserError: it is no YAML, a key is there twice, something contains itself, or it is larger
            or deeper than rules are.
    """
    try:
        node = yaml.compose(text, Loader=SAFE_LOADER)
        if node is None:
            return None
        if _parts(node, where, {}, []) > _MOST_PARTS:
            raise UserError(
                f"{where}: more than {_MOST_PARTS:,} parts, aliases counted as what they stand for;"
                " no rule is that large"
            )
        found = yaml.load(text, Loader=SAFE_LOADER)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        problem = getattr(error, "problem", None)
        raise UserError(
            f"{where}{line}: not valid YAML{f' ({problem})' if problem else ''}"
        ) from None
    except ValueError as error:
        raise UserError(f"{where}: not valid YAML ({error}; a text needs quotes)") from None
    except RecursionError:
        raise UserError(_too_deep(where)) from None
    return found


def check_size(value: Any, where: str) -> None:
    """Refuse what is larger or deeper than rules are, and half a character, which no file can hold.

    Raises:
        UserError: it is found.
    """
    level, parts = [value], 0
    for _ in range(_MOST_LEVELS + 1):
        parts += len(level)
        if parts > _MOST_PARTS:
            raise UserError(f"{where}: more than {_MOST_PARTS:,} parts; no rule is that large")
        level = [
            item
            for part in level
            if isinstance(part, Mapping | list)
            for item in (part.values() if isinstance(part, Mapping) else part)
        ]
        if not level:
            break
    else:
        raise UserError(_too_deep(where))
    try:
        canonical(value).encode()
    except UnicodeEncodeError:
        raise UserError(f"{where}: a text holds half a character") from None


def _too_deep(where: str) -> str:
    return (
        f"{where}: nested more than {_MOST_LEVELS} levels deep; name parts as segments of their own"
    )


def normal(value: Any) -> Any:
    """A rule in the form in which equal rules are equal: days and times as the text they are."""
    if isinstance(value, Mapping):
        return {str(key): normal(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [normal(item) for item in value]
    if isinstance(value, date):  # a datetime is one too
        return str(value)
    return value


def canonical(value: Any) -> str:
    """A text that two rules share when they say the same with values of the same types."""
    return json.dumps(normal(value), sort_keys=True, ensure_ascii=False, default=repr)


def write_json(rules: list[Any]) -> str:
    """The rules as JSON; days and times are text there."""
    return json.dumps(normal(rules), indent=2, ensure_ascii=False, default=repr) + "\n"


def _in_properties(found: Any, where: str) -> list[Any]:
    models = found.get("models") if isinstance(found, Mapping) else None
    for model in models if isinstance(models, list) else []:
        if isinstance(model, Mapping) and model.get("name") == _FORMER_MODEL:
            config = model.get("config")
            meta = config.get("meta") if isinstance(config, Mapping) else None
            rules = meta.get("segments") if isinstance(meta, Mapping) else None
            if rules is None:
                return []
            if not isinstance(rules, list):
                raise UserError(f"{where}: a list under config: meta: segments: expected")
            return rules
    raise UserError(f"{where}: no model {_FORMER_MODEL}, under which the segments stand")


def _parts(node: yaml.Node, where: str, known: dict[int, int], above: list[yaml.Node]) -> int:
    """How many parts a node has, each alias counted as what it stands for."""
    line = node.start_mark.line + 1
    if any(node is other for other in above):
        raise UserError(f"{where}, line {line}: it contains itself")
    if len(above) > _MOST_LEVELS:
        raise UserError(_too_deep(where))
    if id(node) in known:
        return known[id(node)]
    inside: list[yaml.Node] = []
    if isinstance(node, yaml.SequenceNode):
        inside = node.value
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in seen:
                    line = key.start_mark.line + 1
                    raise UserError(f"{where}, line {line}: the key {key.value!r} is there twice")
                seen.add(key.value)
            inside.append(value)
    parts = 1 + sum(_parts(item, where, known, [*above, node]) for item in inside)
    known[id(node)] = parts
    return parts
