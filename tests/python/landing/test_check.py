"""`winback check`: what it says of a folder, and that it changes nothing."""

import gzip
import io
import json
from pathlib import Path

import pytest
from rich.console import Console
from typer.testing import CliRunner

from winback.check import examine as examine_module
from winback.check import sampling, show
from winback.check.examine import examine
from winback.check.findings import ColumnFinding, FileFinding, Findings, Missing
from winback.check.sampling import copy_beginning, with_samples
from winback.cli import app

ROOT = Path(__file__).parents[3]

FILES = {
    "generic/main/contacts.csv": (
        "contact_id,email,Opt-out,birth_date,shoe size\n"
        "1,ann@check.example,yes,1980-01-01,40\n"
        "2,ben@check.example,,31.12.1980,41\n"
        "3,cleo@check.example,x,y,z,v,w\n"
    ),
    "generic/main/email_events.csv": (
        "contact_id,event_type,occurred_at\n"
        + "".join(f"1,open,2026-04-{day:02} 10:00:00\n" for day in range(1, 15))
        + "".join(f"99,open,{day}.04.2026\n" for day in range(10, 18))
        + "99,click,2026-04-20\n"
    ),
    "generic/main/email_events_2.csv": (
        "contact_id,email,event_type,occurred_at\n"
        ",ann at check.example,unsubscribe,20.04.2026 25:00\n"
        ",ann@check.example,unsubscribe,20.04.2026 25:00\n"
        '2,,un"subscribe,2026-04-20\n'
        ",,Q7,2026-04-20\n"
    ),
    "generic/main/orders.csv": "order_id,contact_id\nA1,1\n",
    "generic/main/kunden.csv": "Kundennummer;Stadt\n4711;Ulm\n",
    "generic/main/returns.csv": "order_id,sku,reason\nA1,S1,too small\n",
    "generic/main/readme.md": "exported by Ann\n",
}


def listing(folder: Path) -> dict[str, tuple[int, int]]:
    return {
        path.relative_to(folder).as_posix(): (path.stat().st_size, path.stat().st_mtime_ns)
        for path in folder.rglob("*")
        if path.is_file()
    }


