"""From rows of a table to contacts in clusters: found, refused, named alike, and remembered."""

from typing import Any

import duckdb
import numpy as np
import pytest
from sklearn.metrics import adjusted_rand_score

from winback.clusters import partitions
from winback.clusters.assign import place, place_all
from winback.clusters.features import Floats, fit_space
from winback.clusters.fit import Fitted, Memory, choose_run, fit
from winback.clusters.settings import Settings, read_settings
from winback.clusters.stored import read_memory, read_placing, read_space
from winback.clusters.tables import fit_table, read_sample

from .conftest import SETTINGS, blobs, noise, sample

ALGORITHMS = SETTINGS["algorithms"]
FAST = {"algorithms": ["kmeans", "hdbscan"], "references": 5, "bootstraps": 5}


def fitted(values: Floats, algorithm: str = "kmeans", memory: Memory | None = None) -> Fitted:
    settings = read_settings(SETTINGS)
    space = fit_space(values, settings.features)
    return fit(algorithm, sample(values), space, settings, memory or Memory())


def numbers(values: Floats, run: Fitted) -> np.ndarray:
    assert run.placing is not None
    space = fit_space(values, read_settings(SETTINGS).features)
    return place(values, space, run.placing)[0]


def table(values: Floats, order: Any = None) -> duckdb.DuckDBPyConnection:
    """The rows of int_cluster_inputs, in this order."""
    connection = duckdb.connect()
    rows = range(len(values)) if order is None else order
    connection.execute(
        "create table inputs (contact_id varchar, as_of_date date, sample_key varchar,"
        " width double, height double)"
    )
    for row in rows:
        connection.execute(
            "insert into inputs values (?, date '2026-06-30', md5(?), ?, ?)",
            [
                *(f"c{row:05}", f"c{row:05}|1"),
                *(None if np.isnan(value) else float(value) for value in values[row]),
            ],
        )
    return connection


def placed(connection: duckdb.DuckDBPyConnection, settings: Settings, batch: int) -> list[Any]:
    runs = fit_table(connection, "inputs", settings, {}).to_pylist()
    (run,) = [run for run in runs if run["is_chosen"]]
    placing = read_placing(run["fit"])
    assert placing is not None
    names = [feature.name for feature in settings.features]
    held = place_all(connection, "inputs", names, read_space(run["fit"]), placing, batch)
    return connection.execute(f"from {held} order by contact_id").fetchall()


@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_four_blobs_are_four_clusters(algorithm: str) -> None:
    values, truth = blobs(400)
    run = fitted(values, algorithm)
    assert (run.verdict, run.k) == ("clusters", 4), run.reason
    assert min(group.stability for group in run.groups) > 0.75
    found = numbers(values, run)
    assert (found > 0).mean() > 0.9
    assert adjusted_rand_score(truth[found > 0], found[found > 0]) > 0.99


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("algorithm", ALGORITHMS)
def test_even_noise_is_no_clusters(algorithm: str, seed: int) -> None:
    run = fitted(noise(400, seed), algorithm)
    assert run.verdict == "no_clusters", run.reason
    assert run.placing is None


def test_half_rings_are_found_by_density_alone() -> None:
    from sklearn.datasets import make_moons

    values, truth = make_moons(600, noise=0.04, random_state=1)
    run = fitted(values, "hdbscan")
    assert run.verdict == "clusters", run.reason
    found = numbers(values, run)
    assert adjusted_rand_score(truth[found > 0], found[found > 0]) > 0.95


def test_a_crowd_and_stragglers_are_no_clusters() -> None:
    rng = np.random.default_rng(2)
    values = np.vstack([rng.normal(0, 1, (980, 2)), rng.normal(30, 0.2, (20, 2))])
    run = fitted(values, "hdbscan")
    assert run.k == 2
    assert (run.verdict, run.reason[-26:]) == ("no_clusters", "but 98% are in one of them"), (
        run.reason
    )


