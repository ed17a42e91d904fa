{#- What a type of event that HubSpot is not known to write says, by the words in it: `GLOBAL_UNSUBSCRIBE` is an
    opt-out though nobody declared it. Null where it says nothing of the kind; UNBOUNCE and a resubscription are no
    opt-outs.

    word: expression of the type in lower case. -#}
{% macro hubspot_word_cause(word) -%}
(case
    when {{ word }} like '%spam%' or {{ word }} like '%complain%' or {{ word }} like '%abuse%'
        then 'complaint'
    when
        {{ word }} like '%unsub%' or {{ word }} like '%opt%out%' or {{ word }} like '%optedout%'
        or {{ word }} like '%statuschange%' or {{ word }} like '%status%change%'
        then 'unsubscribe'
    when
        {{ word }} like '%bounce%' and {{ word }} not like '%soft%' and {{ word }} not like '%unbounce%'
        then 'hard_bounce'
end)
{%- endmacro %}


{#- Condition that a change of status does not say what it changed to, in a word HubSpot is known to write: no yes,
    so it is a no.

    status: expression of the status in lower case; has_unsubscribed: expression, null where the change lists no
    types of mail. -#}
{% macro hubspot_is_odd_status(status, has_unsubscribed) -%}
(
    (coalesce({{ status }}, '') = '' and {{ has_unsubscribed }} is null)
    or {{ status }} not in ('subscribed', 'unsubscribed', 'not_specified')
)
{%- endmacro %}


{#- Whether a change of status leaves a type of mail unsubscribed: null where it lists none, false only where the whole
    text is the list of {id, status} that HubSpot writes, each with a status that is no no. What is not understood is
    no yes.

    column: expression of the list, JSON text. -#}
{% macro hubspot_has_unsubscribed(column) -%}
{%- set quote = "[\"'']?" -%}
{%- set id = quote ~ "id" ~ quote ~ " *: *" ~ quote ~ "[0-9]+" ~ quote -%}
{%- set status = quote ~ "status" ~ quote ~ " *: *" ~ quote ~ "(subscribed|not_specified|not_opted_out)" ~ quote -%}
{%- set kind = "[{] *(" ~ id ~ " *, *)?" ~ status ~ "( *, *" ~ id ~ ")? *[}]" -%}
{%- set text = "lower(" ~ clean_value(column) ~ ")" -%}
(case
    when not {{ matches(text, "'[a-z0-9]'") }} then null
    else not {{ matches(text, "'^[[] *" ~ kind ~ "( *, *" ~ kind ~ ")* *[]]$'") }}
end)
{%- endmacro %}
