"""Which field of a file feeds which declared column."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field

from winback.landing.catalog import Column, Table
from winback.landing.decode import Refused
from winback.landing.labels import normalise

DELIMITERS = {",": "a comma", ";": "a semicolon", "\t": "a tab", "|": "a vertical bar"}
SHOWN_HEADERS = 40
# what headers are made of in any list, so that a message can repeat one that is not known; no word
# of it is anybody's name, town or answer
HEADER_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    account address adresse amount anrede beschreibung betrag birth birthday campaign
    campagne category city client code comment company consent contact correo count country
    created currency customer cp date datum device email emails event firma first firstname
    fecha gender geburtsdatum hausnummer id ids identifier identifiant index ip item key
    kunde kunden kundennummer land language langue last lastname list mail mailadresse
    mobile montant name nachname nom nombre note notes number nummer nr num object occurred
    optin optout opt in out order orderid ort owner page path phone plz postal prenom prénom
    preis price product prix quantity reason region revenue segment session sku source state
    statut status stadt strasse straße street subject subscribed tag tags telefon telefono
    telephone téléphone time timestamp title total type unsubscribed updated url user ville
    vorname vorgang zip
    """,
    )
)
# an address, a number, date or phone number, a long run of digits, a truth value
_DATA = re.compile(
    r"@|^[\d\s.,:/()TZ+-]*\d[\d\s.,:/()TZ+-]*$|\d{5}|^(?:true|false|null)$", re.IGNORECASE
)
_ADDRESS = re.compile(r"[^\s@]@[^\s@]+\.[^\s@]")


@dataclass(frozen=True)
class Binding:
    """Where each column is found.

    Attributes:
        fields: number of fields of a full record.
        columns: declared column name -> field index; absent columns are not in it.
        extra: header of an undeclared field -> field index.
        constants: declared column name -> what the header row tells for every line of the file.
    """

    fields: int
    columns: dict[str, int]
    extra: dict[str, int]
    constants: dict[str, str] = field(default_factory=dict)

    def headers(self, found: list[str]) -> dict[str, str | None]:
        """Return every header of the file -> the declared column it feeds, None for none."""
        feeds = {index: column for column, index in self.columns.items()}
        names = {index: header for header, index in self.extra.items()}
        return {
            names.get(index) or header.strip(): feeds.get(index)
            for index, header in enumerate(found)
        }


def bind(
    table: Table,
    found: list[str],
    sample: Sequence[Sequence[str]] | None = None,
    in_order: bool = True,
) -> Binding:
    """Match the headers of a file with the columns of its table.

    Args:
        table: what is declared.
        found: header names in file order.
        sample: values of the first records, in file order, for columns that are known by their
            content; empty when the file has no record, None when nobody looked.
        in_order: whether the headers stand as in the export, so that their place tells something.

    Raises:
        Refused: a mandatory column is missing, a header is there twice, nothing matches, or two
            columns may both be the one looked for.
    """
    start = _own_start(table, found) if in_order else None
    columns = _by_label(table, found, start)
    for column in table.columns:
        if column.content and sample:
            place = _by_content(column, found, columns, sample, start)
            if place is not None:
                columns[column.name] = place
    missing = [
        _labels(column.headers)
        for column in table.columns
        if column.required
        and column.name not in columns
        # a file of no lines loses none of them
        and not (column.content and sample is not None and not sample)
    ]
    headers = {column.name: column.headers for column in table.columns}
    for group in table.layout.require_any:
        if not any(name in columns for name in group):
            missing.append(" or ".join(_labels(headers[name]) for name in group))
    if missing or not columns:
        if not missing:
            first = ", ".join(_labels(column.headers) for column in table.columns[:8])
            raise Refused(f"no known header: expected some of {first}; found {_show(table, found)}")
        word = "header" if len(missing) == 1 else "headers"
        raise Refused(f"missing {word} {', '.join(missing)}; found {_show(table, found)}")
    extra = _extra(found, columns, start)
    return Binding(len(found), columns, extra, _constants(table, columns))


def _by_label(table: Table, found: list[str], start: int | None) -> dict[str, int]:
    """Find columns by their header and by its place."""
    places: dict[str, list[int]] = {}
    for index, header in enumerate(found):
        places.setdefault(normalise(header), []).append(index)
    columns: dict[str, int] = {}
    for column in table.columns:
        if column.told_by:
            continue
        for label in column.headers:
            at = places.get(normalise(label), [])
            at = [index for index in at if index not in columns.values()]
            if start is not None and column.owner_named:
                at = [index for index in at if index < start] or at
            elif start is not None:
                # a field of the owner with the name of a standard one is not the standard one
                at = [index for index in at if index >= start]
            if len(at) > 1 and not column.owner_named:
                numbers = " and ".join(str(index + 1) for index in at)
                raise Refused(
                    f"the header {found[at[0]].strip()!r} is there {len(at)} times"
                    f" (columns {numbers}): remove or rename all but one"
                )
            if at:
                columns[column.name] = at[0]
                break
    return columns


def _own_start(table: Table, found: list[str]) -> int | None:
    """Return the field from which on the columns are the system's own; None when nothing tells.

    The last one counts: a list that was exported and imported again holds the first ones as fields.
    """
    marker = table.layout.own_columns_from
    named = [index for index, header in enumerate(found) if header.strip(" \ufeff") == marker]
    return named[-1] if named else None


