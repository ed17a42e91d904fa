{%- set columns = [
    'first_name', 'last_name', 'birth_date', 'gender', 'city', 'region', 'country_code', 'language',
    'timezone', 'profession', 'sector', 'email_tracking_allowed', 'preferences',
    'social_influence_score', 'is_deleted', 'merged_into_source_id',
] -%}
{%- set answers = empty_answers() -%}
{%- set emptied = [] -%}
{%- for answer in answers if answer.canonical not in emptied -%}
    {%- if answer.canonical not in columns -%}
        {{ exceptions.raise_compiler_error(
            "empty_means: " ~ answer.table ~ "." ~ answer.column ~ " feeds '" ~ answer.canonical
            ~ "'; an empty cell can be an answer for " ~ columns | join(', ')
        ) }}
    {%- endif -%}
    {%- do emptied.append(answer.canonical) -%}
{%- endfor -%}
{#- what is said in one breath -#}
{%- set consent = ['email_consent', 'consent_at', 'consent_method'] -%}
{%- set of_the_last_version = ['updated_at', 'source_file', 'line_number', 'loaded_at'] -%}
-- depends_on: {{ source('landing', 'landing_columns') }}
with records as (
{{ union_systems('contact_records') | indent(4) }}
),

addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
),

contested as (
    select * from {{ ref('int_contested_ids__unified') }}
),

shared_addresses as (
    select * from {{ ref('int_shared_addresses__unified') }}
),

keyed as {{ materialized_cte() }} (
    select
        {{ contact_record_key('records', 'addresses', 'contested') }} as contact_record_id,
        records.*,
        contested.source_contact_id is not null as is_contested,
        addresses.email_normalized,
        addresses.is_valid
    from records
    left join addresses on records.email_raw = addresses.email_raw
    left join contested
        on
            records.source_system = contested.source_system
            and records.source_relation = contested.source_relation
            and coalesce(records.source_list_id, '') = contested.source_list_id
            and records.source_contact_id = contested.source_contact_id
),

-- most records stand in one file: these need no merging, which costs as much as all the rest
repeated as (
    select contact_record_id
    from keyed
    group by contact_record_id
    having count(*) > 1
),

single_versions as (
    select
        keyed.contact_record_id,
        keyed.source_system,
        keyed.source_relation,
        keyed.source_list_id,
        keyed.source_contact_id,
        keyed.is_contested,
        keyed.email_raw,
        keyed.email_normalized,
        keyed.is_valid,
        {{ possible_time('keyed.created_at') }} as created_at,
        case when not {{ is_possible_time('keyed.created_at') }} then keyed.created_at end
            as impossible_created_at,
        {%- for column in columns + consent + of_the_last_version %}
        keyed.{{ column }},
        {%- endfor %}
        keyed.extra
    from keyed
    left join repeated on keyed.contact_record_id = repeated.contact_record_id
    where repeated.contact_record_id is null
),

ranked as (
    select
        keyed.*,
        row_number() over (
            partition by keyed.contact_record_id
            order by
                {{ record_changed_at('keyed') }} desc,
                keyed.loaded_at desc,
                keyed.source_file desc,
                keyed.line_number desc
        ) as version_rank
    from keyed
    inner join repeated on keyed.contact_record_id = repeated.contact_record_id
),

{% if emptied -%}
-- files that have a column of which their layout says that an empty cell is an answer
telling_files as (
    select
        source_file,
        case source_table || '.' || column_name
            {%- for answer in answers %}
            when '{{ answer.table }}.{{ answer.column }}' then '{{ answer.canonical }}'
            {%- endfor %}
        end as told_column
    from {{ source('landing', 'landing_columns') }}
    where column_name is not null
),

{% endif -%}
placed as (
    select
        *,
        {%- for column in emptied %}
        min(
            case
                when
                    {{ column }} is not null
                    or source_file in (
                        select telling_files.source_file
                        from telling_files
                        where telling_files.told_column = '{{ column }}'
                    )
                    then version_rank
            end
        ) over (partition by contact_record_id) as {{ column }}_rank,
        {%- endfor %}
        min(case when email_consent is not null then version_rank end)
            over (partition by contact_record_id) as consent_rank
    from ranked
),

-- each column is that of the last version that tells it: a file without the column says nothing of
-- it. created_at is the first that any version told: the number of a person is made of it. A day
-- that cannot be is no answer
merged_versions as (
    select
        contact_record_id,
        min(source_system) as source_system,
        min(source_relation) as source_relation,
        min(source_list_id) as source_list_id,
        max(case when version_rank = 1 then source_contact_id end) as source_contact_id,
        max(case when is_contested then 1 else 0 end) = 1 as is_contested,
        coalesce(
            min_by(email_raw, case when email_normalized is not null then version_rank end),
            min_by(email_raw, case when email_raw is not null then version_rank end)
        ) as email_raw,
        min_by(email_normalized, case when email_normalized is not null then version_rank end)
            as email_normalized,
        min_by(is_valid, case when email_normalized is not null then version_rank end) as is_valid,
        min({{ possible_time('created_at') }}) as created_at,
        max(
            case
                when version_rank = 1 and not {{ is_possible_time('created_at') }} then created_at
            end
        ) as impossible_created_at,
        {%- for column in columns %}
        {%- if column in emptied %}
        max(case when version_rank = {{ column }}_rank then {{ column }} end) as {{ column }},
        {%- else %}
        min_by({{ column }}, case when {{ column }} is not null then version_rank end)
            as {{ column }},
        {%- endif %}
        {%- endfor %}
        {%- for column in consent %}
        max(case when version_rank = consent_rank then {{ column }} end) as {{ column }},
        {%- endfor %}
        {%- for column in of_the_last_version %}
        max(case when version_rank = 1 then {{ column }} end) as {{ column }},
        {%- endfor %}
        {{ merged_json('extra', 'version_rank') }} as extra -- noqa: PRS
    from placed
    group by contact_record_id
),

versions as (
    select * from single_versions
    union all
    select * from merged_versions
),

final as (
    select
        versions.contact_record_id,
        versions.source_system,
        versions.source_relation,
        case when not versions.is_contested then versions.source_contact_id end
            as source_contact_id,
        case when versions.is_contested then versions.source_contact_id end
            as contested_contact_id,
        versions.source_list_id,
        versions.email_raw,
        -- nobody with an id of their own is known by an address that many share
        case
            when
                versions.is_contested
                or versions.source_contact_id is null
                or shared_addresses.email_normalized is null
                then versions.email_normalized
        end as email_normalized,
        coalesce(versions.is_valid, false) as is_valid_email,
        versions.first_name,
        versions.last_name,
        versions.birth_date,
        versions.gender,
        versions.city,
        versions.region,
        upper(versions.country_code) as country_code,
        versions.language,
        versions.timezone,
        versions.profession,
        versions.sector,
        versions.created_at,
        versions.impossible_created_at,
        versions.updated_at,
        versions.email_consent,
        versions.consent_at,
        versions.consent_method,
        versions.email_tracking_allowed,
        versions.preferences,
        versions.social_influence_score,
        coalesce(versions.is_deleted, false) as is_deleted,
        versions.merged_into_source_id,
        versions.extra,
        versions.source_file,
        versions.line_number,
        versions.loaded_at
    from versions
    left join shared_addresses on versions.email_normalized = shared_addresses.email_normalized
)

select * from final
