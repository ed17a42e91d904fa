{{ incremental_by_file('shopify', 'orders_export') }}

{%- set item_columns = [
    'name', 'lineitem_sku', 'lineitem_name', 'lineitem_quantity', 'lineitem_price',
    'lineitem_discount',
] -%}

with source as (
    select * from {{ source('shopify', 'orders_export') }}
    {{ only_new_files() }}
),

repeated_lines as (
    {{ repeated_lines('source', item_columns) }}
),

typed as (
    select
        {{ clean_text('source.name') }} as source_order_id,
        -- name and address may stand on every line of an order, these four only on its first
        coalesce(
            {{ clean_text('source.financial_status') }},
            {{ clean_text('source.total') }},
            {{ clean_text('source.subtotal') }},
            {{ clean_text('source.currency') }}
        ) is not null as is_order_line,
        coalesce(
            {{ clean_text('source.lineitem_name') }}, {{ clean_text('source.lineitem_sku') }}
        ) is not null as is_item_line,
        {{ parse_timestamp('source.created_at', shopify_time_formats()) }} as line_created_at,
        {{ parse_timestamp('source.cancelled_at', shopify_time_formats()) }} as cancelled_at,
        {{ parse_choice('source.financial_status', shopify_statuses()) }} as financial_status,
        {{ parse_currency('source.currency') }} as line_currency,
        {{ parse_decimal('source.total') }} as net_amount,
        {{ parse_decimal('source.refunded_amount') }} as refunded_amount,
        {{ parse_boolean('source.accepts_marketing') }} as accepts_marketing,
        -- the gateway for test orders; the export has no flag of its own
        coalesce(lower(source.payment_method) like '%bogus%', false) as is_test,
        {{ unquoted_text('source.email') }} as email_raw,
        coalesce(
            {{ unquoted_text('source.phone') }},
            {{ unquoted_text('source.billing_phone') }},
            {{ unquoted_text('source.shipping_phone') }}
        ) as phone_raw,
        coalesce(
            {{ unquoted_text('source.billing_name') }}, {{ unquoted_text('source.shipping_name') }}
        ) as full_name,
        coalesce(
            {{ unquoted_text('source.billing_city') }}, {{ unquoted_text('source.shipping_city') }}
        ) as city,
        coalesce(
            {{ unquoted_text('source.billing_province_name') }},
            {{ unquoted_text('source.billing_province') }},
            {{ unquoted_text('source.shipping_province_name') }},
            {{ unquoted_text('source.shipping_province') }}
        ) as region,
        coalesce(
            {{ clean_text('source.billing_country') }}, {{ clean_text('source.shipping_country') }}
        ) as country_code,
        coalesce(
            {{ clean_text('source.lineitem_sku') }}, {{ clean_text('source.lineitem_name') }}
        ) as source_product_id,
        {{ clean_text('source.lineitem_name') }} as product_name,
        {{ parse_decimal('source.lineitem_quantity') }} as quantity,
        {{ parse_decimal('source.lineitem_price') }} as unit_price,
        {{ parse_decimal('source.lineitem_compare_at_price') }} as compare_at_price,
        {{ parse_decimal('source.lineitem_discount') }} as line_discount,
        source.accepts_marketing as accepts_marketing_text,
        source.financial_status as financial_status_text,
        source.currency as currency_text,
        source.total as total_text,
        source.refunded_amount as refunded_amount_text,
        source.created_at as created_at_text,
        source.cancelled_at as cancelled_at_text,
        source.lineitem_quantity as quantity_text,
        source.lineitem_price as unit_price_text,
        source.lineitem_discount as line_discount_text,
        source._source_relation as source_relation,
        source._source_file as source_file,
        source._line_number as line_number,
        source._loaded_at as loaded_at,
        repeated_lines.occurrence
    from source
    left join repeated_lines
        on
            source._source_file = repeated_lines._source_file
            and source._line_number = repeated_lines._line_number
),

-- order fields stand on the first line of an order: found by what the line holds, not by its place
order_heads as (
    select
        source_file,
        source_order_id,
        line_created_at,
        line_currency,
        row_number() over (
            partition by source_file, source_order_id
            order by line_number
        ) as head_rank
    from typed
    where is_order_line and source_order_id is not null
),

