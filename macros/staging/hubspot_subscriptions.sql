{#- How the label of a property begins that holds the opt-out from one subscription type; what follows is the type.
    English, the property's own name, French, German, Spanish, Italian, Dutch and Portuguese. The sources YAML has
    the same list under `landing: read_from_extra`, for the loader warns of what nobody reads: a test compares them
    (unit tests of dbt cannot look into the sources). -#}
{% macro hubspot_opt_out_label() -%}
    {%- set labels = [
        "hs_email_optout_",
        "(?:e-?mail )?opt(?:ed|s)?[ -]?out (?:of|from)\\b(?: all)?(?: e-?mails?)?",
        "unsubscribed from\\b(?: all)?(?: e-?mails?)?",
        "(?:désinscri(?:t|te|ption)|désabonn(?:é|ée|ement)) (?:de |des |d['’]un |de l['’]|aux )?e-?mails?",
        "(?:von )?e-?mails?[ -](?:abgemeldet|abmeldung|abbestellt|opt-out)",
        "(?:abgemeldet|abmeldung) von e-?mails?",
        "(?:excluido|excluida|cancelación de la suscripción|dado de baja) (?:de |del |al )?correos?(?: electrónicos?)?",
        "(?:iscrizione annullata|disiscritto|annullamento dell['’]iscrizione) (?:da |dalle |alle |all['’])?e-?mail",
        "afgemeld voor e-?mails?",
        "(?:descadastrado d[eo]|optou por não receber) e-?mails?",
    ] -%}
    {{ return('^(?:' ~ labels | join('|') ~ ')[ :]*') }}
{%- endmacro %}


{#- A header in lower case, with one blank between words: web pages and spreadsheets leave others in it (no-break).

    header: expression of the header. -#}
{% macro hubspot_plain_header(header) -%}
trim(regexp_replace(lower({{ header }}), '[\s\p{Z}]+', ' ', 'g'))
{%- endmacro %}


{#- Condition that a subscription type means marketing: every type does, unless `vars: hubspot:
    marketing_subscriptions` lists those that do, by name or number. Who left `all` left marketing.

    subscription: expression of the type, lower case. -#}
{% macro hubspot_is_marketing(subscription) -%}
    {%- set listed = (var('hubspot', none) or {}).get('marketing_subscriptions') -%}
    {%- if listed is none -%}
    true
    {%- else -%}
    {{ subscription }} in (
        'all',
        {%- for name in listed -%}
        {{ quoted_text((name | string | lower).split() | join(' ')) }}{{ ', ' if not loop.last }}
        {%- endfor -%}
    )
    {%- endif -%}
{%- endmacro %}


{#- Body of a CTE: one row per line and subscription type with an answer: source_file, line_number, subscription
    (lower case), is_opted_out (null where the answer is no yes or no), is_marketing.

    lines: name of a CTE with source_file, line_number and extra; pattern: regular expression, lower case, of how
    the headers begin that name a type; none where every header does. -#}
{% macro hubspot_subscription_answers(lines, pattern=none) -%}
select
    source_file,
    line_number,
    subscription,
    {{ hubspot_boolean('answer') }} as is_opted_out,
    {{ hubspot_is_marketing('subscription') }} as is_marketing
from (
    select
        lines.source_file,
        lines.line_number,
        headers.subscription,
        {{ clean_text(json_member_text('lines.extra', 'headers.header')) }} as answer
    from {{ lines }} as lines
    inner join (
        -- the lines of a file have the same headers: a few lists are taken apart, not every line
        select
            source_file,
            header,
            {%- if pattern %}
            coalesce(
                nullif(trim(regexp_replace(plain_header, {{ quoted_text(pattern) }}, '')), ''), 'all'
            ) as subscription
            {%- else %}
            plain_header as subscription
            {%- endif %}
        from (
            select
                source_file,
                header,
                {{ hubspot_plain_header('header') }} as plain_header
            from (
                select
                    source_file,
                    {{ list_to_rows('headers') }} as header
                from (
                    select
                        source_file,
                        {{ json_names('extra') }} as headers
                    from {{ lines }}
                    where extra is not null
                    group by source_file, {{ json_names('extra') }}
                ) as lists
            ) as named
        ) as listed
        {%- if pattern %}
        where {{ matches('plain_header', quoted_text(pattern)) }}
        {%- endif %}
        group by source_file, header, plain_header
    ) as headers
        on lines.source_file = headers.source_file
    where lines.extra is not null
) as answers
where
    answer is not null
    {%- if pattern %}
    -- who left another channel did not leave e-mail; a newsletter about phones is one
    and not {{ matches(
        'trim(subscription)',
        "'^(?:sms|whatsapp|phone)(?: *:.*|(?: (?:messages?|calls?|texts?|marketing))*)$'"
    ) }}
    {%- endif %}
{%- endmacro %}
