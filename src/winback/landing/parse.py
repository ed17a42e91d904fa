"""DuckDB's readers, with every value as text, into a raw table."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from itertools import chain, islice
from pathlib import Path

import duckdb

from winback.landing.catalog import Column, Table
from winback.landing.decode import Refused, is_out_of_room, open_text
from winback.landing.grammar import Grammar
from winback.landing.header import Binding, bind
from winback.landing.recover import (
    MAX_RECORD_BYTES,
    Accounts,
    Cleaner,
    Header,
    Window,
)
from winback.landing.sample import SAMPLE_RECORDS
from winback.landing.suspicious import is_of_addresses, looks_like
from winback.landing.workbook import as_text, open_sheet, write_sheet

REJECTS_PER_INSERT = 20_000
UNIT = "\x1f"  # never legal inside a JSON text, so a line of JSON is one CSV field


@dataclass(frozen=True)
class Target:
    """Where the lines of one file go.

    Attributes:
        table: the source table.
        account: `_source_relation`.
        source_file: `_source_file`.
        loaded_at: `_loaded_at`.
        headers: header of the file -> the column it feeds, None for none; filled by the readers.
        above: text of the lines above the header row, which are not read; filled by the readers.
    """

    table: Table
    account: str
    source_file: str
    loaded_at: datetime
    headers: dict[str, str | None] = field(default_factory=dict, compare=False)
    above: list[str] = field(default_factory=list, compare=False)


def name(identifier: str) -> str:
    """Quote an identifier."""
    return '"' + identifier.replace('"', '""') + '"'


def text(value: str) -> str:
    """Quote a text."""
    return "'" + value.replace("'", "''") + "'"


def stamp(value: datetime) -> str:
    """Write a timestamp."""
    return f"timestamp {text(value.isoformat(sep=' '))}"


def reader_path(path: Path, folder: Path) -> str:
    """Return a path that DuckDB does not take for a pattern."""
    if not set(str(path)) & set("*?[]{}"):
        return str(path)
    link = folder / f"link{path.suffix}"
    link.unlink(missing_ok=True)
    link.symlink_to(path.resolve())
    return str(link)


def insertion(target: Target, values: dict[str, str], extra: str, line: str, source: str) -> str:
    """SQL that puts the lines of a source into the raw table."""
    columns = [name(column.name) for column in target.table.columns]
    columns += ["extra", "_source_relation", "_source_file", "_line_number", "_loaded_at"]
    picked = _picked(target.table, values)
    picked += [
        extra,
        text(target.account),
        text(target.source_file),
        line,
        stamp(target.loaded_at),
    ]
    return (
        f"insert into raw.{name(target.table.identifier)} ({', '.join(columns)}) "
        f"select {', '.join(picked)} from {source}"
    )


def _picked(table: Table, values: dict[str, str]) -> list[str]:
    """Return SQL for each column of the table: as found, or as its mapping says."""
    conversion = table.conversion
    if conversion is None:
        return [values.get(column.name, "null") for column in table.columns]
    constants = conversion.constants_of()
    copies = conversion.copies_of()
    picked = []
    for column in table.columns:
        if column.name in constants:
            picked.append(text(constants[column.name]))
            continue
        value = values.get(copies.get(column.name, column.name))
        picked.append(
            "null" if value is None else conversion.converted(column.name, column.kind, value)
        )
    return picked


def numbers_marked(table: Table, names: list[str], binding: Binding) -> dict[str, str]:
    """Return the header names whose numbers a mapping expects with another mark than `.`, and the
    mark: a file with real numbers has no mark, so they are written as the mapping will read them.
    """
    mark = table.conversion.decimal_mark if table.conversion else None
    if mark in (None, "."):
        return {}
    kinds = {column.name: column.kind for column in table.columns}
    return {
        names[index]: str(mark)
        for column, index in binding.columns.items()
        if kinds[column] == "number"
    }


def _extra(fields: dict[str, str]) -> str:
    """Return the JSON text of undeclared values, null when all of them are."""
    if not fields:
        return "null"
    pairs = ", ".join(f"{text(key)}, {value}" for key, value in fields.items())
    present = ", ".join(fields.values())
    return f"case when coalesce({present}) is not null then json_object({pairs})::varchar end"


def _values(binding: Binding, fields: list[str]) -> dict[str, str]:
    """Return what each declared column of the file is read from, as SQL."""
    return {
        **{column: fields[index] for column, index in binding.columns.items()},
        **{column: text(value) for column, value in binding.constants.items()},
    }


def csv_source(
    path: str, columns: list[str], delimiter: str, quote: str, skip: int, new_line: str
) -> str:
    """SQL that reads a text file, every value as text."""
    declared = ", ".join(f"{text(column)}: 'varchar'" for column in columns)
    return (
        f"read_csv({text(path)}, auto_detect = false, header = false, skip = {skip},"
        f" columns = {{{declared}}}, delim = {text(delimiter)}, quote = {text(quote)},"
        f" escape = {text(quote)}, strict_mode = true, null_padding = false, nullstr = '',"
        f" max_line_size = {MAX_RECORD_BYTES + 64}, comment = '', new_line = {new_line},"
        " compression = 'none')"
    )


def insert_fast(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    binding: Binding,
    path: str,
    delimiter: str,
    new_line: str,
) -> int | None:
    """Insert a text file in one go; return the number of records, None if any was odd.

    The line number is written afterwards from the row's place in this insert: rows keep the file's
    order, and numbering them while reading would take the reader its second thread.
    """
    fields = [f"f{index}" for index in range(binding.fields)]
    source = csv_source(path, fields, delimiter, target.table.layout.quote, 1, new_line)
    values = _values(binding, fields)
    extra = _extra({key: fields[index] for key, index in binding.extra.items()})
    # a line of delimiters only is what a spreadsheet leaves behind: it is no record, and the
    # careful way through the file counts it
    source += f" where not ({' and '.join(f'{field} is null' for field in fields)})"
    table = f"raw.{name(target.table.identifier)}"
    mine = f"_loaded_at = {stamp(target.loaded_at)}"
    try:
        connection.execute(insertion(target, values, extra, "null", source))
    except (
        duckdb.InvalidInputException,
        duckdb.ConversionException,
        duckdb.NotImplementedException,  # a line longer than its buffer
    ):
        return None
    first, last, count = one_row(
        connection.execute(f"select min(rowid), max(rowid), count(*) from {table} where {mine}")
    )
    if count and last - first + 1 != count:
        return None
    if count:
        connection.execute(f"update {table} set _line_number = rowid - {first} + 2 where {mine}")
    return int(count)


def insert_cleaned(
    connection: duckdb.DuckDBPyConnection,
    target: Target,
    binding: Binding,
    header: Header,
    bom: int,
    path: Path,
    folder: Path,
    delimiter: str,
    encoding: str,
) -> Accounts:
    """Insert a text file line by line: bad lines to `raw.rejected_lines`, the rest as records."""
    rejects = Rejects(connection, target)
    grammar = Grammar(delimiter, target.table.layout.quote, binding.fields)
    cleaned = folder / "cleaned.csv"
    with open_text(path) as stream, cleaned.open("wb") as sink:
        cleaner = Cleaner(Window(stream, bom), grammar, encoding, header.lines, rejects.add)
        for batch in cleaner.records():
            sink.writelines(batch)
    rejects.flush()
    accounts = cleaner.accounts
    if accounts.accepted:
        fields = [f"f{index}" for index in range(binding.fields)]
        quote = target.table.layout.quote
        source = csv_source(str(cleaned), ["line_number", *fields], delimiter, quote, 0, r"'\n'")
        values = _values(binding, fields)
        extra = _extra({key: fields[index] for key, index in binding.extra.items()})
        try:
            found = one_row(
                connection.execute(insertion(target, values, extra, "line_number::bigint", source))
            )[0]
        except duckdb.InvalidInputException:
            # the reader's own message quotes the line, which may hold personal data
            raise Refused(
                "the CSV reader could not follow this file even after its bad lines were taken"
                " out: please report it, with the file's delimiter and quoting"
            ) from None
        if found != accounts.accepted:
            raise Refused(
                f"line accounting failed: {accounts.accepted:,} good lines, {found:,} read;"
                " nothing was loaded from this file: please report it"
            )
    cleaned.unlink()
    return accounts


def insert_workbook(
    connection: duckdb.DuckDBPyConnection, target: Target, path: Path, folder: Path
) -> Accounts:
    """Insert a sheet of an Excel workbook; the line number of a record is its row's."""
    sheet = open_sheet(path, target.table.layout)
    table = target.table.in_file
    sample = None
    if table.is_sampled:
        first = list(islice(sheet.rows, SAMPLE_RECORDS))
        sheet.rows = chain(first, sheet.rows)
        sample = [[as_text(value) for value in values] for _, values in first]
    binding = bind(table, sheet.header, sample)
    target.headers.update(binding.headers(sheet.header))
    target.above.extend(sheet.above)
    harmless = {place for header, place in binding.extra.items() if not _is_of_people(header)}
    harmless |= {
        binding.columns[column.name]
        for column in table.columns
        if column.name in binding.columns and _is_harmless(column)
    }
    sheet.note_formulas(harmless if target.table.may_hold_opt_outs else None)
    marks = numbers_marked(target.table, sheet.header, binding)
    marked = {index: marks[header] for index, header in enumerate(sheet.header) if header in marks}
    written = folder / "sheet.csv"
    count = write_sheet(sheet, written, marked)
    if count:
        fields = [f"f{index}" for index in range(binding.fields)]
        source = csv_source(str(written), ["line_number", *fields], ",", '"', 0, r"'\n'")
        values = _values(binding, fields)
        extra = _extra({key: fields[index] for key, index in binding.extra.items()})
        try:
            found = one_row(
                connection.execute(insertion(target, values, extra, "line_number::bigint", source))
            )[0]
        except (duckdb.InvalidInputException, duckdb.ConversionException):
            found = -1
        if found != count:
            raise Refused(
                "the rows of this workbook could not be followed: save the sheet as CSV UTF-8,"
                " and please report it"
            )
    written.unlink()
    return Accounts(
        physical=sheet.last_row,
        blank=sheet.last_row - count,
        accepted=count,
        accepted_span=count,
        notes=sheet.notes,
    )


