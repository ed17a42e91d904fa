"""Addresses inside cells, found by their hash alone.

Whoever was erased is known by SHA-256 of the normalised address. So every address that a cell may
hold is cut out, read as identity reads it, hashed, and compared. Identity looks at the cell as a
whole too: it finds what is dressed in signs; what is cut out stands in sentences, links and JSON.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote

import duckdb

from winback.identity.addresses import INVISIBLE, normalized_in

_BLANK = "\u00a0\u2007\u202f\u3000"
_FULL_WIDTH = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | dict.fromkeys(
    (0x2018, 0x2019, 0xB4, 0x2BC, 0x2032), ord("'")
)
# signs that end an address in running text; inside one they are rare, so both ways are tried
_STRICT = r"""[^\s,;:<>"()\[\]{}|=&?/\\]+@[^\s,;:<>"()\[\]{}|=&?/\\@]+"""
_WIDE = r"""[^\s,;:<>"()\[\]|\\]+@[^\s,;:<>"()\[\]|\\@]+"""
_ROUND = "'\"`.,!*"
_SEPARATORS = r"""[\s,;|<>"'()\[\]]*"""
_AT = ("@", "%40", "%2540", "%252540", "\uff20", "\ufe6b", "&#64;", "&#x40;", "&commat;")
# spelt in the one way that identity would spell it: most are, and identity takes longer
_PLAIN = "[a-z0-9_+-]+([.][a-z0-9_+-]+)*@([a-z0-9]+(-[a-z0-9]+)*[.])+[a-z]{2,24}"


def sha256(address: str) -> str:
    """Return the hash under which an address is kept, 64 hexadecimal digits."""
    return hashlib.sha256(address.encode()).hexdigest()


def spellings(address: str) -> list[str]:
    """Return an address as texts spell it: plain, in links, in links inside links, and with the
    apostrophe of word processors."""
    link = quote(address, safe="")
    found = [address, address.replace("@", "%40"), link, quote(link, safe="")]
    return list(dict.fromkeys([*found, *(text.replace("'", "\u2019") for text in found)]))


def _text(value: str) -> str:
    return "'" + value.replace("'", "''") + "'"


def plain_sql(cell: str) -> str:
    """Return SQL: the text of a cell in which addresses are looked for."""
    source = "".join(map(chr, _FULL_WIDTH))
    target = "".join(map(chr, _FULL_WIDTH.values()))
    unseen = f"regexp_replace({cell}, {_text(f'[{INVISIBLE}]')}, '', 'g')"
    blank = f"regexp_replace({unseen}, {_text(f'[{_BLANK}]')}, ' ', 'g')"
    folded = f"nfc_normalize(translate({blank}, {_text(source)}, {_text(target)}))"
    text = f"lower(case when strlen({cell}) = length({cell}) then {cell} else {folded} end)"
    # in links, in links inside links, in HTML, and in the JSON of `extra`
    once = rf"regexp_replace({text}, '%(25)+([0-9a-f]{{2}})', '%\2', 'g')"
    at = f"regexp_replace({once}, '&(#64|#x40|commat);', '@', 'g')"
    angled = f"replace(replace({at}, '&lt;', '<'), '&gt;', '>')"
    has_codes = f"contains({cell}, '%25') or contains({cell}, '&')"
    decoded = f"case when {has_codes} then {angled} else {text} end"
    return (
        rf"regexp_replace(replace({decoded}, '%40', '@'), '\\[nrt]|\\u[0-9a-f]{{4}}"
        "|%(3c|3d|3e|26|3f|20|2c|3b|3a)|&(quot|nbsp|amp);', ' ', 'g')"
    )


def may_hold_sql(cell: str) -> str:
    """Return SQL: whether there can be an address in a cell; cheap."""
    return f"({' or '.join(f'contains({cell}, {_text(mark)})' for mark in _AT)})"


def found_sql(cell: str) -> str:
    """Return SQL: the list of all that may be an address in a cell, normalised but for domains in
    another script."""
    plain = plain_sql(cell)
    lists = (
        f"list_concat(regexp_extract_all({plain}, {_text(_STRICT)}),"
        f" regexp_extract_all({plain}, {_text(_WIDE)}), [trim({plain})])"
    )
    words = f"list_transform({lists}, lambda word: trim(word, {_text(_ROUND)}))"
    # in a link a plus and an apostrophe are codes, elsewhere they may be meant
    plus = "replace(replace(word, '%2b', '+'), '%27', '''')"
    linked = f"list_concat({words}, list_transform({words}, lambda word: {plus}))"
    return f"list_distinct(case when contains({plain}, '%2') then {linked} else {words} end)"


def is_address_sql(cell: str, is_json: bool) -> str:
    """Return SQL with one parameter, the spellings of erased addresses: whether a cell that holds
    one of them holds addresses and nothing else, or in JSON has it as a value. Then the line is
    that person's; an address inside a sentence or a link may stand in anybody's line."""
    plain = plain_sql(cell)
    if is_json:
        value = r'"\s*(?:mailto:)?([^"\s@]+@[^"\s@]+)\s*"'
        return f"list_has_any(regexp_extract_all({plain}, {_text(value)}, 1), ?::varchar[])"
    rest = f"regexp_replace({plain}, {_text(_WIDE)}, '', 'g')"
    return (
        f"(regexp_full_match({rest}, {_text(f'{_SEPARATORS}(mailto:)?{_SEPARATORS}')})"
        f" or regexp_matches({plain}, '<[^<>]*@[^<>]*>')"
        f" or list_contains(?::varchar[], trim({plain}, {_text(_ROUND + ' ')})))"
    )


@dataclass(frozen=True)
class Column:
    """A column that is looked through.

    Attributes:
        name: its name, unquoted.
        is_text: whether it is a varchar; else it is cast.
        is_json: whether addresses in it are values of JSON.
    """

    name: str
    is_text: bool = True
    is_json: bool = False

    @property
    def sql(self) -> str:
        """The column as text."""
        quoted = '"' + self.name.replace('"', '""') + '"'
        return quoted if self.is_text else f"cast({quoted} as varchar)"


@dataclass
class Hits:
    """Where erased addresses are in a table.

    Attributes:
        words: their spellings, in lower case and normalised but for domains in another script.
        cells: index of a column -> the cells that hold one, as they are.
        alone: those of the cells in which identity finds one beside nothing but addresses.
    """

    words: set[str] = field(default_factory=set)
    cells: dict[int, list[str]] = field(default_factory=dict)
    alone: set[str] = field(default_factory=set)


def find(
    connection: duckdb.DuckDBPyConnection,
    relation: str,
    columns: Sequence[Column],
    erased: Iterable[str],
    where: str = "true",
) -> Hits:
    """Look for erased addresses in every cell of a table.

    Args:
        connection: the database.
        relation: table, as SQL.
        columns: where to look.
        erased: hashes.
        where: which lines to look at, as SQL.
    """
    known = set(erased)
    hits = Hits()
    if not known or not columns:
        return hits
    # most columns hold none: one look at the table tells which are worth a closer one
    may_hold = connection.execute(
        f"select {', '.join(f'bool_or({may_hold_sql(column.sql)})' for column in columns)}"
        f" from {relation} where ({where})"
    ).fetchall()[0]
    for place, column in enumerate(columns):
        if not may_hold[place]:
            continue
        # one person's address is in many lines: each text is looked into once
        rows = connection.execute(
            f"with cells as (select distinct {column.sql} as cell from {relation}"
            f" where ({where}) and {may_hold_sql(column.sql)}),"
            " judged as (select *, regexp_full_match(lower(cell), $plain) as is_plain from cells),"
            " words as (select cell, lower(cell) as word from judged where is_plain"
            f" union all select cell, unnest({found_sql('cell')}) from judged where not is_plain),"
            " hashed as (select *,"
            " sha256(word) in (select unnest($known::varchar[])) as is_erased"
            " from words where contains(word, '@'))"
            " select * from hashed where is_erased or (not regexp_full_match(word, $plain)"
            f" and (strlen(word) != length(word) or regexp_full_match(word, {_text(_STRICT)})))"
            " union all select cell, null, false from judged where not is_plain",
            {"known": sorted(known), "plain": _PLAIN},
        ).fetchall()
        cells: set[str] = set()
        for cell, word, is_erased in rows:
            if word is None:
                for value in _values(cell, column.is_json):
                    theirs = [one for one in normalized_in(value) if sha256(one) in known]
                    if theirs:
                        cells.add(cell)
                        hits.words.update(theirs)
                        hits.alone |= {cell} if _is_alone(value) else set()
            elif is_erased or any(sha256(one) in known for one in normalized_in(word)):
                cells.add(cell)
                if re.fullmatch(_STRICT, word):
                    hits.words.add(word)
        if cells:
            hits.cells[place] = sorted(cells)
    return hits


def _values(cell: str, is_json: bool) -> Iterator[str]:
    """The texts of a cell that may hold an address: of JSON its values."""
    try:
        held = json.loads(cell) if is_json else cell
    except ValueError:
        held = cell
    waiting = [held]
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            if any(mark in value for mark in _AT):
                yield value
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def _is_alone(text: str) -> bool:
    """Tell whether there are no words in a text but addresses, and no link."""
    words = re.sub(r"\s*([@\uff20\ufe6b])\s*", r"\1", text).split()
    return not re.search("[/=?&%]", text) and all(
        re.search("[@\uff20\ufe6b]", word) or not re.search(r"\w", word) for word in words
    )
