"""`winback erase`: nothing of a person is left, nobody else is touched, nothing comes back."""

import hashlib
import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import duckdb
import pytest

from winback.erasure import erase as erase_module
from winback.erasure.addresses import sha256
from winback.erasure.erase import EraseOptions, erase
from winback.erasure.hashes import read_hashes
from winback.erasure.proof import Proof
from winback.errors import UserError
from winback.landing import LoadSummary, load
from winback.landing.erased import RawEraser

ROOT = Path(__file__).parents[3]

CONTACTS = """contact_id,email,first_name,preferences,email_consent,referred_by
7,Bob@Shop.example,Bob,,unsubscribed,
8,jimbob@shop.example,Jim,,subscribed,
9,ann@shop.example,Ann,wrote to bob@shop.example.,unsubscribed,
10,eve@shop.example,Eve,,subscribed,Bob@shop.example
"""
ORDERS = """order_id,contact_id,email,ordered_at,net_amount
A1,7,,2026-04-01,10
A2,9,ann@shop.example,2026-04-01,20
"""
ITEMS = """order_id,product_id,quantity
A1,P1,1
A2,P1,2
"""
SHOPIFY = """Name,Email,Financial Status,Currency,Total,Created at,Lineitem name,\
Lineitem quantity,Lineitem price
#1,bob@shop.example,paid,EUR,10,2026-04-01 10:00:00 +0000,Hat,1,5
#1,,,,,2026-04-01 10:00:00 +0000,Coat,1,5
#2,ann@shop.example,paid,EUR,5,2026-04-01 10:00:00 +0000,Hat,1,5
"""


