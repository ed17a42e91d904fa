"""How a `_mapping.yml` says that dates, times and numbers are written."""

from __future__ import annotations

import re
from zoneinfo import ZoneInfo, available_timezones

import yaml

from winback.errors import hint
from winback.landing.convert import EPOCHS
from winback.landing.yaml_nodes import NodeReader

THOUSANDS = (".", ",", "'", "\u2019", " ", "\u00a0", "\u202f", "")
DATE_ORDERS = {
    "day_first": "%d{0}%m{0}%Y",
    "month_first": "%m{0}%d{0}%Y",
    "year_first": "%Y{0}%m{0}%d",
}
_CLOCKS = ("%H:%M:%S", "%H:%M", "%I:%M:%S %p", "%I:%M %p")
_DIRECTIVES = set("dmYyHIMSfpzbBj")
_TOKEN = re.compile(r"y{4}|y{2}|m{1,3}|d{1,2}|h{1,2}|s{1,2}|am/pm|[ap]m|.", re.IGNORECASE)


class FormatReader(NodeReader):
    """Reads the keys of an entry that say how its values are written."""

    def _dates(
        self, entry: dict[str, yaml.Node]
    ) -> tuple[tuple[str, ...], tuple[str, ...], tuple[str, ...]]:
        if "date_order" in entry and "date_formats" in entry:
            self._wrong(
                entry["date_order"], "date_order", "date_formats is there too: keep one of the two"
            )
            return (), (), ()
        if "date_order" in entry:
            order = self._text(entry["date_order"], "date_order")
            if order is not None and order not in DATE_ORDERS:
                near = hint(order, DATE_ORDERS)
                self._wrong(
                    entry["date_order"], "date_order",
                    f"found {order!r}{near} one of {', '.join(DATE_ORDERS)} expected",
                )  # fmt: skip
                return (), (), ()
            return (*order_formats(order), ()) if order else ((), (), ())
        if "date_formats" not in entry:
            return (), (), ()
        times: list[str] = []
        days: list[str] = []
        epochs: list[str] = []
        shapes: dict[str, str] = {}
        for node, text in self._texts(entry["date_formats"], "date_formats"):
            if text.lower() == "iso":
                continue
            if text in EPOCHS:
                epochs.append(text)
                continue
            format_ = to_strptime(text)
            if format_ is None:
                self._wrong(
                    node, "date_formats", f"{text!r} is no date format: a day, a month and a year"
                    " expected, such as DD.MM.YYYY HH:mm, %d.%m.%Y, or one of iso, "
                    + ", ".join(EPOCHS),
                )  # fmt: skip
                continue
            shape = re.sub("%[dm]", "#", format_)
            if shapes.setdefault(shape, format_) != format_:
                self._wrong(
                    node, "date_formats",
                    f"{text!r} is another format here with day and month swapped:"
                    " which of the two is right cannot be told from a date",
                )  # fmt: skip
            (times if re.search("%[HI]", format_) else days).append(format_)
        return tuple(times), tuple(days), tuple(epochs)

    def _timezone(self, entry: dict[str, yaml.Node]) -> str | None:
        if "timezone" not in entry:
            return None
        name = self._text(entry["timezone"], "timezone")
        if name is None:
            return None
        try:
            ZoneInfo(name)
        except (KeyError, ValueError, OSError):
            near = hint(name, available_timezones())
            self._wrong(
                entry["timezone"], "timezone",
                f"{name!r} is not known{near} a zone such as Europe/Berlin expected",
            )  # fmt: skip
            return None
        return None if name.upper() in ("UTC", "GMT", "ETC/UTC") else name

    def _marks(self, entry: dict[str, yaml.Node]) -> tuple[str | None, str | None]:
        decimal = thousands = None
        if "decimal_mark" in entry:
            decimal = self._text(entry["decimal_mark"], "decimal_mark")
            if decimal not in (".", ","):
                self._wrong(
                    entry["decimal_mark"], "decimal_mark", f"',' or '.' expected, found {decimal!r}"
                )
        if "thousands_mark" in entry:
            node = entry["thousands_mark"]
            thousands = self._text(node, "thousands_mark")
            if thousands not in THOUSANDS:
                self._wrong(
                    node, "thousands_mark", "'.', ',', a space, an apostrophe or '' for none"
                    f" expected, found {thousands!r}",
                )  # fmt: skip
            elif decimal is None:
                self._wrong(node, "thousands_mark", "name decimal_mark too")
            elif thousands == decimal:
                self._wrong(
                    node, "thousands_mark", "the same as decimal_mark: one of them is wrong"
                )
        return decimal, thousands


def order_formats(order: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Return the strptime formats of times and of days for one of `DATE_ORDERS`."""
    days = [DATE_ORDERS[order].format(sign) for sign in ("./" if order == "year_first" else "./-")]
    times = [f"{day}{gap}{clock}" for day in days for gap in (" ", ", ") for clock in _CLOCKS]
    return tuple(times), tuple(days)


def to_strptime(text: str) -> str | None:
    """Return a date format as strptime writes it, from there or from `DD.MM.YYYY HH:mm`.

    Returns:
        None when it is no format, or has no day, month or year.
    """
    found = text if "%" in text else _from_tokens(text)
    if found is None:
        return None
    directives = re.findall("%(.?)", found)
    if len(set(directives)) != len(directives) or not set(directives) <= _DIRECTIVES:
        return None
    has_month = bool({"m", "b", "B"} & set(directives))
    has_year = bool({"Y", "y"} & set(directives))
    return found if "d" in directives and has_month and has_year else None


def _from_tokens(text: str) -> str | None:
    found, last = [], ""
    for token in _TOKEN.findall(text):
        low = token.lower()
        if low in ("yyyy", "yy"):
            found.append("%Y" if low == "yyyy" else "%y")
        elif low == "mmm":
            found.append("%b")
        elif low in ("m", "mm"):
            found.append("%M" if last.startswith("h") else "%m")
        elif low in ("d", "dd"):
            found.append("%d")
        elif low in ("h", "hh"):
            found.append("%H")
        elif low in ("s", "ss"):
            found.append("%S")
        elif low in ("am/pm", "am", "pm"):
            found = ["%I" if part == "%H" else part for part in found] + ["%p"]
        elif token.isalnum() and token != "T":
            return None
        else:
            found.append(token)
        if token.isalpha():
            last = low
    return "".join(found)
