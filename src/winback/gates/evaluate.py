"""Run suites with Great Expectations inside DuckDB, on the connection that dbt holds."""

from __future__ import annotations

import logging
import os
import re
import threading
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

import duckdb

# read when Great Expectations is imported: nothing is ever sent
os.environ["GX_ANALYTICS_ENABLED"] = "false"

from winback.gates.connection import engine_arguments
from winback.gates.results import fill_message, name_some
from winback.gates.suites import Check, GateConfigError, Suite, with_tables

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult

# Great Expectations keeps one project per process; gates of one dbt run may share it, not at once
_LOCK = threading.Lock()
_SAFE_ERRORS = ("BinderException", "CatalogException", "ParserException")
NOTHING_TO_CHECK = "Nothing to check yet: no data for this figure."
FIRST_VALUE = "First value: nothing to compare it with yet."
TOO_FEW = "Too few to be compared with the data before."
FELL = (
    "Nothing is left of this figure: it was {before:,.6g} {when}. Expected: {says} An export is"
    " missing, broke off, or can no longer be understood."
)


@dataclass(frozen=True)
class Outcome:
    """What came of one check, before it is worded."""

    check: Check
    suite: Suite
    kwargs: dict[str, Any]
    success: bool
    severity: str
    observed: float | None
    observed_value: str | None
    unexpected_count: int | None
    unexpected_percent: float | None
    message: str


def measure(connection: Any, suite: Suite) -> dict[str, float | None]:
    """Run a suite's ``measures`` query: name → figure, null where there is nothing to measure.

    Raises:
        GateConfigError: when the query does not give exactly one row of numbers.
    """
    cursor = connection.cursor()
    cursor.execute(suite.sql)
    names = [column[0] for column in cursor.description]
    rows = cursor.fetchall()
    if len(rows) != 1:
        raise GateConfigError(
            f"suite {suite.name!r}: 'measures' gave {len(rows)} rows, expected 1."
        )
    try:
        return {
            name: None if value is None else float(value)
            for name, value in zip(names, rows[0], strict=True)
        }
    except (TypeError, ValueError):
        raise GateConfigError(f"suite {suite.name!r}: every measure must be a number.") from None


def _bounds(check: Check, previous: float | None) -> dict[str, Any]:
    """Return the kwargs of a check, with the bounds that the previous value sets."""
    kwargs = dict(check.kwargs)
    if previous is not None:
        if "at_least" in check.previous:
            kwargs["min_value"] = check.previous["at_least"] * previous
        if "at_most" in check.previous:
            kwargs["max_value"] = check.previous["at_most"] * previous
        if "down_by" in check.previous:
            kwargs["min_value"] = previous - check.previous["down_by"]
        if "up_by" in check.previous:
            kwargs["max_value"] = previous + check.previous["up_by"]
    return kwargs


def described(error: Exception) -> str:
    """Return what went wrong in a query, without values of the data."""
    return _without_values(type(error).__name__, str(error))


def _without_values(kind: str, text: str) -> str:
    # a conversion error quotes the value it stumbled over; these name tables and columns
    return f"{kind}: {text.splitlines()[0]}" if kind in _SAFE_ERRORS else kind


def _error_text(exception_info: dict[str, Any]) -> str | None:
    """Return what went wrong, without values of the data; none when nothing did."""
    infos = [exception_info, *(v for v in exception_info.values() if isinstance(v, dict))]
    for info in infos:
        if info.get("raised_exception"):
            text = str(info.get("exception_message") or "")
            kind = re.search(r"\b(\w+(?:Exception|Error))\b", text)
            return _without_values(kind.group(1) if kind else "error", text)
    return None


def not_evaluated(suite: Suite, check: Check, kwargs: dict[str, Any], error: str) -> Outcome:
    """Return the outcome of a check that cannot be evaluated: critical, whatever its severity."""
    return Outcome(
        check,
        suite,
        kwargs,
        success=False,
        severity="critical",
        observed=None,
        observed_value=None,
        unexpected_count=None,
        unexpected_percent=None,
        message=f"This check could not be evaluated ({error}). Correct it in the gate's YAML.",
    )


