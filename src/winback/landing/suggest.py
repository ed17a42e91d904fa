"""A first `_mapping.yml`, from the headers and values of a file.

What the values settle is written down; what they leave open is a question in a comment, never a
guess. Of values only words of closed lists are shown.
"""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path

from winback.errors import UserError
from winback.landing.catalog import Catalog, Column, Table
from winback.landing.decode import Refused
from winback.landing.first_look import Sample, read_text, read_workbook
from winback.landing.labels import normalise
from winback.landing.names import EXTENSIONS, split_extension
from winback.landing.suspicious import LEAVING, looks_like
from winback.landing.synonyms import FILE_NAMES, HEADERS, WORDS

MOST_WORDS = 20
QUESTION = "# ?"
_DAY = re.compile(
    r"(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})(?!\d)(?:,? +(\d{1,2}:\d\d(?::\d\d)?.*))?"
)
_CLOCK_ISO = re.compile(r"\d{4}-\d\d-\d\d[ T]\d\d:\d\d(?::\d\d(?:\.\d+)?)?")
_SLASHED_ISO = re.compile(r"\d{4}[./]\d{1,2}[./]\d{1,2}")
_EPOCH = re.compile(r"1\d{9}(?:\d{3})?")
_COMMA = re.compile(r"-?\d{1,3}(?:[. '\u00a0]\d{3})*,\d+-?|-?\d+,\d+-?")
_POINT = re.compile(r"-?\d{1,3}(?:[, '\u00a0]\d{3})*\.\d+-?|-?\d+\.\d+-?")
_EITHER = re.compile(r"-?\d{1,3}[.,]\d{3}")
_PLAIN_WORD = re.compile(r"[^\W\d_][\w -]*[\w]|[^\W\d_]")


def suggest(path: Path, catalog: Catalog, system: str) -> str:
    """Return the text of a `_mapping.yml` for one file.

    It passes the check of mappings; where a question is open, the line for the answer is there as
    a comment that begins with `# ?`.

    Args:
        path: a text file or an Excel workbook.
        catalog: what is declared.
        system: the system in whose folder the file lies, or will lie.

    Raises:
        UserError: the system is not known, or the file is none of these or cannot be read.
    """
    tables = catalog.systems.get(system)
    if not tables:
        raise UserError(f"unknown system {system}: one of {', '.join(catalog.systems)} expected")
    stem, extension = split_extension(path.name)
    form = EXTENSIONS.get(extension)
    if form not in ("csv", "tsv", "workbook"):
        raise UserError(f"{path.name}: a mapping is suggested for .csv, .tsv, .txt and .xlsx files")
    try:
        sample = read_workbook(path) if form == "workbook" else read_text(path)
    except Refused as problem:
        raise UserError(f"{path.name}: {problem}") from None
    except OSError as error:
        raise UserError(f"{path.name} cannot be read: {error.strerror}") from None
    table, found = _choose_table(tables, sample.names, stem)
    return _write(table, tables, found, sample, _pattern(stem))


def _choose_table(
    tables: tuple[Table, ...], names: list[str], stem: str
) -> tuple[Table, dict[str, int]]:
    """Return the table that knows most of these headers, and the place of each column in them."""

    def score(pair: tuple[Table, dict[str, int]]) -> int:
        table, found = pair
        required = sum(column.required and column.name in found for column in table.columns)
        is_named = any(part in stem.lower() for part in FILE_NAMES.get(table.name, ()))
        return len(found) + 2 * required + 2 * is_named

    return max(((table, _match(table, names)) for table in tables), key=score)


