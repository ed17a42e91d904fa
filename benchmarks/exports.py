"""Writes the exports that the benchmark reads: one company in the generic layout."""

from __future__ import annotations

from pathlib import Path

import duckdb

# 24 months of activity; a third of the contacts stop at some point
_CONTACTS = """
copy (
    select
        'k' || id as contact_id,
        'person' || id || '@mail' || id % 50 || '.example' as email,
        strftime(date '1950-01-01' + cast(id % 20000 as integer), '%Y-%m-%d') as birth_date,
        case id % 3 when 0 then 'f' when 1 then 'm' end as gender,
        'City ' || id % 300 as city,
        ['FR', 'BE', 'MA', 'DE', 'GB'][1 + id % 5] as country_code,
        ['fashion', 'luxury', 'default'][1 + id % 3] as sector,
        strftime(timestamp '2022-01-01' + to_days(cast(id % 850 as integer)),
            '%Y-%m-%dT%H:%M:%S') as created_at,
        'subscribed' as email_consent
    from range({contacts}) as people(id)
) to '{folder}/contacts.csv' (header, delimiter ',')
"""

_EVENTS = """
copy (
    select
        'k' || contact as contact_id,
        'm' || campaign as campaign_id,
        event_type,
        strftime(occurred_at, '%Y-%m-%dT%H:%M:%S') as occurred_at,
        case when event_type = 'click' then 'https://shop.example/p/' || number % 500 end as url,
        case when event_type = 'open' and number % 5 = 0
            then 'Mozilla/5.0 (via ggpht.com GoogleImageProxy)' end as user_agent
    from (
        select
            number,
            hash(number) % {contacts} as contact,
            hash(number + 1) % 300 as campaign,
            case when number % 20 < 15 then 'sent' when number % 20 < 19 then 'open'
                else 'click' end as event_type,
            timestamp '2024-01-01' + to_seconds(cast(
                (number * 63072000.0 / {events})
                * (case when hash(number) % {contacts} % 3 = 0 then 0.5 else 1 end) as bigint
            )) as occurred_at
        from range({events}) as lines(number)
    )
) to '{folder}/email_events.csv' (header, delimiter ',')
"""

_ORDERS = """
copy (
    select
        'o' || number as order_id,
        'k' || (hash(number) % {contacts}) as contact_id,
        strftime(timestamp '2024-01-01' + to_seconds(cast(number * 63072000.0 / {orders}
            as bigint)), '%Y-%m-%dT%H:%M:%S') as ordered_at,
        case when number % 40 = 0 then 'refunded' else 'paid' end as status,
        'EUR' as currency,
        cast(5 + hash(number) % 20000 / 100.0 as decimal(18, 2)) as net_amount,
        case when number % 40 = 0 then cast(5 + hash(number) % 20000 / 100.0 as decimal(18, 2))
            end as refunded_amount
    from range({orders}) as lines(number)
) to '{folder}/orders.csv' (header, delimiter ',')
"""

_SESSIONS = """
copy (
    select
        's' || number as session_id,
        'k' || (hash(number + 7) % {contacts}) as contact_id,
        strftime(timestamp '2024-01-01' + to_seconds(cast(number * 63072000.0 / {sessions}
            as bigint)), '%Y-%m-%dT%H:%M:%S') as started_at,
        hash(number) % 900 as duration_seconds,
        1 + hash(number) % 12 as page_views,
        ['mobile', 'desktop', 'tablet'][1 + number % 3] as device
    from range({sessions}) as lines(number)
) to '{folder}/web_sessions.csv' (header, delimiter ',')
"""


NAMES = ("email_events.csv", "contacts.csv", "orders.csv", "web_sessions.csv")


def write_exports(folder: Path, contacts: int, events: int) -> Path:
    """Writes contacts, e-mail events, orders and sessions as CSV, unless they are there.

    Of `events` lines 90 % are e-mail events, 4 % orders and 6 % sessions.

    Args:
        folder: where to; each size gets a landing folder of its own below it.
        contacts: number of contacts.
        events: number of events of all kinds.

    Returns:
        The landing folder; `exports_in` lists its files.
    """
    landing = folder / f"{contacts}_{events}"
    account = landing / "generic" / "main"
    sizes = {
        "folder": account,
        "contacts": contacts,
        "events": events * 90 // 100,
        "orders": events * 4 // 100,
        "sessions": events * 6 // 100,
    }
    statements = [
        statement.format(**sizes) for statement in (_CONTACTS, _EVENTS, _ORDERS, _SESSIONS)
    ]
    # what wrote the files, so that those of another version are not taken for these
    made, written = landing / ".made_by.sql", ";".join(statements)
    if not made.exists() or made.read_text(encoding="utf-8") != written:
        account.mkdir(parents=True, exist_ok=True)
        made.unlink(missing_ok=True)
        with duckdb.connect() as connection:
            for statement in statements:
                connection.execute(statement)
        made.write_text(written, encoding="utf-8")
    return landing


def exports_in(landing: Path) -> list[Path]:
    """Returns the files of a landing folder, the events first."""
    return [landing / "generic" / "main" / name for name in NAMES]
