"""`winback plan-test`: options, errors and output."""

import json

import pytest
from typer.testing import CliRunner

from winback import cli
from winback.errors import UserError


def _run(*options: str) -> str:
    done = CliRunner().invoke(cli.app, ["plan-test", *options], env={"COLUMNS": "200"})
    if done.exception is not None and not isinstance(done.exception, SystemExit):
        raise done.exception
    assert done.exit_code == 0, done.output
    return done.output


def test_contacts_for_a_lift() -> None:
    output = _run("--rate", "4%", "--lift", "10%", "--weekly", "5000")
    assert "from 0.04 to 0.044 (+0.4 points, +10 %)" in output
    assert "78,950 (control 39,475, treated 39,475)" in output
    assert "16 at 5,000 contacts a week" in output


def test_an_effect_in_points_is_the_same() -> None:
    one = json.loads(_run("--rate", "4%", "--lift", "10%", "--json"))
    other = json.loads(_run("--rate", "0.04", "--effect", "0.4%", "--json"))
    assert one["contacts"] == other["contacts"] == 78_950
    assert one["effect"] == pytest.approx(other["effect"]) == pytest.approx(0.004)


def test_means_and_many_arms() -> None:
    output = _run(
        *("--mean", "12", "--sd", "40", "--effect", "1.5"),
        *("--arms", "3", "--allocation", "2,1,1"),
    )
    assert "from 12 to 13.5 (+1.5, +12.5 %)" in output
    assert "treated 2" in output
    assert "alpha 2.5 % for each of 2 comparisons" in output


def test_fewer_unsubscribes_are_an_effect_too() -> None:
    assert "from 0.02 to 0.015 (-0.5 points, -25 %)" in _run("--rate", "2%", "--effect", "-0.5%")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--rate", "4", "--lift", "10%"], "--rate 4: give a share"),
        (["--rate", "4%", "--lift", "much"], "--lift much"),
        (["--rate", "4%", "--lift", "10%", "--effect", "1%"], "not both"),
        (["--mean", "4", "--sd", "2", "--effect", "x"], "--effect x"),
        (["--lift", "10%"], "part of --rate or --mean"),
        (["--rate", "4%", "--lift", "10%", "--arms", "3", "--allocation", "1,2"], "give 3 numbers"),
    ],
)
def test_mistakes_are_named(options: list[str], message: str) -> None:
    with pytest.raises(UserError, match=message):
        _run(*options)
