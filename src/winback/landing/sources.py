"""Reads what the sources YAML files of the project say about exports."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from winback.declared import read_list, read_meta, read_yaml
from winback.errors import UserError
from winback.landing.catalog import (
    ENCODINGS,
    KINDS,
    TECHNICAL,
    Catalog,
    Column,
    Erasure,
    Layout,
    Table,
    find_encoding,
    is_one_byte,
)

FORMATS = ("csv", "tsv", "jsonl", "parquet")
LANDING_KEYS = (
    "files",
    "format",
    "delimiter",
    "encoding",
    "quote",
    "require_any",
    "own_columns_from",
    "sheet",
    "read_from_extra",
    "harmless",
)
CONTENTS = ("email",)
OPT_OUT_KEYS = ("words", "every_line_of", "told_in", "affirmed_by", "kinds")


def read_catalog(project: Path) -> Catalog:
    """Read every `_*__sources.yml` under `models/staging/<system>/`.

    Raises:
        UserError: a file is not YAML, or says something the loader does not take.
    """
    found: dict[str, dict[str, Table]] = {}
    ignored: dict[str, tuple[str, ...]] = {}
    not_used: dict[str, dict[str, str]] = {}
    other_records: dict[str, dict[str, tuple[str, ...]]] = {}
    for path in sorted((project / "models" / "staging").glob("*/_*__sources.yml")):
        where = path.relative_to(project).as_posix()
        for source in read_list(read_yaml(path, where), "sources", where):
            system = str(source.get("name", "")).strip()
            if not system:
                raise UserError(f"{where}: a source has no name")
            keys = (*LANDING_KEYS, "ignored", "not_used", "other_records")
            defaults = dict(_landing(source, f"{where}, source {system}", keys))
            ignored[system] = (
                *ignored.get(system, ()),
                *_texts(defaults.pop("ignored", None), f"{where}, source {system}, ignored"),
            )
            not_used.setdefault(system, {}).update(
                _reasons(defaults.pop("not_used", None), f"{where}, source {system}, not_used")
            )
            other_records.setdefault(system, {}).update(
                _marks(
                    defaults.pop("other_records", None), f"{where}, source {system}, other_records"
                )
            )
            for entry in read_list(source, "tables", where):
                table = _table(system, entry, defaults, where)
                if table.identifier in found.setdefault(system, {}):
                    raise UserError(f"{where}: table {table.identifier} is declared twice")
                found[system][table.identifier] = table
            _erasures(source, found[system], where)
    return Catalog(
        {system: tuple(tables.values()) for system, tables in sorted(found.items())},
        ignored,
        not_used,
        other_records,
    )


def _landing(
    holder: Mapping[str, Any], where: str, keys: tuple[str, ...] = LANDING_KEYS
) -> Mapping[str, Any]:
    meta = read_meta(holder)
    found = meta.get("landing") or meta.get("landing_defaults") or {}
    if not isinstance(found, Mapping):
        raise UserError(f"{where}: config.meta.landing must be a mapping")
    unknown = [key for key in found if key not in keys]
    if unknown:
        raise UserError(
            f"{where}: config.meta.landing does not know {', '.join(map(str, unknown))};"
            f" it takes {', '.join(keys)}"
        )
    return found


def _erasures(source: Mapping[str, Any], tables: dict[str, Table], where: str) -> None:
    """Put what a source says of erasure into its tables."""
    said = read_meta(source).get("erasure")
    if said is None:
        return
    where = f"{where}, config.meta.erasure"
    keys = ("person_ids", "records", "things", "ids_of", "follows")
    if not isinstance(said, Mapping) or not set(said) <= set(keys):
        raise UserError(f"{where}: a mapping of {', '.join(keys)} expected")
    system = str(source["name"])
    identifiers = {
        str(entry["name"]): str(entry.get("identifier") or f"{system}__{entry['name']}")
        for entry in read_list(source, "tables", where)
    }

    def known(name: object, column: object = None) -> Table:
        table = tables.get(identifiers.get(str(name), ""))
        if table is None:
            raise UserError(f"{where}: there is no table {name}")
        if column is not None and column not in {known.name for known in table.columns}:
            raise UserError(f"{where}: table {name} has no column {column}")
        return table

    person_ids = said.get("person_ids") or {}
    if not isinstance(person_ids, Mapping):
        raise UserError(f"{where}, person_ids: a list of columns for each table expected")
    matches: dict[str, list[tuple[str, str]]] = {}
    gives: dict[str, list[tuple[str, str]]] = {}
    for name, columns in person_ids.items():
        listed = matches.setdefault(known(name).identifier, [])
        listed += [(str(column), "person") for column in columns if known(name, column)]
    for name in said.get("records") or []:
        gives[known(name).identifier] = matches[known(name).identifier][:1]
    for rule in read_list(said, "follows", where):
        column, of = str(rule.get("column")), known(rule.get("of"), rule.get("column"))
        follower = known(rule.get("table"), column)
        matches.setdefault(follower.identifier, []).append((column, of.identifier))
        gives.setdefault(of.identifier, []).append((column, of.identifier))
    things = {known(name).identifier for name in said.get("things") or []}
    for identifier in identifiers.values():
        tables[identifier] = replace(
            tables[identifier],
            erasure=Erasure(
                tuple(matches.get(identifier, ())),
                tuple(gives.get(identifier, ())),
                said.get("ids_of"),
                identifier not in things,
            ),
        )


def _table(system: str, entry: Mapping[str, Any], defaults: Mapping[str, Any], path: str) -> Table:
    name = str(entry.get("name", "")).strip()
    if not name:
        raise UserError(f"{path}: a table of source {system} has no name")
    where = f"{path}, table {name}"
    settings = {**defaults, **_landing(entry, where)}
    columns = []
    for column in read_list(entry, "columns", where):
        column_name = str(column.get("name", "")).strip()
        if not column_name:
            raise UserError(f"{where}: a column has no name")
        if column_name.lower() in TECHNICAL:
            continue
        columns.append(_column(column_name, read_meta(column), f"{where}, column {column_name}"))
    if not columns:
        raise UserError(f"{where}: no columns declared")
    layout = _layout(settings, where)
    known = {column.name for column in columns}
    for group in layout.require_any:
        if not set(group) <= known:
            missing = ", ".join(sorted(set(group) - known))
            raise UserError(f"{where}, require_any: {missing} is not a declared column")
    for declared in columns:
        strange = {other for _, other in declared.told_by} - known
        if strange:
            raise UserError(
                f"{where}, column {declared.name}, told_by:"
                f" {', '.join(sorted(strange))} is not a declared column"
            )
    return Table(
        system=system,
        identifier=str(entry.get("identifier") or f"{system}__{name}"),
        columns=tuple(columns),
        layout=layout,
        may_hold_opt_outs=_has_opt_outs(entry, where),
        name=name,
    )


def _reasons(given: object, where: str) -> dict[str, str]:
    """Return pattern -> why such files are not read."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(isinstance(why, str) for why in given.values()):
        raise UserError(f"{where}: expected `pattern: why`, one a line")
    return {str(pattern): str(why) for pattern, why in given.items()}


