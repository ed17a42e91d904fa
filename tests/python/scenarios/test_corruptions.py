"""Exports corrupted in ten ways: each is refused, counted or stopped, and nothing is lost."""

import shutil
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from .warehouse import Outcome, Warehouse

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
    warehouse = Warehouse(folder, folder / "landing")
    warehouse.run("--systems", "generic").check()
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
        return self._private(self.winback("load", "--systems", "generic"))

    def build(self) -> Outcome:
        return self._private(self.run("--systems", "generic"))

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


@pytest.fixture
def copy(tmp_path: Path, clean: Warehouse) -> Corrupted:
    shutil.copytree(clean.landing, tmp_path / "landing")
    shutil.copy(clean.database, tmp_path / clean.database.name)
    shutil.copytree(clean.folder / "target", tmp_path / "target")
    return Corrupted(tmp_path, tmp_path / "landing")


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


def test_another_delimiter_refuses_the_file(copy: Corrupted) -> None:
    copy.contacts.write_text(copy.contacts.read_text().replace(",", ";"))
    outcome = copy.load()
    assert outcome.code == 1
    assert "contacts.csv" in outcome.output
    assert "delimiter" in outcome.output


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


def test_unparsable_dates_are_counted(copy: Corrupted) -> None:
    lines = copy.events.read_text().splitlines(keepends=True)
    damaged = 0
    for number in range(1, len(lines), 20):
        fields = lines[number].split(",")
        fields[3] = "31/02/26 9h"
        lines[number] = ",".join(fields)
        damaged += 1
    copy.events.write_text("".join(lines))
    outcome = copy.build()
    assert copy.value("select count(*) from quality__rejected_records") == damaged
    assert copy.value("select count(*) from fct_email_events") == len(lines) - 1 - damaged
    reason = copy.value("select distinct reason from quality__rejected_records")
    assert "occurred_at" in reason
    assert "31/02" not in reason
    # counted and said, not silently dropped
    assert "could not be read" in outcome.output or "rejected" in outcome.output
    assert copy.value("select bool_and(is_reconciled) from quality__line_accounting")


def test_a_duplicate_file_counts_once(copy: Corrupted, clean: Warehouse) -> None:
    shutil.copy(copy.events, copy.events.with_name("email_events_copy.csv"))
    copy.build().check()
    for table in ("fct_email_events", "int_contact_activity__daily"):
        assert copy.contents()[f"main.{table}"][0] == clean.contents()[f"main.{table}"][0]
    assert copy.value("select sum(sends) from int_contact_activity__daily") == CONTACTS * CAMPAIGNS


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


def test_future_timestamps_are_counted_and_do_not_move_the_clock(copy: Corrupted) -> None:
    as_of = copy.value("select as_of_date from int_as_of_dates where is_current")
    with copy.events.open("a") as file:
        file.write("c17,m3,open,2199-01-01T00:00:00,\n")
    copy.build().check()
    assert copy.value("select as_of_date from int_as_of_dates where is_current") == as_of
    reasons = copy.query("select reason from quality__rejected_records")
    assert len(reasons) == 1
    assert "future" in reasons[0][0]


def test_latin_1_bytes_cost_their_lines(copy: Corrupted) -> None:
    lines = copy.contacts.read_bytes().splitlines(keepends=True)
    for number in (5, 17):
        lines[number] = lines[number].replace(b"Lyon", "Orl\u00e9ans".encode("latin-1"))
    copy.contacts.write_bytes(b"".join(lines))
    outcome = copy.load().check()
    assert copy.ledger("contacts.csv") == ("loaded", CONTACTS, CONTACTS - 2, 2)
    numbers = copy.query("select line_number from raw.rejected_lines order by line_number")
    assert numbers == [(6,), (18,)]
    assert "rejected" in outcome.output
