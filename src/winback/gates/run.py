"""One gate, from the YAML of its dbt model to its rows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Any

import duckdb

from winback.gates.results import GATES, Result, as_json, as_table
from winback.gates.suites import read_suites, with_tables


def check_gate(
    connection: Any,
    gate: str,
    tables: Mapping[str, str],
    suites: Sequence[Mapping[str, Any]],
    *,
    evaluated_at: datetime,
    schema: str = "main",
    fingerprint: str | None = None,
    settings: str = "",
    as_of_date: date | None = None,
    docs: Path | None = None,
) -> list[Result]:
    """Evaluate a gate.

    Args:
        connection: an open DuckDB connection. Checks read what is committed; only the history of
            figures is written through it, in the caller's transaction.
        gate: name of the gate.
        tables: model the gate refs → its relation.
        suites: the YAML list, see ``winback.gates.suites``.
        evaluated_at: start of the run, UTC, without zone.
        schema: schema of the gate's tables.
        fingerprint: query giving one text that changes when, and only when, the data does.
            None: figures are compared with nothing.
        settings: text of the settings the figures depend on; values under other settings are not
            comparable.
        as_of_date: the date the figures are of, where the user chose it: a later date is then not
            compared with. None where it only goes forward by itself.
        docs: folder of Data Docs; None writes none.

    Raises:
        GateConfigError: when the YAML is wrong.
    """
    from winback.gates import history
    from winback.gates.docs import write_docs
    from winback.gates.evaluate import described, evaluate, not_evaluated

    read = read_suites(gate, suites, tables)
    now = history.Moment(settings, as_of_date, evaluated_at)
    data_fingerprint, previous, problem = None, {}, None
    if fingerprint is not None:
        sql = with_tables(f"{gate}, fingerprint", fingerprint, tables)
        try:
            data_fingerprint = str(connection.cursor().execute(sql).fetchall()[0][0])
            previous = history.read_previous(connection, schema, gate, data_fingerprint, now)
        except duckdb.Error as error:
            problem = f"the fingerprint: {described(error)}"
    outcomes, validations = evaluate(connection, gate, read, dict(tables), previous)
    if problem is not None:
        # without it nothing can be compared with the data before
        outcomes = [
            not_evaluated(outcome.suite, outcome.check, outcome.kwargs, problem)
            if outcome.check.previous
            else outcome
            for outcome in outcomes
        ]
    results = [
        Result(
            gate=gate,
            suite=outcome.suite.name,
            model=outcome.suite.model,
            column_name=outcome.kwargs.get("column") or outcome.kwargs.get("column_A"),
            check_name=outcome.check.name,
            expectation=outcome.check.expectation,
            kwargs=as_json(outcome.kwargs),
            severity=outcome.severity,
            success=outcome.success,
            observed_value=outcome.observed_value,
            unexpected_count=outcome.unexpected_count,
            unexpected_percent=outcome.unexpected_percent,
            message=outcome.message,
            evaluated_at=evaluated_at,
        )
        for outcome in outcomes
    ]
    if not any(result.stops_run for result in results):
        observed = {
            outcome.check.name: outcome.observed
            for outcome in outcomes
            if outcome.check.previous and outcome.observed is not None
        }
        if data_fingerprint is not None:
            history.note(connection, schema, gate, data_fingerprint, now, observed)
        if gate == GATES[-1]:
            history.keep(connection, schema, evaluated_at)
    if docs is not None:
        write_docs(docs, gate, validations, results)
    return results


def _relations(connection: Any, models: Sequence[str]) -> dict[str, str]:
    """Return the relation of each model, in whichever layer it is."""
    rows = connection.execute(
        "select table_name, table_schema from information_schema.tables"
        " where table_catalog = current_database() and table_schema <> 'raw'"
    ).fetchall()
    schemas = dict(rows)
    return {model: f'"{schemas[model]}"."{model}"' for model in models}


def run_gate(dbt: Any, connection: Any, models: Sequence[str]) -> Any:
    """Evaluate the gate that is this dbt Python model, and return its rows.

    The start of the run and the target folder come from the variable that the model's pre-hook
    ``gate_starts()`` sets on the connection: dbt shows Python models neither.

    Args:
        dbt: the object dbt passes to a Python model.
        connection: the DuckDB connection dbt passes to a Python model.
        models: the models the gate refs.
    """
    gate, schema = str(dbt.this.identifier), str(dbt.this.schema)
    # fetchall, not fetchone: DuckDB refuses the next statement while a result is half read
    started = connection.execute("select getvariable('winback_gate')").fetchall()[0][0]
    if started is None:
        raise RuntimeError(f"{gate}: the pre-hook gate_starts() is missing in the model's config.")
    results = check_gate(
        connection,
        gate,
        _relations(connection, models),
        dbt.config.meta_get("suites"),
        evaluated_at=started["evaluated_at"],
        schema=schema,
        fingerprint=dbt.config.meta_get("fingerprint"),
        settings=started["settings"],
        as_of_date=started["as_of_date"],
        docs=Path(started["target"]) / "data_docs",
    )
    # a relation of this very connection: dbt writes anything else through another cursor, whose
    # table this transaction, begun before, would not see
    return connection.from_arrow(as_table(results))
