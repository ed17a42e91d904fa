-- A misspelt name in the setting would make every opt-out from that type of mail a word without
-- meaning, and who left it would be mailed. One row per name in the setting of HubSpot
-- `marketing_subscriptions` that no export has a column for, while exports tell of other types.
{{ config(enabled='hubspot' in var('systems')) }}

{%- set listed = (var('hubspot', none) or {}).get('marketing_subscriptions') or [] %}

with contacts as (
    select * from {{ ref('stg_hubspot__contacts') }}
),

opt_outs as (
    select * from {{ ref('stg_hubspot__opt_outs') }}
),

answers as (
    {{ hubspot_subscription_answers('contacts', hubspot_opt_out_label()) | indent(4) }}
    union all
    {{ hubspot_subscription_answers('opt_outs') | indent(4) }}
),

listed as (
    {%- for name in listed %}
    select {{ quoted_text((name | string | lower).split() | join(' ')) }} as subscription
    union all
    {%- endfor %}
    select cast(null as {{ dbt.type_string() }}) as subscription
),

final as (
    select listed.subscription
    from listed
    left join answers on listed.subscription = answers.subscription
    where
        listed.subscription is not null
        and answers.subscription is null
        and exists (select answers.subscription from answers)
)

select * from final
