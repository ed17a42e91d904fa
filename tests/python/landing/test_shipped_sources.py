"""What the declared layouts of real systems refuse and read."""

import re
from pathlib import Path

import duckdb

from winback.landing import load
from winback.landing.sources import read_catalog


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


# default properties of HubSpot contacts that sound as if they said who may not be mailed
SOUNDING = """
Record ID|Email|Unsubscribed from all email|Email Opt Out|Opted out of email: One to One
Opted out of News|Unsubscribed from News|Opted out of SMS: News|hs_email_optout_77
Reason for opting out of email
Email Address Quarantined|Email address quarantine reason|Email address automated quarantine reason
Quarantined Emails|Is globally ineligible|Invalid email address|Marketing email confirmation status
Email hard bounce reason|Marketing emails bounced|Marketing contact status
Marketing contact status source name|Marketing contact until next update|Ads Consent from Forms
Enrichment opt out|Enrichment opt out timestamp|Contact has an active subscription
First subscription create date|Became a Subscriber Date|Email tracking allowed
Date entered "Subscriber (Lifecycle Stage Pipeline)"
"""


def test_hubspot_properties_that_are_read_or_harmless_raise_no_alarm(
    root: Path, tmp_path: Path
) -> None:
    account = tmp_path / "landing" / "hubspot" / "main"
    account.mkdir(parents=True)
    headers = [*SOUNDING.strip().replace("\n", "|").split("|"), "Enriched Email Bounce Detected"]
    (account / "hubspot-contacts.csv").write_text(
        ",".join('"' + header.replace('"', '""') + '"' for header in headers)
        + "\n1"
        + "," * (len(headers) - 1)
        + "\n"
    )
    (account / "unsubscribes-and-bounces.csv").write_text(
        "Email,Portal Bounce,Newsletter,Opt-in mail\na@x.example,TRUE,TRUE,FALSE\n"
    )
    first, second = load(tmp_path / "landing", tmp_path / "x.duckdb", root, ["hubspot"]).files
    assert "not used: “Enriched Email Bounce Detected” (a bounce)." in str(first.message)
    assert second.message is None


def test_what_is_read_from_extra_is_what_sql_reads(root: Path) -> None:
    macro = (root / "macros" / "staging" / "hubspot_subscriptions.sql").read_text()
    labels = re.findall(r'^        "(.*)",$', macro, re.MULTILINE)
    (contacts,) = [
        table for table in read_catalog(root).systems["hubspot"] if table.name == "contacts"
    ]
    assert [text.replace("\\\\", "\\") for text in labels] == list(contacts.layout.read_from_extra)
