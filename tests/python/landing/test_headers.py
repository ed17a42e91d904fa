"""Columns that the owner of an account renames, doubles, or names like standard ones."""

from pathlib import Path

import pytest

from winback.errors import UserError
from winback.landing.decode import Refused
from winback.landing.header import Binding, bind, is_address
from winback.landing.sample import read_sample
from winback.landing.sources import read_catalog

from .conftest import Shop

SOURCES = """
sources:
  - name: shop
    tables:
      - name: members
        identifier: shop__members
        config: {meta: {landing: {files: ["members*"], own_columns_from: RATING}}}
        columns:
          - name: email
            config:
              meta: {headers: [Email Address], required: true, content: email, owner_named: true}
          - name: first_name
            config: {meta: {headers: ["First Name"], owner_named: true}}
          - name: rating
          - name: region
          - name: left_at
          - name: state
            config: {meta: {told_by: {gone: left_at, here: changed_at}}}
          - name: changed_at
"""
ANA, BOB = "ana@x.example", "bob@x.example"


@pytest.fixture
def members(shop: Shop) -> Shop:
    shop.declare(SOURCES)
    return shop


def bound(shop: Shop, headers: str, *records: str) -> Binding:
    (table,) = read_catalog(shop.project).tables
    sample = [record.split(",") for record in records]
    return bind(table, headers.split(","), sample)


def columns(binding: Binding) -> dict[str, int]:
    return {name: index for name, index in binding.columns.items() if name != "rating"}


def test_an_address_is_known_by_what_the_column_holds(members: Shop) -> None:
    found = bound(members, "Vorname,E-Post,RATING", f"Ana,{ANA},3", "Bob,,3")
    assert columns(found) == {"email": 1}
    assert found.extra == {"Vorname": 0}


def test_the_fuller_of_two_address_columns_is_the_members(members: Shop) -> None:
    found = bound(members, "Recommended by,Correo,RATING", f",{ANA},3", f"{ANA},{BOB},3")
    assert columns(found) == {"email": 1}


def test_columns_of_equal_addresses_are_one(members: Shop) -> None:
    found = bound(members, "Correo,Login,RATING", f"{ANA},{ANA},3")
    assert columns(found) == {"email": 0}


def test_of_two_full_address_columns_nobody_can_tell(members: Shop) -> None:
    with pytest.raises(Refused) as refused:
        bound(members, "Contact,Chef,RATING", f"{ANA},{BOB},3")
    said = str(refused.value)
    assert "1 (“Contact”) and 2 (“Chef”)" in said
    assert "rename its header to “Email Address”" in said
    assert "x.example" not in said
    assert columns(bound(members, "Chef,E-Mail,RATING", f"{BOB},{ANA},3")) == {"email": 1}


def test_a_known_header_wins_as_long_as_it_holds_an_address(members: Shop) -> None:
    held = bound(members, "Email Address,Work,RATING", f"{ANA},{BOB},3", f",{BOB},3")
    assert columns(held) == {"email": 0}
    renamed = bound(members, "Email Address,Work,RATING", f"by post,{BOB},3")
    assert columns(renamed) == {"email": 1}
    assert renamed.extra == {"Email Address": 0}


def test_prose_with_an_address_is_no_address_column(members: Shop) -> None:
    with pytest.raises(Refused, match="missing header “Email Address”"):
        bound(members, "Note,RATING", f"please never write to {ANA} again because they left,3")


def test_a_file_without_lines_needs_no_address_column(members: Shop) -> None:
    assert columns(bound(members, "Correo,RATING,left_at")) == {"left_at": 2}
    members.put("members.csv", "Correo,RATING,left_at\n")
    assert [file.status for file in members.load().files] == ["loaded"]


def test_what_stands_before_the_systems_own_columns_is_the_owners(members: Shop) -> None:
    found = bound(
        members,
        "Email Address,Region,First Name,First Name,left_at,RATING,RATING,Region,changed_at",
        f"{ANA},West,Ana,,2019,1,3,zh,2026",
    )
    assert found.columns == {
        "email": 0, "first_name": 2, "rating": 6, "region": 7, "changed_at": 8,
    }  # fmt: skip
    assert found.extra == {"Region": 1, "First Name (2)": 3, "left_at": 4, "RATING": 5}
    assert found.constants == {"state": "here"}