final as (
    select
        typed.source_order_id,
        typed.is_order_line,
        typed.is_item_line,
        coalesce(typed.line_created_at, order_heads.line_created_at) as ordered_at,
        typed.cancelled_at,
        typed.financial_status,
        coalesce(typed.line_currency, order_heads.line_currency) as currency,
        typed.net_amount,
        typed.refunded_amount,
        typed.is_test,
        typed.accepts_marketing,
        typed.email_raw,
        case
            when typed.email_raw is null and typed.phone_raw is not null
                then {{ text_md5(phone_digits('typed.phone_raw')) }}
        end as source_contact_id,
        typed.full_name,
        typed.city,
        typed.region,
        typed.country_code,
        row_number() over (
            partition by typed.source_file, typed.source_order_id
            order by typed.line_number
        ) as order_line_number,
        typed.source_product_id,
        typed.product_name,
        typed.quantity,
        typed.unit_price,
        typed.compare_at_price,
        coalesce(typed.line_discount, 0) as line_discount,
        typed.source_relation,
        typed.source_file,
        typed.line_number,
        typed.loaded_at,
        {{ line_key('shopify.order_lines', [
            'typed.source_order_id', 'typed.source_product_id', 'typed.product_name',
            'typed.quantity', 'typed.unit_price', 'typed.line_discount',
        ], occurrence='typed.occurrence', account='typed.source_relation') }} as line_key,
        {{ reject_reason([
            {
                'column': 'Name', 'raw': 'typed.source_order_id', 'parsed': 'typed.source_order_id',
                'required': true, 'expects': 'an order name such as #1001',
            },
            {
                'column': 'Created at', 'raw': 'typed.created_at_text',
                'parsed': 'typed.line_created_at',
                'expects': 'a time with offset such as 2026-04-05 21:06:21 +0400',
            },
            {
                'column': 'Cancelled at', 'raw': 'typed.cancelled_at_text',
                'parsed': 'typed.cancelled_at',
                'expects': 'a time with offset such as 2026-04-05 21:06:21 +0400',
            },
            {
                'column': 'Financial Status', 'raw': 'typed.financial_status_text',
                'parsed': 'typed.financial_status',
                'expects': 'one of ' ~ shopify_statuses() | join(', '),
            },
            {
                'column': 'Accepts Marketing', 'raw': 'typed.accepts_marketing_text',
                'parsed': 'typed.accepts_marketing', 'expects': 'yes or no',
            },
            {
                'column': 'Currency', 'raw': 'typed.currency_text', 'parsed': 'typed.line_currency',
                'expects': 'a three-letter ISO 4217 code',
            },
            {
                'column': 'Total', 'raw': 'typed.total_text', 'parsed': 'typed.net_amount',
                'expects': 'a number such as 12.34',
            },
            {
                'column': 'Refunded Amount', 'raw': 'typed.refunded_amount_text',
                'parsed': 'typed.refunded_amount', 'expects': 'a number such as 12.34',
            },
            {
                'column': 'Lineitem quantity', 'raw': 'typed.quantity_text',
                'parsed': 'typed.quantity', 'expects': 'a number such as 2',
            },
            {
                'column': 'Lineitem price', 'raw': 'typed.unit_price_text',
                'parsed': 'typed.unit_price', 'expects': 'a number such as 12.34',
            },
            {
                'column': 'Lineitem discount', 'raw': 'typed.line_discount_text',
                'parsed': 'typed.line_discount', 'expects': 'a number such as 12.34',
            },
            {
                'column': 'Created at',
                'when': "typed.is_order_line and nullif(trim(typed.created_at_text), '') is null",
                'because': 'missing, a time with offset such as 2026-04-05 21:06:21 +0400 expected',
            },
            {
                'column': 'Total',
                'when': "typed.is_order_line and nullif(trim(typed.total_text), '') is null",
                'because': 'missing, a number such as 12.34 expected',
            },
            {
                'column': 'Lineitem quantity',
                'when': "typed.is_item_line and nullif(trim(typed.quantity_text), '') is null",
                'because': 'missing, a number such as 2 expected',
            },
            {
                'column': 'Lineitem name',
                'when': 'not typed.is_order_line and not typed.is_item_line',
                'because': 'missing, the name of an item expected',
            },
            not_in_future('Created at', 'typed.line_created_at', 'typed.loaded_at'),
        ]) }} as reject_reason
    from typed
    left join order_heads
        on
            typed.source_file = order_heads.source_file
            and typed.source_order_id = order_heads.source_order_id
            and order_heads.head_rank = 1
)

select * from final
