"""Files made to harm: none of them stops the good one beside it, fills the disk or takes long."""

import gzip
import os
import random
import socket
import struct
import time
import zipfile
from io import BytesIO
from pathlib import Path

import pytest
from rich.console import Console

from winback.errors import UserError
from winback.landing import LoadSummary, load, recover
from winback.landing.grammar import Grammar
from winback.landing.recover import Cleaner, Window

from .conftest import Shop

HEADER = "person_id,email,city,note\n"
LINES = "1,a@x.example,Lyon,n1\n2,b@x.example,Nice,\n"
LIMITS = {
    "unpacked_megabytes": 2, "ratio": 50, "ratio_from_megabytes": 0.5, "members": 20,
}  # fmt: skip


@pytest.fixture
def good(shop: Shop) -> Shop:
    # the last one in the order of the load
    shop.put("zz_people_good.csv", HEADER + LINES)
    sources = (shop.project / "models/staging/shop/_shop__sources.yml").read_text()
    shop.declare(sources.replace('"people*"', '"people*", "zz_people*"', 1))
    return shop


def attacked(shop: Shop) -> LoadSummary:
    summary = load(shop.landing, shop.database, shop.project, variables={"landing_limits": LIMITS})
    assert "shop/main/zz_people_good.csv" in [file.source_file for file in summary.loaded]
    return summary


def only_refusal(shop: Shop) -> str:
    (refused,) = attacked(shop).refused
    return f"{refused.source_file}: {refused.message}"


def pack(path: Path, **members: bytes) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(f"{name}.csv", data)
    return path


def test_archives_too_large_when_unpacked(good: Shop) -> None:
    pack(good.account / "a.zip", people=HEADER.encode() + os.urandom(2_100_000))
    assert "a.zip: the zip archive is not opened: it holds more than 2 MB" in only_refusal(good)


def test_archives_packed_beyond_belief(good: Shop) -> None:
    pack(good.account / "a.zip", people=HEADER.encode() + b"1,,,\n" * 200_000)
    message = only_refusal(good)
    assert "more than 50 times larger when unpacked" in message
    assert "landing_limits: ratio" in message


def test_archives_of_too_many_files(good: Shop) -> None:
    pack(good.account / "a.zip", **{f"people_{number}": b"x" for number in range(21)})
    assert "it holds 21 files, more than 20" in only_refusal(good)


@pytest.mark.parametrize("size", [7, 0xFFFFFFF0])
def test_archives_that_lie_about_sizes(good: Shop, size: int) -> None:
    path = pack(good.account / "a.zip", people=HEADER.encode() + b"1,,,\n" * 300)
    data = bytearray(path.read_bytes())
    at = data.index(b"PK\x01\x02")
    data[at + 24 : at + 28] = struct.pack("<I", size)
    path.write_bytes(data)
    assert "the zip archive is" in only_refusal(good)


@pytest.mark.parametrize("ratio_only", [True, False])
def test_gzip_bombs(good: Shop, ratio_only: bool) -> None:
    # one line without end, or very many: both stop at the limit
    text = b"1,,,\n" * 200_000 if ratio_only else b"x" * 2_500_000
    good.put("people.csv.gz", gzip.compress(HEADER.encode() + text))
    assert "people.csv.gz: the gzip file is not unpacked: it " in only_refusal(good)
    assert good.people() != []


def test_a_gzip_bomb_inside_an_archive(good: Shop) -> None:
    bomb = gzip.compress(HEADER.encode() + b"1,,,\n" * 200_000)
    with zipfile.ZipFile(good.account / "a.zip", "w") as archive:
        archive.writestr("people.csv.gz", bomb)
        archive.writestr("people_b.csv", HEADER + "7,,,\n")
    assert "people.csv.gz: the gzip file is not unpacked" in only_refusal(good)
    assert ("7", None, None, 2) in good.people()