def _match(table: Table, names: list[str]) -> dict[str, int]:
    """Return column -> place of its header; the likelier names first, each header once."""
    places = {_bare(name): place for place, name in reversed(list(enumerate(names)))}
    wanted: list[tuple[int, Column, str]] = []
    for column in table.columns:
        labels = [*column.headers, *HEADERS.get(column.name, "").split(",")]
        for rank, label in enumerate(labels):
            if label.strip():
                wanted.append((rank if column.required else rank + 1, column, _bare(label)))
    found: dict[str, int] = {}
    for _, column, label in sorted(wanted, key=lambda item: item[0]):
        at = places.get(label)
        if at is not None and column.name not in found and at not in found.values():
            found[column.name] = at
    return found


def _bare(label: str) -> str:
    """Return a header without case, accents, blanks and marks."""
    text = unicodedata.normalize("NFKD", normalise(label))
    return "".join(sign for sign in text if sign.isalnum())


def _pattern(stem: str) -> str:
    """Return a file pattern that fits later exports too: digits may be others."""
    return re.sub(r"\*+", "*", re.sub(r"\d[\d._ -]*\d|\d", "*", stem)).lower() or "*"


def _write(
    table: Table, tables: tuple[Table, ...], found: dict[str, int], sample: Sample, pattern: str
) -> str:
    questions: list[str] = []
    kinds = {column.name: column for column in table.columns}
    others = ", ".join(other.name for other in tables)
    lines = [
        f"  - entity: {table.name}  # one of {others}",
        f"    pattern: {_quoted(pattern)}",
        *(f"    {setting}" for setting in sample.settings),
    ]
    if sample.header_row != sample.first_row:
        lines.append(f"    header_row: {sample.header_row}")
    copies: dict[str, str] = {}
    missing = [
        column.name for column in table.columns if column.required and column.name not in found
    ]
    if missing == ["contact_id"] and "email" in found:
        copies, missing = {"contact_id": "email"}, []
    for name in missing:
        questions.append(f"{name} is required: which header is it?")
    groups = [group for group in table.layout.require_any if not set(group) & set(found)]
    for group in groups:
        questions.append(f"one of {', '.join(group)} is required: which header is it?")
    if not any(kinds[name].name == "email_consent" for name in found) and "email_consent" in kinds:
        questions.append(
            "no column of consent was found: say in which header who may be mailed, else nobody"
            " of this file is known to have said yes or no"
        )
    headers = []
    for column in table.columns:
        if column.name in copies:
            header = sample.names[found[copies[column.name]]]
            headers.append(
                f"      {column.name}: {_quoted(header.strip())}"
                "  # no number of the customer was found: the address stands for it"
            )
        elif column.name in found:
            header = sample.names[found[column.name]].strip()
            headers.append(f"      {column.name}: {_quoted(header)}")
        elif column.name in missing:
            headers.append(f"      {QUESTION} {column.name}: ")
    lines += [_opening("    headers:", headers), *headers]
    rest = [
        " ".join(name.split())
        for place, name in enumerate(sample.names)
        if place not in found.values() and name.strip() and not _is_data(name)
    ]
    if any(map(_is_data, sample.names)):
        questions.append("some headers look like values: is the header row missing?")
    elif rest:
        lines.append(f"      # kept, not used: {', '.join(rest)}")
    proposed_headers, proposed_words = _suspicious(table, found, sample, questions)
    lines += proposed_headers
    if table.is_plain:
        lines += _dates(table, found, sample, questions)
        lines += _numbers(table, found, sample, questions)
        lines += _words(table, found, sample, questions, proposed_words)
    top = ["# How the files of this folder are read: see docs/bring_your_own_exports.md."]
    top += [f"# {note}" for note in sample.notes]
    if questions:
        top.append("# Open questions:")
        top += [f"{QUESTION} {question}" for question in questions]
    return "\n".join([*top, "files:", *lines]) + "\n"


