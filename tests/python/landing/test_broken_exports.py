"""Sixty broken exports of all systems in one load: every line accounted for, each one told.

`pytest -s -k messages` prints what is said of each, to be read as a marketer would.
"""

import gzip
import re
import tempfile
import zipfile
from collections.abc import Callable
from io import BytesIO
from pathlib import Path

import duckdb
import pytest
from rich.console import Console

from winback.landing import LoadSummary, load

# values of rows that no message may hold
SECRETS = re.compile(
    r"\b(?:anna|schmidt|lindenallee|bonn|33612345678|geheim)\b|@broken", re.IGNORECASE
)
ANNA = "anna.schmidt@broken.example"


def generic(*lines: str, end: str = "\n") -> bytes:
    head = "contact_id,email,first_name,last_name,city,email_consent"
    return (end.join([head, *lines]) + end).encode()


GOOD = f"1,{ANNA},Anna,Schmidt,Bonn,subscribed"
OTHER = "2,ben@broken.example,Ben,Schmidt,Bonn,unsubscribed"
HUBSPOT = "Record ID,First Name,Last Name,Email,Unsubscribed from all email,Create Date"
HUB_LINE = f"101,Anna,Schmidt,{ANNA},false,2024-01-05 10:00"
SHOPIFY = "Name,Email,Financial Status,Paid at,Total,Currency,Created at"
SHOPIFY += ",Lineitem quantity,Lineitem name,Lineitem price,Id"
PLACED = "2026-04-05 21:06:21 +0400"
SHOP_LINE = f"#1001,{ANNA},paid,{PLACED},10.00,EUR,{PLACED},1,Hat,10.00,9001"
MEMBERS = "Email Address,First Name,Last Name,MEMBER_RATING,OPTIN_TIME,LAST_CHANGED,LEID,EUID"
MEMBER = f"{ANNA},Anna,Schmidt,2,2024-01-05 10:00:00,2024-02-05 10:00:00,77,ab12"
SESSIONS = "user_pseudo_id,ga_session_id,session_start_timestamp"
SESSION = "33612345678.1700000000,1700000001,1700000001000000"
EVENT = f'{{"id": "e1", "created": 1740787200123, "type": "OPEN", "recipient": "{ANNA}"}}'


def rows(head: str, *lines: str) -> bytes:
    return "\n".join([head, *lines, ""]).encode()


def packed(**members: bytes) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name.replace("__", "."), data)
    return out.getvalue()


def parquet_cut() -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cut.parquet"
        duckdb.execute(f"copy (select 1 as contact_id) to '{path}' (format parquet)")
        return path.read_bytes()[:-9]


