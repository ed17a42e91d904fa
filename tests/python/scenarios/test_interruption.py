"""A run killed at any moment leaves whole files or nothing, and the next one heals it."""

import os
import signal
import subprocess
import time
from pathlib import Path

import pytest

from .warehouse import BIN, ROOT, Warehouse, differences

pytestmark = pytest.mark.scenario


def _run_and_kill(warehouse: Warehouse, when: str, times: int) -> None:
    """Starts a run and kills it with SIGKILL once its output has said `when` so many times."""
    process = subprocess.Popen(
        [BIN / "winback", *warehouse.command("run")[1:]],
        cwd=ROOT,
        env=warehouse.environment | {"PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if sum(when in text for text in seen) == times:
            break
    else:
        pytest.fail(f"the run ended before it said {when!r}:\n{''.join(seen)}")
    time.sleep(0.3)
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def test_kill_three_times_then_run(tmp_path: Path, demo: Warehouse, demo_exports: Path) -> None:
    warehouse = Warehouse(tmp_path, demo_exports / "landing", is_plain=False)
    _run_and_kill(warehouse, "loaded ", times=5)
    _run_and_kill(warehouse, "building: ", times=1)
    _run_and_kill(warehouse, "building: ", times=3)
    warehouse.run().check()
    found, expected = warehouse.contents(), demo.contents()
    assert len(found) > 150
    assert differences(found, {name: expected[name] for name in found}) == []
