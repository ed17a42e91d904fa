"""What the summary of a run says of segments that are not what they should be."""

from io import StringIO

from rich.console import Console

from winback import report

BROKEN = [
    ("vip", True, '"VIP" has 3 contacts; at least 50 expected.'),
    ("active", False, '"[Active]" holds 9.0% of all contacts; at least 10% expected.'),
]


def test_a_segment_held_back_is_named_with_its_reason() -> None:
    printed = StringIO()
    report._print_broken_contracts(BROKEN, Console(file=printed, width=200))
    assert printed.getvalue().splitlines() == [
        "held back vip (in no sync table; its lists and tags stay as they are):"
        ' "VIP" has 3 contacts; at least 50 expected.',
        'look at "[Active]" holds 9.0% of all contacts; at least 10% expected.',
    ]


def test_nothing_is_said_of_segments_that_are_right() -> None:
    printed = StringIO()
    report._print_broken_contracts([], Console(file=printed, width=200))
    assert printed.getvalue() == ""