# file -> content, records, of these rejected; None: refused
Broken = dict[str, tuple[bytes | Callable[[], bytes], int, int] | tuple[bytes, None, None]]
REFUSED = (None, None)
BROKEN: Broken = {
    # generic contacts
    "generic/a/contacts_01_column_missing.csv": (generic(GOOD, "2,b,c"), 2, 1),
    "generic/a/contacts_02_column_too_many.csv": (generic(GOOD, OTHER + ",x"), 2, 1),
    "generic/a/contacts_03_quote_opened.csv": (generic('9,"anna,Anna,Schmidt,Bonn,x', GOOD), 2, 1),
    "generic/a/contacts_04_text_after_quote.csv": (generic('9,"a"b,c,d,e,f', GOOD), 2, 1),
    "generic/a/contacts_05_not_utf8.csv": (
        generic(GOOD, "ü,x,ü,y,z,w") + b"3,\xff\xfe\x81,a,b,c,d\n",
        3,
        1,
    ),
    "generic/a/contacts_06_nul.csv": (generic(GOOD) + b"3,\0,a,b,c,d\n", 2, 1),
    "generic/a/contacts_07_cut_off.csv": (generic(GOOD, OTHER)[:-30], 2, 1),
    "generic/a/contacts_08_blank_lines.csv": (generic("", GOOD, "", "", OTHER, ""), 2, 0),
    "generic/a/contacts_09_old_mac.csv": (generic(GOOD, OTHER, end="\r"), 2, 0),
    "generic/a/contacts_10_mixed_ends.csv": (generic(GOOD) + (OTHER + "\r\n").encode(), 2, 0),
    "generic/a/contacts_11_header_only.csv": (generic(), 0, 0),
    "generic/a/contacts_12_no_id_column.csv": (rows("email,city", f"{ANNA},Bonn"), *REFUSED),
    "generic/a/contacts_13_no_header.csv": (rows(GOOD, OTHER), *REFUSED),
    "generic/a/contacts_14_names_only.csv": (rows("Anna,Schmidt,Lindenallee,Bonn"), *REFUSED),
    "generic/a/contacts_15_empty.csv": (b"", *REFUSED),
    "generic/a/contacts_16_blank.csv": (b"\n\n  \n", *REFUSED),
    "generic/a/contacts_17_twice.csv": (
        rows("contact_id,email,email", f"1,{ANNA},x@broken.example"),
        *REFUSED,
    ),
    "generic/a/contacts_18_web_page.csv": (
        b"<html><body>Please log in, Anna Schmidt</body></html>\n",
        *REFUSED,
    ),
    "generic/a/contacts_19_is_a_zip.csv": (packed(x=b"y" * 400), *REFUSED),
    "generic/a/contacts_20_utf16.csv": (generic(GOOD, OTHER).decode().encode("utf-16"), 2, 0),
    "generic/a/contacts_21_utf16_no_mark.csv": (
        generic(GOOD, OTHER).decode().encode("utf-16-le"),
        *REFUSED,
    ),
    "generic/a/contacts_22_bom.csv": (b"\xef\xbb\xbf" + generic(GOOD), 1, 0),
    "generic/a/contacts_23_long_line.csv": (generic(GOOD, "9," + "x" * 2_100_000), 2, 1),
    "generic/a/contacts_24_semicolons_inside.csv": (generic(GOOD, OTHER.replace(",", ";")), 2, 1),
    "generic/a/contacts_25_repeated_header.csv": (
        generic(GOOD, "contact_id,email,first_name,last_name,city,email_consent"),
        2,
        0,
    ),
    # other generic tables
    "generic/a/email_events_26_no_type.csv": (rows("email,occurred_at", f"{ANNA},x"), *REFUSED),
    "generic/a/email_events_27_no_contact.csv": (
        rows("event_type,occurred_at,campaign_id", "open,2026-01-01,c", "open,x"),
        2,
        1,
    ),
    "generic/a/email_events_28_short.csv": (
        rows("email,event_type,occurred_at", f"{ANNA},open,2026-01-01", ANNA),
        2,
        1,
    ),
    "generic/a/orders_29_total_missing.csv": (
        rows("order_id,ordered_at", "1,2026-01-01"),
        *REFUSED,
    ),
    "generic/a/orders_30_decimal_comma.csv": (
        rows("order_id,ordered_at,net_amount", "1,2026-01-01,9.5", "2,2026-01-01,1,5"),
        2,
        1,
    ),
    "generic/a/products_31_html.csv": (rows("product_id,name", "1,<b>x</b>", '2,"<i'), 2, 1),
    "generic/a/web_sessions_32_tabs.csv": (rows("session_id\tstarted_at\temail", "1\t2\t3"), 1, 0),
    # archives and compressed files
    "generic/a/33.zip": (b"PK\x03\x04 cut", *REFUSED),
    "generic/a/34_password.zip": (b"PK\x05\x06" + b"\0" * 10, *REFUSED),
    "generic/a/contacts_35.csv.gz": (gzip.compress(generic(GOOD))[:-12], *REFUSED),
    "generic/a/contacts_36.csv.gz": (b"not gzip, Schmidt", *REFUSED),
    "generic/a/contacts_37.csv.gz": (gzip.compress(generic(GOOD, "9,x")), 2, 1),
    "generic/a/contacts_38.parquet": (parquet_cut, *REFUSED),
    "generic/a/contacts_39.parquet": (b"PAR1 Schmidt PAR1", *REFUSED),
    "generic/a/contacts_40.xlsx": (b"PK Schmidt", *REFUSED),
    # HubSpot
    "hubspot/a/hubspot-contacts_41_opt_out_missing.csv": (
        rows("Record ID,Email", f"1,{ANNA}"),
        *REFUSED,
    ),
    "hubspot/a/hubspot-contacts_42_id_missing.csv": (
        rows("Email,Unsubscribed from all email", f"{ANNA},true"),
        *REFUSED,
    ),
    "hubspot/a/hubspot-contacts_43_comma_in_name.csv": (
        rows(HUBSPOT, HUB_LINE, HUB_LINE.replace("Schmidt", "Schmidt, Dr.")),
        2,
        1,
    ),
    "hubspot/a/hubspot-contacts_44_line_break.csv": (
        rows(HUBSPOT, HUB_LINE.replace("Schmidt", "Schmidt\nLindenallee 4")),
        2,
        2,
    ),
    "hubspot/a/hubspot-contacts_45_semicolons.csv": (
        rows(HUBSPOT.replace(",", ";"), HUB_LINE.replace(",", ";")),
        1,
        0,
    ),
    "hubspot/a/hubspot-email-events_46.jsonl": (rows(EVENT, EVENT[:-5], "[1]"), 3, 2),
    "hubspot/a/hubspot-email-events_47.jsonl": (f"[{EVENT}]".encode(), *REFUSED),
    "hubspot/a/hubspot-email-events_48.jsonl": (rows(EVENT, f'"{ANNA}"', "null", "{Anna}"), 4, 3),
    "hubspot/a/hubspot-email-events_49.jsonl": (b"", *REFUSED),
    # Shopify
    "shopify/a/orders_export_50_stray_quote.csv": (
        rows(SHOPIFY, SHOP_LINE, SHOP_LINE.replace("Hat", '"Hat'), SHOP_LINE),
        3,
        1,
    ),
    "shopify/a/orders_export_51_unquoted_note.csv": (
        rows(SHOPIFY, SHOP_LINE, SHOP_LINE + ",Lindenallee 4, Bonn"),
        2,
        1,
    ),
    "shopify/a/orders_export_52_no_name.csv": (rows("Email,Total", f"{ANNA},9"), *REFUSED),
    "shopify/a/orders_export_53_wrong_file.csv": (
        rows("Handle,Title,Vendor,Variant SKU", "hat,Hat,Schmidt,4"),
        *REFUSED,
    ),
    # Mailchimp
    "mailchimp/a/subscribed_members_export_54_cut.csv": (rows(MEMBERS, MEMBER, MEMBER[:40]), 2, 1),
    "mailchimp/a/subscribed_members_export_55_latin1.csv": (
        (MEMBERS + "\n" + MEMBER.replace("Anna,", "Änna,") + "\n").encode("cp1252"),
        1,
        0,
    ),
    "mailchimp/a/unsubscribed_members_export_56_html.csv": (b"<!DOCTYPE html>\n", *REFUSED),
    "mailchimp/a/campaigns_57_no_header.csv": (rows("Sale for Anna,12,geheim"), *REFUSED),
    # GA4
    "ga4/a/ga4_sessions_58_wide.csv": (rows(SESSIONS, SESSION, SESSION + ",1,2"), 2, 1),
    "ga4/a/ga4_sessions_59_report.csv": (
        b"# ----------------\n# Sessions by page\n# ----------------\nPage,Views\n/a,4\n",
        *REFUSED,
    ),
    "ga4/a/ga4_sessions_60_nothing_known.csv": (rows("Page,Views", "/a,4"), *REFUSED),
    "ga4/a/ga4_sessions_61_quotes.csv": (rows(SESSIONS, f'"{SESSION}"', SESSION), 2, 1),
    "ga4/a/ga4_sessions_62_numbers.csv": (rows("1,2,3", "4,5,6"), *REFUSED),
}


