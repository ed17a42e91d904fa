{#- Shopify writes times with an offset, in the shop's zone. -#}
{% macro shopify_time_formats() -%}
    {{ return(['%Y-%m-%d %H:%M:%S %z', '%Y-%m-%dT%H:%M:%S%z']) }}
{%- endmacro %}


{#- Financial Status to the canonical status. Authorised money is not yet taken, so it is pending; a void
    or expired order was never paid. -#}
{% macro shopify_statuses() -%}
    {{ return({
        'paid': 'paid',
        'partially_refunded': 'partially_refunded',
        'refunded': 'refunded',
        'pending': 'pending',
        'authorized': 'pending',
        'partially_paid': 'pending',
        'unpaid': 'pending',
        'voided': 'cancelled',
        'expired': 'cancelled',
    }) }}
{%- endmacro %}


{#- Text without the apostrophe that Shopify puts before phone numbers and postcodes to stop
    spreadsheets from reading them as numbers. -#}
{% macro unquoted_text(column) -%}
    (nullif(trim(ltrim(trim({{ column }}), '''')), ''))
{%- endmacro %}


{#- What a gift card is called, in names and article numbers, unless `vars: shopify: gift_card_names` says so. -#}
{% macro shopify_gift_card_names() -%}
    {{ return((var('shopify', none) or {}).get('gift_card_names') or [
        'gift card', 'giftcard', 'gift-card', 'gift voucher', 'gift certificate', 'carte cadeau',
        'carte-cadeau', 'chèque cadeau', 'chèque-cadeau', 'bon cadeau', 'geschenkkarte',
        'geschenkgutschein', 'tarjeta regalo', 'tarjeta de regalo', 'buono regalo', 'carta regalo',
        'cadeaubon', 'cadeaukaart', 'cartão presente', 'vale presente', 'presentkort', 'gavekort',
    ]) }}
{%- endmacro %}


{#- Whether an item is a gift card: its name or article number says so, and it is not shipped. The export has no
    column for it; a box for gift cards is shipped.

    requires_shipping, name, sku: expressions as exported. -#}
{% macro shopify_is_gift_card(requires_shipping, name, sku) -%}
(case
    when coalesce(lower(trim({{ requires_shipping }})), 'false') not in ('false', 'no', '0', '')
        then false
    {%- for word in shopify_gift_card_names() %}
    when
        lower(concat_ws(' ', {{ name }}, {{ sku }}))
        like {{ quoted_text('%' ~ (word | string | lower) ~ '%') }}
        then true
    {%- endfor %}
    else false
end)
{%- endmacro %}


{#- Whether a line belongs to a draft order: #D1 and so on, written by staff and not yet an order. Once completed it
    is exported under a number of its own. A shop whose orders are all named D1 has them paid.

    name, source, status: expressions as exported. -#}
{% macro shopify_is_draft(name, source, status) -%}
coalesce(
    {{ matches(name, "'^#?D[0-9]+$'") }}
    and (
        lower(trim({{ source }})) = 'shopify_draft_order'
        or lower(trim({{ status }})) in ('open', 'invoice_sent', 'invoice sent', 'completed')
    ),
    false
)
{%- endmacro %}


{#- Body of a CTE: lines of stg_shopify__order_lines with source_order_id: the order's Id, which tells two orders of
    one name apart; the one that another export has for that name and time; else the name, with the time where the
    shop has several orders of that name. A line whose file does not hold its order's first line belongs to the only
    order of its name.

    lines: name of a CTE with some of these lines. -#}
{% macro shopify_numbered_lines(lines) -%}
select
    lines.*,
    coalesce(
        lines.order_number,
        moments.order_number,
        case when lines.ordered_at is null and names.orders = 1 then names.order_number end,
        case
            when lines.ordered_at is not null and names.orders > 1
                then lines.order_name || ' ' || cast(lines.ordered_at as {{ dbt.type_string() }})
            else lines.order_name
        end
    ) as source_order_id
from {{ lines }} as lines
left join (
    select
        source_relation,
        order_name,
        ordered_at,
        max(order_number) as order_number
    from {{ ref('stg_shopify__order_lines') }}
    where is_order_line and ordered_at is not null
    group by source_relation, order_name, ordered_at
) as moments
    on
        lines.source_relation = moments.source_relation
        and lines.order_name = moments.order_name
        and lines.ordered_at = moments.ordered_at
left join (
    select
        source_relation,
        order_name,
        count(distinct ordered_at) as orders,
        max(order_number) as order_number
    from {{ ref('stg_shopify__order_lines') }}
    where is_order_line and ordered_at is not null
    group by source_relation, order_name
) as names
    on
        lines.source_relation = names.source_relation
        and lines.order_name = names.order_name
{%- endmacro %}
