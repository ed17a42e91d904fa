"""What `winback preview` says before a build is what the build then says."""

import json
from pathlib import Path

import pytest

from winback.segments.rules import read_project_rules

from .warehouse import ROOT, Warehouse

pytestmark = pytest.mark.scenario


def test_a_preview_equals_the_tree_that_is_built(demo: Warehouse, tmp_path: Path) -> None:
    """Of all shipped segments, at every date, with what they have in common."""
    rules = tmp_path / "rules.json"
    rules.write_text(json.dumps(read_project_rules(ROOT)))
    outcome = demo.winback("preview", "--file", str(rules), "--sample", "3", "--json")
    assert outcome.code == 0, outcome.output
    previews = json.loads(outcome.output)
    found = sorted(
        (
            preview["segment"],
            *(size[key] for key in ("as_of_date", "contacts")),
            size["revenue_365d"],
        )
        for preview in previews
        for size in preview["dates"]
    )
    built = demo.query(
        "select segment, cast(as_of_date as varchar), contacts, cast(revenue as double)"
        " from segment_tree order by all"
    )
    assert [row[:3] for row in found] == [row[:3] for row in built]
    assert [row[3] for row in found] == pytest.approx([row[3] for row in built])
    members = {
        name: {
            row[0]
            for row in demo.query(
                f'select contact_id from segment_history where is_current and "{name}"'
            )
        }
        for name in (preview["segment"] for preview in previews)
    }
    for preview in previews:
        own = members[preview["segment"]]
        for overlap in preview["overlaps"]:
            both = own & members[overlap["segment"]]
            assert overlap["contacts"] == len(both), (preview["segment"], overlap["segment"])
        assert set(preview["sample"]) <= own
        assert len(preview["sample"]) == min(3, len(own))


def test_fitted_fields_are_those_of_today(demo: Warehouse, tmp_path: Path) -> None:
    """Of every date one row a contact: a contact with several models does not count twice."""
    rules = tmp_path / "fitted.yml"
    rules.write_text(
        "- {name: late, where: {field: buyer_is_past_threshold, eq: true}}\n"
        "- {name: clustered, where: {field: cluster, is_null: false}}\n"
        "- {name: unread, where: {not: {field: reader_is_past_threshold, eq: false}}}\n"
    )
    outcome = demo.winback("preview", "--file", str(rules), "--json")
    assert outcome.code == 0, outcome.output
    late, clustered, unread = json.loads(outcome.output)
    assert late["now"]["contacts"] == demo.value(
        "select count(*) from contact_lifetimes"
        " where model = 'mbg_nbd' and predicted_inactive_on <= as_of_date"
    )
    assert clustered["now"]["contacts"] == demo.value("select count(cluster) from contact_clusters")
    assert 0 < late["now"]["contacts"] < clustered["now"]["contacts"]
    sizes = [(size["contacts"], size["all_contacts"]) for size in unread["dates"]]
    assert all(contacts == everybody for contacts, everybody in sizes[:-1])
    assert 0 < sizes[-1][0] < sizes[-1][1]
