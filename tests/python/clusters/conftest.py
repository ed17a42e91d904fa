"""Data whose clusters are known, and settings that find them fast."""

from typing import Any

import numpy as np
import pytest

from winback.clusters.features import Floats
from winback.clusters.fit import Sample

SETTINGS: dict[str, Any] = {
    "features": [{"name": "width", "missing": "median"}, {"name": "height", "missing": "median"}],
    "algorithms": ["kmeans", "ward", "hdbscan", "dbscan"],
    "rule": "silhouette",
    "min_silhouette": 0.25,
    "k_max": 8,
    "sample": 5000,
    "small_sample": 600,
    "references": 10,
    "bootstraps": 10,
    "min_contacts": 50,
    "seed": 1,
}


def blobs(contacts: int = 600, seed: int = 0) -> tuple[Floats, Any]:
    """Four round groups far from one another, and which each point is of."""
    rng = np.random.default_rng(seed)
    centres = np.array([[0.0, 0.0], [10.0, 0.0], [0.0, 10.0], [10.0, 10.0]])
    truth = np.arange(contacts) % 4
    return centres[truth] + rng.normal(0, 0.6, (contacts, 2)), truth


def noise(contacts: int = 600, seed: int = 0) -> Floats:
    """Points spread evenly over a square."""
    return np.random.default_rng(seed).uniform(0, 10, (contacts, 2))


def sample(values: Floats) -> Sample:
    """All of it, in the small sample as well."""
    return Sample(values, np.ones(len(values), dtype=np.bool_))


@pytest.fixture
def given() -> dict[str, Any]:
    """A copy of the settings, to change."""
    return dict(SETTINGS)
