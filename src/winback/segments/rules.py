"""Segment rules as files: where the project keeps its own, and how any file of rules is read."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from pathlib import Path
from typing import Any

import yaml

from winback.errors import UserError
from winback.segments import table

RULES_FILE = Path("models/marts/segmentation/segments.yml")
RULES_MODEL = "segment_evaluations"
FORMATS = ("yaml", "json", "csv")
Rule = dict[str, Any]


def fields_of(condition: Mapping[str, Any]) -> set[str]:
    """The fields a condition without mistakes reads, less those of the segments it speaks of."""
    if "not" in condition:
        return fields_of(condition["not"])
    parts = condition.get("all") or condition.get("any")
    if parts:
        return set().union(*(fields_of(part) for part in parts))
    return {condition["field"]} if "field" in condition else set()


def read_project_rules(project: Path) -> list[Any]:
    """Return the rules of the working tree, as they are typed.

    Raises:
        UserError: the file is missing, no YAML, or without the list.
    """
    return parse_properties(read_text(project / RULES_FILE), RULES_FILE.as_posix())


def parse_properties(text: str, where: str) -> list[Any]:
    """Return the list under `config: meta: segments:` of the evaluating model.

    Args:
        text: a file of dbt properties.
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
        return table.parse_csv(text, where)
    if suffix in (".yml", ".yaml"):
        found = load_yaml(text, where)
    elif suffix == ".json":
        try:
            found = json.loads(text, object_pairs_hook=table.no_key_twice)
        except ValueError as error:
            raise UserError(f"{where}: not valid JSON ({error})") from None
        except RecursionError:
            raise UserError(f"{where}: nested too deeply") from None
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


def load_yaml(text: str, where: str) -> Any:
    """Return what YAML holds; other than dbt, it does not let the second of two equal keys win.

    Raises:
        UserError: it is no YAML, a key is there twice, or something contains itself.
    """
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
        if node is None:
            return None
        _check_nodes(node, where, [])
        return yaml.safe_load(text)
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
        raise UserError(f"{where}: nested too deeply") from None


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
        if isinstance(model, Mapping) and model.get("name") == RULES_MODEL:
            config = model.get("config")
            meta = config.get("meta") if isinstance(config, Mapping) else None
            rules = meta.get("segments") if isinstance(meta, Mapping) else None
            if rules is None:
                return []
            if not isinstance(rules, list):
                raise UserError(f"{where}: a list under config: meta: segments: expected")
            return rules
    raise UserError(f"{where}: no model {RULES_MODEL}, under which the segments stand")


def _check_nodes(node: yaml.Node, where: str, above: list[yaml.Node]) -> None:
    if any(node is other for other in above):
        raise UserError(f"{where}, line {node.start_mark.line + 1}: it contains itself")
    if isinstance(node, yaml.SequenceNode):
        for item in node.value:
            _check_nodes(item, where, [*above, node])
    elif isinstance(node, yaml.MappingNode):
        seen = set()
        for key, value in node.value:
            if isinstance(key, yaml.ScalarNode) and key.value != "<<":
                if key.value in seen:
                    line = key.start_mark.line + 1
                    raise UserError(f"{where}, line {line}: the key {key.value!r} is there twice")
                seen.add(key.value)
            _check_nodes(value, where, [*above, node])
