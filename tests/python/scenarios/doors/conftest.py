"""Small landing folders, each of one thing that goes wrong with real exports, in one warehouse.

The folders of `../shared/cases`, made after public reports, and those of `cases/` beside this file
share one landing folder: each has accounts of its own, so that one build answers for all.
"""

import json
import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest

from ..warehouse import ROOT, Warehouse

VARIABLES = (
    "{hubspot: {timezone: Europe/Paris}, ga4: {user_id_system: generic}, history_months: 0,"
    " fitted: [], timezone: UTC}"
)


@dataclass
class Doors:
    """What a run over all the folders left behind.

    Attributes:
        warehouse: its database.
        code: exit code of the run.
        output: what the run printed.
    """

    warehouse: Warehouse
    code: int
    output: str

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
        return Warehouse(folder, folder / "landing", VARIABLES)

    def build(folder: Path) -> None:
        for case in (*shared_cases.iterdir(), *(Path(__file__).parent / "cases").iterdir()):
            for system in case.iterdir():
                if system.is_dir():
                    for account in system.iterdir():
                        target = folder / "landing" / system.name / account.name
                        assert not target.exists(), f"two cases share account {account.name}"
                        shutil.copytree(account, target)
        outcome = warehouse(folder).run()
        (folder / "outcome.json").write_text(json.dumps([outcome.code, outcome.output]))

    folder = once("doors", build)
    code, output = json.loads((folder / "outcome.json").read_text())
    return Doors(warehouse(folder), code, output)
