{%- set told_before = ['contact_id', 'status', 'currency', 'refunded_amount', 'is_test'] -%}
with orders as (
{{ union_systems('orders') | indent(4) }}
),

lookup as (
    select * from {{ ref('int_contact_lookup') }}
),

rates as (
    select * from {{ ref('int_fx_rates') }}
),

-- most orders have one version: only those whose hash occurs twice are ranked
repeated_hashes as (
    select {{ row_hash(['keys.source_system', 'keys.source_relation', 'keys.source_order_id']) }}
        as key_hash
    from (
{{ union_systems('orders', ['source_system', 'source_relation', 'source_order_id']) | indent(8) }}
    ) as keys
    group by
        {{ row_hash(['keys.source_system', 'keys.source_relation', 'keys.source_order_id']) }}
    having count(*) > 1
),

identified as (
    select
        orders.*,
        coalesce(ids.contact_id, emails.contact_id) as contact_id,
        coalesce(orders.source_contact_id, orders.email_raw) is not null as is_named,
        repeated_hashes.key_hash is not null as is_repeated
    from orders
    left join repeated_hashes
        on
            {{ row_hash([
                'orders.source_system', 'orders.source_relation', 'orders.source_order_id',
            ]) }} = repeated_hashes.key_hash
    left join lookup as ids
        on
            orders.source_system = ids.source_system
            and {{ lookup_relation('orders') }} = ids.source_relation
            and orders.source_contact_id = ids.lookup_value
    left join lookup as emails
        on
            orders.email_raw = emails.lookup_value
            and emails.source_system = '@'
            -- what strangers bought under one address makes none of them a good customer
            and not emails.is_shared
),

ranked as {{ inline_cte() }} (
    select
        *,
        1 as version_rank
    from identified
    where not is_repeated
    union all
    select
        *,
        row_number() over (
            partition by source_system, source_relation, source_order_id
            order by
                loaded_at desc,
                source_file desc,
                line_number desc
        ) as version_rank
    from identified
    where is_repeated
),

-- what the last version of an order does not tell and one before did, the buyer above all: a poorer
-- export takes nothing away, nor does one whose id or address leads to nobody
told as (
    select
        source_system,
        source_relation,
        source_order_id,
        {%- for column in told_before %}
        min_by({{ column }}, case when {{ column }} is not null then version_rank end)
            as {{ column }},
        {%- endfor %}
        max(case when is_named then 1 else 0 end) = 1 as is_named
    from ranked
    where is_repeated
    group by
        source_system,
        source_relation,
        source_order_id
),

versions as (
    select
        ranked.source_system,
        ranked.source_relation,
        ranked.source_order_id,
        ranked.is_named or coalesce(told.is_named, false) as is_named,
        ranked.ordered_at,
        {%- for column in told_before %}
        coalesce(ranked.{{ column }}, told.{{ column }}) as {{ column }},
        {%- endfor %}
        ranked.net_amount,
        ranked.source_file,
        ranked.line_number,
        ranked.loaded_at
    from ranked
    left join told
        on
            ranked.source_system = told.source_system
            and ranked.source_relation = told.source_relation
            and ranked.source_order_id = told.source_order_id
    where ranked.version_rank = 1
),

-- a file without a currency column is in the currency of the company's books
current_orders as (
    select
        source_system,
        source_relation,
        source_order_id,
        contact_id,
        is_named,
        ordered_at,
        coalesce(status, 'paid') as status,
        coalesce(upper(currency), '{{ var("currency") }}') as currency,
        net_amount,
        -- shops write a refund above or below 0; one that says refunded and no amount gave all back
        coalesce(
            nullif(abs(refunded_amount), 0),
            case when status = 'refunded' and net_amount > 0 then net_amount end,
            0
        ) as refunded_amount,
        coalesce(is_test, false) as is_test,
        source_file,
        line_number,
        loaded_at
    from versions
),

priced as (
    select
        {{ canonical_key([
            'orders.source_system', 'orders.source_relation', 'orders.source_order_id',
        ]) }} as order_id,
        orders.contact_id,
        orders.source_system,
        orders.source_relation,
        orders.source_order_id,
        orders.is_named,
        orders.ordered_at,
        orders.status,
        orders.currency,
        orders.net_amount,
        cast(orders.refunded_amount as decimal(18, 4)) as refunded_amount,
        orders.is_test,
        orders.status in ('paid', 'partially_refunded', 'refunded')
        and not orders.is_test as is_valid,
        rates.fx_rate,
        rates.valid_from as fx_date,
        cast(orders.net_amount * rates.fx_rate as decimal(18, 4)) as net_amount_base,
        cast(orders.refunded_amount * rates.fx_rate as decimal(18, 4)) as refunded_amount_base,
        orders.source_file,
        orders.line_number,
        orders.loaded_at
    from current_orders as orders
    left join rates
        on
            orders.currency = rates.currency
            and cast(orders.ordered_at as date) >= rates.valid_from
            and cast(orders.ordered_at as date) < rates.valid_until
),

-- a credit note (an amount below 0) is no purchase, but money given back all the same
final as (
    select
        order_id,
        contact_id,
        source_system,
        source_relation,
        source_order_id,
        is_named,
        ordered_at,
        status,
        currency,
        net_amount,
        refunded_amount,
        is_test,
        is_valid and net_amount > 0 as is_counted,
        fx_rate,
        fx_date,
        net_amount_base,
        refunded_amount_base,
        cast(
            case
                when not is_valid or net_amount = 0 then 0
                when net_amount < 0 then net_amount_base
                else net_amount_base - refunded_amount_base
            end as decimal(18, 4)
        ) as revenue_base,
        source_file,
        line_number,
        loaded_at
    from priced
)

select * from final
