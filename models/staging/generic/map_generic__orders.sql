with accepted_lines as (
    select * from {{ ref('stg_generic__orders') }}
    where reject_reason is null
),

final as (
    select
        'generic' as source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        source_order_id,
        source_contact_id,
        email_raw,
        ordered_at,
        -- an export without a status column holds orders that count
        coalesce(status, 'paid') as status,
        currency,
        net_amount,
        coalesce(refunded_amount, 0) as refunded_amount,
        coalesce(is_test, false) as is_test
    from accepted_lines
)

select * from final