def test_a_packed_file_keeps_the_hash_it_had(shop: Shop) -> None:
    path = shop.put("people.csv.gz", gzip.compress((HEADER + LINES).encode()))
    shop.load()
    os.utime(path, (1, 1))
    assert len(shop.load().held) == 1


def test_any_byte_of_an_archive_may_be_wrong(good: Shop) -> None:
    path = pack(good.account / "a.zip", people=(HEADER + LINES).encode())
    whole = path.read_bytes()
    chance = random.Random(5)
    for method in (zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA):
        other = BytesIO()
        with zipfile.ZipFile(other, "w", method) as archive:
            archive.writestr("people.csv", HEADER + LINES)
        for number in range(12):
            data = bytearray(other.getvalue() if number % 2 else whole)
            for _ in range(chance.randint(1, 6)):
                data[chance.randrange(len(data))] = chance.randrange(256)
            (good.account / f"b{number}_{method}.zip").write_bytes(data)
    for file in attacked(good).refused:
        assert "please report it" not in (file.message or "")


def test_names_that_lead_out_of_an_archive(good: Shop, tmp_path: Path) -> None:
    with zipfile.ZipFile(good.account / "a.zip", "w") as archive:
        for name in ("../people_1.csv", "x/../../people_2.csv", "/people_3.csv", "C:/people_4.csv"):
            archive.writestr(name, HEADER + "9,,,\n")
        archive.writestr("export\\people_5.csv", HEADER + "5,,,\n")
    refused = attacked(good).refused
    assert len(refused) == 4
    assert all("leads out of the archive's folder" in (file.message or "") for file in refused)
    assert sorted(row[0] for row in good.people()) == ["1", "2", "5"]
    assert not list(tmp_path.rglob("people_[1-5].csv"))


def test_archives_in_archives_and_of_other_kinds_are_told(good: Shop) -> None:
    inner = pack(good.folder / "people.zip", people=b"x").read_bytes()
    with zipfile.ZipFile(good.account / "a.zip", "w") as archive:
        archive.writestr("people.zip", inner)
    good.put("people.7z", b"7z")
    good.put("people.csv.bz2", b"BZ")
    attacked(good)
    told = dict(good.query("select source_file, problem from raw.landing_unread"))
    assert "zip archive inside another one" in told["shop/main/a.zip/people.zip"]
    assert "of the kind 7z are not opened" in told["shop/main/people.7z"]
    assert "of the kind bz2 are not opened" in told["shop/main/people.csv.bz2"]


def test_many_members_take_seconds(good: Shop) -> None:
    """The archive is opened once to list, to look into and to read its members: twice as many
    take twice as long, not four times."""
    archive = good.account / "a.zip"
    with zipfile.ZipFile(archive, "w") as packed:
        for number in range(3_000):
            packed.writestr(f"other_{number}.csv", "x")
        for number in range(30):
            packed.writestr(f"people_{number}.csv", HEADER + f"{number},,,\n")
    opened = []
    real = zipfile.ZipFile._RealGetContents  # type: ignore[attr-defined]

    def count(self: zipfile.ZipFile) -> None:
        opened.append(1)
        real(self)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(zipfile.ZipFile, "_RealGetContents", count)
        summary = good.load()
    assert len(summary.loaded) == 31
    assert len(opened) == 3


def test_what_is_no_file_is_named_and_not_waited_for(good: Shop) -> None:
    os.mkfifo(good.account / "people_pipe.csv")
    os.mkfifo(good.landing / "pipe.csv")
    (good.landing / "unknown").mkdir()
    os.mkfifo(good.landing / "unknown" / "pipe.csv")
    (good.account / "people_device.csv").symlink_to("/dev/zero")
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as listening:
        os.chdir(good.account)  # a socket's name may not be long
        try:
            listening.bind("people_s.csv")
        finally:
            os.chdir(here)
        summary = attacked(good)
    assert [file.source_file for file in summary.refused] == [
        "shop/main/people_device.csv",
        "shop/main/people_pipe.csv",
        "shop/main/people_s.csv",
    ]
    assert {file.message for file in summary.refused} == {
        "it is a pipe, a socket or a device and no file: put the export itself here"
    }


