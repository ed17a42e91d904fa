"""Header names as they are compared."""


def normalise(header: str) -> str:
    """Return a header as it is compared: trimmed, one space between words, lower case."""
    return " ".join(header.replace("\ufeff", "").split()).casefold()
