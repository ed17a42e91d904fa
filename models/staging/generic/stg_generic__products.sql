with source as (
    select * from {{ source('generic', 'products') }}
),

typed as (
    select
        {{ clean_text('source.product_id') }} as source_product_id,
        {{ clean_text('source.name') }} as name,
        {{ clean_text('source.category') }} as category,
        {{ parse_currency('source.currency') }} as currency,
        {{ parse_decimal('source.list_price') }} as list_price,
        {{ parse_boolean('source.is_active') }} as is_active,
        source.currency as currency_text,
        source.list_price as list_price_text,
        source.is_active as is_active_text,
        source._source_relation as source_relation,
        source._source_file as source_file,
        source._line_number as line_number,
        source._loaded_at as loaded_at
    from source
),

final as (
    select
        source_product_id,
        name,
        category,
        currency,
        list_price,
        is_active,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key('generic.products', [
            'source_product_id',
        ], account='source_relation') }} as line_key,
        {{ reject_reason([
            {
                'column': 'product_id', 'raw': 'source_product_id', 'parsed': 'source_product_id',
                'required': true,
                'expects': 'a value',
            },
            {
                'column': 'currency', 'raw': 'currency_text', 'parsed': 'currency',
                'expects': 'a three-letter ISO 4217 code',
            },
            {
                'column': 'list_price', 'raw': 'list_price_text', 'parsed': 'list_price',
                'expects': 'a number such as 12.34',
            },
            {
                'column': 'is_active', 'raw': 'is_active_text', 'parsed': 'is_active',
                'expects': 'true or false',
            },
        ]) }} as reject_reason
    from typed
)

select * from final
