"""Excel workbooks: what a cell shows is what is loaded, and no workbook ends the program."""

from pathlib import Path

import pytest

from winback.landing import workbook
from winback.landing.summary import LOOK
from winback.landing.workbook import MAY_HOLD, NOT_COMPUTED

from .conftest import SOURCES, Shop
from .workbooks import cell, day, error, moment, rows, write_workbook

HEADER = ["Person ID", "Email Address", "city", "note"]


def refusals(shop: Shop) -> dict[str, str]:
    return {file.source_file.split("/")[-1]: str(file.message) for file in shop.load().refused}


def test_cells_are_the_text_that_a_file_of_text_would_have(shop: Shop) -> None:
    table: dict[int, list[object]] = {
        3: HEADER,
        4: ["00123", "a@x.example", day(45658), True],
        6: [101, 'say "hi", no', moment(45658.87945601852), 0.1 + 0.2],
        7: [1234567890123456789, None, error(), 12.5],
        8: [None, None, None, None],
        9: [-7.0, "x", "two_x000D_\nlines", 1e-7],
    }
    write_workbook(shop.account / "people.xlsx", {"List": rows(table)})
    summary = shop.load()
    assert shop.people("person_id, email, city, note, _line_number") == [
        ("00123", "a@x.example", "2025-01-01", "true", 4),
        ("101", 'say "hi", no', "2025-01-01 21:06:25", "0.3", 6),
        ("1.23456789012346E+18", None, None, "12.5", 7),
        ("-7", "x", "two\r\nlines", "0.0000001", 9),
    ]
    assert shop.ledger() == [("shop/main/people.xlsx", "loaded", 9, 4, 4, 0)]
    assert summary.loaded[0].message == (
        f"{LOOK}: errors of Excel such as #N/A: 1 cell of column C read as empty:"
        " mend them in Excel, and copy it again"
    )
    assert [file.status for file in shop.load().files] == ["held"]


def test_the_first_shown_sheet_is_read_and_the_others_are_named(shop: Shop) -> None:
    one = rows({1: HEADER, 2: ["1", None, "Lyon", None]})
    two = rows({1: HEADER, 2: ["2", None, "Nice", None]})
    sheets = {"Old": two, "New": one, "Third": two}
    write_workbook(shop.account / "people.xlsx", sheets, hidden=("Old",))
    summary = shop.load()
    assert shop.people("person_id") == [("1",)]
    assert summary.loaded[0].message == (
        "of this workbook the sheet New was read, and not Third;"
        " name another as `sheet` in the _mapping.yml of this folder"
    )


def test_a_second_sheet_of_people_holds_back_until_it_is_a_file_of_its_own(shop: Shop) -> None:
    one = rows({1: HEADER, 2: ["1", None, "Lyon", None]})
    addresses = rows({1: ["who"], 2: ["ann@x.example"]})
    flags = rows({1: ["id", "Do not mail"], 2: [1, "x"]})
    ids = rows({1: ["id"], 2: [1]})
    sheets = {"List": one, "Two": addresses, "Three": flags, "Unsubscribed": ids, "Four": ids}
    write_workbook(shop.account / "people.xlsx", sheets, hidden=("Two",))
    told = (
        "has sheets that were not read and may hold opt-outs: Two, Three, Unsubscribed (only List"
        " was read): save each sheet as a file of its own"
    )
    assert shop.load().loaded[0].message == told
    unread = "select source_file, problem, may_hold_opt_outs from raw.landing_unread"
    for _ in range(2):
        assert shop.query(unread) == [("shop/main/people.xlsx", told, True)]
        assert [file.status for file in shop.load().files] == ["held"]


@pytest.mark.parametrize(
    ("formula", "is_lost"),
    [
        (" ><f>A1</f></c>", True),
        (" ><f>A1</f><v/></c>", True),
        (' t="str"><f t="shared" si="0"/></c>', True),
        (" ><f>A1</f><v></v></c>", True),
        (' t="str"><f>A1</f><v></v></c>', False),
        (' t="str"><f>A1</f><v>x</v></c>', False),
        (" ><f>A1</f><v>0</v></c>", False),
        (' t="e"><v>#N/A</v></c>', True),
        (' t="e"><f>A1</f><v>#REF!</v></c>', True),
    ],
)
def test_a_cell_without_its_value_is_told_and_may_hold_back(
    shop: Shop, monkeypatch: pytest.MonkeyPatch, formula: str, is_lost: bool
) -> None:
    shop.declare(SOURCES.replace('["people*", "list/*"]}', '["people*"]}, opt_outs: {words: [x]}'))
    # a chunk may end in a cell
    monkeypatch.setattr(workbook, "CHUNK", 150)
    places = {"address": "B", "age": "E", "city": "C", "flag": "F"}
    places = {"marks": "B", **{f"people_{name}": column for name, column in places.items()}}
    for name, column in places.items():
        header = rows({1: ["person_id", *HEADER[1:], "age", "Opt-out"]})
        row = f'<row r="2">{cell("A2", "1")}<c r="{column}2"{formula}</row>'
        write_workbook(shop.account / f"{name}.xlsx", {"List": header + row})
    what, other = list(NOT_COMPUTED) if 't="e"' not in formula else list(NOT_COMPUTED)[::-1]
    told = {
        "marks": f"{LOOK}: {what}: 1 cell of column B",
        "people_address": f"{LOOK}: has {what}{MAY_HOLD} 1 cell of column B",
        "people_age": f"{LOOK}: {what}: 1 cell of column E",
        "people_city": f"{LOOK}: {what}: 1 cell of column C",
        "people_flag": f"{LOOK}: has {what}{MAY_HOLD} 1 cell of column F",
    }
    for _ in range(2):
        for file in shop.load().files:
            name = file.source_file.split("/")[-1].removesuffix(".xlsx")
            assert str(file.message).startswith(told[name]) == is_lost
            assert (what in str(file.message)) == is_lost
            assert other not in str(file.message)
    held = shop.query("select source_file, problem from raw.landing_unread order by 1")
    assert held == [
        (
            f"shop/main/{name}.xlsx",
            f"{text.removeprefix(f'{LOOK}: ')} read as empty: {NOT_COMPUTED[what]}",
        )
        for name, text in told.items()
        if is_lost and MAY_HOLD in text
    ]


