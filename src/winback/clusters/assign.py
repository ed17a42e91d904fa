"""Everybody placed by what a sample taught, some thousand contacts at a time."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from winback.clusters.features import Floats, Labels, Space
from winback.clusters.fit import Placing
from winback.fitting.numbers import BATCH, as_floats

# the number of those who are in no cluster
UNASSIGNED = 0


def place(values: Any, space: Space, placing: Placing) -> tuple[Labels, Floats]:
    """Return the cluster of each contact, 0 for none, and how far it is from its nearest point.

    A contact of whom not one feature is known is in no cluster: it would be placed by what stands
    for missing values alone.

    Args:
        values: rows by configured features, in the columns' units, NaN where nothing is known.
        space: the coordinates of the fit.
        placing: what the fit compares with.

    Returns:
        Numbers, and distances in robust units, NaN where no cluster is given.
    """
    from scipy.spatial import cKDTree

    found = np.asarray(values, dtype=np.float64)
    distances, nearest = cKDTree(placing.points).query(space.scale(found), k=1)
    numbers = placing.numbers[nearest]
    limits = np.array([placing.limits[int(number)] for number in placing.numbers])[nearest]
    used = [axis.column for axis in space.axes]
    outside = (distances > limits) | np.isnan(found[:, used]).all(axis=1)
    return (
        np.where(outside, UNASSIGNED, numbers).astype(np.int64),
        np.where(outside, np.nan, distances),
    )


def place_all(
    connection: Any,
    source: str,
    features: Sequence[str],
    space: Space,
    placing: Placing,
    batch: int = BATCH,
) -> str:
    """Place every contact of a table, and return the temporary table that holds the result.

    Args:
        connection: an open DuckDB connection; the temporary table is its own.
        source: committed relation with `contact_id` and the features.
        features: configured columns, in their order.
        space: the coordinates of the fit.
        placing: what the fit compares with.
        batch: contacts held in memory at once.
    """
    import pyarrow as pa

    connection.execute(
        "create or replace temp table winback_placed"
        " (contact_id varchar, cluster integer, distance double)"
    )
    columns = ", ".join(f'cast("{name}" as double) as "{name}"' for name in features)
    # a cursor of its own: what is being read stays open while rows are written
    reader = connection.cursor().sql(f"select contact_id, {columns} from {source}")
    for rows in reader.to_arrow_reader(batch):
        if not rows.num_rows:
            continue
        numbers, distances = place(as_floats(rows, features), space, placing)
        placed = pa.table(
            {
                "contact_id": rows.column("contact_id"),
                "cluster": pa.array(numbers, mask=numbers == UNASSIGNED),
                "distance": pa.array(distances, mask=np.isnan(distances)),
            }
        )
        connection.register("winback_batch", placed)
        connection.execute("insert into winback_placed select * from winback_batch")
        connection.unregister("winback_batch")
    return "winback_placed"
