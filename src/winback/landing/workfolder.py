"""Where the loader keeps decoded copies while it reads."""

from __future__ import annotations

import shutil
from pathlib import Path

from winback.errors import UserError

MARK = ".winback-work-folder"


class WorkFolder:
    """A private folder beside the database for decoded copies.

    One left behind by a killed run is removed first: it may hold personal data. The database lock
    guarantees that no other load is using it. Only a folder with the loader's own mark in it is
    ever removed.
    """

    def __init__(self, database: Path) -> None:
        """Place it beside `database`."""
        self._root = database.with_name(database.name + ".landing")

    def __enter__(self) -> Path:
        """Make the folder.

        Raises:
            UserError: it cannot be made.
        """
        if self._is_own():
            shutil.rmtree(self._root, ignore_errors=True)
        try:
            self._root.mkdir(mode=0o700)
            (self._root / MARK).write_text("made by winback load, which removes it\n")
        except OSError as error:
            raise UserError(
                f"{self._root} is needed as a work folder and cannot be made"
                f" ({error.strerror}): move what is there out of the way"
            ) from None
        return self._root

    def __exit__(self, *_: object) -> None:
        """Remove the folder."""
        if self._is_own():
            shutil.rmtree(self._root, ignore_errors=True)

    def _is_own(self) -> bool:
        return not self._root.is_symlink() and (self._root / MARK).is_file()
