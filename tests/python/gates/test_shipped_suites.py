"""Every shipped expectation: met by sound data, and missed by the fault it is there for."""

from typing import Any

import duckdb
import pytest

from winback.gates import check_gate, history

from .conftest import ROOT, RUN, shipped

GATES = ("gate_staging", "gate_intermediate", "gate_marts")

STAGING = """
    create table staging_line_counts as
    select
        sys as source_system, 'main' as source_relation, kind as source_table,
        sys || '/main/' || kind || '_' || number || '.csv' as source_file,
        timestamp '2026-07-01 05:00:00' as loaded_at,
        md5(sys || kind || number) as content_hash,
        false as is_refused, false as is_accepted_by_user,
        1000 as file_lines, 5 as loader_rejected_lines, 3 as staging_rejected_lines,
        0 as future_lines, 992 as accepted_lines, 0.008 as reject_share,
        timestamp '2026-06-01' as first_at, timestamp '2026-06-29' as last_at,
        kind = 'events' as is_event_export,
        if(kind = 'contacts', 'whole_list', 'period') as delivery,
        sys || '/main/' || kind || '_#.csv' as export_series, number = 3 as is_latest_in_series,
        case when kind = 'contacts' and number > 1 then 990 end as previous_lines,
        1000 / 29 as lines_per_day, case when number > 1 then 1000 / 29 end as usual_lines_per_day,
        case when number > 1 then timestamp '2026-05-29' end as previous_last_at
    from (values ('generic'), ('mailchimp')) as s (sys),
        (values ('events'), ('contacts')) as k (kind), range(1, 4) as n (number)
"""

INTERMEDIATE = """
    create table int_as_of_dates as
    select (date '2026-06-30' - 30 * index::int)::date as as_of_date,
        index = 0 as is_current, index as date_index, 'data' || index as slice_fingerprint
    from range(2) as i (index);

    create table int_email_events__classified as
    select 'mailchimp' as source_system, 'main' as source_relation, 'm1' as campaign_id,
        kind as event_type,
        1 as event_count, 'c' || number % 500 as contact_id,
        timestamp '2026-06-20 10:00:00' as occurred_at,
        case when kind in ('open', 'click') then
            case when number % 3 = 0 then 'machine' else 'human' end end as signal_quality
    from (values ('sent', 1000), ('open', 400), ('click', 100)) as k (kind, how_many),
        range(1000) as n (number)
    where number < how_many;

    create table int_activity_span as select date '2026-06-30' as activity_until;

    create table int_source_days as
    select 'mailchimp' as source_system, 'main' as source_relation, 'email_events' as entity,
        signal, date '2026-06-30' - number::int as activity_date, 10 as line_count,
        10 as known_lines, 10 as moments, 0 as accepted_lines
    from (values ('sent'), ('open'), ('order'), ('session')) as s (signal),
        range(200) as n (number);

    create table int_source_spans as
    select sys as source_system, date '2026-06-29' as last_date
    from (values ('mailchimp'), ('generic')) as s (sys);

    create table int_lines_set_aside (source_file varchar, dated_on date, reason varchar);

    create table int_order_versions__unified as
    select 'shopify/main/orders_1.csv' as source_file, 40 as shared_orders, 1 as redated_orders;

    create table int_consents__unified as
    select 'n' || number as consent_id, 'email' as channel, timestamp '2026-01-01' as occurred_at,
        case number % 5 when 0 then 'unsubscribed' when 1 then 'pending' else 'subscribed' end
            as status
    from range(500) as n (number);

    create table int_suppressions__unified as
    select 's' || number as suppression_id, 'c' || 5 * number as contact_id,
        'reader' || 5 * number || '@secret.example' as email_normalized,
        case number % 3 when 0 then 'unsubscribe' when 1 then 'complaint' else 'hard_bounce' end
            as cause,
        date '2026-06-30' - number::int as started_at, cast(null as timestamp) as ended_at,
        true as is_open, 'mailchimp/main/events_1.csv' as source_file
    from range(300) as n (number);

    create table int_contacts__resolved as
    select 'c' || number as contact_id, 'reader' || number || '@secret.example' as email,
        20 + number % 60 as age, number % 5 > 0 as is_mailable
    from range(500) as n (number);

    create table int_contact_identities as
    select contact_id, 'source_id' as identifier_type from int_contacts__resolved;

    create table int_contact_features as
    select contact_id, true as is_current, 40::double as engagement_score,
        number % 4 = 0 as is_inactive,
        2 as sends_90d, 1 as orders_90d
    from (select contact_id, row_number() over () as number from int_contacts__resolved);

    create table int_web_sessions__unified as
    select timestamp '2026-06-20 10:00:00' as started_at,
        timestamp '2026-06-20 10:05:00' as ended_at, 300::double as duration_seconds
    from range(300);

    create table int_orders__unified as
    select 50::double as net_amount, 0::double as refunded_amount, 50::double as net_amount_base,
        true as is_counted, 'EUR' as currency, timestamp '2026-06-20 10:00:00' as ordered_at
    from range(300);

    create table int_unknown_contacts as
    select 'generic/main/' || entity || '.csv' as source_file, entity, 200 as named_lines,
        0.1 as unknown_share
    from (values ('orders'), ('web_sessions')) as e (entity);

    create table int_address_cells__unified as
    select 'generic/main/contacts.csv' as source_file, 'contact_records' as entity, 200 as cells,
        2 as no_address, 3 as not_valid;

    create table int_identity_conflicts as
    select 'address_of_many_names' as kind where false
"""

