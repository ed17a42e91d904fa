"""`winback run`: what is done in which order, what is said, and the exit code."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from rich.console import Console
from typer.testing import CliRunner

from winback import build, cli, run
from winback.activation import Withdrawal
from winback.errors import UserError
from winback.landing import FileResult, LoadSummary

ROOT = Path(__file__).parents[3]


class Steps:
    """The steps of a run, each replaced by a note that it was taken."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.taken: list[str] = []
        self.given: dict[str, Any] = {}
        self.loaded = LoadSummary()
        self.built = build.BuildResult(succeeded=3)
        self.failed_expectations: list[dict[str, Any]] = []
        self.printed = StringIO()
        patch.setattr(run.policies, "require_good", self._note("policies"))
        patch.setattr(run.settings, "require_good", self._note("settings"))
        patch.setattr(run.landing, "load", self._note("load", lambda: self.loaded))
        patch.setattr(run, "read_project", self._note("read", lambda: "manifest"))
        patch.setattr(run, "build", self._note("build", lambda: self.built))
        patch.setattr(run, "failures", lambda _: self.failed_expectations)
        patch.setattr(run, "only_run", lambda _: nullcontext())
        patch.setattr(run, "unread_values", lambda _: [])
        patch.setattr(run, "failed_fits", lambda _: [])
        patch.setattr(run, "holds", lambda _: [])
        self.withdrawn = Withdrawal()
        patch.setattr(run, "withdraw", self._note("withdraw", lambda: self.withdrawn))
        patch.setattr(run, "write_docs", self._note("docs"))
        patch.setattr(run, "print_summary", self._note("summary"))

    def _note(self, step: str, result: Callable[[], Any] = lambda: None) -> Callable[..., Any]:
        def take(*_: Any, **options: Any) -> Any:
            self.taken.append(step)
            self.given |= options
            return result()

        return take

    def run(self, docs: bool = False, landing: Path | None = None, **variables: Any) -> bool:
        options = run.RunOptions(ROOT, landing, Path("x.duckdb"), variables, docs=docs)
        return run.run_all(options, Console(file=self.printed, width=200))


@pytest.fixture
def steps(monkeypatch: pytest.MonkeyPatch) -> Steps:
    return Steps(monkeypatch)


CHECKED_AND_BUILT = ["policies", "settings", "load", "build"]


def test_the_order_of_a_good_run(steps: Steps) -> None:
    assert steps.run(docs=True)
    assert steps.taken == ["policies", "settings", "load", "read", "build", "docs", "summary"]
    assert steps.given["manifest"] == "manifest"
    assert "Built and tested 3 nodes." in steps.printed.getvalue()


def test_a_refused_file_does_not_stop_the_build(steps: Steps) -> None:
    steps.loaded.files.append(FileResult("shop/main/a.csv", "shop__a", "refused"))
    assert not steps.run()
    assert steps.taken == [*CHECKED_AND_BUILT, "summary"]
    assert "what they hold now is not in the tables" in steps.printed.getvalue()


@pytest.mark.parametrize(
    "built", [build.BuildResult(failures=["a: b"]), build.BuildResult(skipped=1)]
)
def test_after_a_failed_build_nothing_is_summed_up(steps: Steps, built: build.BuildResult) -> None:
    steps.built = built
    assert not steps.run(docs=True)
    assert steps.taken == ["policies", "settings", "load", "read", "build", "withdraw"]


@pytest.mark.parametrize(
    ("withdrawn", "said"),
    [
        (Withdrawal(), ""),
        (Withdrawal(rows=3, blocked=2), "3 rows of people who left since were taken out"),
        (
            Withdrawal(rows=9, unread=["a/b/c.csv", "a/b/d.csv"]),
            "emptied Nobody can tell who left by a/b/c.csv and 1 more: ",
        ),
    ],
)
def test_who_left_is_told_after_a_failed_build(
    steps: Steps, withdrawn: Withdrawal, said: str
) -> None:
    steps.built = build.BuildResult(failures=["a: b"])
    steps.withdrawn = withdrawn
    assert not steps.run()
    printed = steps.printed.getvalue()
    assert said in printed
    assert said or "sync tables" not in printed


@pytest.mark.parametrize("check", ["policies", "settings"])
def test_nothing_is_loaded_over_a_mistake(
    steps: Steps, monkeypatch: pytest.MonkeyPatch, check: str
) -> None:
    def refuse(*_: object) -> None:
        raise UserError("no")

    monkeypatch.setattr(getattr(run, check), "require_good", refuse)
    with pytest.raises(UserError):
        steps.run()
    assert "load" not in steps.taken


