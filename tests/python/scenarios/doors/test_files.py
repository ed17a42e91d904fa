"""Files as people have them: delimiters, sep= lines, workbooks, code pages, and own files."""

import pytest

from .conftest import Doors

pytestmark = pytest.mark.scenario

# the case's domain and who of it may be mailed
MAILABLE = {
    # a spreadsheet saved the list of the unsubscribed as ANSI
    "c23.example": set(),
    # sep= of Excel; empty columns and a line of commas
    "c25.example": {"may"},
    "c25c.example": {"ned"},
    "fi-sep.example": {"mia"},
    "fi-pipe.example": {"pia"},
    "fi-ansi.example": {"yan"},
    "fi-ansi-events.example": {"kurt"},
    # words of the language, and a word that nobody knows is no yes
    "fi-german.example": {"anne", "eva"},
    "fi-erp.example": {"anna"},
    "fi-workbook.example": {"amy"},
    "fi-sheet.example": {"ines"},
}


@pytest.mark.parametrize("domain", MAILABLE)
def test_who_may_be_mailed(doors: Doors, domain: str) -> None:
    assert doors.mailable(domain) == MAILABLE[domain]


def test_an_empty_file_is_told(doors: Doors) -> None:
    told = "refused generic/c25b/contacts.csv: the file is empty: a header row was expected"
    assert told in doors.output.splitlines()


def test_formulas_that_were_never_computed_hold_back_where_people_stand(doors: Doors) -> None:
    assert "1 cell of column B read as empty" in doors.holds["generic/fi-formulas/contacts.xlsx"]
    assert "generic/fi-formula-aside/contacts.xlsx" not in doors.holds
    told = "LOOK HERE: formulas that were never computed: 1 cell of column D read as empty"
    assert told in doors.output


def test_every_line_of_these_files_is_accounted_for(doors: Doors) -> None:
    found = doors.warehouse.query(
        "select split_part(source_file, '/', 3), lines_in_file,"
        " accepted_lines + rejected_by_loader + rejected_by_staging"
        " from quality__line_accounting where source_relation in"
        " ('c25c', 'fi-sep', 'fi-pipe', 'fi-german', 'fi-workbook') order by source_file"
    )
    assert found == [
        ("contacts.csv", 1, 1),
        ("Kundenliste_2026-05.csv", 5, 5),
        ("contacts.txt", 2, 2),
        ("contacts.csv", 2, 2),
        ("contacts.xlsx", 4, 4),
    ]


def test_a_german_list_and_an_erp_extract_need_no_model(doors: Doors) -> None:
    assert doors.warehouse.query(
        "select source_contact_id, first_name, created_at::varchar, country_code"
        " from int_contact_records__unified where source_relation = 'fi-german'"
        " and email_normalized like 'anne@%'"
    ) == [("00017", "Änne", "2024-07-03 07:05:00", "DE")]
    assert doors.warehouse.query(
        "select ord.source_order_id, ord.ordered_at::date::varchar, ord.net_amount::double,"
        " ord.status, con.email from int_orders__unified as ord"
        " left join dim_contacts as con on ord.contact_id = con.contact_id"
        " where ord.source_relation = 'fi-erp' order by 1"
    ) == [
        ("1", "2026-01-05", 1234.5, "paid", "anna@fi-erp.example"),
        ("2", "2026-02-06", -99.9, "paid", "anna@fi-erp.example"),
        ("3", "2026-02-07", 12.0, "pending", "ben@fi-erp.example"),
    ]


def test_a_list_and_its_changes_pass_the_gates_in_one_first_load(doors: Doors) -> None:
    assert doors.warehouse.query(
        "select file_lines, previous_lines from staging_line_counts"
        " where source_relation = 'fi-delta' order by source_file"
    ) == [(80, None), (1, None)]
    assert "d7" not in doors.mailable("fi-delta.example")
    assert len(doors.mailable("fi-delta.example")) == 79
