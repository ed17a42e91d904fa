"""Headers that sound as if the column said who may not be mailed, or under which other address.

The one list of such words: the load and `winback check` both ask it about the columns that no
layout declares. A column named here is kept in `extra` and acts on nobody, which has to be told.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

KINDS: dict[str, tuple[str, ...]] = {
    # what it looks like -> words of a header, in the order in which they are asked. Headers are
    # compared in lower case, without accents, with one blank for every other sign
    "an unsubscribe": (
        r"unsub",
        r"abgemeldet|abmeld|\bausgetragen|\baustragung",
        r"\bdesabonn|\bdesinscri|\bdesuscri",
        r"\bdisiscri",
        r"\b(date|fecha|fecha de|dado de|de) baja\b|^baja\b|\bbajas\b",
        r"\buitgeschreven|\bafgemeld|\bafmeld|\buitschrij",
        r"\b(left|leave|removed from) (the )?list\b",
    ),
    "an opt-out": (
        r"\bopt(ed|ing)? ?out",
        r"\bwiderspruch|\bwiderruf",
        r"\b(opposition|oppose|refus)\b.*\b(mail|contact|prospection|marketing|commercial|pub)",
        r"\bstop (mail|e ?mail|pub|newsletter)",
    ),
    "a do-not-contact flag": (
        r"\b(do|does) ?n[o']?t ?(be )?(contact|mail|e ?mail|send|call|disturb|market)",
        r"\bdo not\b",
        r"\b(dnc|dnm|dne)\b",
        r"\bno (e ?mail|mail|mailing|contact|marketing|newsletter|spam)s?\b",
        r"\b(keine?|nicht) (mail|e mail|werbung|newsletter|kontakt)",
        r"\bne pas (contacter|envoyer|solliciter)",
        r"\bno (contactar|enviar)|\bnon contattare",
        r"\b(black|block|deny|suppress(ion|ed)?) ?list|\bsuppress|gesperrt|sperre?\b|\bsperr",
        r"\blist[ae] (nera|negra|noire)|\bschwarze liste|\bzwarte lijst|\brepoussoir",
        r"\bexclusion (list|emails?)|\b(liste|lista) d' ?(exclusion|esclusion)|\bausschlussliste",
        r"\brobinson|\bquarantin|\bblocked\b|\bbloque|\bineligible|\bnot eligible",
    ),
    "a complaint": (r"\bspam\b|\bcomplain|\babuse\b|\bbeschwerde|\bplainte|\breport(ed)? as spam",),
    "a bounce": (
        r"\bbounce|\bhardbounce|\bsoftbounce",
        r"\bundeliver|\bunzustell|\bnon (delivr|distribu)|\bnpai\b|\brimbalz|\brebot",
        r"\bruckl(a|ae)ufer",
        r"\b(invalid|bad|wrong|dead) (e ?mail|address|adress)|\bcleaned\b",
    ),
    "consent": (
        r"\bopt(ed)? ?in\b|\boptin",
        r"consent|\beinwillig|\bzustimm|\btoestemming|\berlaubnis",
        r"\bsubscri|\babonn|\babo\b|\binscri(t|pt)|\biscri(tt|zion)|\bsuscri|\bnewsletter",
        r"\b(accept|allow|agree|receive|wants?|accetta|acepta|erhalt|recevoir)\w*\b"
        r".*\b(e ?mail|mail|marketing|newsletter|werbung|publicid|pubblicit)",
        r"\b(marketing|e ?mail|mail|contact) (permission|preference|status|allowed|ok)s?\b",
        r"\bmarketing contact\b|\bconfirmation status\b",
        r"\b(gdpr|rgpd|dsgvo|avg|ccpa)\b|\bpermission",
    ),
    "a second address": (
        r"^(zweit|neben|ersatz|privat) ?(e ?)?mail\w*$|\bzweitadresse$",
        r"\b(second|secondary|additional|alternat\w*|another|other|2nd|former|previous|old|backup"
        r"|recovery|work|private|personal|weitere?|zweite?|private?|autre|secondaire|segundo"
        r"|secondo|tweede)\b (\w+ )?(e ?mail|mail|courriel|correo|posta)\w*"
        r"( address(es)?| adresse\w*)?$",
        r"\b(e ?mail|mail|courriel|correo)( address| adresse)? ?(2|3|two|ii|b|bis|alt\w*|other"
        r"|secondary|secondaire|secundario|secondario|privat|work)$",
    ),
}

LEAVING = (
    "an unsubscribe",
    "an opt-out",
    "a do-not-contact flag",
    "a complaint",
    "a bounce",
)
"""Of these, the kinds by which somebody is out."""

_PATTERNS = {kind: re.compile("|".join(words)) for kind, words in KINDS.items()}
# of values, not of headers: goods come back with complaints, and are spam of no kind
_LEFT = re.compile(
    "|".join(
        word for kind in LEAVING if kind not in ("a complaint", "a bounce") for word in KINDS[kind]
    ),
    re.MULTILINE,
)
_OTHER = re.compile(r"[^0-9a-z']+")
_ADDRESS = re.compile(
    r"(e ?)?mail ?(address|adresse)?|(adresse )?(e ?mail|courriel)|courriel|correo( electronico)?"
    r"|indirizzo (e ?mail)|recipient"
)


def looks_like(header: str) -> str | None:
    """Return what a header sounds like, a key of `KINDS`; None where it sounds harmless.

    >>> looks_like("E-Mail_Opt-Out")
    'an opt-out'
    """
    plain = plain_words(header)
    for kind, pattern in _PATTERNS.items():
        if pattern.search(plain):
            return kind
    return None


def is_of_addresses(header: str) -> bool:
    """Tell whether a header is what people write over e-mail addresses."""
    return _ADDRESS.fullmatch(plain_words(header)) is not None


def says_left(values: Iterable[str]) -> bool:
    """Tell whether one of these values sounds as if somebody had left."""
    # all at once, and numbers left out: a list may have hundreds of thousands
    text = "\n".join({re.sub(r"[\d\n]+", " ", value) for value in values})
    return _LEFT.search(re.sub(r"[^a-z'\n]+", " ", _plain(text))) is not None


def plain_words(text: str) -> str:
    """A text in lower case, without accents, with one blank for every other sign."""
    return " ".join(_OTHER.sub(" ", _plain(text)).split())


def _plain(text: str) -> str:
    plain = unicodedata.normalize("NFKD", split_words(text)).casefold()
    return "".join(sign for sign in plain if not unicodedata.combining(sign)).replace("\u2019", "'")


def split_words(header: str) -> str:
    """Part `doNotMail` into words, as names of fields are written by programs."""
    return re.sub(r"(?<=[a-z])(?=[A-Z])", " ", header)
