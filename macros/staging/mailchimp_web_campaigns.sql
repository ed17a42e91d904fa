{#- Body of a CTE: one row per account and number of a campaign in the web application, with its id and its send time.

    campaigns: name of a CTE with the accepted lines of stg_mailchimp__account_campaigns. -#}
{% macro mailchimp_web_campaigns(campaigns) -%}
select
    source_relation,
    web_id,
    max(campaign_id) as campaign_id,
    max(sent_at) as sent_at
from {{ campaigns }}
where web_id is not null
group by source_relation, web_id
{%- endmacro %}
