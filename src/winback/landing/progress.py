"""What a person sees while files are read."""

from __future__ import annotations

from types import TracebackType

from rich.console import Console
from rich.progress import BarColumn, DownloadColumn, TextColumn, TimeRemainingColumn
from rich.progress import Progress as Bar

from winback.landing.discovery import LandingFile
from winback.landing.summary import FileResult


class Progress:
    """A bar over the bytes of all files on a terminal, else one plain line a file.

    The first pass over a file counts for 90 % of its bytes and the rest comes when it is committed.
    """

    def __init__(self, console: Console, files: list[LandingFile]) -> None:
        """Size the bar by these files."""
        self._console = console
        self._is_live = console.is_terminal and not console.quiet
        self._bar = Bar(
            TextColumn("{task.description}", markup=False),
            BarColumn(),
            DownloadColumn(),
            TimeRemainingColumn(),
            console=console,
            transient=True,
            disable=not self._is_live,
        )
        self._task = self._bar.add_task("landing", total=sum(file.size for file in files) or 1)
        self._done = 0
        self._within = 0
        self._size = 0

    def __enter__(self) -> Progress:
        """Show the bar."""
        self._bar.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Take the bar away."""
        self._bar.__exit__(kind, error, trace)

    def start(self, file: LandingFile) -> None:
        """Say which file is being read."""
        self._within = 0
        self._size = file.size
        if self._is_live:
            self._bar.update(self._task, description=file.source_file[-60:])

    def advance(self, count: int) -> None:
        """Add bytes of the current file; called from the counting thread."""
        self._within += count
        if self._is_live:
            shown = min(self._within, int(self._size * 0.9))
            self._bar.update(self._task, completed=self._done + shown)

    def finish(self, file: LandingFile, result: FileResult) -> None:
        """Count the file as done."""
        self._done += file.size
        if self._is_live:
            self._bar.update(self._task, completed=self._done)
        elif not self._console.quiet and result.status != "held":
            numbers = f" {result.lines:,} lines" if result.status == "loaded" else ""
            if result.rejected:
                numbers += f", {result.rejected:,} rejected"
            self._console.print(
                f"{result.status} {result.source_file}{numbers}",
                markup=False,
                highlight=False,
                soft_wrap=True,
            )
