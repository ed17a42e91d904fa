"""Every kind of opt-out of every layout, in every kind of damage, as files of a landing folder.

Each combination is one person who subscribed to a newsletter and left, told by one line of one file
in an account of its own. The line is damaged, and the question is whether the person is mailed.
"""

from __future__ import annotations

import csv
import hashlib
import io
import random
import zipfile
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path

SEED = 20261130
CONTROLS = 2400
BASE = "mailchimp/mx_base/subscribed_members_export_mx.csv"


@dataclass(frozen=True)
class OptOut:
    """A line that says somebody left, in the layout of a system.

    Attributes:
        kind: how the table of results calls it.
        file: path below the system's folder and account, with the system first.
        header: column names.
        values: the line, by column; `{address}`, `{md5}` and `{number}` are filled in.
        roles: what a column is for: address, date, word, id, name, count.
        beside: more files of the account that the layout needs, undamaged.
        is_column_optional: an export without the column that tells is a good export: under another
            name nobody can know it, and all that can be done is to tell of the name.
    """

    kind: str
    system: str
    file: str
    values: dict[str, str]
    roles: dict[str, str]
    beside: dict[str, str] = field(default_factory=dict)
    is_column_optional: bool = False


MEMBER = (
    "id,list_id,email_address,status,unique_email_id,last_changed\n"
    "{md5},l1,{address},subscribed,u{number},2025-03-01 10:00:00\n"
)
AUDIENCE = {
    "Email Address": "{address}",
    "First Name": "Jo",
    "Last Name": "Doe",
    "MEMBER_RATING": "2",
    "OPTIN_TIME": "2025-03-01 10:00:00",
    "OPTIN_IP": "203.0.113.5",
    "CONFIRM_TIME": "2025-03-01 10:05:00",
    "CONFIRM_IP": "203.0.113.5",
    "LATITUDE": "",
    "LONGITUDE": "",
    "GMTOFF": "1",
    "DSTOFF": "2",
    "TIMEZONE": "europe/zurich",
    "CC": "CH",
    "REGION": "zh",
}
TAIL = {"LEID": "1a{number}", "EUID": "x{number}", "NOTES": "", "TAGS": ""}


def _audience(kind: str, status: str, more: dict[str, str], date: str, word: str = "") -> OptOut:
    roles = {"address": "Email Address", "date": date, "id": "EUID", "name": "First Name"}
    return OptOut(
        kind,
        "mailchimp",
        f"{status}_members_export_a1.csv",
        AUDIENCE | more | TAIL,
        roles | ({"word": word} if word else {}),
    )


def _hubspot_contact(kind: str, word: str, values: dict[str, str]) -> OptOut:
    return OptOut(
        kind,
        "hubspot",
        "hubspot-crm-exports-all.csv",
        {
            "Record ID": "{number}",
            "First Name": "Jo",
            "Last Name": "Doe",
            "Email": "{address}",
            "Create Date": "2024-01-10 10:00",
            "Last Modified Date": "2026-05-01 10:00",
            "Unsubscribed from all email": "false",
        }
        | values,
        {
            "address": "Email",
            "date": "Last Modified Date",
            "id": "Record ID",
            "name": "First Name",
            "word": word,
        },
        is_column_optional=word != "Unsubscribed from all email",
    )


def _hubspot_event(kind: str, event: str, more: dict[str, str]) -> OptOut:
    return OptOut(
        kind,
        "hubspot",
        "hubspot-email-events.csv",
        {
            "id": "e{number}",
            "created": "1781942400000",
            "type": event,
            "recipient": "{address}",
            "emailCampaignId": "9",
            "emailCampaignName": "June",
        }
        | more,
        {
            "address": "recipient",
            "date": "created",
            "id": "id",
            "name": "emailCampaignName",
            "word": "type",
        },
    )


def _generic_event(event: str) -> OptOut:
    return OptOut(
        f"generic event {event}",
        "generic",
        "email_events.csv",
        {
            "event_id": "v{number}",
            "contact_id": "k{number}",
            "email": "{address}",
            "campaign_id": "June",
            "event_type": event,
            "occurred_at": "2026-06-20 10:00:00",
            "event_count": "1",
        },
        {
            "address": "email",
            "date": "occurred_at",
            "id": "contact_id",
            "name": "campaign_id",
            "word": "event_type",
            "count": "event_count",
        },
    )