def test_which_folder_and_systems_are_loaded(steps: Steps) -> None:
    steps.run()
    assert steps.given["landing"] == ROOT / "data" / "landing"
    assert steps.given["systems"] is None
    steps.run(landing_path="elsewhere", systems=["ga4"])
    assert steps.given["landing"] == ROOT / "elsewhere"
    assert steps.given["systems"] == ["ga4"]
    steps.run(landing=Path("/given"), landing_path="elsewhere")
    assert steps.given["landing"] == Path("/given")


def test_what_a_former_run_found_is_not_told_again(steps: Steps) -> None:
    now = datetime.now(UTC).replace(tzinfo=None)
    steps.failed_expectations = [
        {"severity": severity, "message": message, "evaluated_at": now + timedelta(minutes=minutes)}
        for severity, message, minutes in (
            ("warning", "of today", 1),
            ("warning", "of yesterday", -1440),
            ("critical", "told by the stop", 1),
        )
    ]
    steps.run()
    said = steps.printed.getvalue()
    assert "look at of today" in said
    assert "yesterday" not in said
    assert "told by the stop" not in said


def test_an_interrupt_of_dbt_is_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    outcome = SimpleNamespace(exception=KeyboardInterrupt(), result=None, success=False)
    runner = SimpleNamespace(invoke=lambda _: outcome)
    monkeypatch.setattr("dbt.cli.main.dbtRunner", lambda **_: runner)
    with pytest.raises(KeyboardInterrupt):
        build._invoke(["build"])


def test_dbt_keeps_no_log_of_values() -> None:
    arguments = build._arguments("build", ROOT, {})
    assert arguments[arguments.index("--log-level-file") + 1] == "none"


@pytest.mark.parametrize(("is_good", "code"), [(True, 0), (False, 1)])
def test_exit_codes(monkeypatch: pytest.MonkeyPatch, is_good: bool, code: int) -> None:
    given: list[run.RunOptions] = []

    def run_all(options: run.RunOptions, _: Console) -> bool:
        given.append(options)
        return is_good

    monkeypatch.setattr(run, "run_all", run_all)
    monkeypatch.delenv("WINBACK_DATABASE")
    arguments = ["run", "--project", str(ROOT), "--as-of", "now", "--systems", "ga4, shopify"]
    arguments += ["--vars", "{as_of: 2026-06-30, history_months: 6}", "--docs"]
    result = CliRunner().invoke(cli.app, arguments)
    assert result.exit_code == code
    (options,) = given
    assert options.database == ROOT / "winback.duckdb"
    assert options.docs
    # an option outranks --vars
    assert options.variables == {
        "as_of": "now", "history_months": 6, "systems": ["ga4", "shopify"],
    }  # fmt: skip


@pytest.mark.parametrize(
    ("error", "code", "said"),
    [
        (UserError("wrong sector"), 1, "winback: wrong sector\n"),
        (KeyboardInterrupt(), 130, "winback: stopped; what was loaded and built so far is kept\n"),
    ],
)
def test_what_ends_a_run_is_one_line(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    error: BaseException,
    code: int,
    said: str,
) -> None:
    def run_all(*_: object) -> bool:
        raise error

    monkeypatch.setattr(run, "run_all", run_all)
    monkeypatch.setattr("sys.argv", ["winback", "run", "--project", str(ROOT)])
    with pytest.raises(SystemExit) as end:
        cli.main()
    assert end.value.code == code
    assert capsys.readouterr().err == said


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--vars", "{as_of: yesterday}"], "as_of: found `yesterday`"),
        (["--as-of", "2026-02-30"], "as_of: found `2026-02-30`"),
        (["--vars", "{systems: shop}"], "systems: found `shop`, expected a list"),
        (["--sector", "fashio"], "sector: found `fashio`"),
    ],
)
def test_settings_stop_a_run_before_it_loads(
    monkeypatch: pytest.MonkeyPatch, options: list[str], message: str
) -> None:
    monkeypatch.setattr(run.landing, "load", lambda **_: pytest.fail("loaded"))
    result = CliRunner().invoke(cli.app, ["run", "--project", str(ROOT), *options])
    assert isinstance(result.exception, UserError)
    assert message in str(result.exception)
