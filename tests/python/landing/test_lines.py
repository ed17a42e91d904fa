"""Line accounting: one bad line costs one line, and nothing is lost."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from winback.landing import load as load_landing
from winback.landing import parse

from .conftest import Shop

HEADER = b"person_id,email,city,note,rank\n"


@pytest.mark.parametrize(
    ("bad", "reason"),
    [
        (b"9,x,y", "3 columns found, 5 expected"),
        (b"9,x,y,z,1,2", "6 columns found, 5 expected"),
        (b'9,x,"y,z,1', "a quote is opened and not closed"),
        (b'9,"x"y,,z,1', "text after a closing quote"),
        ("9,x,Orlé".encode() + b"ans\xe9,z,1", "bytes that are not utf-8"),
        (b"9,x\x00,y,z,1", "a NUL byte"),
        (b"9," + b"x" * 2_100_000 + b",y,z,1", "more than 2,000,000 bytes"),
    ],
)
@pytest.mark.parametrize("ending", [b"\n", b"\r\n"])
def test_one_bad_line_costs_one_line(shop: Shop, bad: bytes, reason: str, ending: bytes) -> None:
    good = [b'%d,,c%d,"a ""b"", c",1' % (number, number) for number in range(50)]
    lines = [HEADER.strip(), *good[:25], bad, *good[25:]]
    shop.put("people.csv", ending.join(lines) + ending)
    shop.load()
    assert shop.ledger()[0][1:] == ("loaded", 52, 51, 50, 1)
    assert shop.rejected() == [(27, reason, bad.decode("utf-8", "backslashreplace"))]
    expected = [(str(n), f"c{n}", 'a "b", c', n + 2 if n < 25 else n + 3) for n in range(50)]
    assert shop.people() == expected


def test_quoted_line_breaks_survive(shop: Shop) -> None:
    note = b'"Dear shop,\r\n\r\nleave it at no. 5, please\nthanks, ""Jo"""'
    shop.put("people.csv", HEADER + b"1,,Lyon," + note + b",1\n2,,Nice,,1\n")
    shop.load()
    assert shop.people() == [
        ("1", "Lyon", 'Dear shop,\r\n\r\nleave it at no. 5, please\nthanks, "Jo"', 2),
        ("2", "Nice", None, 6),
    ]
    assert shop.ledger()[0][1:] == ("loaded", 6, 2, 2, 0)


def test_a_stray_quote_before_a_quoted_line_break(shop: Shop) -> None:
    lines = [b"%d,,Lyon,,1\n" % number for number in range(300)]
    lines[100] = b'100,,"Lyon,,1\n'
    lines[200] = b'200,,Lyon,"two\nlines",1\n'
    shop.put("people.csv", HEADER + b"".join(lines))
    shop.load()
    assert shop.ledger()[0][1:] == ("loaded", 302, 300, 299, 1)
    assert shop.rejected()[0][:2] == (102, "a quote is opened and not closed")
    assert shop.query(
        "select _line_number, note from raw.shop__people where person_id in ('200', '201')"
    ) == [(202, "two\nlines"), (204, None)]


def test_a_broken_record_of_several_lines_is_one_rejected_line(shop: Shop) -> None:
    shop.put("people.csv", HEADER + b'1,,Lyon,"a\nb"\n2,,Nice,,1\n')
    shop.load()
    assert shop.rejected() == [(2, "4 columns found, 5 expected", '1,,Lyon,"a\nb"')]
    assert shop.people("person_id, _line_number") == [("2", 4)]


def test_lines_that_two_stray_quotes_made_one_record_are_bad_each_by_itself(shop: Shop) -> None:
    swallowed = [
        b'1,o@x.example,"Lyon,,1\n2,a@x.example,Nice",,1\n',
        b'3,,Lyon,"on 2026-05-01\r\nat noon,\r\n4,,Nice,2026-05-02,1\r\n\r\nthanks",1\r\n',
    ]
    swallowed.append(b'7,o@x.example,Lyon,,"1\n8,a@x.example,Nice,,"\n')
    note = b'5,n@x.example,"write to n@x.example,\nthanks, Jo",,1\n'
    shop.put(
        "people.csv", HEADER + swallowed[0] + note + swallowed[1] + swallowed[2] + b"6,,Brest,,1\n"
    )
    shop.load()
    reason = "two quotes make one record of several lines that are records themselves"
    assert shop.rejected() == [
        (2, reason, '1,o@x.example,"Lyon,,1'),
        (3, reason, '2,a@x.example,Nice",,1'),
        (6, reason, '3,,Lyon,"on 2026-05-01\r\nat noon,'),
        (8, reason, '4,,Nice,2026-05-02,1\r\n\r\nthanks",1'),
        (11, reason, '7,o@x.example,Lyon,,"1'),
        (12, reason, '8,a@x.example,Nice,,"'),
    ]
    assert shop.people("person_id, _line_number") == [("5", 4), ("6", 13)]
    assert shop.ledger()[0][1:] == ("loaded", 13, 8, 2, 6)


