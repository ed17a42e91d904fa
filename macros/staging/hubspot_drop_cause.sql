{#- What a DROPPED event proves about its recipient, as a cause of suppression; null where the reason
    lies elsewhere (quota, content, the campaign itself). HubSpot adds reasons from time to time: the words in
    them decide.

    drop_reason: expression of HubSpot's dropReason in lower case. -#}
{% macro hubspot_drop_cause(drop_reason) -%}
(case
    when {{ drop_reason }} is null then null
    when {{ drop_reason }} like '%unsub%' or {{ drop_reason }} like '%opted_out%' then 'unsubscribe'
    when {{ drop_reason }} like '%spam%' or {{ drop_reason }} like '%complain%' then 'complaint'
    when {{ drop_reason }} like '%bounce%' then 'hard_bounce'
    when {{ drop_reason }} = 'invalid_to_address' then 'invalid'
    when
        {{ drop_reason }} = 'blocked_address'
        {#- graymail and fatigue are mail that goes unread: no reason not to win somebody back -#}
        or (
            {{ drop_reason }} like '%suppress%'
            and {{ drop_reason }} not like '%graymail%'
            and {{ drop_reason }} not like '%fatigue%'
        )
        or {{ drop_reason }} like '%quarantin%'
        then 'manual'
end)
{%- endmacro %}
