{#- What a DROPPED event proves about its recipient, as a cause of suppression; null where the reason
    lies elsewhere (quota, content, the campaign itself).

    drop_reason: expression of HubSpot's dropReason in lower case. -#}
{% macro hubspot_drop_cause(drop_reason) -%}
(case {{ drop_reason }}
    when 'previously_bounced' then 'hard_bounce'
    when 'previously_unsubscribed_portal' then 'unsubscribe'
    when 'previously_unsubscribed_message' then 'unsubscribe'
    when 'previous_spam' then 'complaint'
    when 'invalid_to_address' then 'invalid'
end)
{%- endmacro %}