def _portal(kind: str, column: str) -> OptOut:
    flags = ("Portal Bounce", "Portal Unsubscribe", "Portal Spam Report", "Global Bounce")
    values = {"Email": "{address}"} | {flag: str(flag == column).upper() for flag in flags}
    return OptOut(
        kind,
        "hubspot",
        "unsubscribes-and-bounces.csv",
        values | {"Marketing Information": "FALSE"},
        {"address": "Email", "word": column, "name": "Marketing Information"},
    )


OPT_OUTS = [
    OptOut(
        "generic contact unsubscribed",
        "generic",
        "contacts.csv",
        {
            "contact_id": "k{number}",
            "email": "{address}",
            "first_name": "Jo",
            "email_consent": "unsubscribed",
            "consent_at": "2026-05-01",
        },
        {
            "address": "email",
            "date": "consent_at",
            "id": "contact_id",
            "name": "first_name",
            "word": "email_consent",
        },
    ),
    _generic_event("unsubscribe"),
    _generic_event("complaint"),
    _generic_event("bounce_hard"),
    _hubspot_contact(
        "hubspot contact, all e-mail",
        "Unsubscribed from all email",
        {"Unsubscribed from all email": "true"},
    ),
    _hubspot_contact(
        "hubspot contact, one type",
        "Opted out of email: Marketing Information",
        {"Opted out of email: Marketing Information": "true"},
    ),
    _hubspot_contact(
        "hubspot contact, hard bounce",
        "Email hard bounce reason",
        {"Email hard bounce reason": "UNKNOWN_USER"},
    ),
    _hubspot_event(
        "hubspot event, status change",
        "STATUSCHANGE",
        {"portalSubscriptionStatus": "UNSUBSCRIBED"},
    ),
    _hubspot_event("hubspot event, spam report", "SPAMREPORT", {"portalSubscriptionStatus": ""}),
    _hubspot_event(
        "hubspot event, hard bounce", "BOUNCE", {"category": "UNKNOWN_USER", "status": "5.1.1"}
    ),
    _hubspot_event(
        "hubspot event, dropped", "DROPPED", {"dropReason": "PREVIOUSLY_UNSUBSCRIBED_PORTAL"}
    ),
    _portal("hubspot list, unsubscribed", "Portal Unsubscribe"),
    _portal("hubspot list, spam report", "Portal Spam Report"),
    _portal("hubspot list, bounce", "Portal Bounce"),
    _audience(
        "mailchimp audience, unsubscribed",
        "unsubscribed",
        {
            "UNSUB_TIME": "2026-05-01 10:00:00",
            "UNSUB_CAMPAIGN_TITLE": "News",
            "UNSUB_CAMPAIGN_ID": "c0ffee0001",
            "UNSUB_REASON": "NORMAL",
            "UNSUB_REASON_OTHER": "",
        },
        "UNSUB_TIME",
    ),
    _audience(
        "mailchimp audience, abuse",
        "unsubscribed",
        {
            "UNSUB_TIME": "2026-05-01 10:00:00",
            "UNSUB_CAMPAIGN_TITLE": "News",
            "UNSUB_CAMPAIGN_ID": "c0ffee0001",
            "UNSUB_REASON": "ABUSE",
            "UNSUB_REASON_OTHER": "",
        },
        "UNSUB_TIME",
        "UNSUB_REASON",
    ),
    _audience(
        "mailchimp audience, cleaned",
        "cleaned",
        {
            "CLEAN_TIME": "2026-05-01 10:00:00",
            "CLEAN_CAMPAIGN_TITLE": "News",
            "CLEAN_CAMPAIGN_ID": "c0ffee0001",
        },
        "CLEAN_TIME",
    ),
    *[
        OptOut(
            f"mailchimp member {status}",
            "mailchimp",
            "member.csv",
            {
                "id": "{md5}",
                "list_id": "l1",
                "email_address": "{address}",
                "merge_fname": "Jo",
                "status": status,
                "unique_email_id": "u{number}",
                "last_changed": "2026-05-01 10:00:00",
            },
            {
                "address": "email_address",
                "date": "last_changed",
                "id": "id",
                "name": "merge_fname",
                "word": "status",
            },
        )
        for status in ("unsubscribed", "cleaned")
    ],
    OptOut(
        "mailchimp unsubscribe table",
        "mailchimp",
        "unsubscribe.csv",
        {
            "campaign_id": "c1",
            "member_id": "{md5}",
            "list_id": "l1",
            "reason": "None given",
            "timestamp": "2026-05-01 10:00:00",
        },
        {"date": "timestamp", "id": "member_id", "name": "reason"},
        {"member.csv": MEMBER},
    ),
    OptOut(
        "mailchimp activity, hard bounce",
        "mailchimp",
        "campaign_recipient_activity.csv",
        {
            "action": "bounce",
            "campaign_id": "c1",
            "member_id": "{md5}",
            "list_id": "l1",
            "timestamp": "2026-05-01 10:00:00",
            "bounce_type": "hard",
        },
        {"date": "timestamp", "id": "member_id", "name": "list_id", "word": "action"},
        {"member.csv": MEMBER},
    ),
]