MARTS = """
    create table int_as_of_dates as
    select (date '2026-06-30' - 30 * index::int)::date as as_of_date,
        index = 0 as is_current, index as date_index, 'data' || index as slice_fingerprint
    from range(2) as i (index);

    create table dim_contacts as
    select 'c' || number as contact_id, 'reader' || number || '@secret.example' as email,
        number % 5 > 0 as is_mailable
    from range(500) as n (number);

    create table int_suppressions__unified as
    select contact_id, cast(null as varchar) as email_normalized,
        cast(null as timestamp) as ended_at
    from dim_contacts where not is_mailable
    union all
    select contact_id, email, timestamp '2026-01-01' from dim_contacts where is_mailable;

    create table engagement_scores as
    select con.contact_id, cal.as_of_date, 40::double as engagement_score,
        12::double as engagement_points,
        case when con.is_mailable then 'engaged' else 'disengaged' end as engagement_level
    from dim_contacts as con, int_as_of_dates as cal;

    create table inactivity_flags as
    select contact_id, as_of_date, contact_id like '%1' as is_inactive, true as is_current_policy
    from engagement_scores;

    create table segment_tree as
    select segment, as_of_date, contacts, 0.2 as share_of_contacts, contacts = 0 as is_fitted
    from (values ('vip', 100), ('lapsed', 100), ('clustered', 0)) as s (segment, contacts),
        int_as_of_dates
"""

TABLES = {"gate_staging": STAGING, "gate_intermediate": INTERMEDIATE, "gate_marts": MARTS}

