"""Small landing folders, each of one thing that goes wrong with real exports, in one warehouse.

The folders of `../shared/cases`, made after public reports, and those of `cases/` beside this file
share one landing folder: each has accounts of its own, so that one build answers for all.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

from ..warehouse import ROOT, Warehouse
from . import matrix

SETTINGS = {
    "hubspot": {"timezone": "Europe/Paris"},
    "ga4": {"user_id_system": "generic"},
    "history_months": 0,
    "fitted": [],
}


@dataclass
class Doors:
    """What two runs over all the folders left behind: one that held activation back, and one with
    every file that did so accepted by name.

    Attributes:
        warehouse: the database after the second run.
        code: exit code of the first run.
        output: what the first run printed.
        held: rows of the sync tables after the first run.
        holds: why the first run held activation back, by file.
        accepted: exit code and output of the second run.
        matrix: the people of the matrix, see matrix.py.
    """

    warehouse: Warehouse
    code: int
    output: str
    held: int
    holds: dict[str, str]
    accepted: tuple[int, str]
    matrix: list[matrix.Combination]

    def synced(self) -> set[str]:
        """Addresses that the sync tables hand to tools."""
        return {
            row[0]
            for row in self.warehouse.query(
                "select email_address from sync_mailchimp__members"
                " union select email from sync_csv__segments"
            )
        }

    def mailable(self, domain: str) -> set[str]:
        """Local parts of the addresses at this domain whose contact may be mailed."""
        return {
            row[0]
            for row in self.warehouse.query(
                "select split_part(email, '@', 1) from dim_contacts"
                f" where is_mailable and email like '%@{domain}'"
            )
        }

    def contacts(self, domain: str) -> list[list[str]]:
        """Per contact, the sorted local parts of all its addresses at this domain."""
        return sorted(
            row[0]
            for row in self.warehouse.query(
                "select list_sort(list(distinct split_part(identifier_value, '@', 1)))"
                " from int_contact_identities where identifier_type = 'email'"
                f" and identifier_value like '%@{domain}' group by contact_id"
            )
        )


@pytest.fixture(scope="session")
def shared_cases() -> Path:
    """The cases beside the project; says so when they are not there."""
    path = ROOT.parent / "shared" / "cases"
    if not path.is_dir():
        pytest.skip("the public cases are absent: ../shared/cases from the project's root")
    return path


@pytest.fixture(scope="session")
def doors(once: Callable[..., Path], shared_cases: Path) -> Doors:
    """All cases, loaded and built once."""

    def warehouse(folder: Path) -> Warehouse:
        return Warehouse(folder, folder / "landing", json.dumps(SETTINGS))

    def build(folder: Path) -> None:
        landing = folder / "landing"
        for case in (*shared_cases.iterdir(), *(Path(__file__).parent / "cases").iterdir()):
            for system in case.iterdir():
                if system.is_dir():
                    for account in system.iterdir():
                        target = landing / system.name / account.name
                        assert not target.exists(), f"two cases share account {account.name}"
                        shutil.copytree(account, target)
        people = matrix.write(landing)
        built = warehouse(folder)
        first = built.run()
        holds = dict(built.query("select source_file, message from quality__activation_holds"))
        held = built.value(
            "select (select count(*) from sync_mailchimp__members)"
            " + (select count(*) from sync_csv__segments)"
        )
        second = built.run("--vars", json.dumps(SETTINGS | {"accepted_files": sorted(holds)}))
        outcome = {
            "code": first.code,
            "output": first.output,
            "held": held,
            "holds": holds,
            "accepted": (second.code, second.output),
            "matrix": [asdict(one) for one in people],
        }
        (folder / "outcome.json").write_text(json.dumps(outcome))

    folder = once("doors", build)
    outcome = json.loads((folder / "outcome.json").read_text())
    outcome["matrix"] = [matrix.Combination(**one) for one in outcome["matrix"]]
    outcome["accepted"] = tuple(outcome["accepted"])
    return Doors(warehouse(folder), **outcome)
