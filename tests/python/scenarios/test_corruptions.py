"""Exports corrupted in ten ways: each is refused, counted or stopped, and nothing is lost."""

import shutil
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from .warehouse import GENERIC_VARS, Outcome, Warehouse

pytestmark = pytest.mark.scenario

CONTACTS = 400
CAMPAIGNS = 30
FIRST_SEND = datetime(2026, 1, 5, 9)


def _events() -> list[str]:
    """A send to everybody each five days; a third opens, a tenth clicks, at human pace."""
    lines = []
    for campaign in range(CAMPAIGNS):
        sent = FIRST_SEND + timedelta(days=5 * campaign)
        for contact in range(CONTACTS):
            row = f"c{contact},m{campaign}"
            lines.append(f"{row},sent,{sent.isoformat()},\n")
            if (contact + campaign) % 3 == 0:
                opened = sent + timedelta(minutes=37 + contact, seconds=campaign)
                lines.append(f"{row},open,{opened.isoformat()},\n")
            if (contact * 7 + campaign) % 10 == 0:
                clicked = sent + timedelta(minutes=55 + contact, seconds=campaign)
                lines.append(f"{row},click,{clicked.isoformat()},https://shop.example/{campaign}\n")
    return lines


EVENT_HEADER = "contact_id,campaign_id,event_type,occurred_at,url\n"
CONTACT_HEADER = "contact_id,email,first_name,city,email_consent\n"
CONTACT_LINES = [
    f"c{number},person{number}@mail.example,Name{number},Lyon,subscribed\n"
    for number in range(CONTACTS)
]


