"""Rules as YAML, in the way in which people write them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import yaml

_WIDTH = 100
_BLOCK_KEYS = {"name", "all", "any", "not"}


class _Dumper(yaml.SafeDumper):
    """Leaves, labels and lists of values on one line, the rest in blocks; no anchors."""

    def ignore_aliases(self, data: Any) -> bool:
        return True

    def increase_indent(self, flow: bool = False, indentless: bool = False) -> None:
        super().increase_indent(flow, False)


def _mapping(dumper: yaml.SafeDumper, data: dict[Any, Any]) -> yaml.Node:
    node = dumper.represent_mapping("tag:yaml.org,2002:map", data)
    node.flow_style = not _BLOCK_KEYS & set(data) and all(_is_flat(v) for v in data.values())
    return node


def _sequence(dumper: yaml.SafeDumper, data: list[Any]) -> yaml.Node:
    node = dumper.represent_sequence("tag:yaml.org,2002:seq", data)
    node.flow_style = _is_flat(data)
    return node


def _is_flat(value: Any) -> bool:
    if isinstance(value, list):
        return all(not isinstance(item, list | Mapping) for item in value)
    return not isinstance(value, Mapping)


_Dumper.add_representer(dict, _mapping)
_Dumper.add_representer(list, _sequence)


def write_yaml(rules: Sequence[Any]) -> str:
    """The rules as a YAML list."""
    if not rules:
        return "[]\n"
    dumped = [
        yaml.dump([rule], Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
        for rule in rules
    ]
    return "".join(dumped)


def write_rule(rule: Any) -> str:
    """One rule as the YAML of its file."""
    return yaml.dump(rule, Dumper=_Dumper, sort_keys=False, allow_unicode=True, width=_WIDTH)
