"""Writes rules as YAML, alone or into segments.yml, where nothing but the list changes.

The text of a segment whose rule did not change is kept, with the comments inside and above it.
"""

from __future__ import annotations

import codecs
import os
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from winback.errors import UserError
from winback.segments.rules import RULES_MODEL, canonical, load_yaml, parse_properties

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


def replace_file(path: Path, text: str) -> None:
    """Puts a text in the place of a file, all of it or none."""
    path = path.resolve()
    mark = codecs.BOM_UTF8 if path.read_bytes().startswith(codecs.BOM_UTF8) else b""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(mark + text.encode())
        Path(name).chmod(path.stat().st_mode)
        Path(name).replace(path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def replace_rules(text: str, rules: Sequence[Any], where: str) -> str:
    """Return the text of a properties file with other rules.

    Args:
        text: the file as it is, without a byte order mark.
        rules: mappings, each with a name, no name twice.
        where: how messages call the file.

    Raises:
        UserError: the rules cannot be put there without changing something else.
    """
    before = parse_properties(text, where)
    if [canonical(rule) for rule in before] == [canonical(rule) for rule in rules]:
        return text
    node = _list_node(text, where)
    names = [rule.get("name") if isinstance(rule, Mapping) else None for rule in before]
    changes = [_whole(text, node, rules)]
    if _is_block(node) and None not in names:
        changes.insert(0, _piecewise(text, node, before, rules))
    for changed in changes:
        if _is_right(text, changed, rules, where):
            return changed
    raise UserError(
        f"{where}: the list cannot be replaced without changing something else in the file"
        " (does an anchor in it have an alias outside?)"
    )


def _is_right(text: str, changed: str, rules: Sequence[Any], where: str) -> bool:
    """Whether the changed text holds these rules and everything else as it was."""
    try:
        found = parse_properties(changed, where)
        others = [_without_rules(load_yaml(some, where)) for some in (text, changed)]
    except UserError:
        return False
    same = [canonical(rule) for rule in found] == [canonical(rule) for rule in rules]
    return same and others[0] == others[1]


def _without_rules(properties: Any) -> Any:
    for model in properties["models"]:
        if model.get("name") == RULES_MODEL:
            model["config"]["meta"]["segments"] = None
    return properties


def _list_node(text: str, where: str) -> yaml.Node:
    found = yaml.compose(text, Loader=yaml.SafeLoader)
    for model in _child(found, "models").value:
        name = _child(model, "name")
        if name is not None and name.value == RULES_MODEL:
            meta = _child(_child(model, "config"), "meta")
            node = _child(meta, "segments")
            if isinstance(node, yaml.Node):
                return node
    raise UserError(f"{where}: no `segments:` under config: meta: of {RULES_MODEL} to replace")


def _child(node: Any, key: str) -> Any:
    for name, value in node.value if isinstance(node, yaml.MappingNode) else []:
        if name.value == key:
            return value
    return None


@dataclass(frozen=True)
class _Piece:
    """A segment as it stands in the file: what is above it, and its own lines."""

    rule: Any
    above: str
    body: str


def _piecewise(text: str, node: yaml.Node, before: Sequence[Any], rules: Sequence[Any]) -> str:
    """The list segment by segment: the text of those that stay as they are, others written anew."""
    starts = _dashes(text, node)
    begin = at = _line_start(text, starts[0])
    column = starts[0] - begin
    pieces = []
    for start, item, rule in zip(starts, node.value, before, strict=True):
        own, end = _line_start(text, start), _line_end(text, _end(text, item))
        pieces.append(_Piece(rule, text[at:own], text[own:end]))
        at = end
    bodies = {canonical(piece.rule): piece.body for piece in pieces}
    above = _comments_above(pieces, {rule["name"] for rule in rules})
    out = []
    for rule in rules:
        body = bodies.get(canonical(rule)) or _indented([rule], column, text)
        out += [above.get(rule["name"], ""), body if body.endswith("\n") else body + _newline(text)]
    return text[:begin] + "".join(out) + text[at:]


def _comments_above(pieces: Sequence[_Piece], names: set[str]) -> dict[str, str]:
    """Name -> comments above it. Those of a segment that goes go with it, but the title of a group
    (after an empty line) passes on to the next that stays."""
    above: dict[str, str] = {}
    title = ""
    for piece in pieces:
        if piece.rule["name"] in names:
            above[piece.rule["name"]] = piece.above if piece.above.strip() else title or piece.above
            title = ""
        elif piece.above[:1] in ("\n", "\r"):
            title = piece.above
    return above


def _whole(text: str, node: yaml.Node, rules: Sequence[Any]) -> str:
    """The list written anew as one."""
    if _is_block(node):
        starts = _dashes(text, node)
        begin = _line_start(text, starts[0])
        end = _line_end(text, _end(text, node.value[-1]))
        return text[:begin] + _indented(rules, starts[0] - begin, text) + text[end:]
    line = text[_line_start(text, node.start_mark.index) :]
    column = len(line) - len(line.lstrip(" ")) + 2
    block = _newline(text) + _indented(rules, column, text).rstrip("\r\n")
    return text[: node.start_mark.index].rstrip(" ") + block + text[node.end_mark.index :]


def _is_block(node: yaml.Node) -> bool:
    return isinstance(node, yaml.SequenceNode) and bool(node.value) and not node.flow_style


def _indented(rules: Sequence[Any], column: int, text: str) -> str:
    lines = write_yaml(rules).rstrip("\n").split("\n")
    return "".join((" " * column + line if line else "") + _newline(text) for line in lines)


def _newline(text: str) -> str:
    return "\r\n" if "\r\n" in text else "\n"


def _dashes(text: str, node: yaml.Node) -> list[int]:
    """Where the dash of each item of a block list stands."""
    marks = [
        token.start_mark
        for token in yaml.scan(text, Loader=yaml.SafeLoader)
        if isinstance(token, yaml.BlockEntryToken)
        and node.start_mark.index <= token.start_mark.index < node.end_mark.index
    ]
    # nested lists stand further in
    first = min(mark.column for mark in marks)
    return [mark.index for mark in marks if mark.column == first]


def _end(text: str, node: yaml.Node) -> int:
    """Where the last sign of a node's content stands; what follows it are spaces and comments."""
    if not isinstance(node, yaml.CollectionNode) or node.flow_style:
        end = node.end_mark.index
        if getattr(node, "style", None) in ("|", ">"):
            end = node.start_mark.index + len(text[node.start_mark.index : end].rstrip())
        return max(end - 1, node.start_mark.index)
    parts = [part for pair in node.value for part in (pair if isinstance(pair, tuple) else (pair,))]
    return max(_end(text, part) for part in parts)


def _line_start(text: str, index: int) -> int:
    return text.rfind("\n", 0, index) + 1


def _line_end(text: str, index: int) -> int:
    found = text.find("\n", index)
    return len(text) if found < 0 else found + 1
