"""`winback check`: lines that would hold activation back."""

import hashlib

import duckdb
import pytest

from winback.check.examine import _judge
from winback.check.findings import Findings
from winback.check.holds import find_holds

# source_contact_id, opt_out_cause, opt_out_address, opt_out_text
NAMED = [
    (None, "unsubscribe", "ann@x.example", "ann@x.example unsubscribe"),
    (None, "unsubscribe", "Ann <ann@x.example>", "Ann <ann@x.example> unsubscribe"),
    (None, "complaint", None, "spam of o'neil@x.example"),
    (None, "unreadable", None, '3,"ann@x.example,x,y,z'),
    ("k1", "unsubscribe", None, "k1 unsubscribe"),
    ("k1", "unsubscribe", "ann@@x.example", "k1 ann@@x.example unsubscribe"),
]
NOBODY = [
    (None, "unsubscribe", None, "unsubscribe"),
    (None, "unsubscribe", "ann at x.example", "ann at x.example unsubscribe"),
    # the address in the note need not be the person's
    (None, "unsubscribe", "ann@@x.example", "ann@@x.example told ben@x.example"),
    ("k2", "unsubscribe", None, "k2 unsubscribe"),  # in the list, without an address
    ("k3", "unreadable", None, "k3"),  # in no list
]
UNKNOWN = [("k1", "unknown", "ann@x.example", "k1 ann@x.example Q7")]


# Mailchimp names a member by the hash of the address
KIM = hashlib.md5(b"kim@x.example").hexdigest()
STRANGER = hashlib.md5(b"nobody@x.example").hexdigest()


@pytest.fixture
def connection() -> duckdb.DuckDBPyConnection:
    """The views of one system, each line of another file."""
    made = duckdb.connect()
    place = "'generic' as source_system, 'main' as source_relation"
    made.execute(
        f"create table map_generic__contact_records as select {place}, 'contacts.csv' as"
        " source_file, 1 as line_number, * from (values ('k1', 'kim@x.example', null), ('k2',"
        " null, null), ('k4', 'lee@x,example', 'unsubscribed'), ('k5', 'may@x,example',"
        " 'subscribed')) as person (source_contact_id, email_raw, email_consent)"
    )
    made.execute(
        f"create table map_generic__opt_out_lines as select {place}, ''::varchar as source_file,"
        " 1 as line_number, ''::varchar as source_contact_id, ''::varchar as opt_out_cause,"
        " ''::varchar as opt_out_address, ''::varchar as opt_out_text, false as is_counted_by_id"
        " where false"
    )
    for number, line in enumerate([*NAMED, *NOBODY, *UNKNOWN]):
        made.execute(
            "insert into map_generic__opt_out_lines values"
            " ('generic', 'main', ?, 1, ?, ?, ?, ?, false)",
            [f"line_{number}", *line],
        )
    return made


def test_lines_that_lead_to_nobody_or_are_not_understood(
    connection: duckdb.DuckDBPyConnection,
) -> None:
    found = find_holds(connection, ["map_generic__contact_records", "map_generic__opt_out_lines"])
    nobody = "has a line that may say somebody left, and no address or known id can be found in it"
    first = len(NAMED)
    assert sorted(found) == sorted(
        [("contacts.csv", nobody)]
        + [(f"line_{first + number}", nobody) for number in range(len(NOBODY))]
        + [
            (
                f"line_{first + len(NOBODY)}",
                "has a line with a kind of event that nobody knows: it may be an opt-out",
            )
        ]
    )


def test_hashes_of_mailchimp(connection: duckdb.DuckDBPyConnection) -> None:
    lines = [
        ("by id", STRANGER, STRANGER),  # an address that no export holds: found one day
        ("in text", None, f'c1,{KIM},"l1,None'),
        ("of nobody", None, f'c1,{STRANGER},"l1,None'),
    ]
    connection.execute("update map_generic__contact_records set source_system = 'mailchimp'")
    connection.execute("delete from map_generic__opt_out_lines")
    for name, contact_id, text in lines:
        connection.execute(
            "insert into map_generic__opt_out_lines values"
            " ('mailchimp', 'main', ?, 1, ?, 'unsubscribe', null, ?, false)",
            [name, contact_id, text],
        )
    found = find_holds(connection, ["map_generic__contact_records", "map_generic__opt_out_lines"])
    assert [file for file, _ in found] == ["contacts.csv", "of nobody"]


def test_an_accepted_file_holds_nothing_back() -> None:
    findings = Findings("landing", held=[("a.csv", "has a line"), ("b.csv", "has a line")])
    findings.unread = [("a.csv", "is damaged", True)]
    _judge(findings, {"a.csv"})
    assert findings.problems == [
        "a.csv would not be read: is damaged",
        "activation would be held back: b.csv has a line",
    ]
