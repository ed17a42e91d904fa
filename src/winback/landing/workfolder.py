"""Where the loader keeps decoded copies while it reads."""

from __future__ import annotations

import shutil
from pathlib import Path

from winback.errors import UserError


class WorkFolder:
    """A private folder beside the database for decoded copies.

    One left behind by a killed run is removed first: it may hold personal data. The database lock
    guarantees that no other load is using it.
    """

    def __init__(self, database: Path) -> None:
        """Place it beside `database`."""
        self._root = database.with_name(database.name + ".landing")

    def __enter__(self) -> Path:
        """Make the folder.

        Raises:
            UserError: it cannot be made.
        """
        shutil.rmtree(self._root, ignore_errors=True)
        try:
            self._root.mkdir(mode=0o700)
        except OSError as error:
            raise UserError(
                f"{self._root} is needed as a work folder and cannot be made"
                f" ({error.strerror}): move what is there out of the way"
            ) from None
        return self._root

    def __exit__(self, *_: object) -> None:
        """Remove the folder."""
        shutil.rmtree(self._root, ignore_errors=True)
