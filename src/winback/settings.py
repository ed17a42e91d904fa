"""The settings of a run checked before anything is loaded.

The macro ``settings_faults`` checks the same when dbt starts, in the same words; it also sees what
is loaded, such as HubSpot files whose account's zone nobody gave.
"""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Iterator, Mapping
from datetime import date
from pathlib import Path
from typing import Any

import pytz  # type: ignore[import-untyped]  # the list of zones that dbt has
import yaml

from winback.clusters.settings import cluster_faults
from winback.declared import read_list, read_meta, read_vars, read_yaml
from winback.errors import UserError
from winback.landing.limits import limit_faults
from winback.propensity.settings import propensity_faults
from winback.segment_quality.settings import segment_quality_faults
from winback.uplift.settings import uplift_faults

_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_WHOLE = re.compile(r"-?[0-9]+")

FITTED = ("lifetimes", "clusters", "propensity", "segment_quality", "uplift")
"""What the var `fitted` can name."""


def parse_vars(text: str | None) -> dict[str, Any]:
    """Parse the YAML of `--vars`.

    Raises:
        UserError: it is not a mapping of names to values that dbt takes.
    """
    if text is None:
        return {}
    try:
        parsed = yaml.safe_load(text)
    except yaml.YAMLError as error:
        problem = str(getattr(error, "problem", "")) or "it does not parse"
        raise UserError(f"--vars is not YAML ({problem}): give e.g. '{{as_of: now}}'") from None
    except RecursionError:
        raise UserError("--vars is nested too deeply: give e.g. '{as_of: now}'") from None
    if not isinstance(parsed, dict):
        raise UserError("--vars names no values: give a mapping, e.g. '{as_of: now}'")
    return {str(name): _plain(str(name), value) for name, value in parsed.items()}


def require_good(project: Path, given: Mapping[str, Any]) -> None:
    """Stop with every setting that cannot be meant.

    Args:
        project: folder of `dbt_project.yml`.
        given: vars that differ from those of `dbt_project.yml`.

    Raises:
        UserError: names setting, found and expected.
    """
    faults = [*faults_of({**read_vars(project), **given}), *name_faults(project, given)]
    if faults:
        raise UserError(
            "Settings (vars of dbt_project.yml, options or --vars) that cannot be used; nothing was"
            " loaded or built:\n  - " + "\n  - ".join(faults)
        )


