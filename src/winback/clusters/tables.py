"""What the dbt Python models of models/intermediate/clusters call: rows in, rows out."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from winback.clusters.assign import place_all
from winback.clusters.features import Space, fit_space
from winback.clusters.fit import Fitted, Memory, Sample, choose_run, fit
from winback.clusters.settings import Settings, read_settings
from winback.clusters.stability import trust
from winback.clusters.stored import read_memory, read_placing, read_space, write_fit
from winback.fitting.attempt import FAILED, attempt
from winback.fitting.numbers import as_floats, rounded

_NOWHERE = """
    select
        contact_id,
        as_of_date,
        cast(null as varchar) as algorithm,
        cast(null as integer) as cluster,
        cast(null as double) as distance
    from {source}
"""


def fit_runs(dbt: Any, connection: Any, inputs: str) -> Any:
    """Fit every configured algorithm: one row each, the rows of `int_cluster_fits`.

    The table this model built last is its memory of which cluster has which number.

    Args:
        dbt: the object dbt passes to a Python model.
        connection: the DuckDB connection dbt passes to a Python model.
        inputs: name of the model with the features.
    """
    settings = read_settings(dbt.config.meta_get("clusters"))
    schema = str(dbt.this.schema)
    rows = fit_table(
        connection,
        f'"{schema}"."{inputs}"',
        settings,
        _memories(connection, schema, str(dbt.this.identifier)),
    )
    # a relation of this very connection, see winback.gates.run
    return connection.from_arrow(rows)


def fit_table(
    connection: Any, source: str, settings: Settings, memories: Mapping[str, Memory]
) -> Any:
    """Return the Arrow table with a row per algorithm.

    Args:
        connection: an open DuckDB connection.
        source: relation with contact_id, as_of_date, sample_key and the features.
        settings: what the project asks for.
        memories: algorithm -> its clusters of former runs.
    """
    import pyarrow as pa

    sample = read_sample(connection, source, settings)
    contacts, as_of_date = connection.execute(
        f"select count(*), max(as_of_date) from {source}"
    ).fetchall()[0]
    space = fit_space(sample.values, settings.features)
    runs = [
        _attempted(algorithm, sample, space, settings, memories.get(algorithm, Memory()))
        for algorithm in settings.algorithms
    ]
    chosen = choose_run(runs)
    held = [
        {
            "algorithm": run.algorithm,
            "as_of_date": as_of_date,
            "preference": place + 1,
            "is_chosen": place == chosen,
            "verdict": run.verdict,
            "reason": run.reason,
            "clusters": run.k,
            "elbow_k": run.choice and run.choice.elbow_k,
            "silhouette_k": run.choice and run.choice.silhouette_k,
            "gap_k": run.choice and run.choice.gap_k,
            "inertia": rounded(run.inertia),
            "silhouette": rounded(run.silhouette),
            "gap": rounded(run.gap),
            "stability": rounded(run.stability),
            "noise_share": rounded(run.noise),
            "contacts": contacts,
            "sample_contacts": run.contacts,
            "parameters": _parameters(run, settings),
            "features": ", ".join(space.names),
            "unused_features": ", ".join(space.unused) or None,
            "curves": _curves(run),
            "groups": _groups(run),
            "fit": write_fit(run, space),
        }
        for place, run in enumerate(runs)
    ]
    return pa.Table.from_pylist(
        held,
        pa.schema(
            [
                ("algorithm", pa.string()),
                ("as_of_date", pa.date32()),
                ("preference", pa.int32()),
                ("is_chosen", pa.bool_()),
                ("verdict", pa.string()),
                ("reason", pa.string()),
                ("clusters", pa.int32()),
                ("elbow_k", pa.int32()),
                ("silhouette_k", pa.int32()),
                ("gap_k", pa.int32()),
                ("inertia", pa.float64()),
                ("silhouette", pa.float64()),
                ("gap", pa.float64()),
                ("stability", pa.float64()),
                ("noise_share", pa.float64()),
                ("contacts", pa.int64()),
                ("sample_contacts", pa.int64()),
                ("parameters", pa.string()),
                ("features", pa.string()),
                ("unused_features", pa.string()),
                ("curves", pa.string()),
                ("groups", pa.string()),
                ("fit", pa.string()),
            ]
        ),
    )


def _attempted(
    algorithm: str, sample: Sample, space: Space, settings: Settings, memory: Memory
) -> Fitted:
    return attempt(
        lambda: fit(algorithm, sample, space, settings, memory),
        lambda reason: Fitted(algorithm, FAILED, reason, 0, len(sample.values), memory=memory),
    )


def read_sample(connection: Any, source: str, settings: Settings) -> Sample:
    """Return the contacts to fit on: those with the least hashes, sorted by contact.

    Contacts of whom no feature is known are left out, as they are when everybody is placed: all at
    one point, made of what stands for missing values, they would be the densest cluster of all.
    """
    names = [feature.name for feature in settings.features]
    columns = ", ".join(f'cast("{name}" as double) as "{name}"' for name in names)
    is_known = " or ".join(f'"{name}" is not null' for name in names)
    rows = connection.sql(
        f"""
        with drawn as (
            select contact_id, sample_key, {columns}
            from {source}
            where {is_known}
            order by sample_key, contact_id
            limit {settings.sample}
        )

        select
            *,
            row_number() over (order by sample_key, contact_id)
            <= {settings.small_sample} as is_small
        from drawn
        order by contact_id
        """
    ).to_arrow_table()
    if not len(rows):
        return Sample(np.empty((0, len(names))), np.empty(0, dtype=np.bool_))
    (batch,) = rows.combine_chunks().to_batches()
    small = batch.column("is_small").to_numpy(zero_copy_only=False)
    return Sample(as_floats(batch, names), small.astype(np.bool_))


def curve_rows(connection: Any, schema: str) -> Any:
    """Return the curves of all algorithms, a row per algorithm and k."""
    import pyarrow as pa

    held = _unpacked(connection, schema, "curves")
    kinds = [("k", pa.int32()), ("inertia", pa.float64()), ("silhouette", pa.float64())]
    kinds += [("gap", pa.float64()), ("gap_error", pa.float64())]
    return connection.from_arrow(_as_table(held, kinds))


def group_rows(connection: Any, schema: str) -> Any:
    """Return the clusters of all algorithms, a row per algorithm and cluster."""
    import pyarrow as pa

    held = _unpacked(connection, schema, "groups")
    kinds = [("cluster", pa.int32()), ("sample_contacts", pa.int64())]
    kinds += [("stability", pa.float64()), ("trust", pa.string())]
    return connection.from_arrow(_as_table(held, kinds))


def placed_rows(dbt: Any, connection: Any, inputs: str) -> Any:
    """Return every contact with its cluster by the chosen algorithm, null where it is in none."""
    settings = read_settings(dbt.config.meta_get("clusters"))
    schema = str(dbt.this.schema)
    source = f'"{schema}"."{inputs}"'
    return attempt(
        lambda: _placed(connection, schema, source, settings),
        lambda _: connection.sql(_NOWHERE.format(source=source)),
    )


def _placed(connection: Any, schema: str, source: str, settings: Settings) -> Any:
    chosen = connection.execute(
        f'select algorithm, fit from "{schema}".int_cluster_fits where is_chosen'
    ).fetchall()
    placing = read_placing(chosen[0][1]) if chosen else None
    if placing is None:
        return connection.sql(_NOWHERE.format(source=source))
    names = [feature.name for feature in settings.features]
    algorithm, text = chosen[0]
    placed = place_all(connection, source, names, read_space(text), placing)
    return connection.sql(
        "select placed.contact_id, inputs.as_of_date,"
        f" '{algorithm}' as algorithm, placed.cluster, placed.distance"
        f" from {placed} as placed"
        f" inner join {source} as inputs on placed.contact_id = inputs.contact_id"
    )


def _memories(connection: Any, schema: str, table: str) -> dict[str, Memory]:
    held = connection.execute(
        "select column_name from duckdb_columns()"
        " where schema_name = ? and table_name = ? and column_name in ('algorithm', 'fit')",
        [schema, table],
    ).fetchall()
    if len(held) < 2:
        return {}
    rows = connection.execute(f'select algorithm, fit from "{schema}"."{table}"').fetchall()
    return {algorithm: read_memory(text) for algorithm, text in rows}


def _parameters(run: Fitted, settings: Settings) -> str:
    held = {
        **run.parameters,
        "features": {feature.name: feature.missing for feature in settings.features},
        "sample": settings.sample,
        "small_sample": settings.small_sample,
        "references": settings.references,
        "bootstraps": settings.bootstraps,
        "min_silhouette": settings.min_silhouette,
        "seed": settings.seed,
    }
    return json.dumps(
        {name: rounded(item) if isinstance(item, float) else item for name, item in held.items()}
    )


def _curves(run: Fitted) -> str:
    return json.dumps(
        [
            {
                "k": step.k,
                "inertia": rounded(step.inertia),
                "silhouette": rounded(step.silhouette),
                "gap": rounded(step.gap),
                "gap_error": rounded(step.gap_error),
            }
            for step in run.steps
        ]
    )


def _groups(run: Fitted) -> str:
    return json.dumps(
        [
            {
                "cluster": group.number,
                "sample_contacts": group.contacts,
                "stability": rounded(group.stability),
                "trust": trust(group.stability),
            }
            for group in sorted(run.groups, key=lambda group: group.number)
        ]
    )


def _unpacked(connection: Any, schema: str, column: str) -> list[dict[str, Any]]:
    rows = connection.execute(
        f'select algorithm, {column} from "{schema}".int_cluster_fits order by preference'
    ).fetchall()
    return [{"algorithm": name, **item} for name, text in rows for item in json.loads(text)]


def _as_table(held: Sequence[Mapping[str, Any]], kinds: Sequence[tuple[str, Any]]) -> Any:
    import pyarrow as pa

    return pa.Table.from_pylist(list(held), pa.schema([("algorithm", pa.string()), *kinds]))