@dataclass
class Line:
    """A file with one line, on its way into the landing folder.

    Attributes:
        header: cells of the header row.
        cells: cells of the line, quoted where the text asks for it.
        roles: index of the column of each role.
        name: file name.
    """

    header: list[str]
    cells: list[str]
    roles: dict[str, int]
    name: str


Damage = Callable[[Line, random.Random], "bytes | Line | None"]


def _cell(role: str, change: Callable[[str, random.Random], str]) -> Damage:
    """A damage to one cell; none where the layout has no such column."""

    def damage(line: Line, draw: random.Random) -> Line | None:
        if role not in line.roles:
            return None
        at = line.roles[role]
        cells = list(line.cells)
        cells[at] = change(cells[at], draw)
        return replace(line, cells=cells)

    return damage


def _text(change: Callable[[Line, random.Random], str], encoding: str = "utf-8") -> Damage:
    def damage(line: Line, draw: random.Random) -> bytes:
        return change(line, draw).encode(encoding, "surrogateescape")

    return damage


def quoted(cells: list[str], delimiter: str = ",") -> str:
    """A line of a CSV file."""
    sink = io.StringIO()
    csv.writer(sink, delimiter=delimiter, lineterminator="\n").writerow(cells)
    return sink.getvalue()


def _rows(line: Line, delimiter: str = ",") -> str:
    return quoted(line.header, delimiter) + quoted(line.cells, delimiter)


def _raw_name(text: str) -> Damage:
    """The name's cell replaced by raw text, without the quotes it would need."""

    def change(line: Line, _: random.Random) -> str:
        cells = [quoted([cell]).rstrip("\n") for cell in line.cells]
        cells[line.roles["name"]] = text
        return quoted(line.header) + ",".join(cells) + "\n"

    return _text(change)


def _garbled(word: str, draw: random.Random) -> str:
    at = draw.randrange(1, len(word) - 1)
    return word[:at] + draw.choice("qxz#~") + word[at + 1 :]


def _cut(line: Line, _: random.Random) -> str:
    """The line ends after whichever comes last of what tells who left and that they did."""
    last = max(at for role, at in line.roles.items() if role in ("address", "word", "id"))
    return quoted(line.header) + quoted(line.cells[: last + 1])


def _renamed(line: Line, _: random.Random) -> str:
    """The column that tells it has a header that no layout knows."""
    role = "word" if "word" in line.roles else "id"
    header = list(line.header)
    header[line.roles[role]] = "Spalte " + "ABCDEFGH"[line.roles[role] % 8]
    return quoted(header) + quoted(line.cells)


def _zip(damaged: bool) -> Damage:
    def damage(line: Line, _: random.Random) -> bytes:
        sink = io.BytesIO()
        with zipfile.ZipFile(sink, "w", zipfile.ZIP_DEFLATED) as archive:
            archive.writestr(line.name, _rows(line))
        return sink.getvalue()[: -30 if damaged else None]

    return damage


