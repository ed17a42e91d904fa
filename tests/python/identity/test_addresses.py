import re
from pathlib import Path

import email_validator
import pytest
from hypothesis import given
from hypothesis import strategies as st

from winback.identity import addresses
from winback.identity.addresses import SCHEMA, addresses_in, is_valid, listed_addresses


def found(text: str) -> list[str]:
    return [address.normalized for address in addresses_in(text)]


@pytest.mark.parametrize(
    "dressed",
    [
        "Ann@Example.COM",
        "  Ann B <ann@example.com> ",
        "MAILTO:ann@example.com?subject=hello",
        "Ann <mailto:ann%40example.com>",
        "\xa0ann@example.com\u200b",
        "a\u200bnn@exam\u00adple.com",
        "ann\u2060@example\ufeff.com",
        "ann\u034f@example.com",
        "a\u3164nn@example.com",
        "\u2800ann@example.com",
        "✗ ann@example.com",
        "✗ann@example.com",
        "❌\ufe0fann@example.com",
        "→ann@example.com",
        "–“ann@example.com”",
        "①<ann@example.com>",
        "b'ann@example.com'",
        "[b'ann@example.com']",
        'N"ann@example.com"',
        "login=ann@example.com",
        "?o=ann@example.com",
        "correo_electronico=ann@example.com",
        "ann@example.com.",
        '"ann@example.com"',
        "'ann@example.com'",
        "'ann@example.com",
        "“ann@example.com”",
        "„ann@example.com“",
        "«ann@example.com»",
        "(ann@example.com)",
        "[ann@example.com]",
        "<ann@example.com>",
        '="ann@example.com"',
        '"ann"@example.com',
        "ann@example.com;",
        "email=ann@example.com",
        "E-Mail-Adresse=ann@example.com",
        "a=1&uid=ann@example.com",
        "https://x.example/u?e=ann@example.com",
        "https://x.example/u?a=1&who=ann@example.com&c=2#top",
        "see https://x.example/u/ann@example.com",
        "ann@example.com,",
        "ann@example.com ; , ",
        "ann @ example.com",
        "ａｎｎ＠ｅｘａｍｐｌｅ．ｃｏｍ",
        "ann＠example。com",
        '"Doe, Ann" <ann@example.com>',
        "Doe, ann@example.com",
        "smtp:ann@example.com",
        "E-mail: ann@example.com (private)",
        "* ann@example.com",
        "ann@example.com\t",
        '<a href="mailto:ann@example.com">ann@example.com</a>',
        "<a class='x' href='mailto:ann@example.com?subject=To bob@x.example'>write to me</a>",
        "<a href=mailto:ann@example.com>",
        "&lt;a href=&quot;mailto:ann@example.com&quot;&gt;",
        "<b>ann@example.com</b><br/>",
        "mailto:ann@example.com?subject=stop",
        "<mailto:ann@example.com|ann@example.com>",
        "[ann@example.com](mailto:ann@example.com)",
        "Ann &lt;ann@example.com&gt;",
        "ann&#64;example.com",
        "ann&#x40;example&period;com",
        "&nbsp;ann@example.com&nbsp;",
        r"ann@example.com\r\n",
        r"\tann@example.com\n",
        r'"ann@example.com\n"',
    ],
)
def test_what_an_address_is_dressed_in_comes_off(dressed: str) -> None:
    assert found(dressed) == ["ann@example.com"]


@pytest.mark.parametrize(
    ("several", "expected"),
    [
        ("ann@x.example; bob@x.example", ["ann", "bob"]),
        ("ann@x.example,bob@x.example", ["ann", "bob"]),
        ("ann@x.example/bob@x.example", ["ann", "bob"]),
        ("ann@x.example | bob@x.example", ["ann", "bob"]),
        ("ann@x.example bob@x.example", ["ann", "bob"]),
        ("ann@x.example\nbob@x.example\r\n", ["ann", "bob"]),
        ("ann@x.example、bob@x.example", ["ann", "bob"]),
        ("ann@x.example & bob@x.example", ["ann", "bob"]),
        ("Bob <bob@x.example>, Ann <ann@x.example>", ["bob", "ann"]),
        ("bob@x.example; BOB@x.example; ann@x.example", ["bob", "ann"]),
        ("'old@x.example' <ann@x.example>", ["ann", "old"]),
        ("n/a@; ann@x.example", ["ann"]),
        ("mailto:ann@x.example,bob@x.example", ["ann", "bob"]),
        (r"ann@x.example\r\nbob@x.example", ["ann", "bob"]),
        (r"ann@x.example;\nnina@x.example", ["ann", "nina"]),
        ("ann@x.example<br>bob@x.example", ["ann", "bob"]),
    ],
)
def test_each_address_of_a_cell_counts(several: str, expected: list[str]) -> None:
    assert found(several) == [f"{local}@x.example" for local in expected]


