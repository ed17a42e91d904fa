{{ incremental_by_file('ga4', 'sessions') }}

{#- what GA4 writes where it knows nothing -#}
{%- set unknown = ['(not set)', '(not provided)', 'null'] -%}

with source as {{ inline_cte() }} (
    select * from {{ source('ga4', 'sessions') }}
    {{ only_new_files() }}
),

float_ids as (
    {{- files_of_float_ids('source', 'user_id') }}
),

typed as (
    select
        {{ clean_text('user_pseudo_id', unknown) }} as user_pseudo_id,
        {{ clean_id('ga_session_id', whole='true') }} as ga_session_id,
        {{ clean_id(
            clean_text('user_id', unknown), whole='float_ids._source_file is not null'
        ) }} as user_id,
        {{ clean_text('user_id', unknown) }} as user_id_text,
        {{ parse_timestamp('session_start_timestamp', 'epoch_micros') }} as started_at,
        {{ parse_timestamp('session_end_timestamp', 'epoch_micros') }} as ended_at,
        {{ parse_decimal('engagement_time_msec') }} as engagement_time_msec,
        {{ parse_integer('page_views') }} as page_views,
        {{ clean_text('source', unknown) }} as source,
        {{ clean_text('medium', unknown) }} as medium,
        {{ clean_text('campaign', unknown) }} as campaign,
        {{ clean_text('device_category', unknown) }} as device_category,
        {{ clean_text('country', unknown) }} as country,
        {{ parse_integer('add_to_carts') }} as add_to_carts,
        {{ parse_integer('purchases') }} as purchases,
        {{ parse_decimal('purchase_revenue') }} as purchase_revenue,
        {{ parse_boolean('converted') }} as converted,
        source.session_start_timestamp as started_at_text,
        source.session_end_timestamp as ended_at_text,
        engagement_time_msec as engagement_time_text,
        page_views as page_views_text,
        add_to_carts as add_to_carts_text,
        purchases as purchases_text,
        converted as converted_text,
        source._source_relation as source_relation,
        source._source_file as source_file,
        source._line_number as line_number,
        source._loaded_at as loaded_at
    from source
    left join float_ids on source._source_file = float_ids._source_file
),

final as (
    select
        user_pseudo_id,
        ga_session_id,
        user_id,
        started_at,
        ended_at,
        engagement_time_msec,
        page_views,
        source,
        medium,
        campaign,
        device_category,
        country,
        add_to_carts,
        purchases,
        purchase_revenue,
        converted,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key('ga4.sessions', ['user_pseudo_id', 'ga_session_id'],
            account='source_relation') }} as line_key,
        {{ reject_reason([
            {
                'column': 'user_pseudo_id', 'raw': 'user_pseudo_id', 'parsed': 'user_pseudo_id',
                'required': true, 'expects': 'the id of a browser',
            },
            {
                'column': 'ga_session_id', 'raw': 'ga_session_id', 'parsed': 'ga_session_id',
                'required': true, 'expects': 'the number of a session',
            },
            {
                'column': 'session_start_timestamp', 'raw': 'started_at_text',
                'parsed': 'started_at', 'required': true, 'expects': 'microseconds since 1970 UTC',
            },
            {
                'column': 'session_end_timestamp', 'raw': 'ended_at_text', 'parsed': 'ended_at',
                'expects': 'microseconds since 1970 UTC',
            },
            {
                'column': 'engagement_time_msec', 'raw': 'engagement_time_text',
                'parsed': 'engagement_time_msec', 'expects': 'a number of milliseconds',
            },
            {
                'column': 'page_views', 'raw': 'page_views_text', 'parsed': 'page_views',
                'expects': 'a whole number',
            },
            {
                'column': 'add_to_carts', 'raw': 'add_to_carts_text', 'parsed': 'add_to_carts',
                'expects': 'a whole number',
            },
            {
                'column': 'purchases', 'raw': 'purchases_text', 'parsed': 'purchases',
                'expects': 'a whole number',
            },
            {
                'column': 'converted', 'raw': 'converted_text', 'parsed': 'converted',
                'expects': 'true or false',
            },
            not_in_future('session_start_timestamp', 'started_at'),
        ]) }} as reject_reason,
        {{ reject_reason([
            {
                'column': 'user_id', 'raw': 'user_id_text', 'parsed': 'user_id',
                'expects': 'an id or an address (long numbers lose digits in a spreadsheet)',
            },
        ]) }} as unread_values
    from typed
)

select * from final
