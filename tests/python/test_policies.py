"""The policy seeds' schema: shipped files pass, each kind of bad value is named."""

import csv
import json
import shutil
from pathlib import Path
from typing import Any

import pytest
import yaml
from dbt_common.clients.agate_helper import from_csv

from winback import policies
from winback.build import _invoke
from winback.errors import UserError

PROJECT = Path(__file__).parents[2]
POLICIES = "seeds/inactivity/inactivity_policies.csv"
COMPONENTS = "seeds/scores/score_components.csv"
POINTS = "seeds/scores/score_points.csv"
LEVELS = "seeds/scores/engagement_levels.csv"
RFM = "seeds/scores/rfm_segments.csv"
WEIGHTS = "seeds/signals/signal_weights.csv"
RULES = "seeds/signals/signal_rules.csv"
RATES = "seeds/fx/fx_rates.csv"
EXPERIMENTS = "seeds/experiments/experiments.csv"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "seeds", tmp_path / "seeds")
    return tmp_path


def test_shipped_seeds_pass() -> None:
    assert policies.check(PROJECT) == []


def test_proxies_are_known_before_bursts_of_a_network_are_looked_for() -> None:
    with (PROJECT / RULES).open(newline="") as lines:
        rules = list(csv.DictReader(lines))
    bursts = [int(rule["priority"]) for rule in rules if rule["method"] == "network_burst"]
    proxies = [int(rule["priority"]) for rule in rules if rule["quality"] == "unknown"]
    assert bursts
    assert max(proxies) < min(bursts)


CASES = [
    (
        EXPERIMENTS,
        '14,"visited,ordered',
        '14,"visited; bought',
        "line 3, metrics: found 'visited; bought,revenue'; expected some of visited, ordered,",
    ),
    (
        POLICIES,
        "fashion,92,",
        "fashion,-4.5,",
        "line 3, idle_days: found '-4.5'; expected a whole number of 1 or more",
    ),
    (
        POLICIES,
        "luxury,365",
        "default,365",
        "line 4, policy: found 'default' again; expected each once",
    ),
    (POLICIES, "default,183", "usual,183", "policy: found no row with 'default'; expected one"),
    (
        POLICIES,
        "all_time",
        "ever",
        "line 5, sends_counted: found 'ever'; expected one of since_last_signal, all_time",
    ),
    (
        POLICIES,
        "1096,false,true,false,true",
        "1096,false,false,false,false",
        "line 8, uses_opens, uses_clicks, uses_sessions, uses_orders: found all false",
    ),
    (
        POLICIES,
        "hubspot_graymail,,,,,,16,",
        "hubspot_graymail,,,,,,,",
        "line 6, min_sends: found ''; expected a value where idle_days is empty",
    ),
    (
        POLICIES,
        "idle_days_opens",
        "idle_days_open",
        "line 1, idle_days_opens: found no such column",
    ),
    (
        COMPONENTS,
        "clicks,",
        "click,",
        "line 3, component: found 'click'; expected one of open_frequency",
    ),
    (
        COMPONENTS,
        "0.4,90,4",
        "0.4,900,4",
        "line 2, window_days: found '900'; expected a whole number from 1 to 365",
    ),
    (COMPONENTS, "0.4,90,4", "0.4,90,0", "line 2, cap: found '0'; expected a number above 0"),
    (
        POINTS,
        "open,10,90",
        "open,ten,90",
        "line 2, points: found 'ten'; expected a number of 0 or more",
    ),
    (
        POINTS,
        "open,10,90",
        "open,10,0",
        "line 2, half_life_days: found '0'; expected a number above 0",
    ),
    (
        LEVELS,
        "never_engaged,",
        "never_engaged,3",
        "min_score: found no empty row; expected one",
    ),
    (
        LEVELS,
        "very_disengaged,0",
        "very_disengaged,1",
        "min_score: found no row with '0'; expected one",
    ),
    (
        RFM,
        "Promising,3,4",
        "Promising,3,2",
        "line 5, recency_max: found '2'; expected at least recency_min (3)",
    ),
    (
        POLICIES,
        "hubspot_graymail,,,,,,16,",
        "hubspot_graymail,,,,,,0,",
        "line 6, min_sends: found '0'; expected a whole number of 1 or more where idle_days is",
    ),
    (
        POLICIES,
        ",,,,,,16,11,",
        ",,,,,,16,0,",
        "line 6, min_sends_never_engaged: found '0'; expected a whole number of 1 or more where",
    ),
    (
        POLICIES,
        "fashion,92,",
        "fashion,99999999999,",
        "line 3, idle_days: found '99999999999'; expected a whole number of 1 or more, not beyond",
    ),
    (
        POLICIES,
        "\nluxury",
        "\n\nluxury",
        "line 4, policy: found ''; expected a value",
    ),
    (
        WEIGHTS,
        "human,open,1\n",
        "",
        "quality, signal: found no row with 'human, open'; expected one",
    ),
    (
        WEIGHTS,
        "human,click,1\n",
        "",
        "quality, signal: found no row with 'human, click'; expected one",
    ),
    (
        WEIGHTS,
        "machine,open",
        " machine,open",
        "line 6, quality: found ' machine'; expected no blank before or after it",
    ),
    (
        RULES,
        ",%mimecast%,",
        ",%mimecast% ,",
        "line 4, pattern: found '%mimecast% '; expected no blank before or after it",
    ),
    (
        RATES,
        "2015-01-01",
        "2015-02-30",
        "line 2, rate_date: found '2015-02-30'; expected a date like 2026-01-31",
    ),
    (
        POINTS,
        "open,10,90",
        "open,1" + "0" * 400 + ",90",
        "expected a number of 0 or more, not beyond 9999999999",
    ),
]