def faults_of(settings: Mapping[str, Any]) -> Iterator[str]:
    """Tell what is wrong with these settings, each as one sentence."""
    landing = settings.get("landing_path", "data/landing")
    if not isinstance(landing, str) or not landing:
        yield _fault("landing_path", landing, "a folder")
    for limit, value, expected in limit_faults(settings.get("landing_limits")):
        yield _fault(limit, value, expected)
    as_of = str(settings.get("as_of")).strip()
    if as_of not in ("now", "latest") and not _is_date(as_of):
        yield _fault("as_of", as_of, "a date such as 2026-06-30, `now` or `latest`")
    months = settings.get("history_months")
    if not _is_whole(months) or int(str(months)) < 0:
        yield _fault("history_months", months, "a whole number, 0 or more")
    days = settings.get("score_window_days")
    if not _is_whole(days) or int(str(days)) < 1:
        yield _fault("score_window_days", days, "a whole number of days, 1 or more")
    share = settings.get("holdout_percent")
    if not re.fullmatch(r"[0-9]+([.][0-9]+)?", str(share)) or float(str(share)) >= 100:
        yield _fault("holdout_percent", share, "a number from 0 to under 100")
    days = settings.get("experiment_pre_days")
    if not _is_whole(days) or int(str(days)) < 1:
        yield _fault("experiment_pre_days", days, "a whole number of days, 1 or more")
    currency = str(settings.get("currency"))
    if not re.fullmatch("[A-Z]{3}", currency):
        yield _fault("currency", currency, "a three-letter ISO 4217 code in capitals such as EUR")
    severity = settings.get("segment_contract_severity")  # dbt on its own refuses it by itself
    if severity not in ("warn", "error"):
        yield _fault("segment_contract_severity", severity, "`warn` or `error`")
    known = list(_mapping(settings.get("system_entities")))
    systems = settings.get("systems")
    if not isinstance(systems, list) or not systems:
        yield _fault("systems", systems, f"a list of systems, of {', '.join(known)}")
    else:
        expected = f"only systems this project reads: {', '.join(known)}"
        yield from (_fault("systems", name, expected) for name in systems if name not in known)
    linked = _mapping(settings.get("ga4")).get("user_id_system")
    if linked and linked not in known:
        yield _fault("ga4: user_id_system", linked, f"one of {', '.join(known)}")
    permissions = _mapping(settings.get("mailchimp")).get("email_permissions") or []
    if not isinstance(permissions, list) or not all(
        isinstance(name, str) and name.strip() for name in permissions
    ):
        yield _fault("mailchimp: email_permissions", permissions, "a list of names of permissions")
    for system, setting in (("hubspot", "marketing_subscriptions"), ("shopify", "gift_card_names")):
        names = _mapping(settings.get(system)).get(setting)
        if names is not None and not (isinstance(names, list) and names):
            yield _fault(f"{system}: {setting}", names, "a list of names")
    zones = {"timezone": settings.get("timezone")}
    account_zone = _mapping(settings.get("hubspot")).get("timezone")
    if account_zone and isinstance(systems, list) and "hubspot" in systems:
        zones["hubspot: timezone"] = account_zone
    for name, zone in zones.items():
        if zone not in pytz.all_timezones_set:
            yield _fault(name, zone, "an IANA time zone such as Europe/Paris")
    fitted = settings.get("fitted")
    if not isinstance(fitted, list):
        yield _fault("fitted", fitted, f"a list, of {', '.join(FITTED)}")
        fitted = []
    expected = f"only what this project fits: {', '.join(FITTED)}"
    yield from (_fault("fitted", name, expected) for name in fitted if name not in FITTED)
    if "clusters" in fitted:
        yield from cluster_faults(settings.get("clusters"))
    if "propensity" in fitted:
        yield from propensity_faults(settings.get("propensity"))
    if "segment_quality" in fitted:
        yield from segment_quality_faults(settings.get("segment_quality"))
    if "uplift" in fitted:
        yield from uplift_faults(settings.get("uplift"))


def name_faults(project: Path, given: Mapping[str, Any]) -> Iterator[str]:
    """Tell which settings name a row of a seed (`config: meta: named_by`) that is not there.

    Args:
        project: folder whose seeds were found to be good.
        given: vars that differ from those of `dbt_project.yml`.
    """
    settings = {**read_vars(project), **given}
    for properties in sorted((project / "seeds").rglob("*.yml")):
        where = properties.relative_to(project).as_posix()
        for seed in read_list(read_yaml(properties, where), "seeds", where):
            for setting, column in read_meta(seed).get("named_by", {}).items():
                path = properties.parent / f"{seed['name']}.csv"
                with path.open(encoding="utf-8-sig", newline="") as lines:
                    known = [row[column] for row in csv.DictReader(lines)]
                value = settings.get(setting)
                names = value if isinstance(value, list) else [] if value is None else [value]
                expected = f"one of {path.relative_to(project).as_posix()}: {', '.join(known)}"
                yield from (_fault(setting, name, expected) for name in names if name not in known)


def _fault(name: str, found: object, expected: str) -> str:
    shown = "nothing" if found in (None, "") else f"`{found}`"
    return f"{name}: found {shown}, expected {expected}."


def _plain(name: str, value: Any) -> Any:
    """A value as dbt takes it on its command line: YAML reads dates, JSON has none."""
    try:
        return json.loads(json.dumps(value, default=_date_text))
    except TypeError:
        raise UserError(f"--vars, {name}: a text, number, list or mapping expected") from None


def _date_text(value: object) -> str:
    if isinstance(value, date):
        return value.isoformat()
    raise TypeError


def _mapping(value: object) -> Mapping[str, Any]:
    return value if isinstance(value, Mapping) else {}


def _is_whole(value: object) -> bool:
    return not isinstance(value, bool) and bool(_WHOLE.fullmatch(str(value)))


def _is_date(text: str) -> bool:
    try:
        return bool(_DATE.fullmatch(text)) and bool(date.fromisoformat(text))
    except ValueError:
        return False
