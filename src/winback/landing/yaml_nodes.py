"""A YAML file of the user's as nodes, which know their lines, and all that is wrong with it."""

from __future__ import annotations

import re
from pathlib import Path

import yaml

from winback.errors import hint

MAX_BYTES = 1 << 20
# with what stands around it, blanks excepted: a line of a list
_ADDRESS = re.compile(r"'[^']*[^'\s]@[^']*'|\S+@\S*[^\s;:]")


class NodeReader:
    """Reads YAML by hand, so that each mistake is told with its line."""

    def __init__(self) -> None:
        """Know of no mistake yet."""
        self.mistakes: list[tuple[int, str]] = []

    def _compose(self, path: Path) -> yaml.Node | None:
        """Return the YAML as nodes: they know their lines, and leave `no` the word it is."""
        try:
            data = path.read_bytes()
        except OSError as error:
            self._say(1, f"the file cannot be read: {error.strerror or 'input error'}")
            return None
        if len(data) > MAX_BYTES:
            self._say(1, f"the file has {len(data):,} bytes, at most {MAX_BYTES:,} are read")
            return None
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            line = data.count(b"\n", 0, error.start) + 1
            self._say(line, f"line {line}: not UTF-8; save the file as UTF-8")
            return None
        try:
            root = yaml.compose(text, Loader=yaml.BaseLoader)
        except yaml.YAMLError as error:
            mark = getattr(error, "problem_mark", None)
            line = mark.line + 1 if mark else 1
            tab = "\t" in text
            self._say(
                line,
                f"line {line}: not valid YAML; a line below a key is indented by spaces"
                + (", never by a tab" if tab else "")
                + ", and a value with : # ' or a leading * % @ stands in quotes",
            )
            return None
        except RecursionError:
            self._say(1, "the file is nested too deeply: only files, their keys and lists expected")
            return None
        if root is None:
            self._say(1, "the file is empty: `files:` with a list expected")
            return None
        return root

    def _say(self, line: int, text: str) -> None:
        """Note a mistake; an address in it is that of somebody, and not shown."""
        self.mistakes.append((line, _ADDRESS.sub("(an address)", text)))

    def _wrong(self, node: yaml.Node, where: str, text: str) -> None:
        line = node.start_mark.line + 1
        self._say(line, f"line {line}{', ' + where if where else ''}: {text}")

    def _map(
        self, node: yaml.Node, where: str, known: tuple[str, ...] | None
    ) -> dict[str, yaml.Node] | None:
        """Return a mapping by its keys; None, with a mistake, when it is none."""
        if not isinstance(node, yaml.MappingNode):
            expected = f"keys such as {known[0]}:" if known else "`name: value` lines"
            self._wrong(node, where, f"{expected} expected, found {_kind(node)}")
            return None
        found: dict[str, yaml.Node] = {}
        for key, value in node.value:
            if not isinstance(key, yaml.ScalarNode):
                self._wrong(key, where, "a name expected before the colon")
            elif key.value in found:
                self._wrong(key, where, f"{key.value} is there twice: keep one")
            elif known and key.value not in known:
                near = hint(key.value, known)
                # a list of people that is called _mapping.yml may have names for keys
                unknown = f"unknown key {key.value}" if where else "unknown key"
                self._wrong(key, where, f"{unknown}{near} known: {', '.join(known)}")
            else:
                found[key.value] = value
        return found

    def _list(self, node: yaml.Node, where: str) -> list[yaml.Node] | None:
        if isinstance(node, yaml.SequenceNode) and node.value:
            return list(node.value)
        found = "an empty list" if isinstance(node, yaml.SequenceNode) else _kind(node)
        self._wrong(node, where, f"a list of entries expected, each after a dash, found {found}")
        return None

    def _text(self, node: yaml.Node, where: str) -> str | None:
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        self._wrong(node, where, f"one text expected, found {_kind(node)}")
        return None

    def _texts(self, node: yaml.Node, where: str) -> list[tuple[yaml.Node, str]]:
        """Return the texts of a list, or of one text, that are not empty."""
        nodes = node.value if isinstance(node, yaml.SequenceNode) else [node]
        found = []
        for one in nodes:
            text = self._text(one, where)
            if text is not None and not text.strip():
                self._wrong(one, where, "a text expected, found nothing")
            elif text is not None:
                found.append((one, text.strip()))
        if not nodes:
            self._wrong(node, where, "a text expected, found an empty list")
        return found


def _kind(node: yaml.Node) -> str:
    """Say what a node is, and nothing of a text: it may be a line of a list."""
    if isinstance(node, yaml.ScalarNode):
        return "a text" if node.value else "nothing"
    return "a list" if isinstance(node, yaml.SequenceNode) else "keys with values"