def _marks(given: object, where: str) -> dict[str, tuple[str, ...]]:
    """Return kind of record -> headers that only an export of it has."""
    if given is None:
        return {}
    if not isinstance(given, Mapping) or not all(given.values()):
        raise UserError(f"{where}: expected `kind of record: [header, ...]`, one a line")
    return {str(kind): _texts(headers, f"{where}, {kind}") for kind, headers in given.items()}


def _has_opt_outs(entry: Mapping[str, Any], where: str) -> bool:
    """Tell whether a table declares which of its lines say "leave"."""
    meta = read_meta(entry)
    if "opt_outs" not in meta:
        return False
    found = meta["opt_outs"]
    known = isinstance(found, Mapping) and found and all(key in OPT_OUT_KEYS for key in found)
    if not known:
        raise UserError(
            f"{where}: config.meta.opt_outs takes `words` (a list of words that mean leave),"
            " `every_line_of` (a list of file patterns), `told_in` (the columns in which consent"
            " is told), `affirmed_by` (words that say so) and `kinds` (what a line of events tells"
            " of: one without any of these words may be an opt-out)"
        )
    for key, value in found.items():
        if not _texts(value, f"{where}, opt_outs, {key}"):
            raise UserError(f"{where}, opt_outs, {key}: the list is empty")
    return True


