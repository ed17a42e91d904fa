{{ incremental_by_file('generic', 'contacts') }}

{%- set rejects = [
    {
        'column': 'contact_id',
        'when': "contact_id_text is null and coalesce(email_raw, '') not like '%_@_%'",
        'because': 'missing, a contact_id or an email expected',
    },
    {
        'column': 'is_deleted',
        'when': "is_deleted is null and is_deleted_text is not null"
            ~ " and opt_out_cause is null",
        'because': 'true or false expected',
    },
] -%}

{#- whoever is known by neither id nor address stays a contact of their own -#}
{%- set nobody_key = "case when source_contact_id is null and email_raw is null"
    ~ " then concat_ws(chr(31), contact_id_text, first_name, last_name, birth_date, city) end" -%}

{%- set cells = [
    'contact_id', 'email', 'first_name', 'last_name', 'birth_date', 'gender', 'city', 'region',
    'country_code', 'language', 'timezone', 'profession', 'sector', 'created_at', 'updated_at',
    'email_consent', 'consent_at', 'email_tracking_allowed', 'preferences',
    'social_influence_score', 'is_deleted', 'merged_into_contact_id',
] -%}

{#- a zero is no date, and no no -#}
{%- set dated_noes = {} -%}
{%- for word, consent in consent_words().items() if consent == 'unsubscribed' and word != '0' -%}
    {%- do dated_noes.update({word: 'unsubscribe'}) -%}
{%- endfor -%}

with source as {{ inline_cte() }} (
    select * from {{ source('generic', 'contacts') }}
    {{ only_new_files() }}
),

float_ids as (
    {{- files_of_float_ids('source', 'contact_id') }}
),

float_merges as (
    {{- files_of_float_ids('source', 'merged_into_contact_id') }}
),

typed as (
    select
        {{ clean_id('source.contact_id', whole='float_ids._source_file is not null') }}
            as source_contact_id,
        {{ clean_value('source.email') }} as email_raw,
        {{ clean_text('source.first_name') }} as first_name,
        {{ clean_text('source.last_name') }} as last_name,
        {{ parse_date('source.birth_date') }} as birth_date,
        {{ clean_text('source.gender') }} as gender,
        {{ clean_text('source.city') }} as city,
        {{ clean_text('source.region') }} as region,
        {{ clean_text('source.country_code') }} as country_code,
        {{ clean_text('source.language') }} as language,
        {{ clean_text('source.timezone') }} as timezone,
        {{ clean_text('source.profession') }} as profession,
        {{ clean_text('source.sector') }} as sector,
        {{ parse_timestamp('source.created_at') }} as created_at,
        {{ parse_timestamp('source.updated_at') }} as updated_at,
        {{ parse_choice('source.email_consent', consent_words()) }} as email_consent,
        {{ parse_timestamp('source.consent_at') }} as decided_at,
        {{ parse_boolean('source.email_tracking_allowed') }} as tracking_flag,
        {{ clean_text('source.preferences') }} as preferences,
        {{ parse_double('source.social_influence_score') }} as social_influence_score,
        {{ parse_boolean('source.is_deleted') }} as is_deleted,
        {{ clean_id(
            'source.merged_into_contact_id', whole='float_merges._source_file is not null'
        ) }} as merged_into_source_id,
        source.extra,
        source.email_consent as email_consent_text,
        {{ clean_text('source.email_tracking_allowed') }} as tracking_text,
        {{ clean_text('source.is_deleted') }} as is_deleted_text,
        source.updated_at as updated_at_text,
        source.consent_at as consent_at_text,
        {{ clean_text('source.contact_id') }} as contact_id_text,
        {{ clean_text('source.email') }} as email_text,
        {{ clean_text('source.merged_into_contact_id') }} as merged_into_text,
        concat_ws(
            chr(31), '',
            {%- for cell in cells %} source.{{ cell }},{% endfor %} ''
        ) as cells,
        source._source_relation as source_relation,
        source._source_file as source_file,
        source._line_number as line_number,
        source._loaded_at as loaded_at
    from source
    left join float_ids on source._source_file = float_ids._source_file
    left join float_merges on source._source_file = float_merges._source_file
),

judged as (
    select
        *,
        case
            when email_consent = 'unsubscribed' then 'unsubscribe'
            else coalesce(
                case
                    when email_consent is null then {{ leave_cause('email_consent_text') }}
                end,
                -- cells that slipped by a column
                {{ leave_cause('consent_at_text') }},
                {{ parse_choice('consent_at_text', dated_noes) }},
                case when email_raw not like '%@%' then {{ leave_cause('email_raw') }} end,
                {{ lone_leave_cause('cells') }},
                case
                    when
                        email_consent is null
                        and (
                            -- a word that nobody knows is never a yes
                            nullif(trim(email_consent_text), '') is not null
                            -- a list that tells consent in a column of a name nobody declared
                            or {{ says_leave('extra') }}
                        )
                        then 'unreadable'
                end
            )
        end as opt_out_cause
    from typed
),

final as (
    select
        source_contact_id,
        email_raw,
        first_name,
        last_name,
        birth_date,
        gender,
        city,
        region,
        country_code,
        language,
        timezone,
        profession,
        sector,
        created_at,
        updated_at,
        email_consent,
        -- a subscription of the far future would lift every opt-out there will be
        case when decided_at <= loaded_at + interval '1' day then decided_at end as consent_at,
        -- a flag that cannot be read is taken as the person's no
        coalesce(tracking_flag, case when tracking_text is not null then false end)
            as email_tracking_allowed,
        preferences,
        social_influence_score,
        is_deleted,
        merged_into_source_id,
        extra,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key('generic.contacts', [
            'coalesce(source_contact_id, lower(email_raw))',
            nobody_key,
        ], account='source_relation') }} as line_key,
        {{ reject_reason(rejects) }} as reject_reason,
        {{ reject_reason([
            {
                'column': 'contact_id', 'raw': 'contact_id_text', 'parsed': 'source_contact_id',
                'expects': 'an id (long numbers lose digits in a spreadsheet)',
            },
            {
                'column': 'contact_id', 'when': 'contact_id_text is null',
                'because': 'missing, the contact is known by the address alone',
            },
            {
                'column': 'merged_into_contact_id', 'raw': 'merged_into_text',
                'parsed': 'merged_into_source_id', 'expects': 'an id',
            },
            {
                'column': 'email', 'when': "email_text not like '%_@_%'",
                'because': 'an address expected',
            },
            {
                'column': 'email_consent', 'raw': 'email_consent_text', 'parsed': 'email_consent',
                'expects': 'one of ' ~ email_consents() | join(', '),
            },
            {
                'column': 'is_deleted', 'raw': 'is_deleted_text', 'parsed': 'is_deleted',
                'expects': 'true or false',
            },
            {
                'column': 'updated_at', 'raw': 'updated_at_text', 'parsed': 'updated_at',
                'expects': 'an ISO-8601 time such as 2026-04-05 21:06:21',
            },
            not_in_future('updated_at', 'updated_at'),
            {
                'column': 'consent_at', 'raw': 'consent_at_text', 'parsed': 'decided_at',
                'expects': 'an ISO-8601 time such as 2026-04-05 21:06:21',
            },
            not_in_future('consent_at', 'decided_at'),
            {
                'column': 'email_tracking_allowed', 'raw': 'tracking_text',
                'parsed': 'tracking_flag', 'expects': 'true or false',
            },
        ]) }} as unread_values,
        opt_out_cause,
        -- the ordinary way knows an unsubscribed contact by id or address: here are the others
        case
            when
                opt_out_cause is not null
                and (
                    coalesce(email_consent, '') <> 'unsubscribed'
                    or {{ reject_reason(rejects) }} is not null
                    -- the address may stand in another column
                    or (email_raw is null and {{ line_text(['cells', 'extra']) }} like '%_@_%')
                    or not {{ matches('email_raw', "'[^@ ]@[^@ ]+[.][^@ ]'") }}
                    or (source_contact_id is null and email_raw is null)
                )
                then {{ line_text(["trim(replace(cells, chr(31), ' '))", 'extra']) }}
        end as opt_out_text
    from judged
)

select * from final