@pytest.fixture(scope="module")
def landing(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("check")
    for name, content in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return folder


@pytest.fixture(scope="module")
def findings(landing: Path, parsed: Path) -> Findings:
    """One check, of which all the tests ask."""
    watched = [folder for folder in (landing, ROOT / "target", ROOT / "logs") if folder.is_dir()]
    before = [listing(folder) for folder in watched]
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("DBT_TARGET_PATH", str(parsed))
        found = examine(ROOT, landing, None, {})
    assert [listing(folder) for folder in watched] == before
    assert not (ROOT / "winback.duckdb.landing").exists()
    return found


def of(findings: Findings, name: str) -> FileFinding:
    (found,) = [finding for finding in findings.files if finding.file.endswith(name)]
    return found


def test_what_a_file_is_taken_for_and_why(findings: Findings) -> None:
    contacts = of(findings, "contacts.csv")
    assert (contacts.status, contacts.taken_for) == ("read", "generic__contacts")
    assert contacts.because == "its name fits “contacts*”"
    assert (contacts.delimiter, contacts.encoding) == ("a comma", "utf-8")
    assert [(column.column, column.filled) for column in contacts.columns] == [
        ("contact_id", 2),
        ("email", 2),
        ("birth_date", 2),
    ]
    assert (contacts.lines, contacts.unreadable) == (3, 1)


def test_columns_nobody_knows_and_those_that_sound_like_a_no(findings: Findings) -> None:
    contacts = of(findings, "contacts.csv")
    assert contacts.unused == ["Opt-out", "shoe size"]
    assert contacts.suspicious == [("Opt-out", "an opt-out")]
    assert "no column email_consent" in str(contacts.remark)


def test_dates_and_parse_rates(findings: Findings) -> None:
    events = of(findings, "email_events.csv")
    assert (events.first_at, events.last_at) == ("2026-04-01 10:00:00", "2026-04-20 00:00:00")
    assert (events.lines, events.rejected) == (23, 8)
    (occurred,) = [column for column in events.columns if column.column == "occurred_at"]
    assert (occurred.filled, occurred.unread) == (23, 8)
    assert occurred.parse_rate == pytest.approx(15 / 23)


def test_ids_without_a_contact(findings: Findings) -> None:
    events = of(findings, "email_events.csv")
    assert (events.ids, events.ids_without_contact) == (23, 9)
    assert of(findings, "contacts.csv").ids is None


def test_what_is_missing_for_what(findings: Findings) -> None:
    missing = {entry.what for entry in findings.missing}
    assert {
        "which messages were sent to whom",
        "user agents of opens and clicks",
        "web sessions",
        "orders",
        "who consented, unsubscribed or complained",
        "hard bounces",
    } <= missing
    assert not missing & {"contacts", "opens and clicks"}


def test_what_would_go_wrong(findings: Findings) -> None:
    assert not findings.ok
    problems = "\n".join(findings.problems)
    assert "orders.csv would be refused: missing headers" in problems
    assert "kunden.csv would not be read" in problems
    assert "email_events.csv: 35% of its lines cannot be used" in problems
    assert "activation would be held back" in problems
    assert [line.split("email_events_2.csv ")[1] for line in findings.problems if "_2" in line] == [
        "has a line that may say somebody left, and no address or known id can be found in it",
        "has a line with a kind of event that nobody knows: it may be an opt-out",
    ]
    assert "readme.md" not in problems
    assert "returns.csv" not in problems
    assert [note for note in findings.notes if note.startswith("generic reads files named")]


def test_the_report_and_the_json_hold_no_value(findings: Findings) -> None:
    console = Console(width=200, record=True, file=io.StringIO())
    show.print_report(findings, console)
    report = console.export_text()
    assert report.count("“Opt-out”") == 1  # a column is told once
    assert "LOOK HERE: column not used: “Opt-out” (an opt-out)" in report
    assert "9 of 23 lines (39.1%) have an id that is in no list of contacts" in report
    found = json.loads(show.as_json(findings))
    assert found["ok"] is False
    assert {entry["file"] for entry in found["held"]} == {"generic/main/email_events_2.csv"}
    (events,) = [file for file in found["files"] if file["file"].endswith("email_events.csv")]
    assert events["reasons"][0]["lines"] == 8
    for text in (report, json.dumps(found)):
        for value in ("ann@", "Ulm", "31.12.1980", "exported by"):
            assert value not in text


@pytest.mark.parametrize(("problems", "code"), [([], 0), (["something"], 1)])
def test_exit_codes(
    problems: list[str], code: int, landing: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    column = ColumnFinding("email", "E-mail", filled=4, unread=1)
    file = FileFinding("a.csv", "read", "generic__contacts", "x", lines=4, columns=[column])
    found = Findings(str(landing), [file], missing=[Missing("orders", "no revenue")])
    found.problems = problems
    monkeypatch.setattr(examine_module, "examine", lambda *_: found)
    arguments = ["check", "--landing", str(landing), "--project", str(ROOT)]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == code
    assert "75.0%" in done.output
    done = CliRunner().invoke(app, [*arguments, "--json"])
    assert done.exit_code == code
    assert json.loads(done.output)["files"][0]["columns"][0]["parse_rate"] == 0.75


def test_of_large_files_the_beginning_is_read(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "SAMPLED_FROM", 2_000)
    monkeypatch.setattr(sampling, "SAMPLE", 500)
    folder = tmp_path / "landing" / "generic" / "main"
    folder.mkdir(parents=True)
    lines = "contact_id,email\n" + "".join(f'{row},"a\nb"\n' for row in range(400))
    (folder / "contacts.csv").write_text(lines)
    (folder / "contacts_2.csv.gz").write_bytes(gzip.compress(lines.encode()))
    (folder / "orders.csv").write_text("order_id\n1\n")
    (folder / "loop").symlink_to(folder.parent)
    place, sampled = with_samples(tmp_path / "landing", tmp_path / "copy")
    assert place == tmp_path / "copy"
    assert set(sampled) <= {"generic/main/contacts.csv", "generic/main/contacts_2.csv.gz"}
    beginning = (place / "generic/main/contacts.csv").read_text()
    assert sampled["generic/main/contacts.csv"] == len(beginning) <= 500
    assert lines.startswith(beginning)
    assert beginning.endswith('"\n')  # no record is cut inside its quotes
    assert (place / "generic/main/orders.csv").read_text() == "order_id\n1\n"
    assert (folder / "contacts.csv").read_text() == lines
    monkeypatch.setattr(sampling, "SAMPLED_FROM", 1 << 30)
    assert with_samples(tmp_path / "landing", tmp_path / "none") == (tmp_path / "landing", {})


def test_the_beginning_of_an_oddly_quoted_file_ends_with_a_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sampling, "SAMPLE", 100)
    path = tmp_path / "odd.csv"
    path.write_text('a,b\n1,"x\n' + "2,y\n" * 100)
    assert copy_beginning(path, tmp_path / "copy.csv") > 0
    assert (tmp_path / "copy.csv").read_text().endswith("\n")


def test_a_first_mapping_is_suggested(landing: Path) -> None:
    arguments = ["check", "--landing", str(landing), "--project", str(ROOT), "--suggest"]
    for name in ("generic/main/kunden.csv", str(landing / "generic/main/kunden.csv")):
        done = CliRunner().invoke(app, [*arguments, name])
        assert done.exit_code == 0
        assert "Stadt" in done.output
        assert "Ulm" not in done.output
    done = CliRunner().invoke(app, [*arguments, "generic/main/nothing.csv"])
    assert done.exit_code == 1
    assert "there is no such file" in str(done.exception)


def test_a_suggestion_is_written_where_no_mapping_is(tmp_path: Path) -> None:
    folder = tmp_path / "generic" / "main"
    folder.mkdir(parents=True)
    (folder / "kunden.csv").write_text(FILES["generic/main/kunden.csv"])
    (tmp_path / "generic" / "loose.csv").write_text(FILES["generic/main/kunden.csv"])
    arguments = ["check", "--landing", str(tmp_path), "--project", str(ROOT)]
    suggest = [*arguments, "--suggest", "generic/main/kunden.csv"]
    printed = CliRunner().invoke(app, suggest)
    done = CliRunner().invoke(app, [*suggest, "--write"])
    assert (done.exit_code, "answer the questions" in done.output) == (0, True)
    assert (folder / "_mapping.yml").read_text() == printed.output
    (folder / "_mapping.yml").write_text("files: []  # mine\n")
    done = CliRunner().invoke(app, [*suggest, "--write"])
    assert "is there already and stays as it is" in str(done.exception)
    assert (folder / "_mapping.yml").read_text() == "files: []  # mine\n"
    (folder / "_mapping.yml").rename(folder / "_mapping.yaml")
    done = CliRunner().invoke(app, [*suggest, "--write"])
    assert "is there already and stays as it is" in str(done.exception)
    done = CliRunner().invoke(app, [*arguments, "--suggest", "generic/loose.csv", "--write"])
    assert "<system>/<account> first" in str(done.exception)
    done = CliRunner().invoke(app, [*arguments, "--write"])
    assert "--write needs --suggest" in str(done.exception)