def _suspicious(
    table: Table, found: dict[str, int], sample: Sample, questions: list[str]
) -> tuple[list[str], list[str]]:
    """Ask what the columns are that no column takes and that sound like somebody's no, or like
    another address. Where there is no column of consent yet, the first of them is proposed for it.

    Returns:
        What is proposed for `headers` and for `words`.
    """
    headers: list[str] = []
    words: list[str] = []
    is_open = "email_consent" not in found and any(
        column.name == "email_consent" for column in table.columns
    )
    for place, name in enumerate(sample.names):
        kind = None if place in found.values() or _is_data(name) else looks_like(name)
        if kind is None:
            continue
        header = _quoted(" ".join(name.split()))
        asked = f"{header} sounds like {kind}"
        if kind == "a second address":
            questions.append(
                f"{asked}: nothing reads it, and who left under it is not known to have left."
                " Put both addresses into the column of email, with `;` between"
            )
        elif is_open and not headers:
            questions.append(
                f"{asked}: does it say who may not be mailed? Then it is email_consent"
            )
            headers.append(f"      {QUESTION} email_consent: {header}")
            words += _proposed_words(kind, table, sample.values(place))
        else:
            questions.append(
                f"{asked}: does it say who may not be mailed? Nothing reads it: write such people"
                " as unsubscribed in the column of consent, or export them as a list of their own"
            )
    return headers, words


def _proposed_words(kind: str, table: Table, values: list[str]) -> list[str]:
    """What the words of such a column may mean: the yes of a block is a no."""
    seen = sorted({value.lower() for value in values})
    if len(seen) > MOST_WORDS or any(map(_is_data, seen)):
        return []
    yes, no = (
        {_bare(word) for word in WORDS["email_consent"][answer].split(",")}
        for answer in ("subscribed", "unsubscribed")
    )
    refusals = yes if kind in LEAVING else no
    (column,) = (column for column in table.columns if column.name == "email_consent")
    choices = f"one of {', '.join(column.words)}"
    return [
        f"      {QUESTION} email_consent:",
        *(
            f"        {QUESTION} {_quoted(word)}: "
            f"{'unsubscribed' if _bare(word) in refusals else choices}"
            for word in seen
        ),
    ]


def _is_data(name: str) -> bool:
    """Tell whether a header looks like a value: the file may have no header row."""
    return "@" in name or bool(re.search(r"\d{4}", name)) or len(name) > 60


def _of_kind(table: Table, found: dict[str, int], *kinds: str) -> list[tuple[str, int]]:
    return [
        (column.name, found[column.name])
        for column in table.columns
        if column.name in found and column.kind in kinds
    ]


def _dates(table: Table, found: dict[str, int], sample: Sample, questions: list[str]) -> list[str]:
    orders: Counter[str] = Counter()
    short_years: set[str] = set()
    clocks: set[str] = set()
    undecided: list[str] = []
    epochs: set[str] = set()
    has_local_time = False
    for name, place in _of_kind(table, found, "time", "date"):
        values = sample.values(place)
        days = [found_day for value in values if (found_day := _DAY.fullmatch(value))]
        for day in days:
            first, last = int(day[1]), int(day[3])
            orders["day_first"] += first > 12 >= last
            orders["month_first"] += last > 12 >= first
            if len(day[4]) == 2:
                short_years.add(day[2])
            if day[5]:
                clocks.add(day[5])
        if days and not any(int(day[1]) > 12 or int(day[3]) > 12 for day in days):
            undecided.append(name)
        orders["year_first"] += sum(bool(_SLASHED_ISO.match(value)) for value in values)
        if values and all(_EPOCH.fullmatch(value) for value in values):
            epochs.add("epoch_seconds" if len(values[0]) == 10 else "epoch_millis")
        has_local_time |= bool(clocks) or any(_CLOCK_ISO.fullmatch(value) for value in values)
    known = [order for order, count in orders.items() if count]
    lines = []
    if len(known) > 1:
        questions.append(
            "days and months stand in different orders in this file: no date_order is right for"
            " all of it, export it again"
        )
        lines.append(f"    {QUESTION} date_order: ")
    elif not known and undecided:
        questions.append(
            f"day first or month first? Every date in {', '.join(undecided)} could be both"
        )
        lines.append(f"    {QUESTION} date_order: day_first or month_first")
    elif known and short_years:
        order = {"day_first": "DD{0}MM{0}YY", "month_first": "MM{0}DD{0}YY"}[known[0]]
        formats = [order.format(sign) for sign in sorted(short_years)]
        formats += [f"{one} {clock}" for one in formats for clock in ("HH:mm", "HH:mm:ss")]
        formats += [one.replace("YY", "YYYY") for one in formats]
        lines.append(f"    date_formats: [{', '.join(map(_quoted, formats))}]")
    elif known:
        lines.append(f"    date_order: {known[0]}")
    elif epochs:
        lines.append(f"    date_formats: [{', '.join(sorted(epochs))}]")
    if has_local_time:
        questions.append("which time zone are the times in? Without an answer they are UTC")
        lines.append(f"    {QUESTION} timezone: such as Europe/Paris")
    return lines