def _read_outcome(
    suite: Suite, check: Check, kwargs: dict[str, Any], result: Any, previous: float | None
) -> Outcome:
    error = _error_text(dict(result.exception_info))
    if error is not None:
        return not_evaluated(suite, check, kwargs, error)
    found = dict(result.result)
    observed = found.get("observed_value")
    count = found.get("unexpected_count")
    percent = found.get("unexpected_percent_total", found.get("unexpected_percent"))
    total = found.get("element_count")
    rows = (found.get("details") or {}).get("unexpected_rows") or []
    if check.expectation == "UnexpectedRowsExpectation":
        count, observed = int(observed or 0), None
    subjects: list[str] = []
    if suite.subject and not result.success:
        listed = found.get("unexpected_index_list") or rows
        subjects = [str(row[suite.subject]) for row in listed if suite.subject in row]
    number = float(observed) if isinstance(observed, int | float) else None
    text: str | None = None
    if count is not None:
        text = f"{count} of {total} rows" if total is not None else f"{count} rows"
    elif number is not None:
        text = f"{number:.6g}"
    elif isinstance(observed, date):
        text = str(observed)
    # anything else, such as a list of distinct values, could be somebody's name
    words = {
        "observed": number,
        "count": count,
        "total": total,
        "percent": percent,
        "previous": previous,
        "change": None if previous is None or number is None else abs(number - previous),
        "subjects": name_some(subjects),
        "min": kwargs.get("min_value"),
        "max": kwargs.get("max_value"),
    }
    return Outcome(
        check,
        suite,
        kwargs,
        success=bool(result.success),
        severity=check.severity,
        observed=number,
        observed_value=text,
        unexpected_count=count,
        unexpected_percent=None if percent is None else round(float(percent), 4),
        message=check.says if result.success else fill_message(check.message, words),
    )


def _silent_context() -> Any:
    """Return an ephemeral Great Expectations context without progress bars."""
    # it logs each failing query with its traceback, and both may quote values
    logging.getLogger("great_expectations").setLevel(logging.CRITICAL + 1)
    import great_expectations as gx
    from great_expectations.data_context.types.base import (
        DataContextConfig,
        InMemoryStoreBackendDefaults,
        ProgressBarsConfig,
    )

    # its default would leave a temporary folder behind for each run
    stores = InMemoryStoreBackendDefaults(init_temp_docs_sites=False)
    context = gx.get_context(
        project_config=DataContextConfig(store_backend_defaults=stores), mode="ephemeral"
    )
    context.variables.progress_bars = ProgressBarsConfig(globally=False)
    return context


def _expectation(gate: str, check: Check, kwargs: dict[str, Any]) -> Any:
    import great_expectations.expectations as expectations

    kind = getattr(expectations, check.expectation, None)
    if kind is None:
        raise GateConfigError(
            f"{gate}, expectation {check.name!r}: {check.expectation!r} is not an expectation of "
            "Great Expectations; expected a class name such as ExpectColumnValuesToBeBetween."
        )
    try:
        return kind(
            **kwargs,
            severity=check.severity,
            description=check.says,
            meta={"check_name": check.name},
        )
    except ValueError as error:
        first = " ".join(str(error).split())
        raise GateConfigError(
            f"{gate}, expectation {check.name!r}: kwargs of {check.expectation} refused: {first}"
        ) from None


def evaluate(
    connection: Any,
    gate: str,
    suites: Sequence[Suite],
    tables: Mapping[str, str],
    previous: Mapping[str, float],
) -> tuple[list[Outcome], list[ExpectationSuiteValidationResult]]:
    """Evaluate suites inside DuckDB.

    Args:
        connection: an open DuckDB connection; each query runs on a cursor of its own and sees
            what is committed.
        gate: name of the gate.
        suites: what to check.
        tables: model → relation, for the tables that SQL expectations name.
        previous: check name → the value it is compared with; absent when there is none.

    Returns:
        One outcome per check in the order of the YAML, and Great Expectations' own results.
    """
    outcomes: dict[str, Outcome] = {}
    validations = []
    with _LOCK, warnings.catch_warnings(), engine_arguments(connection) as arguments:
        warnings.simplefilter("ignore")
        context = _silent_context()
        source = context.data_sources.add_sql(
            gate, connection_string="duckdb:///", kwargs=arguments, create_temp_table=False
        )
        for suite in suites:
            try:
                sql, passed_over = _read_suite(connection, gate, suite, previous)
            except duckdb.Error as error:
                passed_over = {
                    check.name: not_evaluated(suite, check, dict(check.kwargs), described(error))
                    for check in suite.checks
                }
            outcomes |= passed_over
            open_checks = [check for check in suite.checks if check.name not in passed_over]
            if not open_checks:
                continue
            resolved = {
                check.name: _resolve(gate, check, tables, previous.get(check.name))
                for check in open_checks
            }
            validation = _validate(gate, source, suite, sql, open_checks, resolved)
            validations.append(validation)
            by_name = {check.name: check for check in open_checks}
            for result in validation.results:
                config: Any = result.expectation_config
                name = config.meta["check_name"]
                outcomes[name] = _read_outcome(
                    suite, by_name[name], resolved[name], result, previous.get(name)
                )
    return [outcomes[check.name] for suite in suites for check in suite.checks], validations


def _read_suite(
    connection: Any, gate: str, suite: Suite, previous: Mapping[str, float]
) -> tuple[str, dict[str, Outcome]]:
    """Return the query of a suite's rows, and the outcomes that are certain without it.

    Raises:
        duckdb.Error: the suite's own query fails.
    """
    if suite.is_measures:
        figures = measure(connection, suite)
        sql = "select " + ", ".join(
            f'cast({value!r} as double) as "{name}"'
            for name, value in figures.items()
            if value is not None
        )
        return sql, _without_figure(gate, suite, figures, previous)
    if suite.subject:
        return _run_once(connection, suite.sql), {}
    return f"select * from ({suite.sql}) as suite_rows", {}