@pytest.fixture(scope="module")
def clean(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A sound warehouse of two files."""
    folder = tmp_path_factory.mktemp("clean")
    account = folder / "landing" / "generic" / "main"
    account.mkdir(parents=True)
    (account / "contacts.csv").write_text(CONTACT_HEADER + "".join(CONTACT_LINES))
    (account / "email_events.csv").write_text(EVENT_HEADER + "".join(_events()))
    warehouse = Warehouse(folder, folder / "landing", GENERIC_VARS)
    warehouse.run().check()
    return warehouse


class Corrupted(Warehouse):
    """A copy of the sound warehouse whose files a test may damage."""

    @property
    def contacts(self) -> Path:
        return self.landing / "generic" / "main" / "contacts.csv"

    @property
    def events(self) -> Path:
        return self.landing / "generic" / "main" / "email_events.csv"

    def load(self) -> Outcome:
        return self._private(self.winback("load"))

    def build(self) -> Outcome:
        return self._private(self.run())

    def _private(self, outcome: Outcome) -> Outcome:
        """Nothing that is printed holds an address or a name."""
        assert "@mail.example" not in outcome.output
        assert "Name17" not in outcome.output
        return outcome

    def ledger(self, file: str) -> tuple[str, int, int, int]:
        return self.query(
            "select status, lines, accepted_lines, rejected_lines from raw.landing_files"
            f" where source_file like '%{file}'"
        )[0]


def _copy(folder: Path, clean: Warehouse) -> Corrupted:
    shutil.copytree(clean.landing, folder / "landing")
    shutil.copy(clean.database, folder / clean.database.name)
    shutil.copytree(clean.folder / "target", folder / "target")
    return Corrupted(folder, folder / "landing", clean.variables)


@pytest.fixture
def copy(tmp_path: Path, clean: Warehouse) -> Corrupted:
    return _copy(tmp_path, clean)


@dataclass
class Counted:
    """A build of three corruptions that stop nothing: how it ended and how many lines it lost."""

    warehouse: Corrupted
    outcome: Outcome
    damaged: int


@pytest.fixture(scope="module")
def counted(tmp_path_factory: pytest.TempPathFactory, clean: Warehouse) -> Counted:
    """5 % of the events with dates nobody can read, one of the future, and that file twice."""
    copy = _copy(tmp_path_factory.mktemp("counted"), clean)
    lines = copy.events.read_text().splitlines(keepends=True)
    damaged = range(1, len(lines), 20)
    for number in damaged:
        fields = lines[number].split(",")
        fields[3] = "31/02/26 9h"
        lines[number] = ",".join(fields)
    copy.events.write_text("".join(lines) + "c17,m3,open,2199-01-01T00:00:00,\n")
    shutil.copy(copy.events, copy.events.with_name("email_events_copy.csv"))
    return Counted(copy, copy.build(), len(damaged))


def test_a_missing_column_refuses_the_file(copy: Corrupted) -> None:
    kept = copy.value("select count(*) from raw.generic__email_events")
    lines = copy.events.read_text().splitlines()
    copy.events.write_text("".join(",".join(ln.split(",")[:3]) + "\n" for ln in lines))
    outcome = copy.load()
    assert outcome.code == 1
    assert "occurred_at" in outcome.output
    assert "email_events.csv" in outcome.output
    # what was read of the sound file stays until a sound file replaces it
    assert copy.value("select count(*) from raw.generic__email_events") == kept


def test_shuffled_columns_are_found_by_header(copy: Corrupted) -> None:
    before = copy.query("select * exclude (_loaded_at) from raw.generic__contacts order by all")
    rows = [line.split(",") for line in copy.contacts.read_text().splitlines()]
    copy.contacts.write_text("".join(",".join(row[::-1]) + "\n" for row in rows))
    copy.load().check()
    after = copy.query("select * exclude (_loaded_at) from raw.generic__contacts order by all")
    assert before == after


def test_another_delimiter_is_found(copy: Corrupted) -> None:
    copy.contacts.write_text(copy.contacts.read_text().replace(",", ";"))
    copy.load().check()
    assert copy.ledger("contacts.csv") == ("loaded", CONTACTS, CONTACTS, 0)


def test_a_stray_quote_costs_one_line(copy: Corrupted) -> None:
    lines = copy.events.read_text().splitlines(keepends=True)
    middle = len(lines) // 2
    contact, rest = lines[middle].split(",", 1)
    lines[middle] = f'{contact},"{rest}'
    copy.events.write_text("".join(lines))
    copy.load().check()
    total = len(lines) - 1
    assert copy.ledger("email_events.csv") == ("loaded", total, total - 1, 1)
    rejected = copy.query("select line_number, line_text from raw.rejected_lines")
    assert rejected == [(middle + 1, lines[middle].rstrip("\n"))]


def test_unparsable_dates_are_counted(counted: Counted, clean: Warehouse) -> None:
    copy, events = counted.warehouse, "select count(*) from fct_email_events"
    reasons = dict(
        copy.query("select reason, count(*) from quality__rejected_records group by all")
    )
    (unread,) = [reason for reason in reasons if "future" not in reason]
    assert reasons[unread] == 2 * counted.damaged  # the file is there twice
    assert "occurred_at" in unread
    assert "31/02" not in unread
    assert copy.value(events) == clean.value(events) - counted.damaged
    # counted and said, not silently dropped
    assert "could not be read" in counted.outcome.output or "rejected" in counted.outcome.output
    assert copy.value("select bool_and(is_reconciled) from quality__line_accounting")


def test_a_duplicate_file_counts_once(counted: Counted, clean: Warehouse) -> None:
    copy = counted.warehouse
    assert copy.ledger("email_events_copy.csv") == copy.ledger("email_events.csv")
    sends = "select count(*) from fct_email_events where event_type = 'sent'"
    days = "select sum(sends) from int_contact_activity__daily"
    unread = sum(line.split(",")[2] == "sent" for line in _events()[::20])
    assert copy.value(sends) == copy.value(days) == CONTACTS * CAMPAIGNS - unread
    assert clean.value(days) == CONTACTS * CAMPAIGNS


def test_future_timestamps_are_counted_and_do_not_move_the_clock(
    counted: Counted, clean: Warehouse
) -> None:
    as_of = "select as_of_date from int_as_of_dates where is_current"
    assert counted.warehouse.value(as_of) == clean.value(as_of)
    future = "select count(*) from quality__rejected_records where reason like '%future%'"
    assert counted.warehouse.value(future) == 2  # the file is there twice


def test_half_the_volume_gone_stops_at_the_first_gate(copy: Corrupted, clean: Warehouse) -> None:
    lines = copy.contacts.read_text().splitlines(keepends=True)
    copy.contacts.write_text("".join(lines[: len(lines) // 2]))
    outcome = copy.build()
    assert outcome.code == 1
    assert "gate_staging" in outcome.output
    assert "contacts" in outcome.output
    # the marts still hold what the last good run built
    assert copy.value("select count(*) from dim_contacts") == CONTACTS
    failed = copy.value("select count(*) from gate_staging where not success")
    assert failed >= 1


def test_only_machine_opens_stop_at_the_second_gate(copy: Corrupted) -> None:
    header = EVENT_HEADER.strip() + ",is_machine\n"
    lines = copy.events.read_text().splitlines()[1:]
    marked = (f"{line},{'true' if ',open,' in line else ''}\n" for line in lines)
    copy.events.write_text(header + "".join(marked))
    outcome = copy.build()
    assert outcome.code == 1
    assert "gate_intermediate" in outcome.output
    assert "machine" in outcome.output
    assert copy.value("select count(*) from engagement_scores") > 0


def test_latin_1_bytes_cost_their_lines(copy: Corrupted) -> None:
    lines = copy.contacts.read_bytes().splitlines(keepends=True)
    for number in (5, 17):
        lines[number] = lines[number].replace(b"Lyon", "Orl\u00e9ans".encode("latin-1"))
    # whole UTF-8 elsewhere: the file was not saved as ANSI, these two lines are damaged
    lines[9] = lines[9].replace(b"Lyon", "N\u00eemes".encode())
    copy.contacts.write_bytes(b"".join(lines))
    outcome = copy.load().check()
    assert copy.ledger("contacts.csv") == ("loaded", CONTACTS, CONTACTS - 2, 2)
    numbers = copy.query("select line_number from raw.rejected_lines order by line_number")
    assert numbers == [(6,), (18,)]
    assert "rejected" in outcome.output
