"""The policy seeds' schema: shipped files pass, each kind of bad value is named."""

import shutil
from pathlib import Path

import pytest

from winback import policies
from winback.errors import UserError

PROJECT = Path(__file__).parents[2]
POLICIES = "seeds/inactivity/inactivity_policies.csv"
COMPONENTS = "seeds/scores/score_components.csv"
POINTS = "seeds/scores/score_points.csv"
LEVELS = "seeds/scores/engagement_levels.csv"
RFM = "seeds/scores/rfm_segments.csv"


@pytest.fixture
def project(tmp_path: Path) -> Path:
    shutil.copytree(PROJECT / "seeds", tmp_path / "seeds")
    return tmp_path


def test_shipped_seeds_pass() -> None:
    assert policies.check(PROJECT) == []


@pytest.mark.parametrize(
    ("file", "before", "after", "message"),
    [
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
            "line 6, idle_days, min_sends: found all empty",
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
    ],
)
def test_bad_value_is_named(
    project: Path, file: str, before: str, after: str, message: str
) -> None:
    path = project / file
    text = path.read_text(encoding="utf-8")
    assert before in text
    path.write_text(text.replace(before, after, 1), encoding="utf-8")
    found = [str(problem) for problem in policies.check(project)]
    assert any(line.startswith(file) and message in line for line in found), found


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
