"""How much an archive may hold: what is packed small may be larger than the disk."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, fields
from typing import IO, Any

from winback.errors import UserError


class TooMuch(ValueError):  # noqa: N818
    """An archive goes beyond a limit. The text is for the user."""


@dataclass(frozen=True)
class Limits:
    """The var `landing_limits`.

    Attributes:
        unpacked_megabytes: size of all files of an archive, or of a .gz file, when unpacked.
        ratio: how many times larger than packed a file may be, once it is larger than
            `ratio_from_megabytes`: lists are rarely packed to less than a fiftieth.
        ratio_from_megabytes: size from which the ratio is looked at.
        members: files in one archive.
    """

    unpacked_megabytes: float = 20_000
    ratio: float = 200
    ratio_from_megabytes: float = 100
    members: int = 10_000

    def check(self, unpacked: int, packed: int) -> None:
        """Raise TooMuch when this many bytes are too many, or too many for their packed size."""
        megabytes = unpacked / 1_000_000
        if megabytes > self.unpacked_megabytes:
            raise TooMuch(
                f"it holds more than {self.unpacked_megabytes:,g} MB when unpacked"
                " (setting landing_limits: unpacked_megabytes): unpack it, or raise the limit"
            )
        if megabytes > self.ratio_from_megabytes and unpacked > self.ratio * max(packed, 1):
            raise TooMuch(
                f"it is more than {self.ratio:,g} times larger when unpacked, as no export is"
                " (setting landing_limits: ratio): look where it comes from, unpack it yourself,"
                " or raise the limit"
            )

    def check_archive(self, archive: zipfile.ZipFile) -> None:
        """Raise TooMuch by what the list of files in the archive says of itself."""
        members = archive.infolist()
        if len(members) > self.members:
            raise TooMuch(
                f"it holds {len(members):,} files, more than {self.members:,} (setting"
                " landing_limits: members): unpack it yourself, or raise the limit"
            )
        unpacked = sum(member.file_size for member in members)
        self.check(unpacked, sum(member.compress_size for member in members))


class LimitedReader(io.RawIOBase):
    """An unpacked stream that ends with TooMuch where a limit is passed."""

    def __init__(self, stream: IO[bytes], packed: int, limits: Limits) -> None:
        """Wrap `stream`, which is unpacked from `packed` bytes."""
        self._stream = stream
        self._packed = packed
        self._limits = limits
        self._size = 0

    def readable(self) -> bool:
        """Tell io that this can be read."""
        return True

    def readinto(self, buffer: Any) -> int:
        """Read into `buffer`; return the number of bytes."""
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        self._size += len(data)
        self._limits.check(self._size, self._packed)
        return len(data)

    def close(self) -> None:
        """Close what is read from as well."""
        self._stream.close()
        super().close()


def read_limits(settings: Mapping[str, Any]) -> Limits:
    """Return var `landing_limits`; what it leaves out is as shipped.

    Raises:
        UserError: it cannot be used.
    """
    found = settings.get("landing_limits")
    faults = [f"{name}: {text} expected" for name, _, text in limit_faults(found)]
    if faults:
        raise UserError("settings, " + "; ".join(faults))
    return Limits(**found) if isinstance(found, Mapping) else Limits()


def limit_faults(found: object) -> Iterator[tuple[str, object, str]]:
    """Yield setting, what was found and what is expected, of each limit that cannot be meant."""
    if found is None:
        return
    names = [field.name for field in fields(Limits)]
    if not isinstance(found, Mapping):
        yield "landing_limits", found, f"a mapping of {', '.join(names)}"
        return
    for name, value in found.items():
        if name not in names:
            yield f"landing_limits: {name}", value, f"only {', '.join(names)}"
        elif isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0:
            yield f"landing_limits: {name}", value, "a number above 0"
