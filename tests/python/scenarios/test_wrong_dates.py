"""One wrong date in each entity and system, past and future: no verdict of anybody moves.

A small company is built; then one file for each entity comes in, each line of it on a contact of
its own and with a date that cannot be true, or that lies months after everything else.
"""

import csv
import io
import shutil
import zipfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from winback.database import connect

from .warehouse import PLAIN_VARS, Outcome, Warehouse, execute

# the company's exports end at the end of a month at least half a year ago, so that a date five
# months ahead of them is no date after the load
TODAY = datetime.now(UTC).replace(tzinfo=None)
END = (TODAY - timedelta(days=190)).replace(day=1, hour=12, minute=0, second=0, microsecond=0)
WRONG = [
    datetime(1900, 1, 1),
    datetime(1970, 1, 1),
    END + timedelta(days=20),
    END + timedelta(days=150),
    datetime(2099, 1, 1),
]
VERDICTS = {
    "inactivity_flags": "*",
    "engagement_scores": "*",
    "segment_memberships": "*",
    "rfm_cut_points": "*",
    "int_as_of_calendar": "*",
}

Row = Mapping[str, str]


def _rows(file: Path) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(file.read_text(encoding="utf-8-sig"))))


def _text(rows: Sequence[Row]) -> str:
    text = io.StringIO()
    writer = csv.DictWriter(text, list(rows[0]), lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return text.getvalue()


def _spread(rows: Sequence[Row], changes: Callable[[int, datetime], Row]) -> list[Row]:
    """A line for each wrong date, each made of another of these lines."""
    return [
        {**row, **changes(index, at)}
        for index, (row, at) in enumerate(zip(rows, WRONG, strict=False))
    ]


def _iso(at: datetime) -> str:
    return at.isoformat(sep=" ")


def _wrong_files(landing: Path) -> dict[str, str]:
    """Path under the landing folder to the text of a file of wrong dates, one for each entity."""
    people = _rows(landing / "generic/main/contacts.csv")
    serial = count(1)

    def persons() -> Iterator[Row]:
        while True:
            yield people[next(serial) % len(people)]

    ids = (person["contact_id"] for person in persons())

    def generic(make: Callable[[str, str, str], Row]) -> str:
        return _text([make(f"wrong{n}", next(ids), _iso(at)) for n, at in enumerate(WRONG)])

    files = {
        "generic/main/email_events_wrong.csv": generic(
            lambda key, who, at: {
                "event_id": key,
                "contact_id": who,
                "event_type": "open",
                "occurred_at": at,
            }
        ),
        "generic/main/orders_wrong.csv": generic(
            lambda key, who, at: {
                "order_id": key,
                "contact_id": who,
                "ordered_at": at,
                "status": "paid",
                "currency": "EUR",
                "net_amount": "50.00",
            }
        ),
        "generic/main/web_sessions_wrong.csv": generic(
            lambda key, who, at: {"session_id": key, "contact_id": who, "started_at": at}
        ),
        "generic/main/web_events_wrong.csv": generic(
            lambda key, who, at: {
                "web_event_id": key,
                "contact_id": who,
                "event_name": "page_view",
                "occurred_at": at,
            }
        ),
        "generic/main/experiment_assignments_wrong.csv": generic(
            lambda key, who, at: {
                "experiment": "some_test",
                "arm": "call",
                "contact_id": who,
                "assigned_at": at,
            }
        ),
        "generic/main/campaigns_wrong.csv": generic(
            lambda key, who, at: {"campaign_id": key, "name": who, "sent_at": at}
        ),
    }
    for column in ("created_at", "updated_at", "consent_at"):
        files[f"generic/main/contacts_wrong_{column}.csv"] = _text(
            _spread(
                [next(persons()) for _ in WRONG],
                lambda _, at, name=column: {name: _iso(at)},  # type: ignore[misc]
            )
        )

    records = _rows(next((landing / "hubspot/main").glob("*all-contacts*")))
    sent = [
        row
        for row in _rows(sorted((landing / "hubspot/main").glob("hubspot-email-events*"))[-1])
        if row["type"] == "SENT"
    ]
    for number, column in enumerate(("Create Date", "Last Modified Date")):
        files[f"hubspot/main/hubspot-crm-exports-wrong-{column[:6].strip()}.csv"] = _text(
            _spread(
                records[5 * number :],
                lambda _, at, name=column: {name: at.strftime("%Y-%m-%d %H:%M")},  # type: ignore[misc]
            )
        )
    files["hubspot/main/hubspot-email-events-wrong.csv"] = _text(
        _spread(
            sent,
            lambda index, at: {
                "id": f"00000000-0000-0000-0000-00000000000{index}",
                "created": str(int(at.replace(tzinfo=UTC).timestamp() * 1000)),
                "type": "OPEN",
            },
        )
    )

    orders = [
        row for row in _rows(landing / "shopify/main/orders_export_1.csv") if row["Lineitem price"]
    ]
    files["shopify/main/orders_export_wrong.csv"] = _text(
        _spread(
            [row for row in orders if row["Financial Status"] == "paid"],
            lambda index, at: {
                "Name": f"#9{index}",
                "Id": f"999000{index}",
                "Created at": _iso(at) + " +0000",
                "Paid at": _iso(at) + " +0000",
            },
        )
    )

    visits = [
        row
        for file in sorted((landing / "ga4/main").glob("*.csv"))
        for row in _rows(file)
        if row["user_id"]
    ]
    files["ga4/main/ga4_sessions_wrong.csv"] = _text(
        _spread(
            visits,
            lambda index, at: {
                "ga_session_id": f"99{index}",
                "session_start_timestamp": str(int(at.replace(tzinfo=UTC).timestamp() * 1_000_000)),
                "session_end_timestamp": "",
            },
        )
    )

    members = _rows(landing / "mailchimp/shop_ma/member.csv")
    campaigns = _rows(landing / "mailchimp/shop_ma/campaign.csv")
    gone = {row["member_id"] for row in _rows(landing / "mailchimp/shop_ma/unsubscribe.csv")}
    staying = [row for row in members if row["id"] not in gone]
    # of whom left one is said to come back, in 2099
    returning = next(
        row | {"status": "subscribed"}
        for row in members
        if row["id"] in gone and row["status"] == "unsubscribed"
    )
    files["mailchimp/shop_ma/member_wrong.csv"] = _text(
        _spread(
            [*staying[: len(WRONG) - 1], returning],
            lambda _, at: {"last_changed": _iso(at), "timestamp_opt": _iso(at)},
        )
    )
    files["mailchimp/shop_ma/unsubscribe_wrong.csv"] = _text(
        [
            {
                "campaign_id": campaigns[0]["id"],
                "member_id": member["id"],
                "list_id": member["list_id"],
                "reason": "NORMAL",
                "timestamp": _iso(at),
            }
            for member, at in zip(staying[-5:], WRONG, strict=True)
        ]
    )
    files["mailchimp/shop_ma/campaign_recipient_activity_wrong.csv"] = _text(
        [
            {
                "action": "open",
                "campaign_id": campaigns[0]["id"],
                "member_id": member["id"],
                "timestamp": _iso(at),
                "bounce_type": "",
                "combination_id": "",
                "ip": "90.0.0.1",
                "list_id": member["list_id"],
                "url": "",
            }
            for member, at in zip(staying[5:10], WRONG, strict=True)
        ]
    )
    return files


def _mailchimp_account(landing: Path) -> bytes:
    """An account export in which a campaign, an open and a click have each wrong date."""
    with zipfile.ZipFile(next((landing / "mailchimp/shop_fr").glob("audience_export*"))) as held:
        name = next(name for name in held.namelist() if name.startswith("subscribed"))
        readers = list(csv.DictReader(io.StringIO(held.read(name).decode("utf-8-sig"))))
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        sent = [
            {
                "id": f"wrong{n}",
                "web_id": f"990000{n}",
                "title": "Wrong",
                "subject_line": "",
                "type": "regular",
                "status": "sent",
                "create_time": _iso(at),
                "send_time": _iso(at),
                "list_id": "a1f4c09b2e",
                "emails_sent": "1",
            }
            for n, at in enumerate(WRONG)
        ]
        archive.writestr("campaigns.csv", _text(sent))
        for n, at in enumerate(WRONG):
            email = {"Email": readers[n]["Email Address"]}
            archive.writestr(f"aggregate_activity/not_opened/990000{n}_Wrong.csv", _text([email]))
            email = {"Timestamp": _iso(at), "Email": readers[n + 5]["Email Address"]}
            archive.writestr(f"granular_activity/opens/990000{n}_Wrong.csv", _text([email]))
            email["Email"] = readers[n + 10]["Email Address"]
            archive.writestr(
                f"granular_activity/clicks/990000{n}_Wrong.csv",
                _text([email | {"Url": "https://shop.example/"}]),
            )
    return packed.getvalue()


class _Company:
    """The warehouse before and after the wrong dates came in."""

    def __init__(self, folder: Path) -> None:
        self.before = folder / "before.duckdb"
        self.warehouse = Warehouse(
            folder, folder / "landing", PLAIN_VARS.replace("history_months: 3", "history_months: 1")
        )
        execute(
            [
                *("winback", "demo", "--contacts=300", "--months=6", "--seed=3", "--no-dirt"),
                f"--end={(END - timedelta(days=1)).date()}",
                *(f"--landing={folder / 'landing'}", f"--truth={folder / 'truth'}"),
            ]
        ).check()
        self.warehouse.run().check()
        shutil.copy(self.warehouse.database, self.before)
        for name, text in _wrong_files(folder / "landing").items():
            (folder / "landing" / name).write_text(text, encoding="utf-8")
        (folder / "landing/mailchimp/shop_fr/account_export_wrong.zip").write_bytes(
            _mailchimp_account(folder / "landing")
        )
        self.outcome: Outcome = self.warehouse.run().check()

    def unsubscribed(self) -> set[str]:
        """Contacts who unsubscribed at a wrong date."""
        return {
            row[0]
            for row in self.warehouse.query(
                "select contact_id from int_contact_identities where identifier_type = 'email'"
                " and md5(identifier_value) in (select member_id from raw.mailchimp__unsubscribe"
                " where _source_file = 'mailchimp/shop_ma/unsubscribe_wrong.csv')"
            )
        }


@pytest.fixture(scope="module")
def company(tmp_path_factory: pytest.TempPathFactory) -> _Company:
    return _Company(tmp_path_factory.mktemp("wrong_dates"))


def test_no_verdict_of_anybody_moves(company: _Company) -> None:
    with connect(company.warehouse.database, read_only=True) as connection:
        connection.execute(f"attach '{company.before}' as before (read_only)")
        left = company.unsubscribed()
        moved = {}
        for table, columns in VERDICTS.items():
            (schema,) = connection.execute(
                "select table_schema from information_schema.tables"
                " where table_catalog = current_database() and table_name = ?",
                [table],
            ).fetchall()[0]
            held = f"select {columns} from before.{schema}.{table}"
            now = f"select {columns} from {table}"
            cursor = connection.execute(
                f"select * from (({held} except {now}) union all ({now} except {held}))"
            )
            names = [column[0] for column in cursor.description]
            rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
            # whoever unsubscribed at a wrong date has left all the same
            others = [row for row in rows if row.get("contact_id") not in left]
            if others:
                moved[table] = len(others)
        size = connection.execute("select count(*) from inactivity_flags").fetchall()[0][0]
    assert moved == {}
    assert size > 0


def test_each_wrong_date_is_told(company: _Company) -> None:
    """In every file of activity: set aside, or rejected, where its format cannot mean it."""
    told = {
        (str(file), str(reason)): lines
        for file, reason, lines in company.warehouse.query(
            "select source_file, reason, count(*) from quality__lines_set_aside group by all"
            " union all select source_file, 'rejected', count(*)"
            " from quality__rejected_records group by all"
        )
    }
    activity = [
        "generic/main/email_events_wrong.csv",
        "generic/main/orders_wrong.csv",
        "generic/main/web_sessions_wrong.csv",
        "generic/main/web_events_wrong.csv",
        "hubspot/main/hubspot-email-events-wrong.csv",
        "shopify/main/orders_export_wrong.csv",
        "mailchimp/shop_ma/unsubscribe_wrong.csv",
        "mailchimp/shop_ma/campaign_recipient_activity_wrong.csv",
    ]
    found = {file: sum(n for (held, _), n in told.items() if held == file) for file in activity}
    assert found == dict.fromkeys(activity, len(WRONG))
    created = "generic/main/contacts_wrong_created_at.csv"
    assert told[(created, "before 1995")] == 2
    assert told[(created, "after the load")] == 1


def test_the_gate_names_the_files(company: _Company) -> None:
    messages = dict(
        company.warehouse.query(
            "select check_name, message from gate_intermediate where not success"
        )
    )
    assert "generic/main/orders_wrong.csv (2 lines" in messages["dates_far_ahead"]
    assert "1970-01-01" in messages["dates_before_1995"]
    assert "dated long after everything else" in " ".join(company.outcome.output.split())


def test_who_left_at_a_wrong_date_has_left(company: _Company) -> None:
    """A date that cannot be is no reason to go on writing to somebody."""
    mailable = {
        row[0]
        for row in company.warehouse.query("select contact_id from dim_contacts where is_mailable")
    }
    assert len(company.unsubscribed()) == len(WRONG)
    assert company.unsubscribed() & mailable == set()


def test_an_opt_in_dated_2099_lifts_nothing(company: _Company) -> None:
    held = company.warehouse.query(
        "select count(*) from dim_contacts where not is_mailable and email in ("
        "select lower(email_address) from raw.mailchimp__member"
        " where _source_file = 'mailchimp/shop_ma/member_wrong.csv' and last_changed like '2099%')"
    )
    assert held == [(1,)]
