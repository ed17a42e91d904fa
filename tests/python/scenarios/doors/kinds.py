"""Kinds of opt-out of every layout, as one line of one file."""

from __future__ import annotations

from dataclasses import dataclass, field


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
        words: other words that say the same in the column of the role `word`.
        is_column_optional: an export without the column that tells is a good export: under another
            name nobody can know it, and all that can be done is to tell of the name.
    """

    kind: str
    system: str
    file: str
    values: dict[str, str]
    roles: dict[str, str]
    beside: dict[str, str] = field(default_factory=dict)
    words: tuple[str, ...] = ()
    is_column_optional: bool = False

    @property
    def table(self) -> str:
        """What kinds of one layout have in common: all but words are read the same in them."""
        return f"{self.system}/{self.file.split('/')[0]}"


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
NO = (
    "no", "false", "0", "opt-out", "declined", "blocked", "do not contact",
    "abgemeldet", "nein", "gesperrt", "désabonné", "non", "baja", "dado de baja", "disiscritto",
)  # fmt: skip
YES = ("TRUE", "yes", "1", "ja", "wahr", "vrai", "verdadero", "sí")
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
        words=YES if word == "Unsubscribed from all email" else (),
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


def _aggregate(kind: str, folder: str, more: dict[str, str], word: str = "") -> OptOut:
    return OptOut(
        kind,
        "mailchimp",
        f"aggregate_activity/{folder}/7700_June.csv",
        {"Email Address": "{address}", "First Name": "Jo", "Last Name": "Doe"} | more,
        {"address": "Email Address", "name": "First Name"} | ({"word": word} if word else {}),
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
        words=NO,
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
    _hubspot_event("hubspot event, bounce without a category", "BOUNCE", {"category": ""}),
    _hubspot_event(
        "hubspot event, dropped", "DROPPED", {"dropReason": "PREVIOUSLY_UNSUBSCRIBED_PORTAL"}
    ),
    _hubspot_event("hubspot event, dropped without a reason", "DROPPED", {"dropReason": ""}),
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
    _aggregate("mailchimp campaign, unsubscribed", "unsubscribes", {"Reason": "None given"}),
    _aggregate("mailchimp campaign, abuse", "abuse", {}),
    _aggregate(
        "mailchimp campaign, hard bounce", "bounces", {"Bounce Type": "hard"}, "Bounce Type"
    ),
]