def _is_harmless(column: Column) -> bool:
    """Tell whether a declared column says nothing of who somebody is, or whether they left."""
    if column.kind in ("time", "date", "number"):
        return True
    is_text = column.kind is None and not column.words and not column.content
    return is_text and not _is_of_people(column.name.replace("_", " "))


def _is_of_people(header: str) -> bool:
    return is_of_addresses(header) or looks_like(header) is not None


def insert_parquet(connection: duckdb.DuckDBPyConnection, target: Target, path: str) -> int:
    """Insert a Parquet file, its values cast to text; return the number of rows."""
    try:
        described = connection.execute(
            f"describe select * from read_parquet({text(path)})"
        ).fetchall()
        names = [row[0] for row in described]
        kinds = {row[0]: str(row[1]) for row in described}
        if any(column.lower() == "file_row_number" for column in names):
            raise Refused(
                "a column is named file_row_number, which the Parquet reader keeps for itself:"
                " rename it in the export"
            )

        def value(column: str) -> str:
            kind = kinds[column]
            if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
                return f"to_json({name(column)})::varchar"
            if kind.startswith(("FLOAT", "DOUBLE", "DECIMAL")) and marks.get(column):
                return f"replace({name(column)}::varchar, '.', {text(marks[column])})"
            return f"{name(column)}::varchar"

        marks: dict[str, str] = {}
        binding = bind(target.table.in_file, names)
        marks |= numbers_marked(target.table, names, binding)
        target.headers.update(binding.headers(names))
        values = _values(binding, [value(column) for column in names])
        extra = _extra({key: value(names[index]) for key, index in binding.extra.items()})
        source = f"read_parquet({text(path)}, file_row_number = true)"
        return int(
            one_row(
                connection.execute(insertion(target, values, extra, "file_row_number + 1", source))
            )[0]
        )
    except duckdb.Error as error:
        if is_out_of_room(error):
            raise
        raise Refused("the Parquet file is damaged or incomplete: export it again") from None