def test_the_first_valid_address_is_the_contacts() -> None:
    assert [(each.normalized, each.is_valid) for each in addresses_in("ann@x; bob@x.example")] == [
        ("bob@x.example", True),
        ("ann@x", False),
    ]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        # a dot mistyped: Smith is somebody else
        ("ann,smith@x.example", ["ann,smith@x.example"]),
        ("ann@x.co,uk", ["ann@x.co,uk"]),
        ("ann .smith@x.example", [".smith@x.example"]),
        ("ann|smith@x.example", ["ann|smith@x.example"]),
        ('"ann smith"@x.example', []),
        ("customer/shipping=1@x.example", ["customer/shipping=1@x.example"]),
        ("bounce+ann=shop.example@x.example", ["bounce+ann=shop.example@x.example"]),
        ("ann=shop.example@x.example", ["ann=shop.example@x.example"]),
        ("srs0=a=b=y.example=ann@x.example", ["srs0=a=b=y.example=ann@x.example"]),
        ("https://ann@x.example/", ["ann@x.example"]),
        ("ann+shop@x.example", ["ann+shop@x.example"]),
        ("o'neil@x.example", ["o'neil@x.example"]),
        ("o'neil@x.example'", ["o'neil@x.example"]),
        ("'n'diaye@x.example'", ["n'diaye@x.example"]),
        ("b'o\\neil@x.example", ["b'o\\neil@x.example"]),
        ("#ann@x.example", ["#ann@x.example"]),
        ("-ann@x.example", ["-ann@x.example"]),
        ("é✗ann@x.example", ["é✗ann@x.example"]),
        ("login+ann=shop.example@x.example", ["login+ann=shop.example@x.example"]),
        ("O’Neil@x.example", ["o'neil@x.example"]),
        ("‘O´Neil@x.example’", ["o'neil@x.example"]),
        (r"SHOP\nina@x.example", [r"shop\nina@x.example"]),
        ("a&b@x.example", ["a&b@x.example"]),
        ("r&amp;d@x.example", ["r&d@x.example"]),
        ("tom&copy@x.example", ["tom&copy@x.example"]),
        ("mailto:ann%2Bshop@x.example", ["ann+shop@x.example"]),
        ("ann%2Bshop@x.example", ["ann%2bshop@x.example"]),
        ("<ann smith@x.example>", ["smith@x.example"]),
    ],
)
def test_nobody_is_taken_for_another(text: str, expected: list[str]) -> None:
    assert found(text) == expected


@pytest.mark.parametrize("text", ["", "  ", "NULL", "no address", "@x.example", "ann@", "a@b@c.de"])
def test_what_holds_no_address_has_none(text: str) -> None:
    assert found(text) == []


def test_letters_outside_ascii() -> None:
    assert found("jose\u0301@Münster.DE") == ["josé@xn--mnster-3ya.de"]
    assert addresses_in("é@é..fr") == [addresses.Address("é@é..fr", False)]


@pytest.mark.parametrize(
    "address",
    [
        "ann@x.example",
        "ann@x.test",
        "ann@example.com",
        "ann@mail.example.org",
        "jürgen@x.example",
        "a!b@x.example",
        "ann@xn--mnster-3ya.de",
    ],
)
def test_valid(address: str) -> None:
    assert is_valid(address)


@pytest.mark.parametrize(
    "address",
    [
        "ann@x",
        "ann@localhost",
        "ann@x_y.example",
        "ann@-x.example",
        "ann@x..example",
        "a..b@x.example",
        ".ann@x.example",
        "ann.@x.example",
        "ann,b@x.example",
        "ann@192.0.2.1",
        "ann@x.123",
        "a" * 65 + "@x.example",
        "ann@" + "x" * 64 + ".example",
        "ann@ab--cd.example",
        "(ann@x.example",
    ],
)
def test_not_valid(address: str) -> None:
    assert not is_valid(address)


words = st.text("abz059_+-.", min_size=1, max_size=12)
names = st.text("abz059-.", min_size=1, max_size=12)


@given(words, names, st.sampled_from(["com", "de", "museum"]))
def test_what_is_taken_without_a_look_is_valid(local: str, name: str, top: str) -> None:
    address = f"{local}@{name}.{top}"
    if addresses._PLAIN.fullmatch(address):
        email_validator.validate_email(address, check_deliverability=False)
        assert found(address) == [address]


def test_sql_and_python_take_the_same_without_a_look(root: Path) -> None:
    model = (root / "models/intermediate/unified/int_email_addresses__parsed.sql").read_text()
    parts = re.findall(r"set \w+ = '(.*)' -%", model)
    assert "@".join(parts) == addresses._PLAIN.pattern


@given(st.text(st.sampled_from("anB.@ ;,<>'\"(:/|+é＠\u200b-&#64\\=’"), max_size=40))
def test_an_address_found_is_found_again_as_it_is(text: str) -> None:
    for address in addresses_in(text):
        if address.is_valid:
            assert addresses_in(address.normalized) == [address]


def test_the_table_is_sorted_and_typed_even_when_empty() -> None:
    assert listed_addresses([]).schema == SCHEMA
    table = listed_addresses(["no address", "b@x, a@x.de", "<c@x.de>"])
    assert table.schema == SCHEMA
    assert table.to_pylist() == [
        {
            "email_raw": raw,
            "address_number": number,
            "email_normalized": address,
            "is_valid": valid,
        }
        for raw, number, address, valid in [
            ("<c@x.de>", 1, "c@x.de", True),
            ("b@x, a@x.de", 1, "a@x.de", True),
            ("b@x, a@x.de", 2, "b@x", False),
        ]
    ]