def test_fields_of_the_owner_never_take_the_name_of_a_column_of_the_system(members: Shop) -> None:
    found = bound(members, "Email Address,TAGS,RATING,TAGS", f"{ANA},mine,3,theirs")
    assert found.extra == {"TAGS (2)": 1, "TAGS": 3}


def test_without_the_systems_own_columns_a_standard_header_may_stand_once(members: Shop) -> None:
    with pytest.raises(Refused, match="'Region' is there 2 times"):
        bound(members, "Email Address,Region,REGION", f"{ANA},a,b")
    assert columns(bound(members, "Email Address,Email Address", f"{ANA},")) == {"email": 0}


@pytest.mark.parametrize(
    ("headers", "told"),
    [
        ("Email Address,RATING,left_at", {"state": "gone"}),
        ("Email Address,RATING,changed_at", {"state": "here"}),
        ("Email Address,RATING", {}),
        ("Email Address,RATING,left_at,changed_at", {}),
    ],
)
def test_what_the_header_row_tells_of_every_line(
    members: Shop, headers: str, told: dict[str, str]
) -> None:
    record = ",".join([ANA, *[""] * headers.count(",")])
    assert bound(members, headers, record).constants == told


def test_a_value_told_by_the_header_row_is_written_on_every_line(members: Shop) -> None:
    members.put("members.csv", f'Correo,RATING,left_at\n{ANA},3,\n"{BOB}",,"a\nb"\n')
    members.put("members_b.jsonl", f'{{"email": "{ANA}", "changed_at": "2026"}}\n')
    members.load()
    assert members.query(
        "select email, state, left_at from raw.shop__members order by _source_file, _line_number"
    ) == [(ANA, "gone", None), (BOB, "gone", "a\nb"), (ANA, "here", None)]


@pytest.mark.parametrize("delimiter", [";", "\t", "|"])
def test_an_address_is_known_by_its_content_whatever_the_delimiter(
    members: Shop, delimiter: str
) -> None:
    members.put("members.csv", f"Correo,RATING,left_at\n{ANA},3,\n".replace(",", delimiter))
    members.load()
    assert members.query("select email, rating, state from raw.shop__members") == [
        (ANA, "3", "gone")
    ]


@pytest.mark.parametrize(
    ("value", "is_one"),
    [
        (ANA, True),
        (f" <{ANA}>; ", True),
        (f"Ana Lee <{ANA}>", True),
        (f"{ANA}; {BOB}", True),
        ("ana\uff20x.example", True),
        ("@ana", False),
        ("ana@home", False),
        ("", False),
        (f"write to {ANA} and never to the old one", False),
    ],
)
def test_what_looks_like_an_address(value: str, is_one: bool) -> None:
    assert is_address(value) is is_one


@pytest.mark.parametrize(
    ("text", "records"),
    [
        ("a,b\n", []),
        ("a,b\n\n \n", []),
        ('a,b\r\n1,"x, y"\r\n2\r\n', [["1", "x, y"]]),
        ('a,b\n1,"x\n2,y\n3,z\n', [["1", "x"], ["2", "y"], ["3", "z"]]),
        ("a,b\n1\n", [["", ""]]),
    ],
)
def test_the_sample_of_a_file(tmp_path: Path, text: str, records: list[list[str]]) -> None:
    path = tmp_path / "file.csv"
    path.write_bytes(text.encode())
    with path.open("rb") as stream:
        assert read_sample(stream, 1, ",", '"', 2) == records


@pytest.mark.parametrize(
    ("meta", "said"),
    [
        ("content: phone", "content: 'phone' found, one of email expected"),
        ("told_by: [a]", "told_by must map each value to the column that tells it"),
        ("told_by: {a: nothing}", "told_by: nothing is not a declared column"),
    ],
)
def test_a_wrong_declaration_is_told(members: Shop, meta: str, said: str) -> None:
    members.declare(
        "sources:\n  - name: shop\n    tables:\n      - name: members\n        columns:\n"
        f"          - name: a\n            config: {{meta: {{{meta}}}}}\n"
    )
    with pytest.raises(UserError) as error:
        read_catalog(members.project)
    assert said in str(error.value)