class Rejects:
    """Collects rejected lines and writes them in batches."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, target: Target) -> None:
        """Reject lines of this target."""
        self.count = 0
        self._connection = connection
        self._target = target
        self._rows: list[tuple[int, str, str]] = []
        self._bytes = 0

    def add(self, line_number: int, reason: str, line: bytes) -> None:
        """Take one rejected line; bytes that are not UTF-8 are kept as backslash codes."""
        self._rows.append((line_number, reason, line.decode("utf-8", "backslashreplace")))
        self._bytes += len(line)
        self.count += 1
        if len(self._rows) >= REJECTS_PER_INSERT or self._bytes > 128_000_000:
            self.flush()

    def flush(self) -> None:
        """Write what is collected."""
        if not self._rows:
            return
        import pyarrow as pa  # only files with bad lines pay for this import

        target = self._target
        numbers, reasons, lines = zip(*self._rows, strict=True)
        batch = pa.table(
            {
                "line_number": pa.array(numbers, pa.int64()),
                "reason": pa.array(reasons, pa.string()),
                "line_text": pa.array(lines, pa.large_string()),
            }
        )
        self._connection.register("landing_rejects", batch)
        self._connection.execute(
            "insert into raw.rejected_lines by name select"
            f" {text(target.table.system)} as source_system,"
            f" {text(target.table.identifier)} as source_table,"
            f" {text(target.account)} as source_relation,"
            f" {text(target.source_file)} as source_file,"
            f" line_number, reason, line_text, {stamp(target.loaded_at)} as loaded_at"
            " from landing_rejects"
        )
        self._connection.unregister("landing_rejects")
        self._rows.clear()
        self._bytes = 0


def one_row(result: duckdb.DuckDBPyConnection) -> tuple[int, ...]:
    """The first row of a query of counts."""
    row = result.fetchone()
    return row if row is not None else (0,)
