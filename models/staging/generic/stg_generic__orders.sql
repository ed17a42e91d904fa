{{ incremental_by_file('generic', 'orders') }}

with source as {{ inline_cte() }} (
    select * from {{ source('generic', 'orders') }}
    {{ only_new_files() }}
),

float_ids as (
    {{- files_of_float_ids('source', 'contact_id') }}
),

typed as (
    select
        {{ clean_text('source.order_id') }} as source_order_id,
        {{ clean_id('source.contact_id', whole='float_ids._source_file is not null') }}
            as source_contact_id,
        {{ clean_value('source.email') }} as email_raw,
        {{ parse_timestamp('source.ordered_at') }} as ordered_at,
        {{ parse_choice('source.status', order_statuses()) }} as status,
        {{ parse_currency('source.currency') }} as currency,
        {{ parse_decimal('source.net_amount') }} as net_amount,
        {{ parse_decimal('source.refunded_amount') }} as refunded_amount,
        {{ parse_boolean('source.is_test') }} as is_test,
        source.ordered_at as ordered_at_text,
        source.status as status_text,
        source.currency as currency_text,
        source.net_amount as net_amount_text,
        source.refunded_amount as refunded_amount_text,
        source.is_test as is_test_text,
        {{ clean_text('source.contact_id') }} as contact_id_text,
        source._source_relation as source_relation,
        source._source_file as source_file,
        source._line_number as line_number,
        source._loaded_at as loaded_at
    from source
    left join float_ids on source._source_file = float_ids._source_file
),

final as (
    select
        source_order_id,
        source_contact_id,
        email_raw,
        ordered_at,
        status,
        currency,
        net_amount,
        refunded_amount,
        is_test,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key('generic.orders', [
            'source_order_id',
        ], account='source_relation') }} as line_key,
        {{ reject_reason([
            {
                'column': 'order_id', 'raw': 'source_order_id', 'parsed': 'source_order_id',
                'required': true,
                'expects': 'a value',
            },
            {
                'column': 'ordered_at', 'raw': 'ordered_at_text', 'parsed': 'ordered_at',
                'required': true,
                'expects': 'an ISO-8601 time such as 2026-04-05 21:06:21',
            },
            {
                'column': 'status', 'raw': 'status_text', 'parsed': 'status',
                'expects': 'one of ' ~ order_statuses() | join(', '),
            },
            {
                'column': 'currency', 'raw': 'currency_text', 'parsed': 'currency',
                'expects': 'a three-letter ISO 4217 code',
            },
            {
                'column': 'net_amount', 'raw': 'net_amount_text', 'parsed': 'net_amount',
                'required': true,
                'expects': 'a number such as 12.34',
            },
            {
                'column': 'refunded_amount', 'raw': 'refunded_amount_text',
                'parsed': 'refunded_amount',
                'expects': 'a number such as 12.34',
            },
            {
                'column': 'is_test', 'raw': 'is_test_text', 'parsed': 'is_test',
                'expects': 'true or false',
            },
            not_in_future('ordered_at', 'ordered_at'),
        ]) }} as reject_reason,
        {{ reject_reason([
            {
                'column': 'contact_id', 'raw': 'contact_id_text', 'parsed': 'source_contact_id',
                'expects': 'an id (long numbers lose digits in a spreadsheet)',
            },
        ]) }} as unread_values
    from typed
)

select * from final
