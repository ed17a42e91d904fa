"""What the declared layouts of real systems refuse and read."""

from pathlib import Path

import duckdb

from winback.landing import load


def test_a_hubspot_export_without_the_opt_outs_is_refused(root: Path, tmp_path: Path) -> None:
    account = tmp_path / "landing" / "hubspot" / "main"
    account.mkdir(parents=True)
    (account / "hubspot-contacts-a.csv").write_text("Record ID,Email\n1,a@x.example\n")
    (account / "hubspot-contacts-b.csv").write_text(
        "Record ID,Unsubscribed from all email\n1,true\n"
    )
    summary = load(tmp_path / "landing", tmp_path / "exports.duckdb", root, ["hubspot"])
    (refused,) = summary.refused
    assert "Unsubscribed from all email" in (refused.message or "")


def test_events_as_the_hubspot_api_gives_them_are_read(root: Path, tmp_path: Path) -> None:
    account = tmp_path / "landing" / "hubspot" / "main"
    account.mkdir(parents=True)
    (account / "hubspot-email-events.jsonl").write_text(
        '{"id": "a", "created": 1740787200123, "type": "OPEN", "recipient": "a@x.example",'
        ' "sentBy": {"id": "s", "created": 1}, "obsoletedBy": {"id": "o", "created": 2}}\n'
    )
    load(tmp_path / "landing", tmp_path / "exports.duckdb", root, ["hubspot"])
    with duckdb.connect(str(tmp_path / "exports.duckdb"), read_only=True) as connection:
        found = connection.execute(
            "select created, sent_by_id like '{%\"s\"%', obsoleted_by_id like '{%\"o\"%'"
            " from raw.hubspot__email_events"
        ).fetchall()
    assert found == [("1740787200123", True, True)]
