"""Settings that cannot be meant are refused before a file is read, and by dbt in the same words."""

import json
import shutil
from pathlib import Path
from typing import Any

import duckdb
import pytest

from winback import settings
from winback.build import _invoke
from winback.declared import read_vars
from winback.errors import UserError
from winback.landing import load

ROOT = Path(__file__).parents[3]

# each makes one fault, and none of the others goes away by it
BAD: dict[str, Any] = {
    "as_of": "2026-02-30",
    "history_months": "6.5",
    "score_window_days": 0,
    "holdout_percent": 100,
    "experiment_pre_days": "a month",
    "currency": "euro",
    "systems": "shop",
    "fitted": ["clusters", "propensity", "segment_quality", "uplift", "moods"],
    "ga4": {"user_id_system": "shop"},
    "timezone": "Paris",
}


# and so does each of these, but for city
BAD_CLUSTERS: dict[str, Any] = {
    "colour": 1,
    "features": [{"name": "orders_365d", "missing": "no"}, "city"],
    "algorithms": ["kmeans", "magic"],
    "rule": "look",
    "min_silhouette": 1,
    "k_max": True,
    "sample": None,
    "small_sample": 5,
    "references": "10",
    "bootstraps": 0.5,
    "min_contacts": -1,
    "seed": -1,
    "min_cluster_size": 1,
    "min_samples": 1,
    "eps": 0,
}
BAD_UPLIFT: dict[str, Any] = {
    "trees": 9,
    "features": ["orders_365d", "source_count"],
    "min_contacts": 1,
    "min_outcomes": True,
    "sample": None,
    "seed": -1,
}

# and each of these
BAD_QUALITY: dict[str, Any] = {
    "colour": 1,
    "features": ["orders_365d", "orders_365d"],
    "within_days": 0,
    "sample": "2000",
}


# two of the targets and two of the features, and city and what is fitted
BAD_PROPENSITY: dict[str, Any] = {
    "colour": 1,
    "targets": {"buying": 0, "winning": 90},
    "algorithms": ["forest", "forest"],
    "features": ["orders_365d", "orders_365d", "revenue_365d", "city", "predicted_uplift"],
    "max_auc": 0.5,
    "test_dates": 0,
    "sample": 5,
    "test_sample": "10",
    "trees": None,
    "min_leaf": True,
    "min_contacts": 1,
    "min_outcomes": 30.5,
    "seed": -1,
}


def faults(**given: Any) -> list[str]:
    return list(settings.faults_of({**read_vars(ROOT), **given}))


def test_the_shipped_settings_are_good() -> None:
    settings.require_good(ROOT, {})


@pytest.mark.parametrize("as_of", ["now", "latest", "2026-06-30", "2024-02-29"])
def test_dates_that_can_be_meant(as_of: str) -> None:
    assert faults(as_of=as_of) == []


@pytest.mark.parametrize("as_of", ["yesterday", "30/06/2026", "2026-02-30", "2026-6-30", "", "Now"])
def test_dates_that_cannot(as_of: str) -> None:
    (fault,) = faults(as_of=as_of)
    assert fault.endswith("expected a date such as 2026-06-30, `now` or `latest`.")


@pytest.mark.parametrize("systems", ["shop", [], None, ["generic", "shop"]])
def test_systems_that_cannot_be_read(systems: Any) -> None:
    (fault,) = faults(systems=systems)
    assert "generic, mailchimp, hubspot, shopify, ga4" in fault


@pytest.mark.parametrize("fitted", ["clusters", None, ["clusters", "moods"], {"clusters": True}])
def test_what_cannot_be_fitted(fitted: Any) -> None:
    (fault,) = faults(fitted=fitted)
    assert fault.startswith("fitted: found ")
    assert "lifetimes, clusters, propensity, segment_quality" in fault


def test_contracts_warn_or_fail() -> None:
    assert faults(segment_contract_severity="error") == []
    assert faults(segment_contract_severity="loud") == [
        "segment_contract_severity: found `loud`, expected `warn` or `error`."
    ]


@pytest.mark.parametrize("months", [0, "6", 12])
def test_whole_numbers_may_be_text(months: Any) -> None:
    assert faults(history_months=months) == []


@pytest.mark.parametrize(
    ("given", "fault"),
    [
        ({"sector": "fashio"}, "sector: found `fashio`, expected one of seeds/inactivity/"),
        ({"inactivity_policy": "x"}, "inactivity_policy: found `x`, expected one of seeds/"),
        (
            {"signal_rules_disabled": ["ip_burst", "x"]},
            "signal_rules_disabled: found `x`, expected one of seeds/signals/signal_rules.csv",
        ),
        ({"landing_path": ["x"]}, "landing_path: found `['x']`, expected a folder."),
    ],
)
def test_names_of_rows_that_are_not_there(given: dict[str, Any], fault: str) -> None:
    with pytest.raises(UserError, match="nothing was loaded or built") as error:
        settings.require_good(ROOT, given)
    assert fault in str(error.value)
    assert str(error.value).count("found") == 1


def test_names_of_rows_that_are_there() -> None:
    good = {"sector": "luxury", "inactivity_policy": "mailup", "signal_rules_disabled": []}
    settings.require_good(ROOT, good)


def test_clusters_that_are_switched_off_may_be_anything() -> None:
    assert faults(clusters=None) == [
        "clusters: found nothing, expected a mapping (docs/clusters.md)."
    ]
    assert faults(clusters=None, fitted=[]) == []


def test_propensity_that_is_switched_off_may_be_anything() -> None:
    assert faults(propensity=[]) == [
        "propensity: found nothing, expected a mapping (docs/propensity.md)."
    ]
    assert faults(propensity=[], fitted=["clusters"]) == []


