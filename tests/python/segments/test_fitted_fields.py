"""What is fitted to the data as fields of rules: joined where a rule asks, at the current date."""

import json
from datetime import date
from typing import Any

import pytest

from .compiler import FIELDS, Compiled, compile_rules
from .explainer import explained_rules
from .small_project import Project, fitted_columns, make_project

FITTED = {"cluster": "number", "cluster_name": "text", "buyer_days_past_threshold": "number"}
FITTED |= {"buyer_is_past_threshold": "boolean", "buyer_inactive_on": "date"}
FITTED |= {"expected_value_365d": "number"}
WORDS = {"label": {"en": "x", "fr": "x"}, "description": "x"}


def rule(name: str, where: Any, **more: Any) -> dict[str, Any]:
    return {"name": name, **WORDS, "where": where, **more}


OVERDUE = rule(
    "overdue",
    {
        "all": [
            {"field": "buyer_days_past_threshold", "between": [0, 60]},
            {"not": {"field": "expected_value_365d", "lt": 100}},
        ]
    },
)
# whatever is missing counts as the same here, so that the past is taken in
BUYERS = rule("buyers", {"field": "cluster_name", "eq": "Buyers", "missing": True})
YOUNG = rule("young", {"field": "age", "lt": 35})
LATE = rule("late_and_young", {"all": [{"segment": "overdue"}, {"segment": "young"}]})


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    made = make_project(tmp_path_factory.mktemp("fitted") / "winback")
    made.fill()
    made.write([OVERDUE, BUYERS, YOUNG, LATE])
    return made


def previewed(project: Project, segment: str) -> tuple[dict[str, int], dict[str, Any]]:
    code, printed = project.winback("preview", segment, "--json")
    assert code == 0, printed
    (found,) = json.loads(printed)
    return {day["as_of_date"]: day["contacts"] for day in found["dates"]}, found


def test_fitted_fields_have_a_present_and_no_past(project: Project) -> None:
    sizes, found = previewed(project, "overdue")
    assert sizes == {"2026-05-31": 0, "2026-06-30": 1}
    assert found["sample"] == ["c01"]
    sizes, found = previewed(project, "buyers")
    # all seven of May, and in June all but the reader
    assert sizes == {"2026-05-31": 7, "2026-06-30": 7}
    assert "c02" not in found["sample"]


def test_a_preview_says_of_what_a_segment_rests_on_whether_it_has_a_past(project: Project) -> None:
    rests_on = {"buyer_days_past_threshold": "lifetimes", "expected_value_365d": "lifetimes"}
    assert previewed(project, "overdue")[1]["fitted"] == rests_on
    assert previewed(project, "late_and_young")[1]["fitted"] == rests_on
    assert previewed(project, "young")[1]["fitted"] == {}
    printed = project.winback("preview", "buyers")[1]
    assert "It rests on cluster_name (clusters), known at the current date only" in printed


def test_a_preview_names_what_nobody_has_a_value_of(project: Project) -> None:
    assert previewed(project, "buyers")[1]["unknown"] == []
    code, printed = project.winback("preview", "late_and_young", "--as-of", "2026-05-31")
    assert code == 0, printed
    assert "Nobody has a value of" not in printed  # its own rule speaks of segments alone
    code, printed = project.winback("preview", "overdue", "--as-of", "2026-05-31")
    assert code == 0, printed
    told = "Nobody has a value of buyer_days_past_threshold, expected_value_365d at this date"
    assert told in printed


def test_lint_says_so_too(project: Project) -> None:
    code, printed = project.winback("segments", "lint", "--json")
    assert code == 0, printed
    remarks = {(remark["segment"], remark["message"]) for remark in json.loads(printed)["remarks"]}
    unknown = "overdue.where.all[1].not: contacts whose expected_value_365d is unknown are taken in"
    assert any(text.startswith(unknown) for _, text in remarks)
    resting = {segment for segment, text in remarks if "known at the current date only" in text}
    assert resting == {"overdue", "buyers", "late_and_young"}


def documented() -> list[tuple[str, str]]:
    """Field and what fits it, by the descriptions; without what rules may not read."""
    inside = {"contact_id", "as_of_date", "algorithm", "trust", "distance"}
    models = {"int_contact_lifetime_fields": "lifetimes", "int_contact_cluster_fields": "clusters"}
    models |= {"int_contact_uplift_fields": "uplift"}
    return [
        (column["name"], models[model])
        for model, columns in fitted_columns().items()
        for column in columns
        if column["name"] not in inside
    ]


@pytest.fixture(scope="module")
def compiled() -> dict[str, Compiled]:
    cases: dict[str, list[Any]] = {
        "plain": [YOUNG],
        "clusters": [BUYERS],
        "both": [BUYERS, OVERDUE, LATE, YOUNG],
        "expecting": [
            OVERDUE | {"expect": {"flap_rate": 0.1, "contacts": [0, None]}},
            YOUNG | {"expect": {"flap_rate": 0.1}},
        ],
        "wrong": [rule("a", {"field": "cluster_nam", "eq": "x"})],
        "all": [
            rule(f"s{number}", {"field": field, "is_null": False})
            for number, (field, _) in enumerate(documented())
        ],
    }
    known = {field: "number" for field, _ in documented()}
    fields = FIELDS | known | FITTED
    return dict(zip(cases, compile_rules([*cases.values()], fields), strict=True))


