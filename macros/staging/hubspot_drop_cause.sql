{#- What a DROPPED event proves about its recipient, as a cause of suppression; null where the reason
    lies elsewhere (quota, content, the campaign itself). HubSpot adds reasons from time to time: one that says
    unsubscribed, spam or bounced means it.

    drop_reason: expression of HubSpot's dropReason in lower case. -#}
{% macro hubspot_drop_cause(drop_reason) -%}
(case
    when {{ drop_reason }} is null then null
    when {{ drop_reason }} in ('previously_bounced', 'global_bounce', 'previously_bounced_globally')
        then 'hard_bounce'
    when {{ drop_reason }} like '%unsubscribed%' then 'unsubscribe'
    when {{ drop_reason }} in ('previous_spam', 'previously_reported_spam', 'spam_report')
        then 'complaint'
    when {{ drop_reason }} = 'invalid_to_address' then 'invalid'
    when {{ drop_reason }} = 'blocked_address' then 'manual'
    when {{ drop_reason }} like 'previous%bounce%' then 'hard_bounce'
    when {{ drop_reason }} like 'previous%spam%' then 'complaint'
end)
{%- endmacro %}
