"""The models that rules are written as, run by dbt: counts of events at every date from run to run,
and a stop where a file is not what the rules come to."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from winback.build import _invoke
from winback.segments.generated import FOLDER, compile_project, generated_files

from .compiler import ROOT, compile_rules
from .events import UNKNOWN_OPEN_WEIGHT
from .small_project import make_project

BUILT = ["int_contact_activity__campaigns", "int_event_count_slices", "int_contact_event_counts"]
STREAM = """
    create table stream as select * from (values
        ('c1', date '2026-05-10', 'human_click', 1, 'news'),
        ('c1', date '2026-06-10', 'human_click', 2, 'promo'),
        ('c2', date '2026-06-20', 'human_open', 1, 'news')
    ) as stream (contact_id, activity_date, kind, quantity, campaign_id)
"""
CAMPAIGNS = """
    create table campaigns as select * from (values
        ('news', 'newsletter'), ('promo', 'promotion')
    ) as campaigns (campaign_id, campaign_type)
"""
# what stands before the counts in the warehouse, in small; views of two tables that tests change
MODELS = {
    "int_contact_activity__stream": "select * from stream",
    "int_campaigns__unified": "select * from campaigns",
    "int_contact_activity__daily": """
        select contact_id, activity_date,
            sum(case when kind = 'human_click' then quantity else 0 end) as human_clicks,
            sum(case when kind = 'human_open' then quantity else 0 end) as human_opens,
            0 as unknown_opens, 0 as machine_opens
        from stream group by all
    """,
    "int_activity_days": "select distinct activity_date from stream",
    "int_as_of_dates": """
        select unnest([date '2026-05-31', date '2026-06-30']) as as_of_date
    """,
    # as in the warehouse, days and their events count here, and campaigns do not
    "int_feature_slices": """
        select as_of_date, sum(hash(contact_id, activity_date, kind, quantity))::varchar
            as slice_fingerprint
        from {{ ref('int_as_of_dates') }} inner join stream on activity_date <= as_of_date
        group by all
    """,
    "signal_weights": f"""
        select 'unknown' as quality, 'open' as signal, {UNKNOWN_OPEN_WEIGHT} as weight
    """,
}


@dataclass
class Counts:
    """A project of the real models of event counts, and its database."""

    project: Path
    database: Path

    def ask(self, *conditions: dict[str, Any]) -> None:
        """Makes these the segment rules and runs."""
        rules = [
            {"name": f"s{place}", "where": condition} for place, condition in enumerate(conditions)
        ]
        (compiled,) = compile_rules([rules])
        for path, text in generated_files(compiled, {}).items():
            if path.stem in BUILT:
                (self.project / "models" / path.name).write_text(text)
        self.run()

    def run(self) -> None:
        done = _invoke(
            [
                *("run", "--quiet", "--select", "+int_contact_event_counts"),
                *("--project-dir", str(self.project), "--profiles-dir", str(self.project)),
                *("--target-path", str(self.project / "target"), "--log-path", str(self.project)),
            ],
            lambda _: None,
        )
        assert done.success, done.exception or [r.message for r in done.result]

    def execute(self, sql: str) -> list[tuple[Any, ...]]:
        with duckdb.connect(str(self.database)) as connection:
            return connection.execute(sql).fetchall()

    def rows(self) -> list[tuple[Any, ...]]:
        """Contact, month and counts of every row."""
        return self.execute(
            "select contact_id, month(as_of_date),"
            " columns(lambda name: name like 'event%') from int_contact_event_counts order by 2, 1"
        )


@pytest.fixture
def counts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Counts]:
    project = tmp_path / "project"
    shutil.copytree(ROOT / "macros", project / "macros")
    shutil.copy(ROOT / "profiles.yml", project)
    (project / "models").mkdir()
    for name, sql in MODELS.items():
        (project / "models" / f"{name}.sql").write_text(sql)
    shutil.copy(ROOT / FOLDER / "int_event_count_slices.sql", project / "models")
    shipped = yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"]
    settings: dict[str, Any] = {"name": "winback", "profile": "winback", "vars": shipped}
    settings["models"] = {"+materialized": "view"}
    for name in BUILT[:2]:
        settings["models"][name] = {"+materialized": "table"}
    (project / "dbt_project.yml").write_text(yaml.safe_dump(settings))
    made = Counts(project, tmp_path / "counts.duckdb")
    made.execute(STREAM)
    made.execute(CAMPAIGNS)
    monkeypatch.setenv("WINBACK_DATABASE", str(made.database))
    yield made


CLICKS = {"event": "click", "gte": 1, "within_days": 45}
NEWSLETTERS = {"event": "click", "gte": 1, "campaign_type": "newsletter"}


def test_counts_follow_the_rules(counts: Counts) -> None:
    counts.ask({"event": "click", "gte": 1, "within_days": 30})
    assert counts.execute("from int_contact_event_counts") == []
    assert counts.execute("from int_contact_activity__campaigns") == []

    counts.ask(CLICKS)
    assert counts.rows() == [("c1", 5, 1), ("c1", 6, 2)]

    # a new count has all dates, and one that nobody asks for any more is gone
    counts.ask(NEWSLETTERS, {"event": "open", "eq": 1})
    assert counts.rows() == [("c1", 5, 1, 0), ("c1", 6, 1, 0), ("c2", 6, 0, 1)]


def test_late_events_rebuild_the_dates_they_touch(counts: Counts) -> None:
    counts.ask(CLICKS)
    counts.execute("update int_contact_event_counts set event_click_45d = 77")
    counts.run()
    assert counts.rows() == [("c1", 5, 77), ("c1", 6, 77)]
    counts.execute("insert into stream values ('c2', date '2026-06-01', 'human_click', 1, 'news')")
    counts.run()
    assert counts.rows() == [("c1", 5, 77), ("c1", 6, 2), ("c2", 6, 1)]


def test_a_campaign_that_changes_its_type_is_counted_anew(counts: Counts) -> None:
    counts.ask(NEWSLETTERS)
    assert counts.rows() == [("c1", 5, 1), ("c1", 6, 1)]
    counts.execute("update campaigns set campaign_type = 'newsletter'")
    counts.run()
    assert counts.rows() == [("c1", 5, 1), ("c1", 6, 3)]


HEAD = "models/intermediate/segmentation/segment_flags.sql"


def test_dbt_refuses_what_the_rules_do_not_come_to(counts: Counts) -> None:
    """A rule that was changed, a file that was edited by hand, a rule that is new or gone."""
    project = make_project(counts.project)
    project.write([{"name": "young", "where": {"field": "age", "lt": 35}}])
    compile_project(project.folder, {})
    settings = yaml.safe_load((project.folder / "dbt_project.yml").read_text())
    settings |= {"models": {"+materialized": "view"}, "model-paths": ["alone"]}
    settings["on-run-start"] = ["{{ check_segments() }}"]
    (project.folder / "alone").mkdir()
    (project.folder / "alone/one.sql").write_text("select 1 as one")
    settings.pop("seeds")
    (project.folder / "dbt_project.yml").write_text(yaml.safe_dump(settings))

    def told() -> str:
        done = _invoke(
            [
                *("run", "--quiet", "--log-level", "none"),
                *("--project-dir", str(project.folder), "--profiles-dir", str(project.folder)),
                *("--target-path", str(project.folder / "target")),
            ],
            lambda _: None,
        )
        return "" if done.success else str(done.exception or done.result.results[0].message)

    assert told() == ""
    flags = project.folder / HEAD
    kept = flags.read_text()
    # git may write line ends as the system has them
    flags.write_text(kept.replace("\n", "\r\n"))
    assert told() == ""
    flags.write_text(kept.replace("age < 35", "age < 36"))
    assert f"({HEAD} changed since). Run `winback segments compile`" in told()
    flags.write_text(kept)
    rule = project.rules_folder / "young.yml"
    rule.write_text(rule.read_text() + "label: Young\n")
    (project.rules_folder / "old.yml").write_text("{name: old, where: {field: age, gt: 60}}")
    (flags.parent / "segment_expectations.sql").unlink()
    assert (
        "(models/intermediate/segmentation/segment_expectations.sql, segments/old.yml,"
        " segments/young.yml changed since)"
    ) in told()