def test_folders_without_end(good: Shop) -> None:
    deep = good.account / "/".join("d" * 60)
    deep.mkdir(parents=True)
    (deep / "people.csv").write_text(HEADER)
    assert "folders are nested more than 50 deep" in only_refusal(good)


def test_what_a_terminal_would_obey_is_escaped(shop: Shop) -> None:
    odd = "people_\x1b[31m\n\u202e[red].csv"
    shop.put(odd, HEADER + LINES)
    shop.put("x[/people].csv", HEADER + "bad\n")
    shop.put("people_h.csv", "\x1b]0;email\x07,\x1b[2Jcity\nx,y\n")
    shop.put("other_\x1b[2J.csv", "x")
    (shop.landing / "un\x1b[2Jknown").mkdir()
    with zipfile.ZipFile(shop.account / "a.zip", "w") as archive:
        archive.writestr("people_\x1b[2J.csv", "city\n")
    for is_terminal in (True, False):
        shop.database.unlink(missing_ok=True)
        with Path(shop.folder / "said").open("w+") as said:
            console = Console(file=said, width=200, force_terminal=is_terminal, no_color=True)
            load(shop.landing, shop.database, shop.project, console=console)
            said.seek(0)
            text = said.read()
        if not is_terminal:
            assert not set(text) & {"\x1b", "\u202e", "\x07"}
        assert "\x1b[2J" not in text
        assert "\x1b]0" not in text
        assert "\u202e" not in text
        assert "people_\\x1b[2J.csv" in text
    files = [name for (name,) in shop.query("select source_file from raw.landing_files")]
    assert "shop/main/people_\\x1b[31m\\n\\u202e[red].csv" in files
    assert "shop/main/x[/people].csv" in files


@pytest.mark.parametrize(
    "first",
    [
        "Schmidt,Anna,Lindenallee,Bonn",
        "Anna,Schmidt",
        "Lindenallee 4",
        "yes,never,Bonn",
        "Ms,Anna Schmidt,vip,gold",
        "städtische Werke;Bonn",
    ],
)
def test_a_file_without_a_header_row_is_not_repeated(shop: Shop, first: str) -> None:
    shop.put("people.csv", f"{first}\n{first}\n")
    (refused,) = shop.load().refused
    message = refused.message or ""
    for value in first.replace(";", ",").replace(" ", ",").split(","):
        assert value not in message
    assert "is the header row missing?" in message


def test_headers_that_are_headers_are_repeated(shop: Shop) -> None:
    shop.put("people.csv", "Kunden-Nr,E-Mail-Adresse,FirstName,Bonn\n1,2,3,4\n")
    (refused,) = shop.load().refused
    message = refused.message or ""
    assert "found 4 fields: Kunden-Nr, E-Mail-Adresse, FirstName and 1 of other names" in message
    assert "Bonn" not in message


