"""What is measured is what was asked for."""

from pathlib import Path

import duckdb
import pytest
from benchmarks import exports
from benchmarks.__main__ import read_sizes
from benchmarks.exports import exports_in, write_exports
from benchmarks.fitted import MODELS as FITTED
from benchmarks.fitted import run_part
from benchmarks.fitted_tables import write_lifetimes
from benchmarks.segment_rules import write_rules
from benchmarks.segments import measure, write_features

from winback.segments.compiled import compile_rules
from winback.segments.vocabulary import Vocabulary


def _lines(landing: Path) -> dict[str, int]:
    return {path.name: path.read_text().count("\n") - 1 for path in exports_in(landing)}


def test_each_size_has_its_own_files(tmp_path: Path) -> None:
    small = write_exports(tmp_path, 50, 1_000)
    large = write_exports(tmp_path, 80, 2_000)
    wanted = {"email_events.csv": 900, "contacts.csv": 50, "orders.csv": 40, "web_sessions.csv": 60}
    assert _lines(write_exports(tmp_path, 50, 1_000)) == _lines(small) == wanted
    assert _lines(large)["contacts.csv"] == 80


def test_files_of_another_version_are_written_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (contacts,) = (
        path for path in exports_in(write_exports(tmp_path, 50, 1_000)) if "contacts" in path.name
    )
    written = contacts.stat().st_mtime_ns
    write_exports(tmp_path, 50, 1_000)
    assert contacts.stat().st_mtime_ns == written
    monkeypatch.setattr(exports, "_CONTACTS", exports._CONTACTS.replace("City ", "Town "))
    write_exports(tmp_path, 50, 1_000)
    assert "Town 1" in contacts.read_text()


def test_both_sizes_or_neither() -> None:
    assert read_sizes([]) == (1_000_000, 20_000_000)
    assert read_sizes(["1000", "20000"]) == (1000, 20_000)


@pytest.mark.parametrize("given", [["1000"], ["1000", "x"], ["0", "5"], ["1", "2", "3"]])
def test_other_sizes_are_refused(given: list[str]) -> None:
    with pytest.raises(SystemExit, match="usage"):
        read_sizes(given)


def test_segment_rules_are_measured_on_every_made_up_row() -> None:
    rule = {"name": "busy", "where": {"field": "age", "gt": 30}}
    vocabulary = Vocabulary({"age": "number"})
    with duckdb.connect() as connection:
        write_features(connection, 20)
        one_date, all_dates = measure(connection, {"one": compile_rules([rule], vocabulary)})
        assert (one_date.span, all_dates.span) == ("one date", "all dates")
        assert one_date.rules == "one"
        (found,) = connection.execute(
            "select count(*), count(*) filter (where busy) from evaluations"
        ).fetchall()
        assert found[0] == 20 * 13
        assert 0 < found[1] < found[0]


def test_made_up_rules_are_as_many_as_wanted_and_begin_alike() -> None:
    assert len(write_rules(200)) == 200
    assert write_rules(200)[:20] == write_rules(20)


@pytest.mark.parametrize("name", FITTED)
def test_fitted_models_are_measured_on_everybody(name: str, tmp_path: Path) -> None:
    with duckdb.connect(str(tmp_path / "made.duckdb")) as connection:
        FITTED[name].write(connection, 400)
    for part in ("ours", "theirs"):
        cost = run_part(name, part, tmp_path / "made.duckdb")
        assert cost.seconds > 0
        assert 0 < cost.peak < 6


def test_made_up_lives_are_possible_ones() -> None:
    with duckdb.connect() as connection:
        write_lifetimes(connection, 3000)
        (bought,) = connection.execute(
            "select count(*), count(repeat_value), sum(frequency), sum(later_order_days),"
            " count(*) filter (where recency_days > age_days"
            " or (frequency = 0) <> (recency_days = 0))"
            " from purchases"
        ).fetchall()
        (read,) = connection.execute(
            "select count(*), sum(engaged), sum(later_engaged), count(*) filter"
            " (where not engaged <= last_engaged or not last_engaged <= opportunities"
            " or (engaged = 0) <> (days_since_engaged is null)) from opportunities"
        ).fetchall()
    assert bought[0] == read[0] == 6000
    assert 0 < bought[1] < 6000
    assert min(*bought[2:4], *read[1:3]) > 0
    assert bought[4] == read[3] == 0
