"""When a membership changes if nothing happens, on leaves written by hand."""

import random
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from winback.segments.explain_forecast import Forecast, Group, Leaf, forecast, holds, rule_tree

AS_OF = date(2026, 6, 30)


def _day(days: int) -> date:
    return AS_OF + timedelta(days=days)


def leaf(
    segment: str,
    path: str = "where",
    is_true: bool = True,
    flips: Sequence[int] = (),
    foreseen: bool = True,
    named: str | None = None,
    kind: str = "field",
) -> Leaf:
    dates = [_day(days) for days in flips]
    return Leaf(
        segment=segment,
        leaf_path=path,
        kind=kind,
        is_negated=False,
        sentence=f"{segment} {path}",
        sentence_fr="",
        field=None if named else "age",
        referenced_segment=named,
        operator="gt",
        threshold="1",
        actual_value=None,
        is_true=is_true,
        is_in_segment=False,
        is_decisive=True,
        flips_on=dates[0] if dates else None,
        flip_dates=",".join(day.isoformat() for day in dates) or None,
        is_foreseeable=None if named else foreseen,
    )


def told(*leaves: Leaf, of: str = "s") -> Forecast:
    """The forecast of a segment; who is in what now follows from the leaves."""
    from dataclasses import replace

    by_segment: dict[str, list[Leaf]] = {}
    for each in leaves:
        by_segment.setdefault(each.segment, []).append(each)

    def is_in(name: str) -> bool:
        return bool(holds(rule_tree(by_segment[name]), lambda each: each.is_true))

    judged = {
        name: [replace(each, is_in_segment=is_in(name)) for each in found]
        for name, found in by_segment.items()
    }
    return forecast(judged, of, AS_OF)


def test_the_tree_is_rebuilt_from_the_paths() -> None:
    paths = ["parent", "where.all[0]", "where.all[1].not.any[0]", "where.all[1].not.any[1]"]
    leaves = [leaf("s", path) for path in paths]
    parent, first, one, other = leaves
    inner = Group("all", [first, Group("not", [Group("any", [one, other])])])
    assert rule_tree(leaves) == Group("all", [parent, inner])


def test_eleven_parts_stay_apart_and_in_order() -> None:
    leaves = [leaf("s", f"where.any[{place}]") for place in range(12)]
    assert rule_tree(leaves).parts == [Group("any", leaves)]


@pytest.mark.parametrize(
    ("word", "known", "expected"),
    [
        ("all", [True, None], None),
        ("all", [False, None], False),
        ("all", [True, True], True),
        ("any", [True, None], True),
        ("any", [False, None], None),
        ("any", [False, False], False),
        ("not", [None], None),
        ("not", [False], True),
    ],
)
def test_what_is_unknown_stays_unknown(
    word: str, known: list[bool | None], expected: bool | None
) -> None:
    leaves = [leaf("s", str(place)) for place in range(len(known))]
    answer = dict(zip(leaves, known, strict=True))
    assert holds(Group(word, leaves), answer.__getitem__) is expected


def test_one_leaf_that_turns() -> None:
    assert told(leaf("s", flips=[5])) == Forecast(_day(5), "certain", ())
    assert told(leaf("s", is_true=False, flips=[5])) == Forecast(_day(5), "certain", ())


def test_nothing_turns() -> None:
    assert told(leaf("s")) == Forecast(None, "never", ())


def test_the_first_date_at_which_the_whole_changes() -> None:
    # the first turn alone changes nothing: both must be false
    found = told(leaf("s", "where.any[0]", flips=[3]), leaf("s", "where.any[1]", flips=[9]))
    assert found == Forecast(_day(9), "certain", ())


def test_a_leaf_that_turns_back_in_time_changes_nothing() -> None:
    late = leaf("s", "where.all[1]", is_true=False, flips=[10])
    assert told(leaf("s", "where.all[0]", flips=[3]), late).certainty == "never"
    back = leaf("s", "where.all[0]", flips=[3, 7])
    assert told(back, late) == Forecast(_day(10), "certain", ())


def test_not_turns_with_its_leaf() -> None:
    assert told(leaf("s", "where.not", is_true=False, flips=[4])).changes_on == _day(4)


def test_named_segments_are_judged_again() -> None:
    found = told(
        leaf("s", "where.not", is_true=False, named="lost", kind="segment"),
        leaf("lost", "parent", named="top", kind="parent"),
        leaf("lost", "where", is_true=False, flips=[8]),
        leaf("top"),
    )
    assert found == Forecast(_day(8), "certain", ())


def test_an_earlier_sibling_takes_the_contact() -> None:
    found = told(
        leaf("s", "exclusive.first", named="first", kind="earlier_sibling"),
        leaf("s", "otherwise", kind="otherwise"),
        leaf("first", is_true=False, flips=[6]),
    )
    assert found == Forecast(_day(6), "certain", ())


def test_what_fades_may_bring_an_earlier_day() -> None:
    fading = leaf("s", "where.all[1]", foreseen=False)
    found = told(leaf("s", "where.all[0]", flips=[5]), fading)
    assert (found.changes_on, found.certainty) == (_day(5), "latest")
    assert [each.leaf_path for each in found.depends_on] == ["where.all[1]"]


def test_what_fades_may_keep_the_day_away() -> None:
    fading = leaf("s", "where.all[1]", foreseen=False)
    found = told(leaf("s", "where.all[0]", is_true=False, flips=[5]), fading)
    assert (found.changes_on, found.certainty) == (_day(5), "if_rest_stays")
    assert [each.leaf_path for each in found.depends_on] == ["where.all[1]"]


def test_what_fades_and_no_date() -> None:
    assert told(leaf("s", foreseen=False)).certainty == "unknown"
    # it cannot bring a change: the other leaf alone holds the `any`
    steady = leaf("s", "where.any[0]")
    assert told(steady, leaf("s", "where.any[1]", foreseen=False)).certainty == "never"


def test_two_that_only_together_bring_a_change() -> None:
    both = [leaf("s", f"where.any[{place}]", foreseen=False) for place in range(2)]
    found = told(*both)
    assert found.certainty == "unknown"
    assert len(found.depends_on) == 2


def test_forecasts_are_what_comes_day_by_day() -> None:
    """Random trees: the first day that differs, found by looking at every day."""
    draw = random.Random(7)
    for _ in range(300):
        leaves = [
            leaf(
                "s",
                f"where.{draw.choice(['all', 'any'])}[0].{word}[{place}]",
                is_true=draw.random() < 0.5,
                flips=sorted(draw.sample(range(1, 30), draw.randint(0, 3))),
            )
            for word in [draw.choice(["all", "any"])]
            for place in range(draw.randint(1, 4))
        ]
        first = leaves[0].leaf_path.split(".")[1]
        leaves = [_at(each, first) for each in leaves]
        tree = rule_tree(leaves)
        verdicts = [
            holds(tree, lambda each, day=day: each.is_true ^ (_turned(each, day) % 2 == 1))
            for day in range(31)
        ]
        differs = [day for day in range(31) if verdicts[day] is not verdicts[0]]
        expected = _day(differs[0]) if differs else None
        assert told(*leaves).changes_on == expected


def _at(each: Leaf, first: str) -> Leaf:
    from dataclasses import replace

    return replace(each, leaf_path=".".join(["where", first, each.leaf_path.split(".")[2]]))


def _turned(each: Leaf, day: int) -> int:
    return sum(turn <= _day(day) for turn in each.turns())