def test_a_header_row_of_too_many_columns(shop: Shop) -> None:
    shop.put("people.csv", "person_id" + ",a" * 100_000 + "\n")
    (refused,) = shop.load().refused
    assert "the header row has more than 5,000 columns" in (refused.message or "")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ('{"Person ID": Anna}', "a value is missing or not in quotes, at character 15"),
        ('{"Person ID": "Anna}', "a quote is opened and not closed, at character 15"),
        ("{'Person ID': 1}", "a key is missing or not in double quotes, at character 2"),
        ('{"Person ID": 1} Anna', "more text after the end of the object, at character 18"),
        ('{"Person ID": "Anna\\q"}', "no valid JSON: an odd escape or character, at character 20"),
        ('["Anna"]', "no JSON object, but a list"),
        ('"Anna"', "no JSON object, but a text"),
        ("7", "no JSON object, but a number"),
        ("null", "no JSON object, but null"),
        ('{"Person ID": 1, "Person ID": 2}', "the same key twice in one object"),
        ('{"Person ID": ' + "[" * 200 + "]" * 200 + "}", "nested more than 100 levels deep"),
        ('{"a":' * 50_000 + "1" + "}" * 50_000, "nested more than 100 levels deep"),
        ("[" * 90_000, "nested more than 100 levels deep"),
    ],
)
def test_json_lines_say_why(shop: Shop, line: str, reason: str) -> None:
    nested = '{"Person ID": 2, "note": "' + "[" * 300 + '"}'
    shop.put("people.jsonl", f'{line}\n{{"Person ID": 1}}\n{nested}\n')
    (loaded,) = shop.load().loaded
    ((number, found, text),) = shop.rejected()
    assert number == 1
    assert reason in found
    assert text == line
    assert "Anna" not in found
    assert "1 line rejected: 1 with " in (loaded.message or "")
    assert [row[0] for row in shop.people()] == ["1", "2"]


def test_json_that_is_one_list(shop: Shop) -> None:
    shop.put("people.jsonl", '[{"Person ID": "Anna"}]')
    (refused,) = shop.load().refused
    assert refused.message == (
        "no line can be read (no JSON object, but a list): one JSON object a line was expected"
    )


@pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ("{a: ", "}"), ("- ", "")])
def test_yaml_nested_without_end(shop: Shop, opening: str, closing: str) -> None:
    shop.declare(
        "sources: " + ("\n" if opening == "- " else "") + opening * 3_000 + closing * 3_000
    )
    with pytest.raises(UserError, match=r"_shop__sources.yml.*(nested too deeply|not valid YAML)"):
        shop.load()


def test_only_a_work_folder_of_its_own_is_removed(shop: Shop) -> None:
    folder = shop.folder / "shop.duckdb.landing"
    folder.mkdir()
    (folder / "thesis.txt").write_text("mine")
    shop.put("people.csv", HEADER + LINES)
    with pytest.raises(UserError, match=r"shop.duckdb.landing is needed as a work folder"):
        shop.load()
    assert (folder / "thesis.txt").read_text() == "mine"
    (folder / "thesis.txt").unlink()
    folder.rmdir()
    # what a killed load left behind is its own
    folder.mkdir()
    (folder / ".winback-work-folder").touch()
    (folder / "decoded.csv").write_text("of a killed load")
    shop.load()
    assert not folder.exists()
    elsewhere = shop.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / ".winback-work-folder").touch()
    folder.symlink_to(elsewhere)
    with pytest.raises(UserError, match="work folder"):
        shop.load()
    assert elsewhere.exists()


@pytest.mark.parametrize(
    "limits",
    [7, {"members": 0}, {"ratio": "high"}, {"megabytes": 1}, {"members": True}],
)
def test_limits_that_cannot_be_meant(shop: Shop, limits: object) -> None:
    with pytest.raises(UserError, match="landing_limits"):
        load(shop.landing, shop.database, shop.project, variables={"landing_limits": limits})


# --- quotes that are opened ---


def clean(
    text: bytes, quote: str = '"', fields: int = 4
) -> tuple[list[bytes], list[tuple[int, str]]]:
    rejects: list[tuple[int, str]] = []
    grammar = Grammar(",", quote, fields)
    cleaner = Cleaner(
        Window(BytesIO(text), 0), grammar, "utf-8", 0, lambda at, why, _: rejects.append((at, why))
    )
    out = [line for batch in cleaner.records() for line in batch]
    assert cleaner.accounts.adds_up
    return out, rejects


