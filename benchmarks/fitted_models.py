"""The fitted models that `benchmarks.fitted` measures: an entry for each name in var `fitted`."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import yaml

from benchmarks.fitted_tables import (
    write_experiment,
    write_features,
    write_inputs,
    write_lifetimes,
)

ROOT = Path(__file__).parents[1]
Connection = duckdb.DuckDBPyConnection


@dataclass(frozen=True)
class Model:
    """A model of the benchmark: what writes its tables, and both ways to fit it."""

    write: Callable[[Connection, int], None]
    ours: Callable[[Connection], object]
    theirs: Callable[[Connection], object]
    beside: str


def fit_lifetimes(connection: Connection) -> None:
    """Fit all lifetime models at both dates, and predict."""
    from winback import lifetimes

    purchases, opportunities = connection.table("purchases"), connection.table("opportunities")
    models = lifetimes.fit_lifetimes(connection.table("dates"), purchases, opportunities)
    connection.register("models", models)
    lifetimes.predict_orders(connection.table("models"), purchases)
    lifetimes.predict_engagements(connection.table("models"), opportunities)


def fit_poisson(connection: Connection) -> None:
    """Fit scikit-learn's Poisson regression of what came later, at the date that knows it."""
    from sklearn.linear_model import PoissonRegressor

    for table, columns, outcome in (
        ("purchases", "frequency, recency_days, age_days", "later_order_days"),
        ("opportunities", "engaged, last_engaged, opportunities", "later_engaged"),
    ):
        found = connection.sql(f"select {columns}, {outcome} from {table} where not is_current")
        *features, later = found.fetchnumpy().values()
        PoissonRegressor().fit(np.log1p(np.column_stack(features)), later)


def fit_clusters(connection: Connection) -> None:
    """Fit the shipped algorithms, and place everybody by the chosen one."""
    from winback.clusters.assign import place_all
    from winback.clusters.settings import read_settings
    from winback.clusters.stored import read_placing, read_space
    from winback.clusters.tables import fit_table

    settings = read_settings(_shipped("clusters"))
    runs = fit_table(connection, "inputs", settings, {}).to_pylist()
    (chosen,) = [run["fit"] for run in runs if run["is_chosen"]]
    placing = read_placing(chosen)
    assert placing is not None  # it was chosen
    names = [feature.name for feature in settings.features]
    place_all(connection, "inputs", names, read_space(chosen), placing)


def fit_plain_clusters(connection: Connection) -> None:
    """Fit scikit-learn's algorithms once each on the same samples, and place everybody."""
    from sklearn.cluster import HDBSCAN, AgglomerativeClustering, KMeans

    from winback.clusters.features import fit_space
    from winback.clusters.settings import read_settings
    from winback.clusters.tables import read_sample

    settings = read_settings(_shipped("clusters"))
    sample = read_sample(connection, "inputs", settings)
    space = fit_space(sample.values, settings.features)
    points = space.scale(sample.values)
    kmeans = KMeans(n_clusters=4, n_init=4, random_state=1).fit(points)
    AgglomerativeClustering(n_clusters=4).fit(points[sample.small])
    HDBSCAN(min_cluster_size=20, min_samples=10, copy=True).fit(points[sample.small])
    columns = ", ".join(feature.name for feature in settings.features)
    everybody = connection.sql(f"select {columns} from inputs").fetchnumpy()
    kmeans.predict(space.scale(np.column_stack(list(everybody.values()))))


def fit_propensities(connection: Connection) -> None:
    """Train and judge every algorithm for every target, and score everybody."""
    from winback.propensity.settings import read_settings
    from winback.propensity.tables import fit_models, score_contacts

    settings = read_settings(_shipped("propensity"))
    fits = fit_models(connection.table("dates"), connection.table("inputs"), settings)
    connection.register("fits", fits)
    score_contacts(connection, "features", connection.table("fits"), settings)


def fit_plain_classifiers(connection: Connection) -> None:
    """Fit scikit-learn's estimators once each on the same contacts."""
    from winback.propensity.fit import estimator
    from winback.propensity.settings import read_settings

    settings = read_settings(_shipped("propensity"))
    columns = ", ".join(f"{name}::double as {name}" for name in settings.features)
    for target in settings.targets:
        found = connection.sql(
            f"select {columns}, is_positive from inputs where is_training and target = '{target}'"
        ).fetchnumpy()
        *features, outcome = (np.ma.filled(each, np.nan) for each in found.values())
        for algorithm in settings.algorithms:
            estimator(algorithm, settings).fit(np.column_stack(features), outcome)


def fit_uplift(connection: Connection) -> None:
    """Judge both learners out of fold, fit the used one, and predict everybody."""
    from winback.uplift.settings import read_settings
    from winback.uplift.tables import fit_table, predict_all

    connection.register("fits", fit_table(connection, "people", read_settings(_shipped("uplift"))))
    predict_all(connection, "fits", "people", "features")


def fit_plain_trees(connection: Connection) -> None:
    """Fit scikit-learn's boosted trees once for each arm of the sample, and predict everybody."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    from winback.uplift.learners import LEAVES, RATE, TREES
    from winback.uplift.settings import read_settings

    settings = read_settings(_shipped("uplift"))
    columns = ", ".join(settings.features)
    everybody = connection.sql(f"select {columns} from features").fetchnumpy()
    values = np.column_stack(list(everybody.values()))
    for is_treated in (True, False):
        found = connection.sql(
            f"select {columns}, outcome from (select * from people order by sample_key"
            f" limit {settings.sample}) where is_treated = {is_treated}"
        ).fetchnumpy()
        *features, outcome = found.values()
        trees = HistGradientBoostingClassifier(
            max_iter=TREES, learning_rate=RATE, max_leaf_nodes=LEAVES, early_stopping=False
        )
        trees.fit(np.column_stack(features), outcome).predict_proba(values)


def _shipped(name: str) -> Any:
    """A var of dbt_project.yml."""
    return yaml.safe_load((ROOT / "dbt_project.yml").read_text())["vars"][name]


MODELS: Mapping[str, Model] = {
    "lifetimes": Model(
        write_lifetimes, fit_lifetimes, fit_poisson, "Poisson regression of what came later"
    ),
    "clusters": Model(
        write_features, fit_clusters, fit_plain_clusters, "k-means, Ward and HDBSCAN once each"
    ),
    "propensity": Model(
        write_inputs, fit_propensities, fit_plain_classifiers, "logistic and forest once each"
    ),
    "uplift": Model(write_experiment, fit_uplift, fit_plain_trees, "boosted trees once an arm"),
}