def test_centres_that_part_nobody_count_as_one_cluster(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("winback.clusters.fit.LARGEST_SHARE", 0.2)
    run = fitted(blobs(200)[0])
    assert (run.verdict, run.k, len(run.groups)) == ("no_clusters", 1, 4)


def test_few_contacts_and_one_feature_are_not_fitted() -> None:
    few = fitted(blobs(40)[0])
    assert (few.verdict, few.reason) == ("too_few", "40 contacts, fewer than 50")
    flat = blobs(100)[0]
    flat[:, 1] = 7
    assert fitted(flat).verdict == "no_clusters"
    assert "fewer than two features" in fitted(flat).reason


def test_the_first_algorithm_that_finds_clusters_is_chosen() -> None:
    found, none = fitted(blobs(100)[0]), fitted(noise(100))
    assert choose_run([none, found, found]) == 1
    assert choose_run([none]) is None


def test_rows_in_another_order_give_the_same_labels() -> None:
    values, _ = blobs(500)
    settings = read_settings({**SETTINGS, "small_sample": 150, "sample": 300, **FAST})
    shuffled = np.random.default_rng(5).permutation(len(values))
    with table(values) as one, table(values, shuffled) as other:
        assert placed(one, settings, 50_000) == placed(other, settings, 50_000)
        first, second = (fit_table(c, "inputs", settings, {}).to_pylist() for c in (one, other))
        assert first == second


def test_batches_change_nothing_and_everybody_is_placed() -> None:
    values, _ = blobs(300)
    settings = read_settings({**SETTINGS, "algorithms": ["hdbscan"]})
    with table(values) as connection:
        whole = placed(connection, settings, 50_000)
        assert placed(connection, settings, 7) == whole
    assert len(whole) == 300
    assert {row[1] for row in whole} >= {1, 2, 3, 4}


def test_the_sample_is_drawn_by_hash() -> None:
    values, _ = blobs(300)
    settings = read_settings({**SETTINGS, "sample": 200, "small_sample": 100})
    with table(values) as connection:
        drawn = read_sample(connection, "inputs", settings)
        (kept,) = connection.execute(
            "select list(width order by contact_id) from"
            " (from inputs order by sample_key limit 200)"
        ).fetchall()
    assert drawn.values[:, 0].tolist() == kept[0]
    assert drawn.small.sum() == 100


def test_contacts_of_whom_nothing_is_known_are_in_no_cluster() -> None:
    values, _ = blobs(300)
    values[0] = np.nan
    values[1, 0] = np.nan
    run = fitted(values)
    found = numbers(values, run)
    assert found[0] == 0
    assert found[1] > 0


def test_those_of_whom_nothing_is_known_are_no_cluster_of_their_own() -> None:
    values = np.vstack([blobs(300)[0], np.full((300, 2), np.nan)])
    settings = read_settings({**SETTINGS, **FAST, "algorithms": ["hdbscan"]})
    with table(values) as connection:
        (run,) = fit_table(connection, "inputs", settings, {}).to_pylist()
    assert (run["verdict"], run["clusters"]) == ("clusters", 4), run["reason"]
    assert (run["contacts"], run["sample_contacts"]) == (600, 300)


def test_strangers_are_noise_by_density_and_somebodys_by_kmeans() -> None:
    values, _ = blobs(300)
    space = fit_space(values, read_settings(SETTINGS).features)
    dense, centred = fitted(values, "dbscan"), fitted(values, "kmeans")
    assert dense.placing is not None
    assert centred.placing is not None
    found, distance = place([[5.0, 5.0]], space, dense.placing)
    assert found[0] == 0
    assert np.isnan(distance[0])
    assert place([[5.0, 5.0]], space, centred.placing)[0][0] > 0


def test_numbers_stay_when_the_audience_moves() -> None:
    values, _ = blobs(400)
    first = fitted(values)
    later = values * 1.2 + 0.5
    # contacts join the last, so that by size it would come first
    later = np.vstack([later, later[3::4]])
    second = fitted(later, memory=first.memory)
    assert numbers(values, first).tolist() == numbers(later, second)[:400].tolist()


def test_a_number_waits_for_its_cluster() -> None:
    values, truth = blobs(400)
    first = fitted(values)
    gone = int(numbers(values, first)[truth == 3][0])
    without = fitted(values[truth != 3], memory=first.memory)
    assert {group.number for group in without.groups} == {1, 2, 3, 4} - {gone}
    back = fitted(values, memory=without.memory)
    assert numbers(values, back).tolist() == numbers(values, first).tolist()


def test_other_features_start_with_numbers_never_used() -> None:
    values, _ = blobs(200)
    first = fitted(values)
    settings = read_settings({**SETTINGS, "features": ["wide", "height"]})
    space = fit_space(values, settings.features)
    second = fit("kmeans", sample(values), space, settings, first.memory)
    assert {group.number for group in second.groups} == {5, 6, 7, 8}


def test_a_rerun_writes_the_same_row() -> None:
    values, _ = blobs(300)
    settings = read_settings({**SETTINGS, **FAST})
    with table(values) as connection:
        first = fit_table(connection, "inputs", settings, {}).to_pylist()
        memories = {row["algorithm"]: read_memory(row["fit"]) for row in first}
        assert fit_table(connection, "inputs", settings, memories).to_pylist() == first


def test_an_empty_table_has_a_row_for_each_algorithm() -> None:
    with table(np.empty((0, 2))) as connection:
        rows = fit_table(connection, "inputs", read_settings(SETTINGS), {}).to_pylist()
    assert [row["verdict"] for row in rows] == ["too_few"] * 4
    assert not any(row["is_chosen"] for row in rows)


def test_an_algorithm_that_raises_has_a_row_and_the_next_is_chosen(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def broken(*_: Any, **__: Any) -> None:
        raise ValueError("ann@shop.example")

    monkeypatch.setattr(partitions, "kmeans", broken)
    values, _ = blobs(300)
    with table(values) as connection:
        rows = fit_table(connection, "inputs", read_settings({**SETTINGS, **FAST}), {}).to_pylist()
    kmeans, hdbscan = rows
    assert (kmeans["verdict"], kmeans["is_chosen"]) == ("failed", False)
    # an error may quote a value: only its kind is told
    assert kmeans["reason"].startswith("an error ended it (ValueError)")
    assert hdbscan["is_chosen"]
