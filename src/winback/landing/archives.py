"""What is said of zip archives that cannot be read."""

from __future__ import annotations

import lzma
import struct
import zipfile
import zlib

# what zipfile and its decompressors raise over bytes that are no sound archive
ARCHIVE_ERRORS = (
    zipfile.BadZipFile,
    OSError,
    EOFError,
    zlib.error,
    lzma.LZMAError,
    RuntimeError,  # encrypted, or a method or version that zipfile does not know
    ValueError,  # UnicodeDecodeError: a name that is not what its flag says
    LookupError,
    struct.error,
    OverflowError,
    MemoryError,  # lzma, of a dictionary larger than all memory
)
DAMAGED_ARCHIVE = "the zip archive is damaged or of an unknown kind: export or copy it again"
OUTSIDE = (
    "its name in the archive leads out of the archive's folder (`..`, `/` or a drive): unpack the"
    " archive by hand and look at what it is"
)
