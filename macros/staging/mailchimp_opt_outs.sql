{#- What a status of Mailchimp says about leaving: opt_out_cause, null for one that says nothing of it.

    status: expression of the status in Mailchimp's English words; reason: expression of the reason given. -#}
{% macro mailchimp_status_cause(status, reason) -%}
(case
        when {{ status }} = 'unsubscribed' then {{ mailchimp_unsubscribe_type(reason) }}
        when {{ status }} = 'cleaned' then 'hard_bounce'
    end)
{%- endmacro %}


{#- Nothing happened in Mailchimp before there was a Mailchimp: an earlier day, such as the 2000-01-01 that stands
    for none, would put an opt-out before the opt-in that it ended. -#}
{% macro mailchimp_began() -%}
    timestamp '2001-01-01 00:00:00'
{%- endmacro %}


{#- A time that can be, null for one before Mailchimp was there or after the file was read: an opt-out holds all the
    same, undated, and no opt-in of the far future lifts one.

    column: expression of the parsed time; loaded_at: expression of the time of loading. -#}
{% macro mailchimp_known_time(column, loaded_at) -%}
{{ possible_time(column, loaded_at, since=mailchimp_began()) }}
{%- endmacro %}


{#- Condition: the cell holds one address and nothing else, no quotes, no mark of no width. Of any other the
    addresses in it are looked for. -#}
{% macro mailchimp_usable_address(column) -%}
(coalesce({{ matches(
        column,
        "'^[a-zA-Z0-9!#$%&*+/=?^_{|}~.À-ӿ-][a-zA-Z0-9!#$%&*+/=?^_{|}~.À-ӿ''-]*"
        ~ "@[a-zA-Z0-9.À-ӿ぀-鿿-]+[.][a-zA-Z0-9À-ӿ぀-鿿-]+$'"
    ) }}, false))
{%- endmacro %}


{#- Whether the marketing permissions of a member hold one for e-mail: true, false, or null where the cell is
    empty or none of its words is known, which is never a yes. Names of permissions that the owner of the audience
    changed are a setting, `mailchimp: email_permissions`.

    column: expression of the cell. -#}
{% macro mailchimp_email_permission(column) -%}
{%- set own_names = (var('mailchimp', none) or {}).get('email_permissions') or [] -%}
(case
        when {{ matches(
            'lower(' ~ column ~ ')',
            "'^ *(no|n|non|nein|nee|nej|não|false|falsch|0) *$"
            ~ "|(^|[^a-zà-ÿ])(no|not|kein|keine|nicht|pas de|ne pas|geen) [^,]*mail'"
        ) }} then false
        when {{ matches(
            'lower(' ~ column ~ ')',
            "'e-?mail|courriel|correo electr|posta elettronica"
            ~ "|^ *(x|1|y|yes|true|ja|j|oui|o|si|sí|sì|s|sim) *$'"
        ) }} then true
        {%- for name in own_names %}
        when position({{ quoted_text(name | lower) }} in lower({{ column }})) > 0 then true
        {%- endfor %}
    end)
{%- endmacro %}
