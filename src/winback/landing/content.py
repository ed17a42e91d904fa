"""Files that are not read and surely hold nobody's "no": by their headers and their values.

The question is asked of what would hold activation back. A file is let go only where it was read
whole, is a table with a header row, and has nothing by which a person could be known: no address,
no id, no name, no phone, no word for having left. Whatever is in doubt may hold an opt-out.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import cached_property

from winback.landing.catalog import Catalog
from winback.landing.discovery import Discovery, LandingFile
from winback.landing.header import HEADER_WORDS, looks_like_data
from winback.landing.labels import normalise
from winback.landing.suspicious import LEAVING, looks_like, plain_words, says_left
from winback.landing.synonyms import HEADERS
from winback.landing.texts import Reader, Sheet
from winback.landing.unread import Unread, may_hold_lists, says_leave

NOBODY = "it names nobody, so nothing is held back for it"
_PERSON = re.compile(
    r"mail|courriel|correo|recipient|empfanger|destinat|adress|address|direccion|indirizzo"
    r"|phone|telefon|telephon|\btel\b|mobil|handy|\bsms\b|whatsapp"
    r"|(first|last|family|given|full|nick|sur|middle) ?name|vorname|nachname|prenom|nom de famille"
    r"|apellido|cognome|voornaam|achternaam|anrede|civilite|salutation"
    r"|birth|geburt|naissance|nacimiento|nascita|\bdob\b"
    r"|customer|client|kunde|debitor|contact|kontakt|member|mitglied|subscriber|abonn"
    r"|user|benutzer|utilisateur|person|\blead\b|cliente|\bsocio\b|membre|adherent"
    r"|teilnehmer|profile?\b|buyer|kaufer|guest|\bgast\b|patient|student|donor|spender"
)
# what numbers things, whole or as the end of a compound: `Kundennr`, `kd nr`, `userid`
_ID = re.compile(
    r"(?P<of>.*?) ?(?:\b(?:n|no|num|key|ref)|ids?|nrs?|number|nummer|numero|code"
    r"|uid|guid|uuid|vid|hash\w*|md5|sha ?\d*|token|reference|identifie?r|identifiant|identificador"
    r"|kennung)"
)
# whose numbers are nobody's, and words that only end like that
_THINGS = re.compile(
    r"(?:orders?|bestell|auftrags?|commande|pedido|invoice|rechnungs?|beleg|sku|products?|produkt"
    r"|produit|artikel|article|item|variant|location|lager|stock|store|shop|filial|hs|tax|post|postal"
    r"|zip|bar|ean|country|lander|currency|discount|coupon|voucher|gutschein|promo|campaign|payment"
    r"|categor(?:y|ie)|kategorie|collection|brand|marke|review|rating|deal|ticket|pipeline|stage"
    r"|transaction|payout|charge|refund|shipment|tracking|batch|line|page|color|farb|size|type|status"
    r"|total|pa|unpa|prepa|val|gr|b|qr|iso|language|[ ])+"
)
# of the records of something else only what names people beside them
_BESIDE = re.compile(
    r"\bmail|e ?mail\b|recipient|contacts?( ids?)?$"
    r"|(first|last|family|given) ?name|vorname|nachname|prenom|nom de famille|apellido|cognome"
)
# of a table of figures: how many people, not who. `numero de cliente` is whose number it is
_HOW_MANY = re.compile(r"(?:number of|count of|sum of|total|anzahl|summe)\b.*")
_MORE_WORDS = frozenset(
    re.findall(
        r"\w+",
        """
    source sessions sent opens clicks visits rating review
    artikel bestand stock lager warehouse handle vendor gateway kind menge qty produkt inventory
    location variant barcode ean supplier lieferant lagerort weight gewicht options title
    """,
    )
)
_LONGEST_WORD = 60
_HASH = re.compile(r"[0-9a-fA-F]{32,}")


def set_aside(found: Discovery, catalog: Catalog) -> None:
    """Take back what a discovery says of files that hold nobody's "no".

    An export of other records than people (companies, deals) is no list of contacts, whatever its
    name fits: it is told of and not read. A file that nothing declares holds nothing back.
    """
    with Reader() as reader:
        judge = _Judge(catalog, reader)
        kept = []
        for file in found.files:
            kind = judge.other_records(file)
            if kind is None:
                kept.append(file)
            else:
                found.notes.append(
                    f"{file.source_file} is known and not read: it lists {kind}, not people"
                )
        found.files[:] = kept
        found.unread[:] = [judge.weighed(row) for row in found.unread]


def may_hold_opt_outs(file: LandingFile, catalog: Catalog, was_read: bool) -> bool:
    """Tell whether somebody's "no" may stand in a file that a table declares and that is unread.

    Args:
        file: as discovered.
        catalog: what is declared.
        was_read: whether the load came to it, and refused it.
    """
    if not may_hold_lists(file.source_file):
        return False
    if says_leave(file.source_file):
        return True
    by_table = file.table is None or file.table.may_hold_opt_outs
    if not was_read or file.problem:
        return by_table
    with Reader() as reader:
        sheets = reader.sheets(file.path, file.member, file.source_file)
        if by_table:
            return not _Judge(catalog, reader).names_nobody(sheets, file.system)
        # orders hold no opt-outs; what is called orders and has a column of them is something else
        return any(
            looks_like(header) in LEAVING for each in sheets or () for header in each.headers
        )


@dataclass
class _Judge:
    """Knows what is declared."""

    catalog: Catalog
    reader: Reader

    def other_records(self, file: LandingFile) -> str | None:
        """Return what a file lists that its system's tools export beside people; None for none."""
        marks = self.catalog.other_records.get(file.system)
        if not marks or file.problem or file.table is None or says_leave(file.source_file):
            return None
        sheets = self.reader.sheets(file.path, file.member, file.source_file)
        if not self.names_nobody(sheets, file.system):
            return None
        return next(filter(None, (self._kind(sheet, file.system) for sheet in sheets or ())), None)

    def weighed(self, row: Unread) -> Unread:
        """Return a row of what is unread, with what its content says."""
        is_open = row.may_hold_opt_outs and row.path is not None
        if not is_open or row.path is None or says_leave(row.source_file):
            return row
        name = row.source_file
        sheets = self.reader.sheets(row.path, row.member, name)
        is_harmless = self.names_nobody(sheets, row.source_system or "")
        if not is_harmless and not self.reader.is_prose(row.path, row.member, name):
            return row
        return replace(row, may_hold_opt_outs=False, problem=f"{row.problem}; {NOBODY}")

    def names_nobody(self, sheets: list[Sheet] | None, system: str) -> bool:
        """Tell whether there are headers everywhere, and nothing in them or below is a person."""
        return bool(sheets) and all(self._is_about_nobody(sheet, system) for sheet in sheets or ())

    def _is_about_nobody(self, sheet: Sheet, system: str) -> bool:
        headers = [header for header in sheet.headers if header.strip()]
        if len(headers) < 2 or any(looks_like_data(header) for header in headers):
            return False
        if any(looks_like(header) for header in headers if header not in sheet.counts):
            return False
        plain = [
            text
            for header, text in ((header, plain_words(header)) for header in headers)
            if not (header in sheet.counts and _HOW_MANY.fullmatch(text))
        ]
        kind = self._kind(sheet, system)
        if kind is None:
            is_header_row = any(word in self._words for text in plain for word in text.split())
            ids = self._person_ids
            if not is_header_row or any(normalise(header) in ids for header in headers):
                return False
            if any(_PERSON.search(text) or _may_be_an_id(text) for text in plain):
                return False
        elif any(_BESIDE.search(text) for text in plain if not _HOW_MANY.fullmatch(text)):
            return False
        if any(_HASH.fullmatch(cell) for cell in sheet.cells):
            return False
        return not says_left(cell for cell in sheet.cells if len(cell) <= _LONGEST_WORD)

    def _kind(self, sheet: Sheet, system: str) -> str | None:
        """Return what the headers of a sheet are the marks of."""
        found = {normalise(header) for header in sheet.headers}
        for kind, marks in self.catalog.other_records.get(system, {}).items():
            if found & {normalise(mark) for mark in marks}:
                return kind
        return None

    @cached_property
    def _person_ids(self) -> set[str]:
        """What the ids of people are called in any layout."""
        return {
            normalise(header)
            for table in self.catalog.tables
            for column in table.columns
            if (column.name, "person") in table.erasure.matches
            for header in column.headers
        }

    @cached_property
    def _words(self) -> set[str]:
        """What headers are made of."""
        known = (word for text in HEADERS.values() for word in plain_words(text).split())
        return {*HEADER_WORDS, *_MORE_WORDS, *known}


def _may_be_an_id(header: str) -> bool:
    """Tell whether a header numbers something, and not surely something else than people."""
    found = _ID.fullmatch(header)
    return found is not None and not _THINGS.fullmatch(found["of"])