class House:
    """A project with the shipped layouts, a landing folder and a database."""

    def __init__(self, folder: Path) -> None:
        self.project = folder / "project"
        self.landing = folder / "landing"
        self.database = folder / "house.duckdb"

    def fill(self) -> None:
        for path in (ROOT / "models" / "staging").glob("*/_*__sources.yml"):
            target = self.project / path.relative_to(ROOT)
            target.parent.mkdir(parents=True)
            shutil.copy(path, target)
        shutil.copy(ROOT / "dbt_project.yml", self.project)
        self.put("generic/main/contacts.csv", CONTACTS)
        self.put("generic/main/orders.csv", ORDERS)
        self.put("generic/main/order_items.csv", ITEMS)
        self.put("shopify/main/orders_export_1.csv", SHOPIFY)
        assert not self.load().refused

    def put(self, name: str, content: str | bytes, folder: Path | None = None) -> Path:
        path = (folder or self.landing) / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    def load(self) -> LoadSummary:
        return load(self.landing, self.database, self.project)

    def write(self, *statements: str) -> None:
        with duckdb.connect(str(self.database)) as connection:
            for statement in statements:
                connection.execute(statement)

    def query(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database), read_only=True) as connection:
            return connection.execute(sql).fetchall()

    def erase(self, *addresses: str, **options: Any) -> Proof:
        place = EraseOptions(self.project, self.database, self.landing, **options)
        return erase([sha256(address) for address in addresses], place, list(addresses))

    def build(self) -> None:
        """A handful of tables such as a build makes."""
        self.write(
            "create table int_contact_identities as select * from (values"
            " ('c7', 'email', 'bob@shop.example', null, null),"
            " ('c7', 'email', 'bob.private@mail.example', null, null),"
            " ('c7', 'source_id', '7', 'generic', 'main'),"
            " ('c9', 'email', 'ann@shop.example', null, null))"
            " as t(contact_id, identifier_type, identifier_value, source_system, source_relation)",
            "create table int_contact_record_people as"
            " select '0123456789abcdef0123456789abcdef' as contact_record_id, 'c7' as contact_id",
            "create table dim_contacts as select * from (values ('c7', 'Bob'), ('c9', 'Ann'))"
            " as t(contact_id, first_name)",
            "create table int_email_events__unified as select * from (values"
            " ('e1', 'c7', 'generic/main/x.csv', 2), ('e2', 'c9', 'generic/main/x.csv', 3))"
            " as t(event_id, contact_id, source_file, line_number)",
            "create table int_email_signals as select unnest(['e1', 'e2']) as event_id",
            "create table segment_flags as select unnest(['c7', 'c9']) as contact_id, true as vip",
            "create table segment_membership_log as"
            " select unnest(['0123456789abcdef', 'c9']) as contact_id, 'vip' as segment",
            "create table identity_conflicts as select unnest(["
            """'["bob@shop.example", "x@y.example"]', '["0123456789abcdef0123456789abcdef"]',"""
            " 'other']) as members",
            "create table suppression_register as select * from (values"
            f" ('{sha256('bob@shop.example')}', 'generic', 'main', null),"
            " (null, 'generic', 'main', '7'), (null, 'generic', 'other', '7'))"
            " as t(address_sha256, source_system, source_relation, source_contact_id)",
            "insert into raw.landing_leavers by name select 'generic' as source_system,"
            " 'main' as source_relation, unnest(['7', '9']) as source_contact_id",
            "create table segment_tree as select 'vip' as segment, 2 as contacts",
            "create view contacts_view as select * from dim_contacts",
            "create schema quality",
            "create table quality.kept (id integer primary key, mail varchar)",
            "insert into quality.kept values (1, 'BOB@SHOP.EXAMPLE'), (2, 'zoe@shop.example')",
        )


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Loaded once, copied by each test."""
    folder = tmp_path_factory.mktemp("house")
    House(folder).fill()
    return folder


@pytest.fixture
def house(loaded: Path, tmp_path: Path) -> House:
    shutil.copytree(loaded, tmp_path, dirs_exist_ok=True)
    return House(tmp_path)


def test_nothing_of_a_person_is_left(house: House) -> None:
    house.build()
    words = ("bob@shop.example", "bob.private@mail.example")
    house.put("run_results.json", '{"message": "Bob@shop.example"}', house.project / "target")
    house.put("partial_parse.msgpack", b"\x01bob.private@mail.example", house.project / "target")
    house.put("dbt.log", "select 'bob%40shop.example'", house.project / "logs")
    house.put("other.log", "jimbob@shop.example", house.project / "logs")
    landing = {path: path.read_bytes() for path in house.landing.rglob("*.csv")}
    proof = house.erase("bob@shop.example")
    assert proof.verified

    assert sorted(proof.address_sha256) == sorted(map(sha256, words))
    assert house.query("select contact_id, first_name from contacts_view") == [("c9", "Ann")]
    for table, column in (
        ("int_email_signals", "event_id"),
        ("segment_flags", "contact_id"),
        ("segment_membership_log", "contact_id"),
        ("identity_conflicts", "members"),
        ("quality.kept", "mail"),
    ):
        left = {row[0] for row in house.query(f"select {column} from {table}")}
        assert left in ({"c9"}, {"e2"}, {"other"}, {"zoe@shop.example"}), table
    # what keeps people away from tools, and what counts people, stays
    assert house.query(
        "select address_sha256, source_relation from suppression_register order by 1"
    ) == [(sha256(words[0]), "main"), (None, "other")]
    assert house.query("select source_contact_id from raw.landing_leavers") == [("9",)]
    assert house.query("select * from segment_tree") == [("vip", 2)]
    hashes = {row[0] for row in house.query("select address_sha256 from raw.erased")}
    assert hashes == set(map(sha256, words))

    # every byte of the file and of what lies beside it, plain, in capitals, in UTF-16
    places = [house.database, *house.project.rglob("*"), *house.database.parent.glob("house.*")]
    for path in places:
        data = path.read_bytes() if path.is_file() else b""
        data = data.replace(b"jimbob@", b"").lower()
        for word in words:
            for spelt in (word, word.replace("@", "%40")):
                assert spelt.encode() not in data, path
                assert spelt.encode("utf-16-le") not in data, path
    assert (house.project / "logs" / "other.log").read_text() == "jimbob@shop.example"
    # the landing folder is the user's: told, not touched
    assert {path: path.read_bytes() for path in house.landing.rglob("*.csv")} == landing
    assert proof.still_held_by == [
        "generic/main/contacts.csv",
        "generic/main/order_items.csv",
        "generic/main/orders.csv",
        "shopify/main/orders_export_1.csv",
    ]
    assert "bob" not in json.dumps(proof.__dict__, default=str)


def test_raw_lines_of_the_person_go_and_all_others_stay(house: House) -> None:
    house.erase("bob@shop.example")
    # the id that the contact list gave leads to the order, the order to its items
    contacts = {row[0] for row in house.query("select contact_id from raw.generic__contacts")}
    assert contacts == {"8", "9", "10"}
    assert house.query("select order_id from raw.generic__orders") == [("A2",)]
    assert house.query("select order_id from raw.generic__order_items") == [("A2",)]
    assert house.query("select name, lineitem_name from raw.shopify__orders_export") == [
        ("#2", "Hat")
    ]


def test_an_address_in_somebody_elses_note_is_overwritten(house: House) -> None:
    house.erase("bob@shop.example")
    assert house.query(
        "select email, preferences, email_consent from raw.generic__contacts where contact_id = '9'"
    ) == [("ann@shop.example", "wrote to erased.", "unsubscribed")]
    assert house.query("select extra from raw.generic__contacts where contact_id = '10'") == [
        ('{"referred_by":"erased"}',)
    ]


def test_staging_keeps_the_lines_that_raw_keeps(house: House) -> None:
    # as dbt has read them: no run reads these files again
    house.write(
        "create table stg_generic__contacts as select contact_id, email, preferences, extra,"
        " _source_file as source_file, _line_number as line_number from raw.generic__contacts",
        "create table stg_generic__orders as select order_id, contact_id,"
        " _source_file as source_file, _line_number as line_number from raw.generic__orders",
    )
    proof = house.erase("bob@shop.example")
    for table, columns in (
        ("contacts", "contact_id, email, preferences, extra"),
        ("orders", "order_id, contact_id"),
    ):
        raw = house.query(f"select {columns}, _line_number from raw.generic__{table} order by all")
        staged = f"select {columns}, line_number from stg_generic__{table} order by all"
        assert house.query(staged) == raw, table
    assert {
        "table": "main.stg_generic__contacts",
        "rows": 1,
        "overwritten": 2,
    } in proof.tables


def test_every_line_stays_accounted_for(house: House) -> None:
    house.put("generic/main/contacts_2.csv", 'contact_id,email\n1,"bob@shop.example\n2,x,y\n3,\n')
    house.load()
    lines = dict(house.query("select source_file, lines from raw.landing_files"))
    house.erase("bob@shop.example")
    ledger = house.query(
        "select source_file, lines, accepted_lines, rejected_lines from raw.landing_files"
    )
    assert {name: count for name, count, _, _ in ledger} == lines
    for name, count, accepted, rejected in ledger:
        assert count == accepted + rejected, name
        held = house.query(f"select count(*) from raw.rejected_lines where source_file = '{name}'")
        assert held == [(rejected,)], name
    texts = house.query("select line_text from raw.rejected_lines where reason = 'erased person'")
    assert texts
    assert {row[0] for row in texts} == {None}


def test_a_line_left_out_says_nothing_in_the_words_of_a_mapping(house: House) -> None:
    house.erase("bob@shop.example")
    house.put(
        "generic/own/_mapping.yml",
        "files:\n  - entity: email_events\n    pattern: weg*\n    headers: {email: Mail}\n"
        "    constants: {event_type: unsubscribe}\n",
    )
    lines = ["bob@shop.example,2026-01-01", "bob@shop.example,1,2", "eve@shop.example,1,2"]
    house.put("generic/own/weg.csv", "\n".join(["Mail,occurred_at", *lines]))
    house.load()
    rejected = house.query(
        "select reason, meaning, line_text is null from raw.rejected_lines"
        " where source_file = 'generic/own/weg.csv' and reason <> 'erased person'"
    )
    assert [row[1:] for row in rejected] == [("unsubscribe", False)]


def test_later_loads_leave_the_person_out(house: House) -> None:
    house.erase("bob@shop.example")
    # the same file again, a new one that brings a new id, and events by that id, in any order
    house.put("generic/main/contacts.csv", CONTACTS + "11,zoe@shop.example,Zoe,,,\n")
    house.put("generic/main/contacts_3.csv", "contact_id,email\n77,Bob <BOB@shop.example>\n")
    house.put(
        "generic/a/email_events.csv",
        "contact_id,event_type,occurred_at\n77,open,2026-04-02\n",
    )
    house.put(
        "generic/main/campaigns.csv",
        "campaign_id,name\nC1,bob@shop.example\n",
    )
    house.put(
        "generic/main/email_events.csv",
        "contact_id,email,event_type,occurred_at,url\n"
        "77,,open,2026-04-02,\n7,,open,2026-04-02,\n9,,click,2026-04-02,"
        "https://x.example/?r=bob%40shop.example&c=1\n8,,open,2026-04-02,\n"
        # links inside links
        "10,,click,2026-04-02,https://x.example/?u=https%3A%2F%2Fy%2F%3Fm=bob%2540shop.example\n"
        "10,,click,2026-04-03,https://x.example/?u=https%253A%252F%252Fy%252F%253Fm%253Dbob%252540s"
        "hop.example\n",
    )
    summary = house.load()
    assert not summary.refused
    contacts = {row[0] for row in house.query("select contact_id from raw.generic__contacts")}
    assert contacts == {"8", "9", "10", "11"}
    assert house.query("select contact_id, url from raw.generic__email_events order by all") == [
        ("10", "erased"),
        ("10", "https://x.example/?u=https%3A%2F%2Fy%2F%3Fm=erased"),
        ("77", None),  # of another account
        ("8", None),
        ("9", "https://x.example/?r=erased&c=1"),
    ]
    # a campaign is nobody's line
    assert house.query("select campaign_id, name from raw.generic__campaigns") == [("C1", "erased")]
    (result,) = [file for file in summary.files if file.source_file.endswith("contacts_3.csv")]
    assert (result.lines, result.accepted, result.rejected) == (1, 0, 1)
    assert "1 line of people who were erased left out" in str(result.message)
    assert "bob" not in str(result.message).lower()
    for name, count, accepted, rejected in house.query(
        "select source_file, lines, accepted_lines, rejected_lines from raw.landing_files"
    ):
        assert count == accepted + rejected, name
    # nothing left for a second erasure
    assert house.erase("bob@shop.example").rows == 0


def test_an_international_domain_and_odd_spellings(house: House) -> None:
    address = "kim@xn--mnchen-3ya.example"
    cells = [
        "KIM@München.example",
        "mailto:kim@münchen.example",
        "\u200bkim@münchen.example",
        "\uff4bim\uff20münchen.example",
        "Kim &lt;kim&#64;münchen.example&gt;",
        '"<a href=""mailto:kim@münchen.example?subject=x"">kim</a>"',
    ]
    lines = "".join(f"{number},{cell}\n" for number, cell in enumerate(cells, start=100))
    house.put("generic/main/contacts_4.csv", "contact_id,email\n" + lines)
    house.load()
    proof = house.erase(address)
    assert proof.verified
    assert house.query(
        "select count(*) from raw.generic__contacts where length(contact_id) = 3"
    ) == [(0,)]


def test_an_apostrophe_and_a_plus_as_texts_and_links_spell_them(house: House) -> None:
    cells = ["O\u2019Neil+a@x.example", "mailto:o'neil%2Ba@x.example", "o%27neil%2Ba@x.example"]
    lines = "".join(f"{number},{cell}\n" for number, cell in enumerate(cells, start=100))
    house.put("generic/main/contacts_4.csv", "contact_id,email\n" + lines)
    house.load()
    assert house.erase("o'neil+a@x.example").verified
    assert house.query(
        "select count(*) from raw.generic__contacts where length(contact_id) = 3"
    ) == [(0,)]


def test_what_identity_reads_as_the_address_is_erased(house: House) -> None:
    dressed = [
        "“{}”", "\u2018{}\u2019", "«{}»", "\u2066{}\u2069", "\u202a{}\u202c", "{}-", "{}_", "{}#",
        "{}…", "•{}", "\u2800{}\u3164", "ann﹫x.example", "ann @ x.example",
        "“ann @ x.example”; «{}»",
    ]  # fmt: skip
    cells = [one.format("ann@x.example") for one in dressed]
    lines = "".join(
        f"{number},{cell},\n{number + 100},,{cell}\n"
        for number, cell in enumerate(cells, start=100)
    )
    # in a sentence and in a link of somebody else's, and the end of another address
    lines += "7,joann@x.example,told by “ann @ x.example” and ann@x.example\n"
    lines += "8,,https://x.example/?to=mailto:ann@x.example\n"
    lines += "9,,to an\u034fn@x.example as agreed\n"
    house.put("generic/main/contacts_4.csv", "contact_id,email,who\n" + lines)
    house.load()
    proof = house.erase("ann@x.example")
    assert proof.verified, proof.searched
    assert house.query(
        "select contact_id, email, extra from raw.generic__contacts"
        " where _source_file like '%contacts_4.csv'"
        " order by all"
    ) == [
        ("7", "joann@x.example", '{"erased": true}'),
        ("8", None, '{"who":"https://x.example/?to=mailto:erased"}'),
        ("9", None, '{"erased": true}'),
    ]
    house.put("generic/main/contacts_5.csv", "contact_id,email,who\n" + lines)
    house.load()
    assert house.query(
        "select contact_id from raw.generic__contacts where _source_file like '%contacts_5.csv'"
        " order by all"
    ) == [("7",), ("8",), ("9",)]


def test_ids_of_another_system(house: House) -> None:
    path = house.project / "dbt_project.yml"
    path.write_text(
        path.read_text().replace("\nvars:\n", "\nvars:\n  ga4: {user_id_system: generic}\n")
    )
    house.put(
        "ga4/main/ga4_sessions.csv",
        "user_pseudo_id,ga_session_id,user_id,session_start_timestamp\n"
        "p1,1,7,1775000000000000\np2,2,9,1775000000000000\n",
    )
    summary = house.load()
    assert not summary.refused, summary.refused
    house.erase("bob@shop.example")
    assert house.query("select user_id from raw.ga4__sessions") == [("9",)]


def test_a_contact_of_many_addresses_is_asked_about(house: House) -> None:
    house.build()
    house.write(
        "insert into int_contact_identities select 'c7', 'email', 'p' || number || '@x.example',"
        " null, null from range(12) as t(number)"
    )
    with pytest.raises(UserError, match="contact c7 has 14 addresses"):
        house.erase("bob@shop.example")
    assert house.query("select count(*) from dim_contacts") == [(2,)]
    assert house.erase("bob@shop.example", is_whole_contact=True).verified


def test_what_is_still_found_is_told_and_the_database_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = hashlib.sha256(house.database.read_bytes()).hexdigest()
    monkeypatch.setattr(RawEraser, "clean", lambda *_, **__: 0)
    proof = house.erase("bob@shop.example")
    assert not proof.verified
    assert "raw.generic__contacts" in proof.found_in
    assert hashlib.sha256(house.database.read_bytes()).hexdigest() == before


def test_bytes_left_in_the_file_are_found(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    # an old block that the new file has taken over
    rewrite = erase_module.rewrite

    def keep(copy: Path, fresh: Path) -> None:
        rewrite(copy, fresh)
        with fresh.open("ab") as stream:
            stream.write(b"xyzANN@SHOP.EXAMPLExyz")

    monkeypatch.setattr(erase_module, "rewrite", keep)
    proof = house.erase("ann@shop.example")
    assert proof.found_in == []
    assert proof.searched["database file, every byte"]["found"] == 1
    assert not proof.verified
    assert house.query("select count(*) from raw.generic__contacts") == [(4,)]


def test_an_erasure_cut_short_leaves_the_database_as_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(erase_module, "_replace", fail)
    with pytest.raises(KeyboardInterrupt):
        house.erase("bob@shop.example")
    assert house.query("select count(*) from raw.generic__contacts") == [(4,)]
    assert [path.name for path in house.database.parent.glob("house*")] == ["house.duckdb"]


def test_a_database_in_use_is_told(house: House) -> None:
    code = "import duckdb,sys; c=duckdb.connect(sys.argv[1]); print('open', flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", code, str(house.database)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as other:
        assert other.stdout
        assert other.stdin
        other.stdout.readline()
        with pytest.raises(UserError, match="in use"):
            house.erase("bob@shop.example")
        other.communicate("\n")


def test_hashes_from_a_file() -> None:
    good = sha256("bob@shop.example")
    assert read_hashes(["\ufeffsha256", good.upper(), "", f'"{good}"'], "f.csv") == [good]
    with pytest.raises(UserError, match=r"f.csv, line 2, 4: a SHA-256") as told:
        read_hashes([good, "bob@shop.example", good, good[:40]], "f.csv")
    assert "bob" not in str(told.value)
    with pytest.raises(UserError, match="line 1"):
        read_hashes([good[:63], good], "f.csv")
    with pytest.raises(UserError, match="no hash"):
        read_hashes(["sha256", ""], "f.csv")


def test_the_command(house: House) -> None:
    hashes = house.put("hashes.csv", f"sha256\n{sha256('bob@shop.example')}\n", house.project)
    arguments = ["--database", str(house.database), "--landing", str(house.landing)]

    def run(*options: str, given: str = "") -> "subprocess.CompletedProcess[str]":
        return subprocess.run(
            [sys.executable, "-m", "winback.cli", "erase", *options, *arguments],
            cwd=house.project,
            env={**os.environ, "PYTHONPATH": str(ROOT / "src"), "COLUMNS": "120"},
            input=given,
            capture_output=True,
            text=True,
            check=False,
        )

    done = run("--file", str(hashes))
    assert done.returncode == 0, done.stderr
    assert "Nothing of them is found" in done.stdout
    (proof,) = (house.database.parent / "erasures").glob("*.json")
    written = json.loads(proof.read_text())
    assert written["verified"] is True
    assert {entry["table"]: entry["rows"] for entry in written["tables"]}[
        "raw.generic__contacts"
    ] == 1
    done = run("--email", "-", given="Ann <ANN@shop.example>\n")
    assert done.returncode == 0, done.stderr
    assert "ann" not in (done.stdout + done.stderr).lower()
    for options, given, message in (
        ((), "", "give either --file or --email"),
        (("--email", "nobody"), "", "line 1 is no address"),
        (("--email", "-"), "\n", "no address given"),
        (("--file", "nowhere.csv"), "", "cannot be read"),
    ):
        done = run(*options, given=given)
        assert done.returncode == 1
        assert message in " ".join(done.stderr.split())
        assert "Traceback" not in done.stderr
        assert "nobody" not in done.stderr
