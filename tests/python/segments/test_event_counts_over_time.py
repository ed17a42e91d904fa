"""The table of event counts from run to run: what rules ask for, at every date, and no more."""

import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest
import yaml

from winback.build import _invoke

from .compiler import FIELDS, ROOT, write_project
from .events import UNKNOWN_OPEN_WEIGHT

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
    "segment_evaluations": "select 1 as one",
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
        types = {"number": "double", "text": "varchar", "boolean": "boolean"}
        models = [
            {"name": "segment_evaluations", "config": {"meta": {"segments": rules}}},
            {
                "name": "int_contact_features",
                "columns": [
                    {"name": name, "data_type": types.get(kind, kind)}
                    for name, kind in FIELDS.items()
                ],
            },
        ]
        (self.project / "models" / "rules.yml").write_text(yaml.safe_dump({"models": models}))
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
    project = write_project(tmp_path / "project")
    for name, sql in MODELS.items():
        (project / "models" / f"{name}.sql").write_text(sql)
    for name in BUILT:
        shutil.copy(ROOT / "models/intermediate/features" / f"{name}.sql", project / "models")
    settings = yaml.safe_load((project / "dbt_project.yml").read_text())
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
