-- An order without a rate is missing from revenue. One row per currency to add to
-- seeds/fx/fx_rates.csv, on or before the day given.
select
    currency,
    min(ordered_at) as first_ordered_at,
    count(*) as orders
from {{ ref('int_orders__unified') }}
where net_amount is not null and net_amount_base is null
group by currency
