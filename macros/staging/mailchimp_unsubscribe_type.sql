{#- Event type of an unsubscribe: Mailchimp unsubscribes whoever reports a message as spam and gives
    ABUSE as the reason. That is a complaint, which no later opt-in lifts.

    reason: expression of the reason as exported. -#}
{% macro mailchimp_unsubscribe_type(reason) -%}
(case when lower({{ reason }}) like '%abuse%' then 'complaint' else 'unsubscribe' end)
{%- endmacro %}
