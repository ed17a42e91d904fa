-- what one unit of a currency is worth in var('currency'), and from when until when. The seed
-- quotes every currency against one base of its own; both legs are taken on the same days.
with seed_rates as (
    select * from {{ ref('fx_rates') }}
),

quoted as (
    select
        upper(currency) as currency,
        rate_date,
        cast(rate as decimal(18, 8)) as rate
    from seed_rates
    union all
    select
        upper(base_currency) as currency,
        min(rate_date) as rate_date,
        cast(1 as decimal(18, 8)) as rate
    from seed_rates
    group by upper(base_currency)
),

spans as (
    select
        currency,
        rate_date as valid_from,
        coalesce(
            lead(rate_date) over (partition by currency order by rate_date),
            cast('9999-12-31' as date)
        ) as valid_until,
        rate
    from quoted
),

reporting as (
    select * from spans
    where currency = '{{ var("currency") | upper }}'
),

final as (
    select
        spans.currency,
        greatest(spans.valid_from, reporting.valid_from) as valid_from,
        least(spans.valid_until, reporting.valid_until) as valid_until,
        cast(
            cast(spans.rate as double) / cast(reporting.rate as double) as decimal(18, 8)
        ) as fx_rate
    from spans
    inner join reporting
        on
            spans.valid_from < reporting.valid_until
            and reporting.valid_from < spans.valid_until
    where spans.currency <> '{{ var("currency") | upper }}'
    union all
    select
        '{{ var("currency") | upper }}' as currency,
        cast('0001-01-01' as date) as valid_from,
        cast('9999-12-31' as date) as valid_until,
        cast(1 as decimal(18, 8)) as fx_rate
)

select * from final
