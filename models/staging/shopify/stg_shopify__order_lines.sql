{{ incremental_by_file('shopify', 'orders_export') }}

{%- set item_columns = [
    'name', 'order_token', 'lineitem_sku', 'lineitem_name', 'lineitem_quantity', 'lineitem_price',
    'lineitem_discount',
] -%}
{#- name and address may stand on every line of an order, these four only on its first -#}
{%- set is_order_line -%}
coalesce(
            {{ clean_text('financial_status') }},
            {{ clean_text('total') }},
            {{ clean_text('subtotal') }},
            {{ clean_text('currency') }}
        ) is not null
{%- endset -%}

with source as (
    select * from {{ source('shopify', 'orders_export') }}
    {{ only_new_files() }}
),

-- order fields stand on the first line of an order: found by what the line holds, not by its place.
-- The lines below it under the same name are its items; two orders may have one name
placed as (
    select
        _source_file,
        _line_number,
        {{ clean_text('name') }} as order_name,
        {{ is_order_line }} as is_order_line,
        coalesce(
            max(case when {{ is_order_line }} then _line_number end) over (
                partition by _source_file, {{ clean_text('name') }}
                order by _line_number
                rows between unbounded preceding and current row
            ),
            min(case when {{ is_order_line }} then _line_number end) over (
                partition by _source_file, {{ clean_text('name') }}
            )
        ) as head_line_number
    from source
),

order_heads as (
    select
        _source_file as source_file,
        _line_number as line_number,
        {{ clean_id('id', whole='true') }} as order_number,
        {{ parse_timestamp('created_at', shopify_time_formats()) }} as head_created_at,
        {{ parse_currency('currency') }} as head_currency,
        coalesce({{ clean_id('id', whole='true') }}, created_at) as order_token
    from source
    where {{ is_order_line }}
),

tokened as (
    select
        source.*,
        placed.order_name,
        placed.is_order_line,
        order_heads.order_number,
        order_heads.head_created_at,
        order_heads.head_currency,
        order_heads.order_token
    from source
    inner join placed
        on
            source._source_file = placed._source_file
            and source._line_number = placed._line_number
    left join order_heads
        on
            placed._source_file = order_heads.source_file
            and placed.head_line_number = order_heads.line_number
            and placed.order_name is not null
),

repeated_lines as (
    {{ repeated_lines('tokened', item_columns) }}
),

typed as (
    select
        source.order_name,
        source.order_number,
        source.is_order_line,
        source.head_created_at,
        source.head_currency,
        source.order_token,
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
        {{ clean_value(unquoted_text('source.email')) }} as email_raw,
        -- asked for where there is no address; a number that a spreadsheet rounded is many people's
        case
            when {{ clean_value(unquoted_text('source.email')) }} is null
                then coalesce(
                    {{ clean_phone('source.phone') }},
                    {{ clean_phone('source.billing_phone') }},
                    {{ clean_phone('source.shipping_phone') }}
                )
        end as phone,
        case
            when {{ clean_value(unquoted_text('source.email')) }} is null
                then coalesce(
                    {{ clean_value(unquoted_text('source.phone')) }},
                    {{ clean_value(unquoted_text('source.billing_phone')) }},
                    {{ clean_value(unquoted_text('source.shipping_phone')) }}
                )
        end as phone_text,
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
        {{ shopify_is_gift_card(
            'source.lineitem_requires_shipping', 'source.lineitem_name', 'source.lineitem_sku'
        ) }} as is_gift_card,
        {{ shopify_is_draft('source.order_name', 'source.source', 'source.financial_status') }}
            as is_draft_line,
        {{ clean_text('source.accepts_marketing') }} as accepts_marketing_text,
        {{ clean_text('source.id') }} as id_text,
        source.financial_status as financial_status_text,
        source.currency as currency_text,
        source.total as total_text,
        source.refunded_amount as refunded_amount_text,
        source.created_at as created_at_text,
        source.cancelled_at as cancelled_at_text,
        source.lineitem_quantity as quantity_text,
        source.lineitem_price as unit_price_text,
        source.lineitem_discount as line_discount_text,
        case
            when
                {{ clean_text('source.accepts_marketing') }} is not null
                and {{ parse_boolean('source.accepts_marketing') }} is null
                then {{ line_text([
                    'source.email', 'source.name', 'source.accepts_marketing',
                    'source.shipping_name', 'source.notes', 'source.note_attributes', 'source.tags',
                    'source.billing_name', 'source.extra',
                ]) }}
        end as line_text,
        source._source_relation as source_relation,
        source._source_file as source_file,
        source._line_number as line_number,
        source._loaded_at as loaded_at,
        repeated_lines.occurrence
    from tokened as source
    left join repeated_lines
        on
            source._source_file = repeated_lines._source_file
            and source._line_number = repeated_lines._line_number
),

-- few orders are drafts or buy gift cards: grouping these beats a window over all lines. A gift
-- card is money kept for somebody: what it buys is revenue, when it is spent
odd_orders as (
    select
        source_file,
        order_name,
        order_token,
        max(case when is_draft_line then 1 else 0 end) = 1 as is_draft,
        sum(
            case
                when is_gift_card then quantity * unit_price - coalesce(line_discount, 0)
                else 0
            end
        ) as gift_card_amount
    from typed
    where is_draft_line or is_gift_card
    group by source_file, order_name, order_token
),

filled as (
    select
        typed.*,
        coalesce(typed.line_created_at, typed.head_created_at) as ordered_at,
        coalesce(typed.line_currency, typed.head_currency) as currency,
        coalesce(odd_orders.is_draft, false) as is_draft,
        coalesce(odd_orders.gift_card_amount, 0) as gift_card_amount
    from typed
    left join odd_orders
        on
            typed.source_file = odd_orders.source_file
            and typed.order_name = odd_orders.order_name
            and coalesce(typed.order_token, '') = coalesce(odd_orders.order_token, '')
),

judged as (
    select
        filled.*,
        accepts_marketing_text is not null and accepts_marketing is null as is_marketing_unread,
        {{ reject_reason([
            {
                'column': 'Name', 'raw': 'order_name', 'parsed': 'order_name',
                'required': true, 'expects': 'an order name such as #1001',
            },
            {
                'column': 'Created at', 'raw': 'created_at_text',
                'parsed': 'line_created_at',
                'expects': 'a time with offset such as 2026-04-05 21:06:21 +0400',
            },
            {
                'column': 'Cancelled at', 'raw': 'cancelled_at_text',
                'parsed': 'cancelled_at',
                'expects': 'a time with offset such as 2026-04-05 21:06:21 +0400',
            },
            {
                'column': 'Financial Status', 'raw': 'financial_status_text',
                'parsed': 'financial_status',
                'expects': 'one of ' ~ shopify_statuses() | join(', '),
            },
            {
                'column': 'Currency', 'raw': 'currency_text', 'parsed': 'line_currency',
                'expects': 'a three-letter ISO 4217 code',
            },
            {
                'column': 'Total', 'raw': 'total_text', 'parsed': 'net_amount',
                'expects': 'a number such as 12.34',
            },
            {
                'column': 'Refunded Amount', 'raw': 'refunded_amount_text',
                'parsed': 'refunded_amount', 'expects': 'a number such as 12.34',
            },
            {
                'column': 'Lineitem quantity', 'raw': 'quantity_text',
                'parsed': 'quantity', 'expects': 'a number such as 2',
            },
            {
                'column': 'Lineitem price', 'raw': 'unit_price_text',
                'parsed': 'unit_price', 'expects': 'a number such as 12.34',
            },
            {
                'column': 'Lineitem discount', 'raw': 'line_discount_text',
                'parsed': 'line_discount', 'expects': 'a number such as 12.34',
            },
            {
                'column': 'Created at',
                'when': "is_order_line and nullif(trim(created_at_text), '') is null",
                'because': 'missing, a time with offset such as 2026-04-05 21:06:21 +0400 expected',
            },
            {
                'column': 'Total',
                'when': "is_order_line and nullif(trim(total_text), '') is null",
                'because': 'missing, a number such as 12.34 expected',
            },
            {
                'column': 'Lineitem quantity',
                'when': "is_item_line and nullif(trim(quantity_text), '') is null",
                'because': 'missing, a number such as 2 expected',
            },
            {
                'column': 'Lineitem name',
                'when': 'not is_order_line and not is_item_line',
                'because': 'missing, the name of an item expected',
            },
            not_in_future('Created at', 'line_created_at', 'loaded_at'),
        ]) }} as reject_reason
    from filled
),

final as (
    select
        order_name,
        order_number,
        is_order_line,
        is_item_line,
        is_draft,
        is_gift_card,
        ordered_at,
        cancelled_at,
        financial_status,
        currency,
        net_amount,
        case when is_order_line then gift_card_amount end as gift_card_amount,
        refunded_amount,
        is_test,
        accepts_marketing,
        is_marketing_unread,
        email_raw,
        case when email_raw is null and phone is not null then {{ text_md5('phone') }} end
            as source_contact_id,
        full_name,
        city,
        region,
        country_code,
        row_number() over (
            partition by source_file, order_name, order_token
            order by line_number
        ) as order_line_number,
        source_product_id,
        product_name,
        quantity,
        unit_price,
        compare_at_price,
        coalesce(line_discount, 0) as line_discount,
        coalesce(occurrence, 1) as occurrence,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key('shopify.order_lines', [
            'order_name', 'order_number', 'source_product_id', 'product_name', 'quantity',
            'unit_price', 'judged.line_discount',
        ], occurrence='judged.occurrence', account='source_relation') }} as line_key,
        reject_reason,
        {{ reject_reason([
            {
                'column': 'Accepts Marketing', 'when': 'is_marketing_unread',
                'because': 'yes or no expected; taken as a no',
            },
            {
                'column': 'Phone',
                'when': 'email_raw is null and phone is null and phone_text is not null',
                'because': 'a phone number expected (a spreadsheet rounds long numbers: it'
                ~ ' identifies nobody)',
            },
            {
                'column': 'Id',
                'when': 'is_order_line and order_number is null and id_text is not null',
                'because': 'the number of an order expected (a spreadsheet rounds long numbers: the'
                ~ ' order is known by its Name)',
            },
        ]) }} as unread_values,
        case when is_marketing_unread then 'unreadable' end as opt_out_cause,
        case
            when
                is_marketing_unread
                and (reject_reason is not null or email_raw not like '%_@_%')
                then line_text
        end as opt_out_text
    from judged
)

select * from final