def test_what_is_no_workbook_of_today_is_refused(
    shop: Shop, monkeypatch: pytest.MonkeyPatch
) -> None:
    good = rows({1: HEADER, 2: ["1", None, "Lyon", None]})
    write_workbook(shop.account / "people_good.xlsx", {"List": good})
    data = (shop.account / "people_good.xlsx").read_bytes()
    shop.put("people_cut.xlsx", data[: len(data) // 2])
    shop.put("people_rot.xlsx", data[:300] + b"\xff" * 40 + data[340:])
    shop.put("people_secret.xlsx", workbook.OLE + b"\xa1\xb1\x1a\xe1" + b"\0" * 600)
    shop.put("people_web.xlsx", "<html><table></table></html>")
    shop.put("people_old.xls", workbook.OLE)
    write_workbook(shop.account / "people_none.xlsx", {"List": ""})
    write_workbook(shop.account / "people_other.xlsx", {"List": rows({1: ["a", "b"], 2: ["1"]})})
    # a cell in the last row and column: the reader would ask for half a terabyte, and end
    first, last = cell("A1", "Person ID"), cell("XFD1048576", "x")
    far = f'<row r="1">{first}</row><row r="1048576">{last}</row>'
    write_workbook(shop.account / "people_far.xlsx", {"List": far})
    # the same by rows alone: cells may leave out where they stand
    bare = far.replace(' r="XFD1048576"', "").replace(' r="A1"', ' r="ZZ1"')
    write_workbook(shop.account / "people_bare.xlsx", {"List": bare})
    coded = far.replace("XFD", "&#88;FD")
    write_workbook(shop.account / "people_coded.xlsx", {"List": coded})
    said = refusals(shop)
    assert set(said) == {path.name for path in shop.account.iterdir()} - {"people_good.xlsx"}
    for name in ("people_cut.xlsx", "people_rot.xlsx", "people_coded.xlsx"):
        assert said[name] == workbook.DAMAGED, name
    assert said["people_secret.xlsx"].startswith("the workbook asks for a password, or is of Excel")
    assert "whatever its name says" in said["people_web.xlsx"]
    assert said["people_old.xls"].endswith("save it as .xlsx or as CSV UTF-8")
    assert said["people_none.xlsx"] == "the sheet is empty: a header row was expected"
    assert "“Person ID”" in said["people_other.xlsx"]
    assert "found 2 fields of other names" in said["people_other.xlsx"]
    assert "reaches to row 1,048,576 and column 16,384" in said["people_far.xlsx"]
    assert "reaches to row 1,048,576 and column 702" in said["people_bare.xlsx"]
    monkeypatch.setattr(workbook, "MAX_UNPACKED_BYTES", 1000)
    write_workbook(shop.account / "people_good.xlsx", {"List": good.replace("Lyon", "Nice")})
    assert "unpacks to more than" in refusals(shop)["people_good.xlsx"]
    monkeypatch.setattr(workbook, "MAX_FILE_BYTES", 1000)
    assert "at most 0 are read" in refusals(shop)["people_good.xlsx"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (999_999_999_999_999.0, "999999999999999"),
        (1e15, "1.00000000000000E+15"),
        (float("nan"), "NAN"),
        (1234.1, "1234.1"),
        ("\ud800x\0", "?x"),
    ],
)
def test_numbers_have_the_digits_that_excel_keeps(value: object, text: str) -> None:
    assert workbook.as_text(value) == text


def test_a_damaged_row_number_is_no_place(tmp_path: Path) -> None:
    area = workbook._Area()
    area.look_at(b"", b'<row r="5"><c r="B5"/><c r="AA7"/></row>')
    area.check()
    assert (area._rows, area._columns) == ([5, 7], {b"B", b"AA"})


def test_a_formula_without_a_place_may_be_anywhere() -> None:
    assert list(workbook._not_computed(b"", b"<c><f>A1</f></c>")) == ["?"]
    assert workbook._index("?") < 0 == workbook._index("A")
