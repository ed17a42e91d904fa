"""E-mail addresses as people and tools write them: found, undressed, spelled one way, judged."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html import unescape
from urllib.parse import unquote

import pyarrow as pa

from winback.identity.idna import ascii_domain

SCHEMA = pa.schema(
    [
        ("email_raw", pa.string()),
        ("address_number", pa.int32()),
        ("email_normalized", pa.string()),
        ("is_valid", pa.bool_()),
    ]
)

INVISIBLE = (
    "\u0080-\u0084\u0086-\u009f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f"
    "\u202a-\u202e\u2060-\u206f\u2800\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U0001bca0-\U0001bca3"
    "\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""Signs beyond ASCII that nobody sees, inside a class of a regular expression: control characters,
what Unicode calls default ignorable (of zero width, fillers, direction marks, selectors of an
emoji's shape), and the empty pattern of Braille."""

_UNSEEN = re.compile(f"[{INVISIBLE}]")
# full-width ASCII, the small @, and the dots of East Asian keyboards, which IDNA maps in domains
_WIDE = {wide: wide - 0xFEE0 for wide in range(0xFF01, 0xFF5F)} | {
    0xFE6B: "@",
    0x3002: ".",
    0xFF61: ".",
    0x3001: ",",
}
_QUOTES = "'\"`´‘’‚‛“”„‟‹›«»′″"
_BRACKETS = "()[]{}<>"
_MARKS = _BRACKETS + ",;:=*"
# a text as programs write it out: b'…', N'…'
_LITERAL = re.compile(r"^(?:[bnru]|br|rb)(['\"])((?:(?!\1).)+@(?:(?!\1).)+)\1", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#x[0-9a-f]{1,6}|[a-z]{2,31});", re.IGNORECASE)
# line breaks and tabs as programs write them, at the beginning and behind an address: elsewhere
# `SHOP\nina@…` may be the login of Nina
_WRITTEN_BREAK = re.compile(r"(^|[\s\"'<>;,]|@[^\s\\@]+)(?:\\[rnt])+")
_TAG = re.compile(r"</?[a-z][a-z0-9]*(?:\s[^<>]*=[^<>]*)?\s*/?>", re.IGNORECASE)
_APOSTROPHE = re.compile(r"(?<=\w)[‘’´ʼ′](?=\w)")
_MAILTO = re.compile(r"mailto:[^<>\s]*", re.IGNORECASE)
_ANGLED = re.compile(r"<([^<>]*@[^<>]*)>")
_BETWEEN = re.compile(r"[;:\s]+")
# a comma may be a dot mistyped, the others are legal in a local part: they part addresses only
_PERHAPS_BETWEEN = re.compile(r"[,/|\\]+")
# of a link only the address at its end, or behind one of its signs, is kept
_LINK = re.compile(
    r"https?://[^\s@<>]{1,500}[/?&=]([^\s@<>/?&=]+@[^\s@<>/?&=#,;|]+)[^\s@<>]*", re.IGNORECASE
)
# `email=ann@…`; a local part with another `=` is that of a returned message
_KEY = re.compile(
    r"^(?:\S*[?&/])?(?:e-?mail[^\s@=+]*|mail(?:_?to)?|[a-z]|to|addr|address|adresse|recipient|contact"
    r"|user(?:_?name)?|u?id|log_?in|correo[^\s@=+]*|courriel|posta|benutzer|utilisateur|usuario"
    r"|utente)=(?=[^@]+@)",
    re.IGNORECASE,
)
_QUOTED_LOCAL = re.compile(r'"[^"@]*[\s;:][^"@]*"@\S*')
# what is surely an address, as int_email_addresses__parsed asks first: the validator is slow
_PLAIN = re.compile(
    r"[a-z0-9_+-]+(?:[.][a-z0-9_+-]+)*"
    r"@(?:[a-z0-9]+(?:-[a-z0-9]+)*[.])+[a-z]{2,24}"
)


@dataclass(frozen=True)
class Address:
    """One address found in a text.

    Attributes:
        normalized: its canonical form, see `addresses_in`.
        is_valid: whether a mail server may accept it, by its syntax alone.
    """

    normalized: str
    is_valid: bool


def addresses_in(text: str) -> list[Address]:
    """Find the addresses in a cell.

    Off come full-width forms, invisible signs wherever they stand, `Name <…>`, `mailto:`
    with its query, a link or `email=` in front, HTML tags and entities, quotes (also `b'…'`) and
    brackets around, marks in front that are not ASCII (`→`, `❌`), marks behind. Several addresses
    may be parted by `;`, `:`, white space (also as a backslash and `n`, `r`, `t`), and by a comma,
    `/`, `|` or a backslash where an `@` is on both sides:
    `ann,smith@…` may be a dot mistyped, and is not the address of Smith. Canonical is NFC, lower
    case, with straight apostrophes, the domain in IDNA form. Plus tags and dots stay.

    Args:
        text: a cell of an export.

    Returns:
        Each address once, the valid ones first, else in the order of the text; empty where no
        part has exactly one `@` with something on both sides.
    """
    found = [Address(address, is_valid(address)) for address in normalized_in(text)]
    return sorted(found, key=lambda address: not address.is_valid)


def normalized_in(text: str) -> list[str]:
    """Find the addresses in a cell, valid or not: each once in canonical form, see `addresses_in`,
    in the order of the text."""
    plain = text.lower()
    if _is_plain(plain):
        return [plain]
    candidates = map(_normalized, _candidates(_legible(_decoded(text))))
    return list(dict.fromkeys(address for address in candidates if address is not None))


def is_valid(address: str) -> bool:
    """Whether the syntax of an address is one that can be delivered to.

    Judged by `email-validator` without a question to any server. Names kept for examples and tests
    (`.example`, `.test`) pass: they can belong to nobody, and demos use them.

    Args:
        address: an address in canonical form.

    Returns:
        False for a domain without a dot, a label or a local part that is too long or holds what it
        may not, quoted local parts and addresses of machines (`ann@[192.0.2.1]`).
    """
    if _is_plain(address):
        return True
    local, _, domain = address.rpartition("@")
    import email_validator  # slow to import, rarely needed

    labels = domain.split(".")
    # the validator refuses every name of the special-use registry; under another one the syntax is
    # the same
    if len(labels) > 1 and labels[-1] in {"example", "test", "invalid", "localhost", "local"}:
        labels[-1] = "com"
    elif labels[-2:] in (["example", "com"], ["example", "net"], ["example", "org"]):
        labels[-2] = "exomple"
    try:
        email_validator.validate_email(
            f"{local}@{'.'.join(labels)}", check_deliverability=False, strict=True
        )
    except email_validator.EmailNotValidError:
        return False
    return True


def _is_plain(address: str) -> bool:
    local, _, domain = address.rpartition("@")
    return len(local) <= 64 and len(domain) <= 63 and bool(_PLAIN.fullmatch(address))


def listed_addresses(spellings: Iterable[str]) -> pa.Table:
    """Take apart distinct cells.

    Args:
        spellings: cells of exports, each once.

    Returns:
        One row per cell and address in it, sorted: `email_raw` (text, as given), `address_number`
        (from 1, the contact's first), `email_normalized` (text), `is_valid` (boolean). No row for
        a cell without an address. Typed even when empty.
    """
    rows = [
        (spelling, number, address.normalized, address.is_valid)
        for spelling in sorted(spellings)
        for number, address in enumerate(addresses_in(spelling), start=1)
    ]
    columns = list(zip(*rows, strict=True)) if rows else [()] * len(SCHEMA)
    return pa.table(dict(zip(SCHEMA.names, map(list, columns), strict=True)), schema=SCHEMA)


def _decoded(text: str) -> str:
    """Without entities of HTML and line breaks that a program wrote as a backslash and a letter."""
    if "&" in text:
        text = _ENTITY.sub(lambda entity: unescape(entity[0]), text)
    if "\\" in text:
        text = _WRITTEN_BREAK.sub(r"\1 ", text)
    return text


def _legible(text: str) -> str:
    """Folded to usual width, in NFC, without characters that nobody sees."""
    if text.isascii() and text.isprintable():
        return text
    if not text.isascii():
        text = unicodedata.normalize("NFC", _UNSEEN.sub("", text.translate(_WIDE)))
    return "".join(
        " " if character.isspace() else character
        for character in text
        if character.isspace() or character.isprintable() or not character.isascii()
    )


def _undressed(token: str) -> str:
    """Without what stands in front of an address: quotes, brackets, marks beyond ASCII, its key."""
    bare = _LITERAL.sub(r"\2", _bare(token, _MARKS))
    return _KEY.sub("", _bare(bare, _MARKS + _QUOTES))


def _bare(token: str, marks: str) -> str:
    """Without these marks in front, and without signs beyond ASCII that are no letters or digits:
    those of ASCII may begin an address."""
    for place, character in enumerate(token):
        if character in marks:
            continue
        if character.isascii() or character.isalpha() or character.isdecimal():
            return token[place:]
    return ""


def _candidates(text: str) -> Iterator[str]:
    if "<" in text:
        # of a link only its address is kept
        text = _TAG.sub(lambda tag: f" {' '.join(_MAILTO.findall(tag[0]))} ", text)
    text = _LINK.sub(r" \1 ", text)
    text = _MAILTO.sub(lambda link: f" {unquote(link[0][7:].split('?')[0])} ", text)
    text = _QUOTED_LOCAL.sub(" ", text)
    if text.count("@") == 1:
        text = re.sub(r"\s*@\s*", "@", text)
    # what stands in angle brackets is meant; the name beside it may look like an address, too
    for part in re.split(r";|(?<=>)[,/|\s]", text):
        angled = _ANGLED.findall(part)
        for piece in (*angled, _ANGLED.sub(" ", part) if angled else part):
            for token in _BETWEEN.split(piece):
                if "@" in token:
                    yield from _parted(token)


def _parted(token: str) -> list[str]:
    parts = [part for part in _PERHAPS_BETWEEN.split(token) if part]
    if len(parts) > 1 and all("@" in part for part in parts):
        return parts
    return [token.strip(",/|\\")]


def _normalized(token: str) -> str | None:
    """The canonical form of one address; None where the token is none."""
    token = _undressed(token)
    # no domain ends in a mark; some scripts end in a combining one
    while token and not token[-1].isalnum() and unicodedata.category(token[-1])[0] != "M":
        token = token[:-1]
    if token.count("@") != 1:
        return None
    local, domain = token.lower().split("@")
    local = local.strip(_QUOTES)
    if not local.isascii():
        local = _APOSTROPHE.sub("'", local)
    domain = domain.lstrip(".")
    if not local or not domain:
        return None
    if not domain.isascii():
        domain = ascii_domain(domain) or domain
    return f"{local}@{domain}"
