"""What was loaded in portions ends where a full refresh ends."""

import shutil
from pathlib import Path

import pytest

from .warehouse import Warehouse, differences

pytestmark = pytest.mark.scenario


def test_incremental_equals_full_refresh(tmp_path: Path, demo_exports: Path) -> None:
    """First half of the files, then the rest with one file changed; against all at once."""
    landing = tmp_path / "landing"
    shutil.copytree(demo_exports / "landing", landing)
    late = sorted(path for path in landing.rglob("*") if path.is_file())[1::2]
    for path in late:
        path.rename(path.with_name(path.name + ".later"))
    warehouse = Warehouse(tmp_path, landing)
    changed = landing / "generic" / "main" / "contacts_changed.csv"
    changed.write_text("contact_id,email,city\nextra-1,first@example.org,Lyon\n")
    # half the exports is a strange company: a gate may stop it, which a later run must heal too
    warehouse.run()
    for path in late:
        path.with_name(path.name + ".later").rename(path)
    changed.write_text("contact_id,email,city\nextra-1,second@example.org,Nice\n")
    warehouse.run().check()
    incremental = warehouse.contents()
    warehouse.run("--full-refresh").check()
    assert differences(incremental, warehouse.contents()) == []