def spoil(project: Path, file: str, before: str, after: str) -> list[str]:
    """Change a file, and return what is said about it."""
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    return [str(problem) for problem in policies.check(project)]


@pytest.mark.parametrize(("file", "before", "after", "message"), CASES)
def test_bad_value_is_named(
    project: Path, file: str, before: str, after: str, message: str
) -> None:
    found = spoil(project, file, before, after)
    assert any(line.startswith(file) and message in line for line in found), found


def test_dbt_says_the_same_about_every_bad_value(project: Path, tmp_path: Path) -> None:
    """The macro that guards `dbt build` alone, on the table as dbt reads it."""
    shipped = {file: (project / file).read_bytes() for file, *_ in CASES}
    expected, cases = [], []
    for file, before, after, _ in CASES:
        said = spoil(project, file, before, after)
        expected.append(sorted(line.removeprefix(f"{file}, ") for line in said))
        path = project / file
        declared = next(
            seed
            for seed in yaml.safe_load(next(path.parent.glob("_*.yml")).read_text())["seeds"]
            if seed["name"] == path.stem
        )["config"]
        table = from_csv(str(path), text_columns=declared["column_types"])
        rows = [dict(zip(table.column_names, row.values(), strict=True)) for row in table.rows]
        held = {"column_names": list(table.column_names), "rows": rows}
        cases.append({"table": held, "rules": declared["meta"]})
        path.write_bytes(shipped[file])
    printed: list[str] = []

    def on_event(event: Any) -> None:
        if event.info.name == "PrintEvent":
            printed.append(event.info.msg)

    done = _invoke(
        [
            *(
                "run-operation",
                "validate_seeds",
                "--args",
                json.dumps({"cases": cases}, default=str),
                "--quiet",
            ),
            *("--project-dir", str(PROJECT), "--profiles-dir", str(PROJECT)),
            *("--target-path", str(tmp_path / "target"), "--log-path", str(tmp_path)),
        ],
        on_event,
    )
    assert done.success, done.exception
    assert [sorted(problems) for problems in json.loads(printed[-1])] == expected


def test_a_decimal_comma_makes_a_value_too_many(project: Path) -> None:
    found = spoil(project, POINTS, "open,10,90", "open,0,5,90")
    assert found == [f"{POINTS}, line 2, row: found 4 values; expected 3"]
    # dbt refuses such a row by itself
    with pytest.raises(ValueError, match="has 4 values"):
        from_csv(str(project / POINTS), text_columns=["signal"])


def test_a_column_that_is_there_twice(project: Path) -> None:
    found = spoil(project, WEIGHTS, "quality,signal,weight\n", "quality,signal,weight,weight\n")
    assert found[0] == f"{WEIGHTS}, line 1, weight: found the column again; expected each once"


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16"])
def test_a_seed_that_is_not_utf_8(project: Path, encoding: str) -> None:
    path = project / RULES
    path.write_bytes(path.read_text().replace("Mimecast link", "Mimecast é").encode(encoding))
    assert [str(problem) for problem in policies.check(project)] == [
        f"{RULES}, file: found bytes that are not UTF-8; expected a CSV saved as UTF-8"
    ]


def test_yaml_of_a_seed_that_does_not_parse(project: Path) -> None:
    path = project / "seeds/signals/_signals__seeds.yml"
    path.write_text("seeds: [\n")
    with pytest.raises(UserError, match=r"seeds/signals/_signals__seeds.yml, line 2: not valid"):
        policies.check(project)
    path.write_bytes("seeds: [] # é".encode("cp1252"))
    with pytest.raises(UserError, match=r"_signals__seeds.yml: not UTF-8"):
        policies.check(project)
    path.write_text("seeds: 3\n")
    with pytest.raises(UserError, match=r"seeds must be a list of mappings"):
        policies.check(project)


def test_weights_must_not_all_be_zero(project: Path) -> None:
    path = project / COMPONENTS
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace(",0.4,", ",0,").replace(",0.3,", ",0,"), encoding="utf-8")
    assert [str(problem) for problem in policies.check(project)] == [
        f"{COMPONENTS}, weight: found a sum of 0; expected above 0"
    ]


def test_a_run_stops_with_the_reason(project: Path) -> None:
    path = project / POLICIES
    path.write_text(path.read_text(encoding="utf-8").replace(",3,30,", ",3,-1,"), encoding="utf-8")
    with pytest.raises(UserError, match="line 2, grace_days: found '-1'; expected a whole number"):
        policies.require_good(project)
