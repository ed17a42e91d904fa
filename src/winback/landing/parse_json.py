"""JSON Lines into a raw table: one object a line, its members one level up."""

from __future__ import annotations

from pathlib import Path

import duckdb

from winback.landing.decode import Refused, open_text
from winback.landing.header import bind
from winback.landing.jsonlines import MAX_JSON_DEPTH, NESTED, depth_of, unfolded, why_no_object
from winback.landing.labels import normalise
from winback.landing.parse import UNIT, Rejects, Target, csv_source, insertion, one_row, text
from winback.landing.recover import MAX_RECORD_BYTES, Accounts, Window


def insert_jsonl(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    bom: int,
    path: Path,
    folder: Path,
    encoding: str,
) -> Accounts:
    """Insert a file of one JSON object a line; nested values stay JSON text."""
    rejects = Rejects(connection, target)
    accounts = Accounts()

    def reject(number: int, reason: str, line: bytes, place: str = "") -> None:
        rejects.add(number, reason + place, line)
        accounts.reasons[reason] = accounts.reasons.get(reason, 0) + 1

    cleaned = folder / "cleaned.jsonl"
    with open_text(path) as stream, cleaned.open("wb") as sink:
        window = Window(stream, bom)
        number = 0
        while window.fetch():
            for at in range(len(window.lines)):
                line = window.text(at)
                number += 1
                reason = None
                if not line.strip():
                    accounts.blank += 1
                    continue
                line = unfolded(line)
                if len(line) >= MAX_RECORD_BYTES:
                    reason = f"more than {MAX_RECORD_BYTES:,} bytes"
                elif not window.is_plain and b"\0" in line:
                    reason = "a NUL byte"
                elif not window.is_plain and not _is_utf8(line):
                    reason = f"bytes that are not {encoding}"
                    accounts.undecodable += 1
                elif UNIT.encode() in line:
                    reason = why_no_object(line)[0]
                elif depth_of(line) > MAX_JSON_DEPTH:
                    reason = f"brackets nested more than {MAX_JSON_DEPTH} levels deep"
                if reason:
                    reject(number, reason, line)
                else:
                    sink.write(b"%d\x1f%b\n" % (number, line.replace(b"\r", b" ")))
            window.drop(len(window.lines))
    source = csv_source(str(cleaned), ["line_number", "line"], UNIT, "", 0, r"'\n'")
    connection.execute(
        "create or replace temp table landing_json as select"
        " line_number::bigint as line_number, line, case when json_valid(line) then"
        " json_type(line) = 'OBJECT'"
        " and len(json_keys(line)) = list_unique(json_keys(line))"
        " else false end as is_object, false as is_nested"
        f" from {source}"
    )
    _mark_nested(connection, target)
    odd = connection.execute(
        "select line_number, line, is_nested from landing_json where not is_object"
    )
    for line_number, line, is_nested in odd.fetchall():
        reason, place = (NESTED, "") if is_nested else why_no_object(line.encode())
        reject(line_number, reason, line.encode(), place)
    rejects.flush()
    accounts.physical = number
    accounts.rejected = accounts.rejected_span = rejects.count
    objects = one_row(connection.execute("select count(*) from landing_json where is_object"))[0]
    if objects:
        values, extra = _json_values(connection, target)
        accounts.accepted = accounts.accepted_span = one_row(
            connection.execute(
                insertion(target, values, extra, "line_number", "landing_json where is_object")
            )
        )[0]
    elif rejects.count:
        reason = max(accounts.reasons, key=lambda reason: accounts.reasons[reason])
        raise Refused(f"no line can be read ({reason}): one JSON object a line was expected")
    connection.execute("drop table landing_json")
    cleaned.unlink()
    return accounts


def _json_keys(connection: duckdb.DuckDBPyConnection) -> list[str]:
    found = connection.execute(
        "select distinct unnest(json_keys(line)) as key from landing_json where is_object"
        " order by 1"
    )
    return [row[0] for row in found.fetchall()]


def _mark_nested(connection: duckdb.DuckDBPyConnection, target: Target) -> None:
    """Mark lines whose fields lie one level down: no key is known, and below one there are more.
    They would be read as empty lines, and what they say of leaving would be lost unseen."""
    labels = {
        normalise(label) for column in target.table.in_file.columns for label in column.headers
    }
    known = [key for key in _json_keys(connection) if normalise(key) in labels]
    connection.execute(
        "update landing_json set is_object = false, is_nested = true"
        " where is_object and not list_has_any(json_keys(line), ?::varchar[])"
        " and regexp_matches(json_structure(line)::varchar, ':\\[*[{]')",
        [known],
    )


def _json_values(
    connection: duckdb.DuckDBPyConnection, target: Target
) -> tuple[dict[str, str], str]:
    table = target.table.in_file
    keys = _json_keys(connection)
    # refuses when a mandatory column is in no line
    names = list({normalise(key): key for key in reversed(keys)}.values())
    binding = bind(table, names, in_order=False)
    values = {column: text(value) for column, value in binding.constants.items()}
    known: list[str] = []
    for column in table.columns:
        if column.told_by:
            continue
        labels = [normalise(label) for label in column.headers]
        # lines of one file may call a column differently: the first label present wins
        found = sorted(
            (key for key in keys if normalise(key) in labels and key not in known),
            key=lambda key: labels.index(normalise(key)),
        )
        _refuse_twice_in_a_line(connection, found)
        known += found
        target.headers.update(dict.fromkeys(found, column.name))
        if found:
            read = (f"json_extract_string(line, {text(_pointer(key))})" for key in found)
            values[column.name] = f"coalesce({', '.join(read)})"
    for key in keys:
        if key not in known:
            target.headers[key] = None
            target.headers.update(dict.fromkeys(_keys_below(connection, key)))
    if len(known) == len(keys):
        return values, "null"
    pairs = ", ".join(f"{text(key)}, null" for key in known)
    return values, f"nullif(json_merge_patch(line, json_object({pairs}))::varchar, '{{}}')"


def _keys_below(connection: duckdb.DuckDBPyConnection, key: str) -> list[str]:
    """The keys one level down, as `data.email_consent`: such a field is not read, which is told
    where it sounds like an opt-out."""
    found = connection.execute(
        "select distinct unnest(json_keys(line, $1)) as key from landing_json"
        " where is_object and json_type(line, $1) = 'OBJECT' order by 1",
        [_pointer(key)],
    )
    return [f"{key}.{row[0]}" for row in found.fetchall()]


def _refuse_twice_in_a_line(connection: duckdb.DuckDBPyConnection, keys: list[str]) -> None:
    """Refuse lines that hold one header in two spellings: one of the values would be lost."""
    by_header: dict[str, list[str]] = {}
    for key in keys:
        by_header.setdefault(normalise(key), []).append(key)
    for spellings in by_header.values():
        if len(spellings) == 1:
            continue
        present = " + ".join(
            f"json_exists(line, {text(_pointer(key))})::integer" for key in spellings
        )
        found = connection.execute(
            f"select min(line_number) from landing_json where is_object and {present} > 1"
        ).fetchone()
        if found and found[0] is not None:
            raise Refused(
                f"the key {spellings[0]!r} is there {len(spellings)} times in line {found[0]}:"
                " remove or rename all but one"
            )


def _pointer(key: str) -> str:
    return "/" + key.replace("~", "~0").replace("/", "~1")


def _is_utf8(line: bytes) -> bool:
    try:
        line.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
