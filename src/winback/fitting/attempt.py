"""A fit that fails is a result with a reason, and not the end of the run.

Segments, suppressions and the lists for e-mail tools are built after the fitted models. Whatever is
wrong with one of them must not keep these from being built.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

from winback.database import connect
from winback.errors import UserError

FAILED = "failed"

Result = TypeVar("Result")


def attempt(fit: Callable[[], Result], failed: Callable[[str], Result]) -> Result:
    """Return what a fit or a prediction comes to, or what stands for one that raised an error.

    With WINBACK_TRACEBACK=1 the error is raised.

    Args:
        fit: makes the result.
        failed: makes the result of a failure out of its reason, a sentence without a value of the
            data: the text of an error may quote one.
    """
    try:
        return fit()
    except UserError as error:
        if os.environ.get("WINBACK_TRACEBACK"):
            raise
        return failed(str(error))
    except Exception as error:
        if os.environ.get("WINBACK_TRACEBACK"):
            raise
        return failed(
            f"an error ended it ({type(error).__name__}); run with WINBACK_TRACEBACK=1 to see where"
        )


def failed_fits(database: Path) -> list[str]:
    """Return a sentence per fitted model that failed in the last run."""
    with connect(database, read_only=True) as connection:
        rows = connection.execute(
            "select message from quality__failed_fits order by family, model"
        ).fetchall()
    return [row[0] for row in rows]
