"""Every linter rule we rely on must fire on a deliberately bad file: a misspelt key never does."""

import configparser
import json
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[3]
BAD = Path(__file__).parent / "bad_sql" / "every_rule.sql"


def test_every_configured_rule_fires_on_the_bad_file() -> None:
    config = configparser.ConfigParser()
    config.read(ROOT / ".sqlfluff")
    wanted = set(config["sqlfluff"]["rules"].split(","))
    done = subprocess.run(
        [
            Path(sys.executable).parent / "sqlfluff",
            "lint",
            "--templater=jinja",
            f"--config={ROOT / '.sqlfluff'}",
            "--ignore-local-config",
            "--disregard-sqlfluffignores",
            "--format=json",
            BAD,
        ],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1, done.stderr
    fired = {violation["code"] for violation in json.loads(done.stdout)[0]["violations"]}
    assert wanted - fired == set()
