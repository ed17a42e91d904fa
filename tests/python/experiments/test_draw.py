"""The draw: the same for ever, even between the arms, and another for another salt."""

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import duckdb
import jinja2
import numpy as np
import pytest
from scipy import stats

ROOT = Path(__file__).parents[3]
MACROS = (
    "dialect/text_md5.sql",
    "dialect/hex_number.sql",
    "experiments/experiment_arm.sql",
)


@pytest.fixture(scope="module")
def macros() -> Any:
    """The macros of the draw as DuckDB gets them."""
    environment = jinja2.Environment(extensions=["jinja2.ext.do"])
    text = "".join((ROOT / "macros" / name).read_text() for name in MACROS)
    found: dict[str, Any] = {}

    def dispatch(name: str, _project: str) -> Any:
        return getattr(found["module"], f"duckdb__{name}", None) or getattr(
            found["module"], f"default__{name}"
        )

    environment.globals.update(
        {
            "adapter": SimpleNamespace(dispatch=dispatch),
            "return": lambda value: value,
            "quoted_text": lambda value: f"'{value}'",
        }
    )
    found["module"] = environment.from_string(text).module
    return found["module"]


def _places(macros: Any, salt: str, contacts: int = 200_000) -> np.ndarray:
    share = macros.experiment_share("left(md5(place::text), 16)", f"'{salt}'")
    rows = duckdb.sql(f"select {share} as share from range({contacts}) as t(place) order by place")
    return rows.fetchnumpy()["share"]


def test_a_place_is_known_for_ever(macros: Any) -> None:
    """A change of these would draw everybody who was not drawn yet by another hash."""
    query = f"select {macros.experiment_share('contact_id', 'salt')} from (values " + ", ".join(
        f"('{contact}', '{salt}')"
        for contact, salt in (("c1", "spring"), ("c6", "spring"), ("c1", "other"))
    )
    found = duckdb.sql(query + ") as t(contact_id, salt)").fetchall()
    assert [round(row[0], 3) for row in found] == [0.724, 0.012, 0.654]


def test_places_are_even(macros: Any) -> None:
    places = _places(macros, "spring")
    assert places.min() >= 0
    assert places.max() < 1
    assert stats.kstest(places, "uniform").pvalue > 0.001
    buckets = np.bincount((places * 100).astype(int), minlength=100)
    assert stats.chisquare(buckets).pvalue > 0.001


@pytest.mark.parametrize("other", ["autumn", "spring2", "global_holdout"])
def test_experiments_do_not_know_of_one_another(macros: Any, other: str) -> None:
    one, two = _places(macros, "spring"), _places(macros, other)
    table = np.histogram2d(one, two, bins=10, range=[[0, 1], [0, 1]])[0]
    assert stats.chi2_contingency(table).pvalue > 0.001


def test_arms_get_their_weights(macros: Any) -> None:
    arm = macros.experiment_arm("md5(place::text)", "'spring'", {"a": 5, "none": 0, "b": 95})
    rows = duckdb.sql(f"select {arm}, count(*) from range(100000) as t(place) group by 1")
    counts = dict(rows.fetchall())
    assert set(counts) == {"a", "b"}
    assert counts["a"] == pytest.approx(5_000, abs=250)


def test_who_is_held_back_at_five_percent_is_at_ten(macros: Any) -> None:
    few = macros.experiment_arm("md5(place::text)", "'s'", {"holdout": 5.0, "everyone_else": 95.0})
    more = macros.experiment_arm("md5(place::text)", "'s'", {"holdout": 1.0, "everyone_else": 9.0})
    rows = duckdb.sql(f"select {few}, {more}, count(*) from range(20000) as t(place) group by all")
    counts = {(one, other): count for one, other, count in rows.fetchall()}
    assert ("holdout", "everyone_else") not in counts
    assert counts["holdout", "holdout"] == pytest.approx(1_000, abs=120)
    assert counts["everyone_else", "holdout"] == pytest.approx(1_000, abs=120)
