{%- set profile = [
    'first_name', 'last_name', 'birth_date', 'gender', 'city', 'region', 'country_code', 'language',
    'timezone', 'profession', 'sector', 'preferences', 'social_influence_score',
] -%}
with records as (
    select * from {{ ref('int_contact_records__unified') }}
),

people as (
    select * from {{ ref('int_contact_record_people') }}
),

consents as (
    select * from {{ ref('int_consents__unified') }}
),

suppressions as (
    select * from {{ ref('int_suppressions__unified') }}
),

activity as (
    select * from {{ ref('int_contact_activity__daily') }}
),

calendar as (
    select * from {{ ref('int_as_of_calendar') }}
),

age_bands as (
    select * from {{ ref('age_bands') }}
),

regions as (
    select * from {{ ref('region_groups') }}
),

-- one order over all records, best first: a live one before a deleted or merged one, then the
-- system that wins by var source_priority, then the last one changed
ranked as (
    select
        people.contact_id,
        records.*,
        row_number() over (
            order by
                case
                    when records.is_deleted or records.merged_into_source_id is not null then 1
                    else 0
                end,
                case records.source_system
                    {%- for system in var('source_priority') %}
                    when '{{ system }}' then {{ loop.index }}
                    {%- endfor %}
                    else {{ var('source_priority') | length + 1 }}
                end,
                case when records.updated_at is null then 1 else 0 end,
                records.updated_at desc,
                records.loaded_at desc,
                records.contact_record_id
        ) as record_rank
    from records
    inner join people on records.contact_record_id = people.contact_record_id
),

merged as (
    select
        contact_id,
        -- an address that nothing can be delivered to only where there is no other
        coalesce(
            min_by(
                email_normalized,
                case
                    when email_normalized is not null and coalesce(is_valid_email, true)
                        then record_rank
                end
            ),
            min_by(email_normalized, case when email_normalized is not null then record_rank end)
        ) as email,
        max(
            case
                when email_normalized is not null and coalesce(is_valid_email, true) then 1
                else 0
            end
        ) = 1 as has_valid_email,
        min_by(source_system, record_rank) as best_source_system,
        min_by(source_relation, record_rank) as best_source_relation,
        min_by(source_contact_id, case when source_contact_id is not null then record_rank end)
            as source_contact_id,
        {%- for column in profile %}
        min_by({{ column }}, case when {{ column }} is not null then record_rank end)
            as {{ column }},
        {%- endfor %}
        {%- for field in var('custom_fields') %}
        min_by(
            {{ json_text('extra', field.get('header', field.name)) }},
            case
                when {{ json_text('extra', field.get('header', field.name)) }} is not null
                    then record_rank
            end
        ) as {{ field.name }},
        {%- endfor %}
        min(created_at) as created_at,
        max(updated_at) as updated_at,
        count(*) as record_count,
        count(distinct source_system || '/' || source_relation) as source_count,
        min(case when coalesce(email_tracking_allowed, true) then 1 else 0 end) = 1
            as email_tracking_allowed,
        -- a record merged into another is gone from its system, the person is not
        min(case when is_deleted and merged_into_source_id is null then 1 else 0 end) = 1
        or min(case when is_deleted then 1 else 0 end) = 1 as is_deleted
    from ranked
    group by contact_id
),

first_activity as (
    select
        contact_id,
        min(first_activity_at) as first_activity_at
    from activity
    group by contact_id
),

consent_states as (
    select
        contact_id,
        max(case when status = 'subscribed' and not is_superseded then 1 else 0 end)
            as has_subscribed,
        max(case when status = 'pending' then 1 else 0 end) as has_pending,
        max(case when status = 'never_subscribed' then 1 else 0 end) as has_never
    from consents
    where contact_id is not null and channel = 'email'
    group by contact_id
),

-- any open suppression in any system blocks the person, at whatever address it happened: a bounce
-- of an address since changed may block a reachable reader, never the other way round. And whoever
-- holds a suppressed address is blocked with it, whomever the suppression names
open_causes as (
    select
        contact_id,
        cause
    from suppressions
    where is_open and contact_id is not null
    union all
    select
        merged.contact_id,
        suppressions.cause
    from merged
    inner join suppressions on merged.email = suppressions.email_normalized
    where suppressions.is_open
),

causes as (
    select
        contact_id,
        min(
            case cause
                {%- for cause in blocking_causes() %}
                when '{{ cause }}' then {{ loop.index }}
                {%- endfor %}
            end
        ) as cause_rank
    from open_causes
    group by contact_id
),

blocked as (
    select
        merged.contact_id,
        least(
            causes.cause_rank,
            case when merged.is_deleted then {{ blocking_causes().index('deleted') + 1 }} end,
            case when merged.email is null then {{ blocking_causes().index('no_address') + 1 }} end,
            case
                when merged.email is not null and not merged.has_valid_email
                    then {{ blocking_causes().index('invalid') + 1 }}
            end,
            case
                when consent_states.has_subscribed = 0 and consent_states.has_pending = 1
                    then {{ blocking_causes().index('pending') + 1 }}
                when consent_states.has_subscribed = 0 and consent_states.has_never = 1
                    then {{ blocking_causes().index('never_subscribed') + 1 }}
            end
        ) as cause_rank
    from merged
    left join causes on merged.contact_id = causes.contact_id
    left join consent_states on merged.contact_id = consent_states.contact_id
),

aged as (
    select
        merged.contact_id,
        cast(
            extract(year from calendar.as_of_date) - extract(year from merged.birth_date)
            - case
                when
                    extract(month from calendar.as_of_date) * 100
                    + extract(day from calendar.as_of_date)
                    < extract(month from merged.birth_date) * 100
                    + extract(day from merged.birth_date)
                    then 1
                else 0
            end as int
        ) as age
    from merged
    inner join calendar on calendar.is_current
    where merged.birth_date <= calendar.as_of_date
),

final as (
    select
        merged.contact_id,
        merged.email,
        {{ sha256_hex('merged.email') }} as email_sha256,
        md5(merged.email) as email_md5,
        {%- for column in profile %}
        merged.{{ column }},
        {%- endfor %}
        {%- for field in var('custom_fields') %}
        {{ custom_field_value('merged.' ~ field.name, field) }} as {{ field.name }},
        {%- endfor %}
        aged.age,
        age_bands.age_band,
        regions.region_group,
        least(merged.created_at, first_activity.first_activity_at) as first_seen_at,
        merged.created_at,
        merged.updated_at,
        cast(merged.source_count as int) as source_count,
        cast(merged.record_count as int) as record_count,
        merged.best_source_system,
        merged.best_source_relation,
        merged.source_contact_id,
        merged.email_tracking_allowed,
        merged.is_deleted,
        blocked.cause_rank is null as is_mailable,
        case blocked.cause_rank
            {%- for cause in blocking_causes() %}
            when {{ loop.index }} then '{{ cause }}'
            {%- endfor %}
        end as blocking_cause
    from merged
    left join first_activity on merged.contact_id = first_activity.contact_id
    left join blocked on merged.contact_id = blocked.contact_id
    left join aged on merged.contact_id = aged.contact_id
    left join age_bands
        on
            aged.age >= age_bands.min_age
            and aged.age <= coalesce(age_bands.max_age, 999)
    left join regions on merged.country_code = regions.country_code
)

select * from final
