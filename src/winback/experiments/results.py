"""From the sums of every arm to the rows of `experiment_statistics`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby
from typing import Any

import pyarrow as pa

from winback.experiments.comparisons import (
    Comparison,
    chi_square,
    compare_adjusted,
    compare_means,
    compare_rates,
    holm,
    pooled_theta,
    sample_ratio,
    welch_anova,
)
from winback.experiments.moments import Moments
from winback.experiments.power import smallest_effect
from winback.experiments.sequential import always_valid_interval

Row = Mapping[str, Any]

# a sample ratio less likely than this is a fault of the experiment, not luck
SRM_LIMIT = 0.001
# a z test needs about so many of either outcome in each arm, a mean so many contacts
FEWEST_OUTCOMES = 5
FEWEST_CONTACTS = 30

SCHEMA = pa.schema(
    [
        ("experiment", pa.string()),
        ("metric", pa.string()),
        ("arm", pa.string()),
        ("control_arm", pa.string()),
        ("contacts", pa.int64()),
        ("control_contacts", pa.int64()),
        ("value", pa.float64()),
        ("control_value", pa.float64()),
        ("difference", pa.float64()),
        ("relative_difference", pa.float64()),
        ("statistic", pa.float64()),
        ("p_value", pa.float64()),
        ("p_value_adjusted", pa.float64()),
        ("ci_low", pa.float64()),
        ("ci_high", pa.float64()),
        ("test", pa.string()),
        ("srm_p_value", pa.float64()),
        ("is_trustworthy", pa.bool_()),
        ("warning", pa.string()),
        ("always_valid_low", pa.float64()),
        ("always_valid_high", pa.float64()),
        ("cuped_difference", pa.float64()),
        ("cuped_ci_low", pa.float64()),
        ("cuped_ci_high", pa.float64()),
        ("cuped_p_value", pa.float64()),
        ("cuped_variance_reduction", pa.float64()),
        ("minimal_detectable_effect", pa.float64()),
        ("all_arms_test", pa.string()),
        ("all_arms_statistic", pa.float64()),
        ("all_arms_p_value", pa.float64()),
    ]
)


def compare_arms(sums: Iterable[Row]) -> pa.Table:
    """Compare every arm of every experiment with its control.

    Args:
        sums: rows of `experiment_sums`, one per experiment, metric and arm.

    Returns:
        One row per experiment, metric and arm that is not the control, in this order; columns as
        `SCHEMA`, typed even when empty. An experiment without its control arm has no row.
    """
    ordered = sorted(sums, key=lambda row: (row["experiment"], row["metric_position"], row["arm"]))
    found: list[dict[str, Any]] = []
    for _, experiment in groupby(ordered, key=lambda row: row["experiment"]):
        found += _compare_experiment(list(experiment))
    return pa.Table.from_pylist(found, schema=SCHEMA)


def _compare_experiment(rows: list[Row]) -> list[dict[str, Any]]:
    compared: list[dict[str, Any]] = []
    for _, metric in groupby(rows, key=lambda row: row["metric_position"]):
        compared += _compare_metric(list(metric))
    adjusted = holm([row["p_value"] for row in compared])
    return [row | {"p_value_adjusted": p} for row, p in zip(compared, adjusted, strict=True)]


def _compare_metric(rows: list[Row]) -> list[dict[str, Any]]:
    arms = {row["arm"]: _moments(row) for row in rows}
    control_arm = rows[0]["control_arm"]
    if control_arm not in arms:
        return []
    is_rate = rows[0]["measure"] == "rate"
    control = arms[control_arm]
    srm = (
        sample_ratio([row["contacts"] for row in rows], [row["expected_weight"] for row in rows])
        if rows[0]["is_randomised"]
        else None
    )
    theta = pooled_theta(list(arms.values()))
    everyone = list(arms.values())
    omnibus = (chi_square if is_rate else welch_anova)(everyone) if len(arms) > 2 else None
    found = []
    for row in rows:
        arm = row["arm"]
        if arm == control_arm:
            continue
        treated = arms[arm]
        plain = (compare_rates if is_rate else compare_means)(treated, control)
        always = always_valid_interval(plain, treated.contacts + control.contacts)
        warnings = _warnings(row, rows, treated, control, srm, is_rate=is_rate)
        found.append(
            {
                "experiment": row["experiment"],
                "metric": row["metric"],
                "arm": arm,
                "control_arm": control_arm,
                "contacts": treated.contacts,
                "control_contacts": control.contacts,
                "value": treated.mean,
                "control_value": control.mean,
                "difference": plain.difference,
                "relative_difference": plain.difference / control.mean if control.mean else None,
                "statistic": plain.statistic,
                "p_value": plain.p_value,
                "ci_low": plain.interval.low,
                "ci_high": plain.interval.high,
                "test": "two_proportion_z" if is_rate else "welch_t",
                "srm_p_value": srm,
                "is_trustworthy": not any(severe for severe, _ in warnings),
                "warning": " ".join(text for _, text in warnings) or None,
                "always_valid_low": always.low,
                "always_valid_high": always.high,
                "minimal_detectable_effect": smallest_effect(treated, control, is_rate=is_rate),
                "all_arms_test": None
                if omnibus is None
                else ("chi_square" if is_rate else "welch_anova"),
                "all_arms_statistic": omnibus.statistic if omnibus else None,
                "all_arms_p_value": omnibus.p_value if omnibus else None,
                **_cuped(treated, control, theta),
            }
        )
    return found


def _moments(row: Row) -> Moments:
    return Moments(
        contacts=row["contacts"],
        value_sum=row["value_sum"],
        value_squares=row["value_squares"],
        before_sum=row["before_sum"],
        before_squares=row["before_squares"],
        products=row["products"],
    )


def _cuped(treated: Moments, control: Moments, theta: float | None) -> dict[str, float | None]:
    """Give the adjusted comparison, nothing where the past explains nothing."""
    adjusted: Comparison | None = None
    gone: float | None = None
    if theta:
        adjusted, gone = compare_adjusted(treated, control, theta)
    return {
        "cuped_difference": adjusted.difference if adjusted else None,
        "cuped_ci_low": adjusted.interval.low if adjusted else None,
        "cuped_ci_high": adjusted.interval.high if adjusted else None,
        "cuped_p_value": adjusted.p_value if adjusted else None,
        "cuped_variance_reduction": gone,
    }


def _warnings(
    row: Row,
    rows: list[Row],
    treated: Moments,
    control: Moments,
    srm: float | None,
    *,
    is_rate: bool,
) -> list[tuple[bool, str]]:
    """Say what is wrong with a comparison: whether it is not to be trusted, and a sentence."""
    found = []
    if not row["is_randomised"]:
        found.append(
            (True, "Segments are compared, nobody was drawn: a difference proves no effect.")
        )
    if srm is not None and srm < SRM_LIMIT:
        sizes = ", ".join(f"{one['arm']} {one['contacts']:,}" for one in rows)
        found.append(
            (
                True,
                f"The arms are not of the sizes that were meant ({sizes}): find out who is"
                " missing before reading anything else.",
            )
        )
    if is_rate:
        contacts = treated.contacts + control.contacts
        did = treated.value_sum + control.value_sum
        smallest = min(treated.contacts, control.contacts)
        if min(did, contacts - did) * smallest / contacts < FEWEST_OUTCOMES:
            found.append((True, "Too few contacts did it, or did not, for a test to hold."))
    elif min(treated.contacts, control.contacts) < FEWEST_CONTACTS:
        found.append((True, "Too few contacts for a test of means to hold."))
    running = sum(one["running_contacts"] for one in rows)
    if running:
        found.append(
            (
                False,
                f"{running:,} contacts are still being followed: until all are done, read the"
                " always-valid interval.",
            )
        )
    return found