def test_only_what_a_rule_asks_is_joined(compiled: dict[str, Compiled]) -> None:
    plain, clusters, both = (compiled[name] for name in ("plain", "clusters", "both"))
    assert "join" not in plain.query()
    assert plain.fitted == {}
    assert clusters.query().count("join") == 1
    assert "int_contact_cluster_fields" in clusters.query()
    assert both.query().count("join") == 2
    assert set(both.fitted or {}) == {"buyers", "overdue", "late_and_young"}


def test_every_documented_field_can_be_asked(compiled: dict[str, Compiled]) -> None:
    """And belongs to what fits it, or a rule would read a column that is not joined."""
    found = compiled["all"]
    assert found.errors == []
    assert [list(each.items()) for each in (found.fitted or {}).values()] == [
        [pair] for pair in documented()
    ]


def test_a_wrong_name_is_told_the_right_one(compiled: dict[str, Compiled]) -> None:
    (error,) = compiled["wrong"].errors
    assert error.startswith(
        "a.where.field: unknown field 'cluster_nam'; did you mean cluster or cluster_name? accepted"
    )


def test_nothing_is_expected_of_a_past_that_is_not_there(compiled: dict[str, Compiled]) -> None:
    assert compiled["expecting"].errors == [
        "overdue.expect.flap_rate: looks at the past, and the segment rests on"
        " buyer_days_past_threshold, expected_value_365d, known at the current date only; accepted"
        " here: contacts, share_of_parent"
    ]


def test_what_var_fitted_leaves_out_is_refused_and_a_custom_field_hides_the_fitted_one() -> None:
    settings = {"fitted": ["clusters"], "custom_fields": [{"name": "cluster_name"}]}
    lifetimes, clusters = compile_rules([[OVERDUE], [BUYERS]], **settings)
    assert lifetimes.errors[0] == (
        "overdue.where.all[0].field: 'buyer_days_past_threshold' is fitted by lifetimes, which var"
        " fitted leaves out; add lifetimes to it, or ask another field"
    )
    assert clusters.errors == []
    assert "join" not in clusters.query()
    assert clusters.fitted == {}


# a shipped segment asks it, and has to be built where nothing is fitted
def test_uplift_is_missing_where_it_is_left_out() -> None:
    put_off = rule("put_off", {"field": "uplift_group", "eq": "do_not_disturb"})
    fields = FIELDS | {"uplift_group": "text"}
    (without,) = compile_rules([[put_off]], fields, fitted=[])
    assert without.errors == []
    assert "int_contact_uplift_fields" not in without.query()
    assert "as uplift_group" in without.query()
    (fitted,) = compile_rules([[put_off]], fields, fitted=["uplift"])
    assert "int_contact_uplift_fields" in fitted.query()


SENTENCES = [
    (
        {"field": "buyer_days_past_threshold", "gte": 0},
        "time since the personal date of inactivity as a buyer is at least 0 days",
        "le temps depuis la date d'inactivité personnelle comme acheteur est d'au moins 0 jour",
    ),
    (
        {"field": "buyer_is_past_threshold", "eq": True},
        "has not bought for longer than the own rhythm explains",
        "n'achète plus depuis plus longtemps que son rythme ne l'explique",
    ),
    (
        {"field": "expected_value_365d", "gt": 1000},
        "revenue expected in the next 365 days is more than 1,000 EUR",
        "le chiffre d'affaires attendu des 365 prochains jours dépasse 1\u00a0000 EUR",
    ),
    ({"field": "cluster", "is_null": True}, "is in no cluster", "n'est dans aucun cluster"),
    (
        {"field": "cluster_name", "in": ["Buyers"]},
        "name of the cluster is “Buyers”",
        "le nom du cluster est « Buyers »",
    ),
]


def test_leaves_read_well_and_a_threshold_of_ones_own_has_a_day(
    project: Project,
) -> None:
    rules = [rule(f"s{number}", leaf) for number, (leaf, _, _) in enumerate(SENTENCES)]
    (queries,) = explained_rules([rules], FIELDS | FITTED)
    names = ", ".join(f"false as {each['name']}" for each in rules)
    rows = project.query(
        f"""
        with history as (select contact_id, as_of_date, {names} from int_contact_features)
        select sentence, sentence_fr, actual_value, flips_on, is_foreseeable
        from ({queries.leaves})
        where contact_id = 'c02' and as_of_date = date '2026-06-30'
        order by leaf_number
        """
    )
    assert [row[:2] for row in rows] == [sentences[1:] for sentences in SENTENCES]
    # the day is told, and not promised: the next run fits anew
    assert rows[0][2:] == ("-60", date(2026, 8, 29), False)
    assert rows[1][2:] == ("false", None, False)
