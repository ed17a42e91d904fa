{% set columns = ['contact_id'] %}
{%set badly_padded = 1%}
with unused as (
    select contact_id from contacts
),

doubled as (
    select distinct contact_id, count(*) as n_rows, count(1) as also_rows
    from contacts
    group by contact_id
),

joined as (
    select
        contact_id ContactId,
        email,
        COUNT(orders.order_id) + 1,
        ifnull(orders.net_amount, 0) as net_amount,
        orders.is_test = NULL as is_odd,
        cast(orders.net_amount as DECIMAL(18, 4)) as amount,
        orders.status as status,
        1 as dup,
        2 as dup
        , 3 as led,
    from contacts c
    join orders on contacts.contact_id = orders.contact_id
    right join items as itm on orders.order_id = itm.order_id
    left join products as never_used on true
),

glued as (
      select a.contact_id from doubled as a WHERE contact_id=1 or contact_id = 2 or contact_id = 3 or contact_id = 4
)

select * from glued