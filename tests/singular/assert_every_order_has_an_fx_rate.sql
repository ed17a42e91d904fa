-- An order without a rate is missing from revenue. One row per currency to add to
-- seeds/fx/fx_rates.csv, on or before the day given.
select
    currency,
    min(ordered_at) as first_ordered_at,
    count(*) as orders
from {{ ref('int_orders__unified') }}
where
    net_amount is not null
    and net_amount_base is null
    -- a day that cannot be has no rate, and such an order counts for nothing (int_lines_set_aside)
    and ordered_at >= {{ first_possible_time() }}
group by currency