class Loaded:
    """What became of them, and what was printed."""

    def __init__(self, root: Path, folder: Path) -> None:
        for name, (content, _, _) in BROKEN.items():
            path = folder / "landing" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content if isinstance(content, bytes) else content())
        printed = folder / "printed"
        database = folder / "broken.duckdb"
        systems = ["generic", "hubspot", "shopify", "mailchimp", "ga4"]
        with printed.open("w") as file, pytest.MonkeyPatch.context() as patch:
            # what the loader did not expect is raised and not told
            patch.setenv("WINBACK_TRACEBACK", "1")
            console = Console(file=file, width=160)
            self.summary: LoadSummary = load(
                folder / "landing", database, root, systems, console=console
            )
        self.printed = printed.read_text()
        with duckdb.connect(str(database), read_only=True) as connection:
            self.ledger = {
                row[0]: row[1:]
                for row in connection.execute(
                    "select source_file, source_table, lines, accepted_lines, rejected_lines"
                    " from raw.landing_files where status = 'loaded'"
                ).fetchall()
            }
            self.held = {
                file: connection.execute(
                    f"select count(*) from raw.{row[0]} where _source_file = ?", [file]
                ).fetchall()[0][0]
                for file, row in self.ledger.items()
            }
            self.rejected = dict(
                connection.execute(
                    "select source_file, count(*) from raw.rejected_lines group by all"
                ).fetchall()
            )
            self.unread = dict(
                connection.execute("select source_file, problem from raw.landing_unread").fetchall()
            )


@pytest.fixture(scope="module")
def loaded(root: Path, tmp_path_factory: pytest.TempPathFactory) -> Loaded:
    return Loaded(root, tmp_path_factory.mktemp("broken"))


def test_there_are_sixty() -> None:
    assert len(BROKEN) >= 60


@pytest.mark.parametrize("name", BROKEN)
def test_every_line_is_accounted_for(loaded: Loaded, name: str) -> None:
    _, lines, rejected = BROKEN[name]
    (result,) = (file for file in loaded.summary.files if file.source_file == name)
    if lines is None:
        assert result.status == "refused"
        assert loaded.unread[name] == result.message
        assert name not in loaded.ledger
    else:
        assert (result.status, result.lines, result.rejected) == ("loaded", lines, rejected)
        assert loaded.ledger[name][1:] == (lines, lines - (rejected or 0), rejected)
        assert loaded.held[name] == lines - (rejected or 0)
        assert loaded.rejected.get(name, 0) == rejected
        assert name not in loaded.unread
    if lines is None or rejected:
        assert result.message
        assert f"{name}: {result.message}".split("\n")[0] in loaded.printed


def test_messages_hold_no_value_of_a_row(loaded: Loaded) -> None:
    for file in loaded.summary.files:
        said = f"{file.source_file}: {file.message}"
        if file.message:
            print(said)
        assert not SECRETS.search(said), said
        assert "report it" not in said
    assert not SECRETS.search(loaded.printed)