def naive(grammar: Grammar, lines: list[bytes], start: int) -> tuple[int, str]:
    """What `_follow` decides, looked up anew from each opening line."""
    _, fields, _ = grammar.walk(lines[start])
    size = full = 0
    for at in range(start + 1, len(lines)):
        between = at - start - 1
        if full > 0.9 * recover.SURE_AFTER_LINES and between >= recover.SURE_AFTER_LINES:
            return 1, "stray"
        line = lines[at]
        size += len(line) + 1
        state, fields, is_last_empty = grammar.walk(line, True, fields)
        if state == "broken":
            return 1, "stray"
        if state == "open":
            full += grammar.is_full(line)
            continue
        if (between and 2 * full > between) or (full and size >= recover.MAX_RECORD_BYTES):
            return 1, "stray"
        if size >= recover.KEPT_TEXT_BYTES:
            return 1, "stray"
        span = at - start + 1
        if grammar.counts(fields, is_last_empty):
            return span, "long" if size >= recover.MAX_RECORD_BYTES else "record"
        return (1, "stray") if full or grammar.is_full(line) else (span, "count")
    return 1, "stray"


@pytest.mark.parametrize("seed", range(8))
def test_remembered_and_looked_up_anew_are_the_same(
    monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(recover, "MAX_RECORD_BYTES", 120)
    monkeypatch.setattr(recover, "KEPT_TEXT_BYTES", 300)
    monkeypatch.setattr(recover, "SURE_AFTER_LINES", 10**6)
    monkeypatch.setattr(recover, "LOOK_AHEAD_LINES", 4)
    chance = random.Random(seed)
    pieces = ['a",b,"c', '""', "1,2", '1,"x', 'z"', "zz", '"a",', '",b', "1,2,", "", '"a" b']
    grammar = Grammar(",", '"', 2)
    for _ in range(60):
        chosen = [chance.choice(pieces) for _ in range(chance.randint(2, 60))]
        lines = "\n".join(chosen).encode().split(b"\n")
        window = Window(BytesIO(b"\n".join(lines) + b"\n"), 0)
        cleaner = Cleaner(window, grammar, "utf-8", 0, lambda *_: None)
        window.fetch()
        at = 0
        while at < len(lines):
            step = 1
            if not grammar.is_full(lines[at]) and grammar.walk(lines[at])[0] == "open":
                span, reason = cleaner._follow(at, grammar.walk(lines[at])[1])
                kind = {None: "record", recover.TOO_LONG: "long"}.get(
                    reason, "stray" if "quote" in str(reason) else "count"
                )
                assert (span, kind) == naive(grammar, lines, at), (lines, at)
                step = span
            at += step


@pytest.mark.parametrize(
    "line",
    ['a",b,"c,d', '1,a,b,"x', '"', '1,"', '"a" b,"', '""","', 'x,"""'],
)
def test_many_opened_quotes_take_time_in_step_with_their_number(line: str) -> None:
    def seconds(count: int) -> float:
        text = f"{line}\n".encode() * count
        start = time.process_time()
        clean(text)
        return time.process_time() - start

    seconds(100)
    few = min(seconds(2_000) for _ in range(3))
    assert seconds(16_000) < 8 * few * 3 + 0.2


def test_a_field_of_many_megabytes_is_one_long_line(shop: Shop) -> None:
    text = "a line of a note without end, told at length, as people do\n" * 100_000
    shop.put("people.csv", HEADER + f'1,a,b,"{text}"\n2,b,c,d\n')
    start = time.process_time()
    (loaded,) = shop.load().loaded
    assert time.process_time() - start < 10
    assert (loaded.accepted, loaded.rejected) == (1, 1)
    assert "1 with more than 2,000,000 bytes" in (loaded.message or "")


@pytest.mark.parametrize("text", ["x" * 12_000_000, '1,"' + "x" * 12_000_000, '"' * 12_000_000])
def test_a_line_without_end(shop: Shop, text: str) -> None:
    shop.put("people.csv", HEADER + text + "\n2,b,c,d\n")
    start = time.process_time()
    (loaded,) = shop.load().loaded
    assert time.process_time() - start < 10
    assert (loaded.accepted, loaded.rejected) == (1, 1)