def _by_content(
    column: Column,
    found: list[str],
    columns: dict[str, int],
    sample: Sequence[Sequence[str]],
    start: int | None,
) -> int | None:
    """Return the field whose values are what the column holds, None when its header decides.

    The header decides as long as some value under it is one, or nothing better is there.
    """
    labelled = columns.get(column.name)
    if labelled is not None and any(is_address(record[labelled]) for record in sample):
        return None
    taken = set(columns.values())
    filled: dict[int, int] = {}
    for index in range(len(found) if start is None else start):
        if index in taken:
            continue
        values = [record[index] for record in sample if record[index].strip()]
        addresses = sum(is_address(value) for value in values)
        if addresses and addresses * 2 >= len(values):
            filled[index] = len(values)
    best = [index for index in filled if filled[index] == max(filled.values())]
    if len(best) > 1 and any(
        len({record[index].strip().casefold() for index in best}) > 1 for record in sample
    ):
        named = [index for index in best if "mail" in re.sub(r"\W", "", found[index].casefold())]
        if len(named) != 1:
            names = " and ".join(f"{index + 1} ({_name(found[index])})" for index in best)
            raise Refused(
                f"columns {names} both hold e-mail addresses, and nothing tells which is the"
                f" contact's: rename its header to {_labels(column.headers[:1])}"
            )
        best = named
    return best[0] if best else None


def is_address(value: str) -> bool:
    """Tell whether a value looks like e-mail addresses, dressed or not, and not like a sentence."""
    words = re.split(r"[\s,;|<>]+", unicodedata.normalize("NFKC", value).strip())
    addresses = sum(_ADDRESS.search(word) is not None for word in words)
    return addresses > 0 and len(words) - addresses <= 4


def _constants(table: Table, columns: dict[str, int]) -> dict[str, str]:
    """Return what the columns that are there tell of every line; nothing where they disagree."""
    constants = {}
    for column in table.columns:
        told = [value for value, other in column.told_by if other in columns]
        if len(told) == 1:
            constants[column.name] = told[0]
    return constants


def _extra(found: list[str], columns: dict[str, int], start: int | None) -> dict[str, int]:
    """Name the fields that no column takes; a further one of the same name gets a number.

    The system's own come first, so that a field of the owner never takes the name of one.
    """
    taken = set(columns.values())
    owned = start or 0
    # a field doubled by the owner is the second one of its name, though the first is a column
    used = {found[index].strip() for index in taken if index < owned}
    names: dict[int, str] = {}
    for index in [*range(owned, len(found)), *range(owned)]:
        if index in taken:
            continue
        base = found[index].replace("\ufeff", "").strip() or f"column_{index + 1}"
        name, copy = base, 2
        while name in used:
            name, copy = f"{base} ({copy})", copy + 1
        used.add(name)
        names[index] = name
    return {names[index]: index for index in sorted(names)}


def _name(header: str) -> str:
    """A header beside known ones as it may be shown: not where it looks like data."""
    text = " ".join(header.split())
    return f"“{text}”" if text and not looks_like_data(text) else "no name"


def _labels(headers: tuple[str, ...]) -> str:
    shown = [f"“{header}”" for header in headers[:4]]
    return shown[0] if len(shown) == 1 else f"{shown[0]} (or {', '.join(shown[1:])})"


def _show(table: Table, found: list[str]) -> str:
    """List headers. A first row may be somebody, so only those are shown that are known labels, or
    made of words that headers are made of."""
    names = [" ".join(header.split()) for header in found]
    labels = {normalise(label) for column in table.columns for label in column.headers}
    words = frozenset(word for label in labels for word in _words(label))
    data = sum(looks_like_data(name) for name in names)
    known = sum(normalise(name) in labels for name in names)
    if not data and 2 * known >= len(names):
        shown = [name or "(empty)" for name in names]
    else:
        shown = [
            name for name in names if normalise(name) in labels or _is_header_like(name, words)
        ]
    hidden = len(names) - len(shown)
    listed = ", ".join(shown[:SHOWN_HEADERS])
    if len(shown) > SHOWN_HEADERS:
        listed += f" and {len(shown) - SHOWN_HEADERS} more"
    if not hidden and not data:
        return listed
    fields = "field" if len(names) == 1 else "fields"
    text = f"{len(names)} {fields}" + (f": {listed}" if shown else "")
    if hidden:
        text += f" and {hidden} of other names" if shown else " of other names"
        text += " (not repeated here: without a header row they are somebody's data)"
    if data or (hidden and not shown):
        text += ": is the header row missing?"
    return text


def _is_header_like(name: str, words: frozenset[str]) -> bool:
    parts = _words(name)
    return bool(parts) and all(part in words or part in HEADER_WORDS for part in parts)


def _words(name: str) -> list[str]:
    """The words of a header: `first_name` and `FirstName` are two."""
    return re.findall(r"[^\W\d_]+", re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name).casefold())


def looks_like_data(name: str) -> bool:
    """Tell whether a header is rather somebody's value than a name."""
    return bool(_DATA.search(name)) or len(name) > 60