def test_a_model_may_not_read_what_is_known_of_today_only() -> None:
    held = read_vars(ROOT)["propensity"]
    (fault,) = faults(propensity=held | {"features": ["orders_365d", "revenue_365d"]})
    assert fault == (
        "propensity: features: found `revenue_365d`, expected a column of the as_of_date:"
        " this one is today's on past dates."
    )


@pytest.mark.parametrize(
    ("name", "value", "fault"),
    [
        ("features", [], "features: found nothing, expected a list of columns."),
        ("features", "age", "features: found `age`, expected a list of columns."),
        ("features", ["age", 3], "features: found `3`, expected the name of a column."),
        ("features", ["age", "age"], "features: found `age again`, expected each column once."),
        ("within_days", 731, "within_days: found `731`, expected a whole number, 1 to 730."),
        ("sample", True, "sample: found `True`, expected a whole number, 100 to 100000."),
    ],
)
def test_quality_that_cannot_be_measured(name: str, value: Any, fault: str) -> None:
    given = read_vars(ROOT)["segment_quality"] | {name: value}
    assert faults(segment_quality=given) == [f"segment_quality: {fault}"]
    assert faults(segment_quality=given, fitted=[]) == []


def test_quality_is_a_mapping() -> None:
    (fault,) = faults(segment_quality=None)
    assert fault == (
        "segment_quality: found nothing, expected a mapping (docs/segment_quality.md)."
    )


def test_vars_are_a_mapping() -> None:
    assert settings.parse_vars(None) == {}
    assert settings.parse_vars("{history_months: 3, hubspot: {timezone: Europe/Paris}}") == {
        "history_months": 3,
        "hubspot": {"timezone": "Europe/Paris"},
    }
    with pytest.raises(UserError, match="names no values"):
        settings.parse_vars("latest")
    with pytest.raises(UserError, match="not YAML"):
        settings.parse_vars("{a: [}")
    with pytest.raises(UserError, match="--vars, as_of: a text, number, list or mapping expected"):
        settings.parse_vars("{as_of: !!binary aGk=}")


def test_a_yaml_date_is_a_date() -> None:
    assert settings.parse_vars("{as_of: 2026-06-30}") == {"as_of": "2026-06-30"}
    assert settings.parse_vars("{accepted_files: [2026-06-30]}") == {
        "accepted_files": ["2026-06-30"]
    }


def _dbt(
    *arguments: str, variables: dict[str, Any], target: Path, project: Path = ROOT
) -> tuple[Any, list[str]]:
    printed: list[str] = []

    def on_event(event: Any) -> None:
        if event.info.name == "PrintEvent":
            printed.append(event.info.msg)

    options = [
        *("--vars", json.dumps(variables), "--quiet"),
        *("--project-dir", str(project), "--profiles-dir", str(project)),
        *("--target-path", str(target), "--log-path", str(target)),
    ]
    return _invoke([*arguments, *options], on_event), printed


def test_dbt_says_the_same(tmp_path: Path) -> None:
    # systems that are no list, or unknown, stop dbt before any macro: models are parsed by them
    given = BAD | {"systems": ["generic"], "clusters": BAD_CLUSTERS}
    given |= {"propensity": BAD_PROPENSITY, "segment_quality": BAD_QUALITY, "uplift": BAD_UPLIFT}
    done, printed = _dbt(
        "run-operation", "validate_settings", variables=given, target=tmp_path / "target"
    )
    assert done.success, done.exception
    # which columns there are only dbt knows
    expected = "a column of int_contact_features that is a number"
    city = f"clusters: features: found `city`, expected {expected}."
    told = json.loads(printed[-1])
    learned = city.replace("clusters", "propensity")[:-1] + " of the as_of_date."
    by_dbt = [city, learned, learned.replace("city", "predicted_uplift")]
    assert [fault for fault in told if fault in by_dbt] == by_dbt
    assert [fault for fault in told if fault not in by_dbt] == faults(**given)
    expected_faults = len(BAD) - 1 + len(BAD_CLUSTERS) + len(BAD_PROPENSITY) + 2
    expected_faults += len(BAD_QUALITY) + len(BAD_UPLIFT)
    assert len(faults(**given)) == expected_faults


def test_dbt_alone_refuses_names_that_are_not_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    project = tmp_path / "project"  # without models, which take long to read
    for name in ("macros", "seeds", "tests/generic"):
        shutil.copytree(ROOT / name, project / name)
    for name in ("dbt_project.yml", "profiles.yml"):
        shutil.copy(ROOT / name, project / name)
    landing = tmp_path / "landing"
    landing.mkdir()
    database = tmp_path / "names.duckdb"
    load(landing, database, ROOT)
    monkeypatch.setenv("WINBACK_DATABASE", str(database))

    def seed(variables: dict[str, Any], *select: str) -> str:
        done, _ = _dbt(
            *("seed", "--select", *select),
            variables={"fitted": [], **variables},
            target=tmp_path / "target",
            project=project,
        )
        if done.success:
            return ""
        results = getattr(done.result, "results", None) or []
        return str(done.exception) + " ".join(str(result.message) for result in results)

    # a seed that is loaded is judged by its file
    message = seed({"sector": "fashio"}, "inactivity_policies", "signal_rules")
    assert "sector: found `fashio`, expected one of seeds/inactivity/" in message
    assert seed({}, "inactivity_policies", "signal_rules") == ""
    # one that is not, by what the table holds
    message = seed({"inactivity_policy": "x", "signal_rules_disabled": ["y"]}, "fx_rates")
    assert "inactivity_policy: found `x`" in message
    assert "signal_rules_disabled: found `y`" in message
    with duckdb.connect(str(database), read_only=True) as connection:
        assert connection.execute("select count(*) from seeds.inactivity_policies").fetchall() == [
            (7,)
        ]