DAMAGES: dict[str, Damage] = {
    "none": lambda line, _: line,
    "date bad": _cell("date", lambda value, _: "31.02.2026 25:99"),
    "date empty": _cell("date", lambda value, _: ""),
    "date in the future": _cell(
        "date", lambda value, _: "4070908800000" if value.isdigit() else "2099-01-01 10:00:00"
    ),
    "date day first": _cell("date", lambda value, _: "01/05/2026 10:00"),
    "date of 1970": _cell(
        "date", lambda value, _: "0" if value.isdigit() else "1970-01-01 00:00:00"
    ),
    "word garbled": _cell("word", _garbled),
    "word unknown": _cell("word", lambda value, _: "Q7"),
    "word in capitals": _cell("word", lambda value, _: f"  {value.upper()} "),
    "id missing": _cell("id", lambda value, _: ""),
    "id in scientific notation": _cell("id", lambda value, _: "1.51235E+11"),
    "id NULL": _cell("id", lambda value, _: "NULL"),
    "count 0": _cell("count", lambda value, _: "0"),
    "address padded": _cell("address", lambda value, _: f"  {value}\u00a0 "),
    "address with a name": _cell("address", lambda value, _: f"Jo Doe <{value}>"),
    "address in quotes": _cell("address", lambda value, _: f"'{value}'"),
    "address with semicolon": _cell("address", lambda value, _: f"{value};"),
    "address in capitals": _cell("address", lambda value, _: value.upper()),
    "address invisible": _cell("address", lambda value, _: value.replace("@", "\u200b@")),
    "two addresses": _cell("address", lambda value, _: f"other.{value}; {value}"),
    "address without a sign": _cell("address", lambda value, _: value.replace("@", " at ")),
    "not UTF-8": _raw_name("Jos\udce9"),
    "half UTF-8": _raw_name("Zo\u00eb Jos\udce9\udc81"),
    "NUL byte": _raw_name("Jo\0e"),
    "stray quote": _raw_name('"Jo'),
    "quote inside": _raw_name('"Jo"e"'),
    "too many columns": _raw_name("Jo,e,n"),
    "too few columns": _text(_cut),
    "line break in the name": _raw_name('"Jo\nseph"'),
    "unknown header": _text(_renamed),
    "semicolons": _text(lambda line, _: _rows(line, ";")),
    "sep line": _text(lambda line, _: "sep=;\n" + _rows(line, ";")),
    "UTF-16": _text(lambda line, _: "\ufeff" + _rows(line), "utf-16-le"),
    "no header": _text(lambda line, _: quoted(line.cells)),
    "no end of line": _text(lambda line, _: _rows(line).rstrip("\n")),
    "empty lines": _text(lambda line, _: "\n" + _rows(line).replace("\n", "\n\n")),
    "renamed file": lambda line, _: replace(line, name=f"Liste 2026 {line.name[-5:]}"),
    "zip": _zip(False),
    "damaged zip": _zip(True),
}


@dataclass(frozen=True)
class Combination:
    """One person of the matrix.

    Attributes:
        kind: of opt-out.
        damage: done to the line.
        address: the person's.
        file: the file that tells, as the loader names it.
    """

    kind: str
    damage: str
    address: str
    file: str


def write(landing: Path) -> list[Combination]:
    """Write all combinations, and the newsletter that all of them and the controls once joined."""
    draw = random.Random(SEED)
    combinations: list[Combination] = []
    for opt_out in OPT_OUTS:
        for damage, change in DAMAGES.items():
            number = 1000 + len(combinations)
            address = f"left{number}@mx.example"
            filled = {
                "address": address,
                "md5": hashlib.md5(address.encode()).hexdigest(),
                "number": str(number),
            }
            columns = list(opt_out.values)
            made = change(
                Line(
                    header=columns,
                    cells=[value.format(**filled) for value in opt_out.values.values()],
                    roles={role: columns.index(column) for role, column in opt_out.roles.items()},
                    name=opt_out.file,
                ),
                draw,
            )
            if made is None or (damage == "unknown header" and opt_out.is_column_optional):
                continue
            folder = landing / opt_out.system / f"mx{number}"
            folder.mkdir(parents=True)
            name = made.name if isinstance(made, Line) else opt_out.file
            if damage in ("zip", "damaged zip"):
                name = "export.zip"
            content = _rows(made).encode() if isinstance(made, Line) else made
            (folder / name).write_bytes(content)
            for other, text in opt_out.beside.items():
                (folder / other).write_text(text.format(**filled))
            file = f"{opt_out.system}/mx{number}/{name}"
            combinations.append(Combination(opt_out.kind, damage, address, file))
    base = landing / BASE
    base.parent.mkdir(parents=True, exist_ok=True)
    header = [*AUDIENCE, "LAST_CHANGED", *TAIL]
    people = [one.address for one in combinations] + controls()
    lines = [
        quoted(
            [
                ((AUDIENCE | TAIL) | {"LAST_CHANGED": "2025-03-01 10:05:00"})[column].format(
                    address=address, number=f"b{index}"
                )
                for column in header
            ]
        )
        for index, address in enumerate(people)
    ]
    base.write_text(quoted(header) + "".join(lines))
    return combinations


def controls() -> list[str]:
    """Addresses of people who joined and never left."""
    return [f"stays{number}@mx.example" for number in range(CONTROLS)]
