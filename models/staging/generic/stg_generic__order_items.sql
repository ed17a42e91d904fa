{{ incremental_by_file('generic', 'order_items') }}

with source as (
    select * from {{ source('generic', 'order_items') }}
    {{ only_new_files() }}
),

repeated_lines as (
    {{ repeated_lines('source', [
        'order_id',
        'product_id',
        parse_decimal('quantity'),
        parse_decimal('unit_price'),
        parse_decimal('line_amount'),
    ], where=parse_integer('line_number') ~ ' is null') }}
),

typed as (
    select
        {{ clean_text('source.order_id') }} as source_order_id,
        {{ parse_integer('source.line_number') }} as order_line_number,
        {{ clean_text('source.product_id') }} as source_product_id,
        {{ parse_decimal('source.quantity') }} as quantity,
        {{ parse_decimal('source.unit_price') }} as unit_price,
        {{ parse_decimal('source.line_amount') }} as line_amount,
        source.line_number as line_number_text,
        source.quantity as quantity_text,
        source.unit_price as unit_price_text,
        source.line_amount as line_amount_text,
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

final as (
    select
        source_order_id,
        order_line_number,
        source_product_id,
        quantity,
        unit_price,
        line_amount,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        -- a position with a number is known by it, so that a correction replaces what it corrects
        case
            when order_line_number is not null
                then {{ line_key(
                    'generic.order_items', ["'number'", 'source_order_id', 'order_line_number'],
                    account='source_relation',
                ) }}
            else {{ line_key('generic.order_items', [
                    'source_order_id',
                    'source_product_id',
                    'quantity',
                    'unit_price',
                    'line_amount',
                ], occurrence='occurrence', account='source_relation') }}
        end as line_key,
        {{ reject_reason([
            {
                'column': 'order_id', 'raw': 'source_order_id', 'parsed': 'source_order_id',
                'required': true,
                'expects': 'a value',
            },
            {
                'column': 'line_number', 'raw': 'line_number_text', 'parsed': 'order_line_number',
                'expects': 'a whole number',
            },
            {
                'column': 'product_id', 'raw': 'source_product_id', 'parsed': 'source_product_id',
                'required': true,
                'expects': 'a value',
            },
            {
                'column': 'quantity', 'raw': 'quantity_text', 'parsed': 'quantity',
                'required': true,
                'expects': 'a number such as 12.34',
            },
            {
                'column': 'unit_price', 'raw': 'unit_price_text', 'parsed': 'unit_price',
                'expects': 'a number such as 12.34',
            },
            {
                'column': 'line_amount', 'raw': 'line_amount_text', 'parsed': 'line_amount',
                'expects': 'a number such as 12.34',
            },
        ]) }} as reject_reason
    from typed
)

select * from final