def test_mixed_line_ends_blank_lines_and_no_final_newline(shop: Shop) -> None:
    shop.put("people.csv", HEADER + b"1,,a,,1\r\n\n2,,b,,1\n\r\n3,,c,x\ry,1\n4,,d,,1")
    shop.load()
    assert shop.people("person_id, note, _line_number") == [
        ("1", None, 2), ("2", None, 4), ("3", "x\ry", 6), ("4", None, 7),
    ]  # fmt: skip
    assert shop.ledger()[0][1:] == ("loaded", 7, 4, 4, 0)


def test_blank_lines_at_the_end_are_no_records(shop: Shop) -> None:
    shop.put("people.csv", HEADER + b"1,,a,,1\n\n\n")
    shop.load()
    assert shop.ledger()[0][1:] == ("loaded", 4, 1, 1, 0)


def test_blank_lines_before_the_header_and_a_header_of_two_lines(shop: Shop) -> None:
    shop.put("people.csv", b'\n\nperson_id,"city","The\nnote"\n1,a,b\n')
    shop.load()
    assert shop.people("person_id, city, extra, _line_number") == [
        ("1", "a", '{"The\\nnote":"b"}', 5)
    ]


def test_one_column_files(shop: Shop) -> None:
    shop.put("people.csv", b'person_id\n1\n\n"2"\n')
    shop.load()
    assert shop.people("person_id, _line_number") == [("1", 2), ("2", 4)]


def test_many_lines_across_chunks(shop: Shop) -> None:
    lines = [b"%d,someone%d@x.example,Lyon,,1\n" % (number, number) for number in range(400_000)]
    lines[390_000] = b'390000,,"Lyon,,1\n'
    lines[399_999] = b"399999,,Lyon,,1"
    shop.put("people.csv", HEADER + b"".join(lines))
    shop.load()
    assert shop.ledger()[0][1:] == ("loaded", 400_001, 400_000, 399_999, 1)
    assert shop.query(
        "select count(*) from raw.shop__people where _line_number <> person_id::int + 2"
    ) == [(0,)]


# --- randomised: any mixture of good records and damage ------------------------------------------

word = st.text(st.sampled_from("abcxyzé€北"), min_size=1, max_size=6)
plain = st.one_of(st.just(""), word, st.builds('{}" {}'.format, word, word))
quoted = st.one_of(
    word,
    st.builds("{}, {}".format, word, word),
    st.builds('say ""{}""'.format, word),
    st.just(""),
).map(lambda text: f'"{text}"')
broken = st.lists(st.one_of(word, st.just("")), min_size=2, max_size=4).map(
    lambda parts: '"x' + "\n".join(parts) + 'y"'
)
NEEDED = 5


@st.composite
def good_line(draw: st.DrawFn) -> tuple[str, str]:
    fields = [draw(st.one_of(plain, quoted)) for _ in range(NEEDED - 1)]
    if draw(st.integers(0, 5)) == 0:
        fields[draw(st.integers(0, NEEDED - 2))] = draw(broken)
    return "good", ",".join(["k", *fields])


@st.composite
def bad_line(draw: st.DrawFn) -> tuple[str, str]:
    kind = draw(st.sampled_from(["few", "many", "open", "after", "bytes", "nul"]))
    fields = ["k", *(draw(word) for _ in range(NEEDED - 1))]
    place = draw(st.integers(1, NEEDED - 1))
    if kind == "few":
        fields.pop()
    elif kind == "many":
        fields.append(draw(word))
    elif kind == "open":
        fields[place] = '"' + fields[place]
    elif kind == "after":
        fields[place] = f'"{fields[place]}"z'
    elif kind == "bytes":
        # a byte that Windows-1252 does not know either: the file was not saved as ANSI
        fields[place] += "\udc81"
    else:
        fields[place] += "\0"
    return "bad", ",".join(fields)


