"""Internationalised domain names in the form that mail servers and e-mail tools use."""

import idna


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
