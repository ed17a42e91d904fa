import pytest

from winback.identity.idna import ascii_domain


@pytest.mark.parametrize(
    ("domain", "expected"),
    [
        ("münchen.de", "xn--mnchen-3ya.de"),
        ("MÜNCHEN.DE", "xn--mnchen-3ya.de"),
        ("straße.de", "xn--strae-oqa.de"),
        ("例え.jp", "xn--r8jz45g.jp"),
        ("ｅｘａｍｐｌｅ。ｃｏｍ", "example.com"),
    ],
)
def test_a_domain_takes_the_form_mail_servers_use(domain: str, expected: str) -> None:
    assert ascii_domain(domain) == expected


@pytest.mark.parametrize("domain", ["", "é..fr", "é" * 70 + ".fr", "é fr"])
def test_what_is_no_domain_is_none(domain: str) -> None:
    assert ascii_domain(domain) is None