# expectation → the fault that it is there for
FAULTS = {
    "gate_staging": {
        "unreadable_lines_stop": "set reject_share = 0.3 where source_file like '%events_1.csv'",
        "unreadable_lines": "set reject_share = 0.05 where source_file like '%events_1.csv'",
        "lines_in_the_future": "set future_lines = 3 where source_file like '%events_1.csv'",
        "refused_files": "set is_refused = true where source_file like '%events_1.csv'",
        "copied_files": "set content_hash = 'same' where source_file like 'generic%events%'",
        "volume_fell_stop": "set file_lines = 500 where source_file like '%contacts_3.csv'",
        "volume_jumped": "set file_lines = 9000 where source_file like '%contacts_3.csv'",
        "daily_volume_fell": "set lines_per_day = 10 where source_file like '%events_3.csv'",
        "silent_systems": "set source_system = 'generic'",
        "newest_file_ends_a_year_earlier": (
            "set last_at = '2025-06-29' where source_file like '%events_3.csv'"
        ),
        "newest_file_starts_half_a_year_later": (
            "set first_at = '2027-06-01' where source_file like '%events_3.csv'"
        ),
        "exports_are_old": "set last_at = '2026-06-01'",
        "nothing_loaded_stop": "set file_lines = 0",
    },
    "gate_intermediate": {
        "machine_opens_stop": (
            "update int_email_events__classified set signal_quality = 'machine'"
            " where event_type = 'open'"
        ),
        "machine_opens": (
            "update int_email_events__classified set signal_quality = 'machine'"
            " where event_type = 'open' and contact_id not like '%1'"
        ),
        "machine_clicks": (
            "update int_email_events__classified set signal_quality = 'machine'"
            " where event_type = 'click'"
        ),
        "opens_missing": "delete from int_email_events__classified where event_type = 'open'",
        "opens_too_many": (
            "update int_email_events__classified set event_count = 20 where event_type = 'open'"
        ),
        "clicks_without_opens": (
            "update int_email_events__classified set event_count = 20 where event_type = 'click'"
        ),
        "events_of_nobody_stop": (
            "update int_email_events__classified set contact_id = null where event_type = 'sent'"
        ),
        "events_of_nobody": (
            "update int_email_events__classified set contact_id = null where contact_id like '%1'"
        ),
        "sends_without_date": (
            "update int_email_events__classified set occurred_at = null where contact_id = 'c1'"
        ),
        "dates_before_1995": (
            "insert into int_lines_set_aside values ('shop.csv', '1970-01-01', 'before 1995')"
        ),
        "dates_after_load": (
            "insert into int_lines_set_aside values ('shop.csv', '2031-01-01', 'after the load')"
        ),
        "dates_far_ahead": (
            "insert into int_lines_set_aside"
            " values ('shop.csv', '2026-11-30', 'long after everything else')"
        ),
        "silence_before_the_end_stop": (
            "update int_source_days set activity_date = activity_date - 365"
            " where activity_date < '2026-06-01'"
        ),
        "data_end_earlier": "delete from int_source_days where activity_date > '2026-06-20'",
        "signals_lost": "delete from int_source_days where signal = 'order'",
        "systems_left_behind": (
            "update int_source_spans set last_date = '2025-06-29' where source_system = 'generic'"
        ),
        "sources_fell_silent": (
            "delete from int_source_days where signal = 'open' and activity_date > '2026-06-02'"
        ),
        "orders_redated_stop": "update int_order_versions__unified set redated_orders = 39",
        "everybody_left_stop": (
            "update int_suppressions__unified set started_at = '2026-06-12', cause = 'unsubscribe'"
        ),
        "mailable_fell_stop": "update int_contacts__resolved set is_mailable = contact_id < 'c2'",
        "mailable_rose": (
            "insert into int_contacts__resolved"
            " select 'n' || contact_id, 'n' || email, age, true from int_contacts__resolved"
        ),
        "suppressed_fell_stop": "delete from int_suppressions__unified where contact_id > 'c3'",
        "unsubscribed_moved": (
            "delete from int_suppressions__unified where cause = 'unsubscribe'"
            " and contact_id > 'c8'"
        ),
        "complained_moved": "update int_suppressions__unified set cause = 'complaint'",
        "bounced_moved": "update int_suppressions__unified set cause = 'hard_bounce'",
        "consents_subscribed_moved": (
            "update int_consents__unified set status = 'pending' where consent_id like 'n2%'"
            " or consent_id like 'n3%'"
        ),
        "consents_unsubscribed_moved": (
            "delete from int_consents__unified where status = 'unsubscribed'"
        ),
        "consents_pending_moved": "update int_consents__unified set status = 'pending'",
        "nobody_stop": "delete from int_contacts__resolved",
        "contacts_fell_stop": "delete from int_contacts__resolved where contact_id > 'c3'",
        "one_address_one_person": (
            "update int_contacts__resolved set email = 'reader1@secret.example'"
            " where contact_id = 'c2'"
        ),
        "one_person_many_ids": "update int_contact_identities set contact_id = 'c1'",
        "contacts_without_address": (
            "update int_contacts__resolved set email = null where contact_id > 'c2'"
        ),
        "few_mailable": "update int_contacts__resolved set is_mailable = contact_id = 'c1'",
        "strange_ages": "update int_contacts__resolved set age = 126 where contact_id like '%11'"
        " or contact_id like '%22' or contact_id like '%33'",
        "contacts_without_score": (
            "update int_contact_features set engagement_score = null where contact_id <> 'c1'"
        ),
        "contacts_without_verdict": (
            "update int_contact_features set is_inactive = null where contact_id > 'c2'"
        ),
        "score_moved": "update int_contact_features set engagement_score = 10",
        "inactive_share_moved": "update int_contact_features set is_inactive = true",
        "sends_moved": "update int_contact_features set sends_90d = 8",
        "orders_moved": "update int_contact_features set orders_90d = 8",
        "orders_without_rate_stop": (
            "update int_orders__unified set currency = 'ZWL', net_amount_base = null"
        ),
        "orders_without_rate": (
            "update int_orders__unified set currency = 'ZWL', net_amount_base = null"
            " where rowid = 1"
        ),
        "opens_moved": "update int_source_days set known_lines = 40 where signal = 'open'",
        "sessions_moved": "update int_source_days set known_lines = 1 where signal = 'session'",
        "sessions_end_after_they_start": (
            "update int_web_sessions__unified set ended_at = '2026-06-20 09:00:00'"
        ),
        "sessions_of_hours": "update int_web_sessions__unified set duration_seconds = 300000",
        "refunds_within_orders": "update int_orders__unified set refunded_amount = 60",
        "one_order_is_everything": (
            "update int_orders__unified set net_amount = 5000000, net_amount_base = 5000000"
            " where rowid = 1"
        ),
        "ids_of_nobody": (
            "update int_unknown_contacts set unknown_share = 0.3 where entity = 'orders'"
        ),
        "cells_without_address": "update int_address_cells__unified set no_address = 120",
        "addresses_not_valid": "update int_address_cells__unified set not_valid = 20",
        "ids_of_several_addresses": (
            "insert into int_identity_conflicts values ('id_of_several_addresses')"
        ),
        "addresses_of_many_names": (
            "insert into int_identity_conflicts values ('address_of_many_names')"
        ),
        "people_of_too_many_records": (
            "insert into int_identity_conflicts values ('too_many_records')"
        ),
    },
    "gate_marts": {
        "suppressed_candidates_stop": (
            "update int_suppressions__unified set contact_id = null, ended_at = null"
            " where email_normalized like 'reader7@%'"
        ),
        "candidates_have_an_address_stop": (
            "update dim_contacts set email = null where contact_id = 'c1'"
        ),
        "score_range_stop": (
            "update engagement_scores set engagement_score = 101 where contact_id = 'c1'"
        ),
        "points_range_stop": (
            "update engagement_scores set engagement_points = -1 where contact_id = 'c1'"
        ),
        "levels_moved": (
            "update engagement_scores set engagement_level = 'disengaged'"
            " where as_of_date = '2026-06-30' and contact_id < 'c4'"
        ),
        "one_level_holds_all": "update engagement_scores set engagement_level = 'engaged'",
        "inactive_share_jumped": (
            "update inactivity_flags set is_inactive = true where as_of_date = '2026-06-30'"
        ),
        "segments_moved": (
            "update segment_tree set contacts = 300"
            " where segment = 'vip' and as_of_date = '2026-06-30'"
        ),
        "empty_segments": "update segment_tree set contacts = 0 where segment = 'vip'",
    },
}