def values_of(record: str) -> list[str | None]:
    """Parse one good record the slow, obvious way: character by character."""
    fields: list[str] = []
    at = 0
    while True:
        if record[at : at + 1] == '"':
            at += 1
            value = ""
            while not (record[at] == '"' and record[at + 1 : at + 2] != '"'):
                value += record[at]
                at += 2 if record[at] == '"' else 1
            at += 1
        else:
            end = record.find(",", at)
            end = len(record) if end < 0 else end
            value = record[at:end]
            at = end
        fields.append(value)
        if at >= len(record):
            return [value or None for value in fields]
        at += 1


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(
    items=st.lists(
        st.one_of(good_line(), good_line(), good_line(), bad_line(), st.just(("blank", ""))),
        max_size=40,
    ),
    ending=st.sampled_from(["\n", "\r\n", "mixed"]),
    has_final=st.booleans(),
)
def test_any_mixture_is_accounted_for(
    tmp_path_factory: pytest.TempPathFactory,
    items: list[tuple[str, str]],
    ending: str,
    has_final: bool,
) -> None:
    shop = Shop(tmp_path_factory.mktemp("mixture"))
    text = HEADER.decode()
    number = 2
    good, bad = [], []
    for index, (kind, line) in enumerate(items):
        if kind == "good":
            good.append((number, values_of(line)))
        elif kind == "bad":
            bad.append((number, line.encode("utf-8", "surrogateescape")))
        end = ending if ending != "mixed" else ("\n", "\r\n")[index % 2]
        text += line + (end if has_final or index < len(items) - 1 else "")
        number += 1 + line.count("\n")
    data = text.encode("utf-8", "surrogateescape")
    shop.put("people.csv", data)
    summary = shop.load()
    assert summary.refused == []
    found = shop.people("_line_number, person_id, email, city, note, extra ->> 'rank'")
    assert [(row[0], list(row[1:])) for row in found] == good
    assert [(row[0], row[2].encode()) for row in shop.rejected()] == [
        (at, line.decode("utf-8", "backslashreplace").encode()) for at, line in bad
    ]
    physical = data.count(b"\n") + (not data.endswith(b"\n"))
    assert shop.ledger()[0][1:] == (
        "loaded", physical, len(good) + len(bad), len(good), len(bad),
    )  # fmt: skip


@settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.lists(st.sampled_from([b"a", b",", b'"', b"\n", b" ", b"\r", b"\xe9"]), max_size=60))
def test_arbitrary_bytes_never_lose_a_line(
    tmp_path_factory: pytest.TempPathFactory, data: list[bytes]
) -> None:
    shop = Shop(tmp_path_factory.mktemp("bytes"))
    shop.put("people.csv", b"person_id,city,note\n" + b"".join(data))
    summary = shop.load()
    assert summary.refused == []
    ((_, status, physical, lines, accepted, rejected),) = shop.ledger()
    assert status == "loaded"
    assert lines == accepted + rejected
    assert shop.query("select count(*) from raw.shop__people") == [(accepted,)]
    assert len(shop.rejected()) == rejected
    assert physical >= lines


@settings(max_examples=25, deadline=None, suppress_health_check=list(HealthCheck))
@given(lines=st.lists(good_line().map(lambda item: item[1]), min_size=1, max_size=20))
def test_the_fast_and_the_careful_way_agree(
    tmp_path_factory: pytest.TempPathFactory, lines: list[str]
) -> None:
    data = HEADER + ("\n".join(lines) + "\n").encode()
    found = []
    for is_fast in (True, False):
        shop = Shop(tmp_path_factory.mktemp("ways"))
        shop.put("people.csv", data)
        with pytest.MonkeyPatch.context() as patch:
            if not is_fast:
                patch.setattr("winback.landing.read.insert_fast", lambda *_: None)
            shop.load()
        found.append((shop.people("* exclude (_loaded_at)"), shop.ledger()))
    assert found[0] == found[1]


def test_rejects_are_written_in_batches(shop: Shop, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parse, "REJECTS_PER_INSERT", 7)
    shop.put("people.csv", HEADER + b"1,,a,,1\nbad\n" * 50)
    load_landing(shop.landing, shop.database, shop.project)
    assert shop.ledger()[0][1:] == ("loaded", 101, 100, 50, 50)
    assert len(shop.rejected()) == 50
