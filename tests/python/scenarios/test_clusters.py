"""Clusters of the small demo: everybody is in the table, and the tables add up."""

import pytest

from .warehouse import Warehouse

pytestmark = pytest.mark.scenario


def test_the_cluster_tables_add_up(demo: Warehouse) -> None:
    everybody = demo.value("select count(*) from dim_contacts")
    assert demo.value("select count(distinct contact_id) from contact_clusters") == everybody
    runs = demo.query("select algorithm, verdict, contacts from cluster_runs order by preference")
    assert [run[0] for run in runs] == ["kmeans", "ward", "hdbscan"]
    assert {run[2] for run in runs} == {everybody}
    assert "too_few" not in {run[1] for run in runs}
    (assigned,) = demo.query(
        "select count(cluster), (select coalesce(sum(contacts), 0) from cluster_profiles),"
        " (select coalesce(sum(unassigned_contacts), 0) from cluster_runs where is_chosen)"
        " from contact_clusters"
    )
    assert assigned[0] == assigned[1]
    if any(run[1] == "clusters" for run in runs):
        assert assigned[0] + assigned[2] == everybody
    else:
        assert assigned[0] == 0
    assert demo.query(
        "select algorithm, count(*) from cluster_curves group by all order by all"
    ) == [
        ("kmeans", 8),
        ("ward", 8),
    ]
