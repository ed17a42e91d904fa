"""Text files as people have them: any delimiter, sep= lines, empty lines, saved as ANSI."""

import gzip

import pytest

from winback.landing.encoding import IS_UTF8, is_saved_as_ansi

from .conftest import Shop

ROWS = [["person_id", "email", "city", "note"], ["1", "a@x.example", "Lyon", "n"]]


def joined(delimiter: str, quote: str = "") -> str:
    return "".join(delimiter.join(f"{quote}{v}{quote}" for v in row) + "\r\n" for row in ROWS)


def test_the_delimiter_is_the_one_by_which_the_header_fits(shop: Shop) -> None:
    for number, delimiter in enumerate(",;\t|"):
        shop.put(f"people_{number}.csv", joined(delimiter))
        shop.put(f"people_{number}.txt", joined(delimiter, '"'))
        shop.put(f"people_{number}.tsv", joined(delimiter))
    # declared as a semicolon: taken where it fits, another where that one fits
    shop.put("people_old_1.csv", "person_id;city\n1;a,b\n")
    shop.put("people_old_2.csv", "person_id,city\n1,a;b\n")
    assert not shop.load().refused
    assert shop.people("person_id, email, city, note") == [("1", "a@x.example", "Lyon", "n")] * 12
    assert shop.query("select city from raw.shop__people_old order by 1") == [("a,b",), ("a;b",)]


def test_a_delimiter_that_is_not_clear_is_refused(shop: Shop) -> None:
    shop.put("marks_1.csv", "email,x;mark\n1,2;3\n")
    shop.put("marks_2.csv", "person_id,x;mark,y;email\n1,2;3,4;5\n")
    shop.put("marks_3.csv", "sep=;\nperson_id;a,mark\n1;2,3\n")
    (refused,) = shop.load().refused
    assert refused.source_file == "shop/main/marks_2.csv"
    assert "fits with a comma and a semicolon" in str(refused.message)


@pytest.mark.parametrize("line", ["sep=;", '"sep=;"', "SEP=;;;;", "\ufeffsep=;", '"sep=;",,'])
def test_the_sep_line_of_excel_is_part_of_the_header(shop: Shop, line: str) -> None:
    shop.put("people.csv", f"{line}\r\n{joined(';')}")
    shop.load()
    assert shop.people() == [("1", "Lyon", "n", 3)]
    assert shop.ledger() == [("shop/main/people.csv", "loaded", 3, 1, 1, 0)]


def test_sep_names_any_character_and_another_that_fits_is_taken(shop: Shop) -> None:
    shop.put("people_1.csv", f"sep=:\n{joined(':')}")
    shop.put("people_2.csv", f"sep=;\n{joined(',')}")
    shop.put("people_3.csv", "sep=;\n")
    (refused,) = shop.load().refused
    assert refused.message == "the file is empty: a header row was expected"
    assert shop.people("person_id, note") == [("1", "n")] * 2


def test_a_line_of_delimiters_is_no_record(shop: Shop) -> None:
    lines = [
        "person_id,email,city,note,,",
        "1,,Lyon,,,",
        ",,,,,",
        '"","",,,,',
        ",,",
        ",,,,,,,",
        "2,",
    ]
    shop.put("people.csv", "\n".join([*lines, "2,,Nice,,,", ",,,,,"]) + "\n")
    shop.put("people_clean.csv", "person_id,city,,\n1,Lyon,,\n,,,\n2,Nice,,\n")
    shop.load()
    assert shop.people("person_id, city, extra, _line_number") == [
        ("1", "Lyon", None, 2),
        ("2", "Nice", None, 8),
        ("1", "Lyon", None, 2),
        ("2", "Nice", None, 4),
    ]
    assert shop.rejected() == [(7, "2 columns found, 6 expected", "2,")]
    assert shop.ledger() == [
        ("shop/main/people.csv", "loaded", 9, 3, 2, 1),
        ("shop/main/people_clean.csv", "loaded", 4, 2, 2, 0),
    ]


def test_a_file_saved_as_ansi_is_read_and_told(shop: Shop) -> None:
    text = "person_id,email,city,note\n1,a@x.example,Orléans,„groß“ 5 €\n"
    shop.put("people_1.csv", text.encode("cp1252"))
    shop.put("people_2.csv.gz", gzip.compress(text.encode("cp1252")))
    # the odd bytes stand far from the beginning
    far = "".join(f"{number},,Lyon,\n" for number in range(120_000))
    shop.put("people_3.csv", (text.replace("é", "e") + far).encode("cp1252", "ignore"))
    shop.put("people_4.csv", text)
    summary = shop.load()
    told = [bool(file.message and "Windows-1252" in file.message) for file in summary.loaded]
    assert told == [True, True, True, False]
    assert shop.query(
        "select distinct city, note from raw.shop__people where email is not null order by 1"
    ) == [("Orleans", "„groß“ 5 €"), ("Orléans", "„groß“ 5 €")]
    assert not shop.rejected()


def test_utf_8_under_another_declaration_is_read_and_told(shop: Shop) -> None:
    # people_old is declared as windows-1252
    shop.put("people_old_1.csv", "person_id;city\n1;Orléans\n")
    shop.put("people_old_2.csv", "person_id;city\n2;Orléans\n".encode("cp1252"))
    shop.put("people_old_3.csv", b"person_id;city\n3;" + "„groß“ É»".encode("cp1252") + b"\n")
    told = [file.message for file in shop.load().loaded]
    assert told == [IS_UTF8, None, None]
    assert shop.query("select city from raw.shop__people_old order by person_id") == [
        ("Orléans",),
        ("Orléans",),
        ("„groß“ É»",),
    ]


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Orléans", False),
        (b"Orl\xe9ans", True),
        ("Orlé".encode() + b"ans Jos\xe9", False),  # both: damaged
        (b"Orl\xe9ans \x8d", False),  # means nothing in Windows-1252
        (b"Orl\xe9ans \x00", False),
        (b"plain", False),
        (b"\xef\xbb\xbfOrl\xe9ans", False),  # says that it is UTF-8
        ("Orlé".encode()[:-1], False),  # cut short within a letter
    ],
)
def test_what_counts_as_saved_as_ansi(shop: Shop, data: bytes | str, expected: bool) -> None:
    path = shop.put("people.csv", data)
    assert is_saved_as_ansi(path, is_whole=True) is expected


def test_a_damaged_file_is_not_guessed_at(shop: Shop) -> None:
    lines = [b"person_id,email,city,note", "1,,Orléans,".encode(), b"2,,Orl\xe9ans,"]
    shop.put("people.csv", b"\n".join(lines))
    shop.load()
    assert shop.people("person_id") == [("1",)]
    assert [row[:2] for row in shop.rejected()] == [(3, "bytes that are not utf-8")]


def test_files_nobody_declares_are_told_with_what_is_read(shop: Shop) -> None:
    shop.put("persons.txt", "x\n")
    summary = shop.load()
    told = (
        "no table of shop declares a file of this name; shop reads files named people*,"
        " people_old*, marks* and others, `winback check` lists them"
    )
    assert summary.because == {"shop/main/persons.txt": told}
    assert shop.query("select problem from raw.landing_unread") == [(told,)]