def _numbers(
    table: Table, found: dict[str, int], sample: Sample, questions: list[str]
) -> list[str]:
    comma = point = 0
    grouped = False
    either: list[str] = []
    for name, place in _of_kind(table, found, "number"):
        values = [re.sub(r"^[€$£\s]+|[€$£\s]+$", "", value) for value in sample.values(place)]
        sure = [value for value in values if not _EITHER.fullmatch(value)]
        comma += sum(bool(_COMMA.fullmatch(value)) for value in sure)
        point += sum(bool(_POINT.fullmatch(value)) for value in sure)
        grouped |= any(re.search(r"\d[, '\u00a0]\d", value) for value in values)
        if len(sure) < len(values):
            either.append(name)
    if comma and not point:
        return ['    decimal_mark: ","']
    if comma:
        questions.append("some numbers have a decimal comma, others a decimal point: export again")
        return [f"    {QUESTION} decimal_mark: "]
    if either and not point:
        questions.append(
            f"is it a decimal mark or a mark of thousands that stands in {', '.join(either)}?"
        )
        return [f"    {QUESTION} decimal_mark: comma or point, in quotes"]
    # a point is what is declared; named, marks of thousands beside it are taken off too
    return ['    decimal_mark: "."'] if point and grouped else []


def _words(
    table: Table,
    found: dict[str, int],
    sample: Sample,
    questions: list[str],
    proposed: list[str],
) -> list[str]:
    lines = list(proposed)
    for column in table.columns:
        if column.name not in found or not column.words:
            continue
        seen = Counter(value.lower() for value in sample.values(found[column.name]))
        own = [word for word in seen if word not in column.words]
        if not own:
            continue
        if len(seen) > MOST_WORDS or any(_is_data(word) for word in own):
            questions.append(
                f"{column.name} has {len(seen)} different values and takes only"
                f" {', '.join(column.words)}: is it the right header?"
            )
            continue
        meaning = {
            _bare(word): target
            for target, words in WORDS.get(column.name, {}).items()
            for word in words.split(",")
        }
        body = []
        for word in sorted(own):
            target = meaning.get(_bare(word))
            if target:
                body.append(f"        {_quoted(word)}: {target}")
            else:
                questions.append(f"{column.name}: what does {_quoted(word)} mean?")
                body.append(f"        {QUESTION} {_quoted(word)}: one of {', '.join(column.words)}")
        lines += [_opening(f"      {column.name}:", body), *body]
    return [_opening("    words:", lines), *lines] if lines else []


def _opening(line: str, body: list[str]) -> str:
    """Return the line above a block, a comment where all of the block is."""
    if any(not one.lstrip().startswith("#") for one in body):
        return line
    return f"{line[: len(line) - len(line.lstrip())]}{QUESTION} {line.lstrip()}"


def _quoted(text: str) -> str:
    """Write a text for YAML."""
    return text if _PLAIN_WORD.fullmatch(text) else json.dumps(text, ensure_ascii=False)
