"""Files that a spreadsheet saved as ANSI, Windows-1252, although UTF-8 was expected."""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from winback.landing.decode import BOMS, CHUNK, open_text, read_bytes

HEAD_BYTES = 1 << 20
WINDOWS = "cp1252"
SAVED_AS_ANSI = (
    "the file is not UTF-8, it was read as Windows-1252, as a spreadsheet saves it: look at a few"
    " names with accents; if they are wrong, set `encoding` in the _mapping.yml of this folder, or"
    " export as UTF-8"
)
IS_UTF8 = "the file is UTF-8, and was read so, although another encoding is declared for it"
# encodings in which every text of another one is text too, with wrong letters
ONE_BYTE = ("cp1252", "iso8859-1", "iso8859-15")
# bytes that mean nothing in Windows-1252
_UNDEFINED = re.compile(rb"[\x81\x8d\x8f\x90\x9d\x00]")
# letters beyond ASCII as UTF-8 writes them. 0xdf is left out: in UTF-8 it begins letters of N'Ko,
# in Windows-1252 it is the German sharp s, and a closing quote may follow it
_UTF8_LETTER = re.compile(
    rb"[\xc2-\xde][\x80-\xbf]|[\xe0-\xef][\x80-\xbf]{2}|[\xf0-\xf4][\x80-\xbf]{3}"
)


def is_saved_as_ansi(path: Path, is_whole: bool) -> bool:
    """Tell whether a text file that should be UTF-8 is Windows-1252 from end to end.

    A file of which some letters are UTF-8 and others are not is damaged: it is not guessed at.

    Args:
        path: the file, gunzipped when its name ends in .gz.
        is_whole: False to look at its beginning first, and no further when that is UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")()
    with open_text(path) as stream:
        head = read_bytes(stream, HEAD_BYTES)
        if any(head.startswith(mark) for mark, _ in BOMS):
            return False
        is_utf8 = _is_utf8(decoder, head)
        if is_utf8 and not is_whole:
            return False
        data, rest = head, b""
        while data:
            data = rest + data
            if _UNDEFINED.search(data) or _UTF8_LETTER.search(data):
                return False
            rest = data[-3:]
            data = read_bytes(stream, CHUNK)
            is_utf8 = is_utf8 and _is_utf8(decoder, data)
    return not is_utf8


def is_utf8_after_all(path: Path, declared: str) -> bool:
    """Tell whether a file that should have one byte a letter begins as UTF-8 with letters of two.

    Read as declared its names would be wrong, and nothing would tell.
    """
    if declared not in ONE_BYTE:
        return False
    with open_text(path) as stream:
        head = read_bytes(stream, HEAD_BYTES)
    decoder = codecs.getincrementaldecoder("utf-8")()
    return _is_utf8(decoder, head) and _UTF8_LETTER.search(head) is not None


def _is_utf8(decoder: codecs.IncrementalDecoder, data: bytes) -> bool:
    try:
        decoder.decode(data)
    except UnicodeDecodeError:
        return False
    return True
