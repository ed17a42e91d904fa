"""Internationalised domain names in the form that mail servers and e-mail tools use."""

from collections.abc import Iterable

import idna
import pyarrow as pa

SCHEMA = pa.schema([("email_domain", pa.string()), ("ascii_domain", pa.string())])


def ascii_domain(domain: str) -> str | None:
    """Return the ASCII (punycode) form of a domain, or None where it is no valid domain name.

    IDNA 2008 with the UTS 46 mapping in its non-transitional form, as browsers and mail servers
    apply it: full-width letters and dots are mapped, `ß` stays a letter of its own.

    Args:
        domain: the part of an address after the `@`, in any case.

    Returns:
        The lower-case ASCII domain; None when a label is empty, too long or holds a character
        that no domain may hold.

    Sources: RFC 5891; Unicode Technical Standard 46.
    """
    try:
        return idna.encode(domain, uts46=True, transitional=False).decode("ascii").lower()
    except idna.IDNAError:
        return None


def ascii_domains(domains: Iterable[str]) -> pa.Table:
    """Encode distinct domains.

    Args:
        domains: domains with at least one non-ASCII character, each once.

    Returns:
        One row per domain, sorted: `email_domain` (text, as given) and `ascii_domain` (text, null
        where the domain is not valid). Typed even when empty.
    """
    ordered = sorted(domains)
    return pa.table(
        {"email_domain": ordered, "ascii_domain": [ascii_domain(domain) for domain in ordered]},
        schema=SCHEMA,
    )
