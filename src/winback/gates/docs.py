"""Data Docs: static HTML under ``target/data_docs`` that holds no value of the data.

Great Expectations' own pages pull style sheets and scripts from five hosts. These are taken out: a
report on contacts opens without a network and tells nobody that it was opened.
"""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from winback.gates.results import GATES, Result

if TYPE_CHECKING:
    from great_expectations.core import ExpectationSuiteValidationResult

# the figures of a result that say nothing about anybody
_KEPT = ("observed_value", "element_count", "unexpected_count", "unexpected_percent")
_STYLE = """<style>
body { font: 15px/1.5 system-ui, sans-serif; color: #1d2530; background: #fff; margin: 2rem; }
table { border-collapse: collapse; margin: 0.5rem 0 1.5rem; width: 100%; }
th, td { border-bottom: 1px solid #d8dee6; padding: 0.4rem 0.7rem; text-align: left;
  vertical-align: top; }
tr.critical td:first-child { border-left: 4px solid #b3261e; }
tr.warning td:first-child { border-left: 4px solid #b26a00; }
tr.passed td:first-child { border-left: 4px solid #2e7d32; }
code, pre { white-space: pre-wrap; }
nav, footer, .navbar, .ge-walkthrough-modal, button, .modal { display: none; }
@media (prefers-color-scheme: dark) { body { background: #12161c; color: #e3e8ef; }
  th, td { border-color: #39424e; } a { color: #8ab4f8; } }
</style>"""


@cache
def _view() -> Any:
    """Return the one view of the process: each new one would compile all its templates again."""
    from great_expectations.render.view.view import DefaultJinjaPageView

    return DefaultJinjaPageView()


def _without_values(validation: ExpectationSuiteValidationResult) -> None:
    """Take everything out of a validation that could quote the data."""
    for result in validation.results:
        result.result = {
            key: value
            for key, value in dict(result.result).items()
            if key in _KEPT and (value is None or isinstance(value, int | float))
        }
        result.exception_info = {
            "raised_exception": False,
            "exception_message": None,
            "exception_traceback": None,
        }


def _offline(page: str) -> str:
    """Take out what a page would fetch from elsewhere, and give it a style of its own."""
    page = re.sub(r"<script\b.*?</script>", "", page, flags=re.DOTALL | re.IGNORECASE)
    page = re.sub(r"<link\b[^>]*>", "", page, flags=re.IGNORECASE)
    page = re.sub(r"<img\b[^>]*>", "", page, flags=re.IGNORECASE)
    page = re.sub(r"<style\b.*?</style>", "", page, flags=re.DOTALL | re.IGNORECASE)
    return page.replace("</head>", f"{_STYLE}\n</head>", 1)


def _row(result: dict[str, Any]) -> str:
    kind = "passed" if result["success"] else result["severity"]
    state = {"passed": "passed", "critical": "stops the run", "warning": "warning"}[kind]
    page = f"{result['gate']}/{result['suite']}.html"
    return (
        f'<tr class="{kind}"><td>{state}</td>'
        f'<td><a href="{html.escape(page)}">{html.escape(result["check_name"])}</a></td>'
        f"<td>{html.escape(result['message'])}</td>"
        f"<td>{html.escape(result['observed_value'] or '')}</td></tr>"
    )


def _write_index(folder: Path) -> None:
    parts = []
    for gate in GATES:
        held = folder / gate / "results.json"
        if not held.exists():
            continue
        results = json.loads(held.read_text(encoding="utf-8"))
        results.sort(key=lambda row: (row["success"], row["severity"]))
        when = results[0]["evaluated_at"] if results else ""
        rows = "\n".join(_row(result) for result in results)
        parts.append(
            f"<h2>{gate}</h2><p>Evaluated {html.escape(when)} UTC</p>\n"
            "<table><thead><tr><th>State</th><th>Check</th><th>What it says</th><th>Observed</th>"
            f"</tr></thead><tbody>\n{rows}\n</tbody></table>"
        )
    (folder / "index.html").write_text(
        '<!DOCTYPE html>\n<html lang="en"><head><meta charset="utf-8">'
        f"<title>winback data docs</title>\n{_STYLE}</head>\n"
        f"<body><h1>Quality gates</h1>\n{''.join(parts)}\n</body></html>\n",
        encoding="utf-8",
    )


def write_docs(
    folder: Path,
    gate: str,
    validations: Sequence[ExpectationSuiteValidationResult],
    results: Sequence[Result],
) -> None:
    """Write one page per suite of a gate, and the index over all gates.

    Args:
        folder: ``target/data_docs``.
        gate: name of the gate; its former pages are replaced.
        validations: Great Expectations' results; values are taken out of them here.
        results: the gate's rows, for the index.
    """
    from great_expectations.core.run_identifier import RunIdentifier
    from great_expectations.render.renderer.page_renderer import ValidationResultsPageRenderer

    place = folder / gate
    place.mkdir(parents=True, exist_ok=True)
    for old in place.glob("*.html"):
        old.unlink()
    for validation in validations:
        _without_values(validation)
        validation.meta["run_id"] = RunIdentifier(
            run_name=gate, run_time=results[0].evaluated_at.replace(tzinfo=UTC)
        )
        renderer: Any = ValidationResultsPageRenderer(run_info_at_end=True)
        page = _offline(str(_view().render(renderer.render(validation))))
        (place / f"{validation.suite_name}.html").write_text(page, encoding="utf-8")
    (place / "results.json").write_text(
        json.dumps([asdict(result) for result in results], default=str, indent=1) + "\n",
        encoding="utf-8",
    )
    _write_index(folder)
