"""Nobody who left is mailed, in whatever damage the line arrives that says so."""

import hashlib
from collections import Counter, defaultdict

import pytest

from . import matrix
from .conftest import Doors

pytestmark = pytest.mark.scenario


def _outcomes(doors: Doors) -> dict[matrix.Combination, str]:
    """What became of each person: off the lists, held back by a file that is named, or mailed."""
    synced = doors.synced()

    def outcome(one: matrix.Combination) -> str:
        # a member of an archive is named below the archive
        if any(file == one.file or file.startswith(f"{one.file}/") for file in doors.holds):
            return "held back"
        return "mailed" if one.address in synced else "suppressed"

    return {one: outcome(one) for one in doors.matrix}


def test_every_opt_out_in_every_damage(doors: Doors) -> None:
    outcomes = _outcomes(doors)
    print(table(outcomes))
    assert len(outcomes) >= 400
    assert min(Counter(one.kind for one in outcomes).values()) >= 15
    assert [one for one, outcome in outcomes.items() if outcome == "mailed"] == []


def test_whoever_stays_is_mailed(doors: Doors) -> None:
    """Else the matrix would prove nothing."""
    assert set(matrix.controls()) <= doors.synced()


def test_the_damage_is_what_holds_back(doors: Doors) -> None:
    """A line without a fault suppresses its person and holds nobody else back; of the damaged ones
    most suppress as well."""
    outcomes = _outcomes(doors)
    sound = {one: outcome for one, outcome in outcomes.items() if one.damage == "none"}
    assert set(sound.values()) == {"suppressed"}
    assert Counter(outcomes.values())["suppressed"] > 0.7 * len(outcomes)


def test_the_register_knows_who_left_and_no_stranger(doors: Doors) -> None:
    """Each account is that of one person: its rows hold the hash of the person's address, and of no
    other one but what stands in the line beside it."""
    known: dict[str, set[str]] = defaultdict(set)
    for account, address_hash in doors.warehouse.query(
        "select source_relation, address_sha256 from suppression_register"
        " where address_sha256 is not null"
    ):
        known[account].add(address_hash)
    for one, outcome in _outcomes(doors).items():
        hashes = known[one.file.split("/")[1]]
        assert outcome == "held back" or _hash(one.address) in hashes, one
        assert hashes <= {_hash(address) for address in (one.address, *_beside(one))}, one
    stays = {_hash(address) for address in matrix.controls()}
    assert not stays & set().union(*known.values())


def test_what_is_no_address_holds_back(doors: Doors) -> None:
    """Of a line with an address that cannot be one nobody can tell whose it is, unless Mailchimp's
    member id is the hash of it."""
    none = ("address without a sign", "address with two signs", "address with a comma")
    found = {
        one: outcome
        for one, outcome in _outcomes(doors).items()
        if one.damage in none and not one.file.endswith("/member.csv")
    }
    assert len(found) >= 30
    assert [one for one, outcome in found.items() if outcome != "held back"] == []


def test_a_run_that_holds_back_says_so_and_hands_nobody_out(doors: Doors) -> None:
    assert doors.code == 1
    assert doors.held == 0
    for file, message in doors.holds.items():
        assert file in message
        assert message in doors.output


def _beside(one: matrix.Combination) -> list[str]:
    """What else stands in the line and may be taken for an address."""
    if one.damage == "two addresses":
        return [f"other.{one.address}"]
    if one.damage == "address with a comma":
        return [one.address.replace(".", ","), one.address.split(".")[0]]
    return []


def _hash(address: str) -> str:
    return hashlib.sha256(address.encode()).hexdigest()


def table(outcomes: dict[matrix.Combination, str]) -> str:
    """Kinds of opt-out by what became of them, and the damages that hold activation back."""
    lines = [f"{'opt-out':36} damages suppressed held back mailed"]
    kinds = list(dict.fromkeys(one.kind for one in outcomes))
    for kind in kinds:
        counted = Counter(outcome for one, outcome in outcomes.items() if one.kind == kind)
        held = [
            one.damage
            for one, outcome in outcomes.items()
            if one.kind == kind and outcome != "suppressed"
        ]
        lines.append(
            f"{kind:36} {counted.total():7} {counted['suppressed']:10} {counted['held back']:9}"
            f" {counted['mailed']:6}  {', '.join(held)}"
        )
    counted = Counter(outcomes.values())
    lines.append(
        f"{'all':36} {counted.total():7} {counted['suppressed']:10} {counted['held back']:9}"
        f" {counted['mailed']:6}"
    )
    return "\n".join(lines)