def _run_once(connection: Any, sql: str) -> str:
    """Run a query that gives few rows, and return one that holds them.

    Great Expectations asks each suite several questions; the accounts of fifty million events are
    counted for the first of them only.
    """
    cursor = connection.cursor()
    relation = cursor.sql(sql)
    names, types, rows = relation.columns, relation.types, relation.fetchall()
    if not rows:
        empty = ", ".join(
            f'cast(null as {kind}) as "{name}"' for name, kind in zip(names, types, strict=True)
        )
        return f"select {empty} where 1 = 0"
    columns = ", ".join(
        f'cast("{name}" as {kind}) as "{name}"' for name, kind in zip(names, types, strict=True)
    )
    values = ", ".join(f"({', '.join(_literal(value) for value in row)})" for row in rows)
    quoted = ", ".join(f'"{name}"' for name in names)
    return f"select {columns} from (values {values}) as suite_rows ({quoted})"


def _literal(value: Any) -> str:
    if value is None:
        return "null"
    escaped = str(value).replace("'", "''")
    return f"'{escaped}'"


def _without_figure(
    gate: str,
    suite: Suite,
    figures: Mapping[str, float | None],
    previous: Mapping[str, float],
) -> dict[str, Outcome]:
    """Return the checks whose figure is absent, or has nothing to be compared with yet."""
    passed_over = {}
    for check in suite.checks:
        for column in (check.kwargs["column"], check.own):
            if column is not None and column not in figures:
                raise GateConfigError(
                    f"{gate}, expectation {check.name!r}: no measure {column!r}; "
                    f"expected one of {', '.join(figures)}."
                )
        value = figures[check.kwargs["column"]]
        own = figures[check.own] if check.own else None
        outcome = _unlike_before(suite, check, value, previous.get(check.name), own)
        if outcome is not None:
            passed_over[check.name] = outcome
    return passed_over


def _unlike_before(
    suite: Suite, check: Check, value: float | None, before: float | None, own: float | None
) -> Outcome | None:
    """Return the outcome that is certain without bounds; none where bounds decide.

    A figure that is absent is nothing to check, unless there was one: on the data before, or, where
    there was no data before, in the past of this very data (``own``).
    """
    floor = check.previous.get("floor", 0)
    if not value and "at_least" in check.previous:
        when = "on the data before"
        if before is None:
            before, when = own, "in the time of equal length before"
        if before is not None and before > 0 and before >= floor:
            words = FELL.format(before=before, when=when, says=check.says)
            return _passed_over(suite, check, 0.0, words, success=False)
    if value is None:
        return _passed_over(suite, check, None, NOTHING_TO_CHECK)
    if check.previous and not before:
        return _passed_over(suite, check, value, FIRST_VALUE)
    if before is not None and max(value, before) < floor:
        return _passed_over(suite, check, value, TOO_FEW)
    return None


def _resolve(
    gate: str, check: Check, tables: Mapping[str, str], previous: float | None
) -> dict[str, Any]:
    """Return a check's kwargs with bounds and table names in them."""
    kwargs = _bounds(check, previous)
    if "unexpected_rows_query" in kwargs:
        kwargs["unexpected_rows_query"] = with_tables(
            f"{gate}, expectation {check.name!r}",
            str(kwargs["unexpected_rows_query"]),
            {**tables, "batch": "{batch}"},
        )
    return kwargs


def _validate(
    gate: str,
    source: Any,
    suite: Suite,
    sql: str,
    checks: Sequence[Check],
    resolved: Mapping[str, dict[str, Any]],
) -> ExpectationSuiteValidationResult:
    """Let Great Expectations validate one suite over the rows of ``sql``."""
    import great_expectations as gx

    # counts only: values of a personal column never leave the database
    result_format: dict[str, Any] = {"result_format": "BASIC", "partial_unexpected_count": 0}
    if suite.subject:
        result_format = {
            "result_format": "COMPLETE",
            "partial_unexpected_count": 200,
            "unexpected_index_column_names": [suite.subject],
            "include_unexpected_rows": False,
        }
    batch = (
        source.add_query_asset(name=suite.name, query=sql)
        .add_batch_definition_whole_table("all")
        .get_batch()
    )
    expectations = [_expectation(gate, check, resolved[check.name]) for check in checks]
    validation: ExpectationSuiteValidationResult = batch.validate(
        gx.ExpectationSuite(name=suite.name, expectations=expectations),
        result_format=result_format,
    )
    return validation


def _passed_over(
    suite: Suite, check: Check, value: float | None, message: str, *, success: bool = True
) -> Outcome:
    """Return the outcome of a figure that no expectation has to be asked about."""
    return Outcome(
        check,
        suite,
        dict(check.kwargs),
        success=success,
        severity=check.severity,
        observed=value,
        observed_value=None if value is None else f"{value:.6g}",
        unexpected_count=None,
        unexpected_percent=None,
        message=message,
    )