def _models(gate: str) -> list[str]:
    return [part.split()[0] for part in TABLES[gate].split("create table ")[1:]]


def _check(
    connection: duckdb.DuckDBPyConnection, gate: str, day: int = 1, only: str | None = None
) -> dict[str, Any]:
    """Evaluate a gate as shipped, or of its suites the one that holds an expectation.

    As if the gates after it had passed: figures of a whole suite are kept.
    """
    meta = shipped(gate, systems=["generic", "mailchimp"], as_of="now")
    suites = [
        suite
        for suite in meta["suites"]
        if only is None or only in [check["name"] for check in suite["expectations"]]
    ]
    results = check_gate(
        connection,
        gate,
        {model: model for model in _models(gate)},
        suites,
        evaluated_at=RUN.replace(day=day),
        fingerprint=meta.get("fingerprint"),
    )
    if only is None:
        history.keep(connection, "main", RUN.replace(day=day))
    return {result.check_name: result for result in results}


@pytest.fixture(params=GATES)
def gate(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def sound(connection: duckdb.DuckDBPyConnection, gate: str) -> duckdb.DuckDBPyConnection:
    for statement in TABLES[gate].split(";"):
        connection.execute(statement)
    return connection


def test_sound_data_meets_every_expectation(sound: duckdb.DuckDBPyConnection, gate: str) -> None:
    missed = [result for result in _check(sound, gate).values() if not result.success]
    assert missed == []


def test_every_fault_is_found(sound: duckdb.DuckDBPyConnection, gate: str) -> None:
    """One database, each fault in a transaction's place: made, seen, and taken back."""
    before = _check(sound, gate)
    assert set(FAULTS[gate]) == set(before)
    found = {}
    for name, fault in FAULTS[gate].items():
        for model in _models(gate):
            sound.execute(f"create or replace table kept_{model} as from {model}")
        statement = fault if gate != "gate_staging" else f"update staging_line_counts {fault}"
        sound.execute(statement)
        if gate != "gate_staging":
            sound.execute(f"update int_as_of_dates set slice_fingerprint = '{name}'")
        result = _check(sound, gate, day=2, only=name)[name]
        found[name] = (result.success, result.stops_run)
        assert result.message
        assert "{" not in result.message, result.message
        assert "secret" not in result.message
        for model in _models(gate):
            sound.execute(f"create or replace table {model} as from kept_{model}")
    stopping = {name for name, result in before.items() if result.severity == "critical"}
    assert {name for name, (success, _) in found.items() if success} == set()
    assert {name for name, (_, stops) in found.items() if stops} == stopping


def test_every_expectation_is_documented(gate: str) -> None:
    text = (ROOT / "docs" / "gates.md").read_text(encoding="utf-8")
    names = [check["name"] for suite in shipped(gate)["suites"] for check in suite["expectations"]]
    assert [name for name in names if f"`{name}`" not in text] == []


def test_nothing_collected_is_nothing_to_check(connection: duckdb.DuckDBPyConnection) -> None:
    """A shop without e-mail, web sessions and addresses: nothing stops it."""
    for statement in INTERMEDIATE.split(";"):
        connection.execute(statement)
    for model in ("int_email_events__classified", "int_web_sessions__unified"):
        connection.execute(f"delete from {model}")
    connection.execute("delete from int_source_days where signal <> 'order'")
    connection.execute("update int_contacts__resolved set email = null, age = null")
    connection.execute("update int_contact_features set engagement_score = null, sends_90d = null")
    missed = [
        name for name, row in _check(connection, "gate_intermediate").items() if not row.success
    ]
    assert missed == []