def _texts(value: object, where: str) -> tuple[str, ...]:
    """Read a list of texts; one text alone is a list of one."""
    found = [value] if isinstance(value, str) else [] if value is None else value
    if not isinstance(found, list) or not all(isinstance(item, str) and item for item in found):
        raise UserError(f"{where}: a list of texts expected")
    return tuple(found)


def _column(name: str, meta: Mapping[str, Any], where: str) -> Column:
    headers = meta.get("headers") or []
    if not isinstance(headers, list):
        raise UserError(f"{where}: headers must be a list")
    content = str(meta.get("content") or "")
    if content and content not in CONTENTS:
        raise UserError(
            f"{where}, content: {content!r} found, one of {', '.join(CONTENTS)} expected"
        )
    pairs = meta.get("told_by") or {}
    if not isinstance(pairs, Mapping):
        raise UserError(f"{where}: told_by must map each value to the column that tells it")
    kind, words = _values(meta, where)
    return Column(
        name=name,
        headers=tuple(dict.fromkeys([*(str(label) for label in headers), name])),
        required=bool(meta.get("required", False)),
        content=content,
        owner_named=bool(meta.get("owner_named", False)),
        told_by=tuple((str(value), str(other)) for value, other in pairs.items()),
        kind=kind,
        words=words,
        when_absent=str(meta.get("when_absent") or ""),
    )


def _values(meta: Mapping[str, Any], where: str) -> tuple[str | None, tuple[str, ...]]:
    """Return what a column's values are: their kind, and the closed list of words if there is."""
    words = meta.get("words") or []
    if not isinstance(words, list):
        raise UserError(f"{where}: words must be a list")
    kind = meta.get("kind") or ("text" if words else None)
    if kind is not None and kind not in KINDS:
        raise UserError(f"{where}, kind: {kind!r} found, one of {', '.join(KINDS)} expected")
    return kind, tuple(str(word) for word in words)


def _layout(settings: Mapping[str, Any], where: str) -> Layout:
    files = settings.get("files") or []
    if isinstance(files, str):
        files = [files]
    form = str(settings.get("format") or "csv").lower()
    if form not in FORMATS:
        raise UserError(f"{where}, format: {form!r} found, one of {', '.join(FORMATS)} expected")
    delimiter = settings.get("delimiter")
    if delimiter is not None and not is_one_byte(delimiter):
        raise UserError(f"{where}, delimiter: one ASCII character expected, {delimiter!r} found")
    quote = settings.get("quote", '"')
    if quote in (None, False):
        quote = ""
    if quote != "" and not is_one_byte(quote):
        raise UserError(f"{where}, quote: one ASCII character or '' expected, {quote!r} found")
    encoding = find_encoding(str(settings.get("encoding") or "utf-8"))
    if encoding is None:
        raise UserError(
            f"{where}, encoding: {settings.get('encoding')!r} is not known; {ENCODINGS} expected"
        )
    groups = settings.get("require_any") or []
    if not isinstance(groups, list) or not all(isinstance(group, list) for group in groups):
        raise UserError(f"{where}, require_any: a list of lists of columns expected")
    return Layout(
        files=tuple(str(pattern) for pattern in files),
        format=form,
        delimiter=delimiter,
        encoding=encoding,
        quote=str(quote),
        require_any=tuple(tuple(str(name) for name in group) for group in groups),
        own_columns_from=str(settings.get("own_columns_from") or "") or None,
        sheet=str(settings["sheet"]) if settings.get("sheet") else None,
        read_from_extra=_expressions(settings.get("read_from_extra"), f"{where}, read_from_extra"),
        harmless=_texts(settings.get("harmless"), f"{where}, harmless"),
    )


def _expressions(value: object, where: str) -> tuple[str, ...]:
    """Read a list of regular expressions."""
    found = _texts(value, where)
    for text in found:
        try:
            re.compile(text)
        except re.error as error:
            raise UserError(f"{where}: {text!r} is no regular expression: {error}") from None
    return found
