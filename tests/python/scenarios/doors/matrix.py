"""Every kind of opt-out of every layout, in every kind of damage, as files of a landing folder.

Each combination is one person who subscribed to a newsletter and left, told by one line of one file
in an account of its own. The line is damaged, and the question is whether the person is mailed.
"""

from __future__ import annotations

import hashlib
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from .damages import (
    ADDRESSES,
    DAMAGES,
    NOT_TO_BE_TAKEN_APART,
    TOUCH_THE_WORD,
    Damage,
    Line,
    of_word,
    of_word_in,
    quoted,
    rows,
)
from .kinds import AUDIENCE, OPT_OUTS, TAIL, OptOut

SEED = 20261130
CONTROLS = 2400
BASE = "mailchimp/mx_base/subscribed_members_export_mx.csv"


@dataclass(frozen=True)
class Combination:
    """One person of the matrix.

    Attributes:
        kind: of opt-out.
        damage: done to the line.
        address: the person's.
        file: the file that tells, as the loader names it.
    """

    kind: str
    damage: str
    address: str
    file: str


def drawn(draw: random.Random) -> Iterator[tuple[OptOut, str, Damage]]:
    """Which kind meets which damage.

    Kinds of one table differ in a word alone: damages that leave it alone meet half of them.
    """
    tables: dict[str, list[OptOut]] = {}
    for opt_out in OPT_OUTS:
        tables.setdefault(opt_out.table, []).append(opt_out)
    for kinds in tables.values():
        for damage, change in DAMAGES.items():
            some = damage not in TOUCH_THE_WORD
            for opt_out in draw.sample(kinds, (len(kinds) + 1) // 2) if some else kinds:
                yield opt_out, damage, change
        for opt_out in kinds:
            for word in opt_out.words:
                damage = draw.choice(NOT_TO_BE_TAKEN_APART)
                yield opt_out, f"word “{word}”", of_word(word)
                yield opt_out, f"word “{word}”, {damage}", of_word_in(word, damage)


def write(landing: Path) -> list[Combination]:
    """Write all combinations, and the newsletter that all of them and the controls once joined."""
    draw = random.Random(SEED)
    combinations: list[Combination] = []
    for opt_out, damage, change in drawn(draw):
        number = 1000 + len(combinations)
        pattern = ADDRESSES.get(damage.split(",")[0], "left{number}@mx.example")
        address = pattern.format(number=number)
        filled = {
            "address": address,
            "md5": hashlib.md5(address.encode()).hexdigest(),
            "number": str(number),
        }
        columns = list(opt_out.values)
        made = change(
            Line(
                header=columns,
                cells=[value.format(**filled) for value in opt_out.values.values()],
                roles={role: columns.index(column) for role, column in opt_out.roles.items()},
                name=opt_out.file,
            ),
            draw,
        )
        if made is None or (damage == "unknown header" and opt_out.is_column_optional):
            continue
        folder = landing / opt_out.system / f"mx{number}"
        name = made.name if isinstance(made, Line) else opt_out.file
        if damage in ("zip", "damaged zip"):
            name = "export.zip"
        content = rows(made).encode() if isinstance(made, Line) else made
        (folder / name).parent.mkdir(parents=True)
        (folder / name).write_bytes(content)
        for other, text in opt_out.beside.items():
            (folder / other).write_text(text.format(**filled))
        file = f"{opt_out.system}/mx{number}/{name}"
        combinations.append(Combination(opt_out.kind, damage, address, file))
    base = landing / BASE
    base.parent.mkdir(parents=True, exist_ok=True)
    header = [*AUDIENCE, "LAST_CHANGED", *TAIL]
    people = [one.address for one in combinations] + controls()
    lines = [
        quoted(
            [
                ((AUDIENCE | TAIL) | {"LAST_CHANGED": "2025-03-01 10:05:00"})[column].format(
                    address=address, number=f"b{index}"
                )
                for column in header
            ]
        )
        for index, address in enumerate(people)
    ]
    base.write_text(quoted(header) + "".join(lines))
    return combinations


def controls() -> list[str]:
    """Addresses of people who joined and never left."""
    return [f"stays{number}@mx.example" for number in range(CONTROLS)]
