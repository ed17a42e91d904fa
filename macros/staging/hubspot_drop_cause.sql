{#- What a DROPPED event proves about its recipient, as a cause of suppression; null where the reason is
    known to lie elsewhere (quota, content, the campaign itself; graymail and fatigue are mail that goes
    unread: no reason not to win somebody back). HubSpot adds reasons from time to time: the words in them
    decide, and a reason that nobody knows, or none at all, counts against the address.

    drop_reason: expression of HubSpot's dropReason in lower case. -#}
{% macro hubspot_drop_cause(drop_reason) -%}
(case
    when {{ drop_reason }} like '%unsub%' or {{ drop_reason }} like '%opted_out%' then 'unsubscribe'
    when {{ drop_reason }} like '%spam%' or {{ drop_reason }} like '%complain%' then 'complaint'
    when {{ drop_reason }} like '%bounce%' then 'hard_bounce'
    when {{ drop_reason }} = 'invalid_to_address' then 'invalid'
    when {{ matches(
        drop_reason,
        "'quota|limit|duplicat|cancel|content|from_address|email_disabled|mta_ignore|graymail|fatigue'"
    ) }} then null
    else 'manual'
end)
{%- endmacro %}
