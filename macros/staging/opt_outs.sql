{#- What a text says about leaving, by words of the shipped languages found anywhere in it: complaint,
    hard_bounce or unsubscribe; null where it says nothing of the kind. For text that no layout could
    read: a closed list would miss the misspelt word, and the person would be mailed. -#}
{% macro leave_cause(column) -%}
    (case
        when {{ matches(
            'lower(' ~ column ~ ')',
            "'complain|spam.?report|abuse|plainte|beschwerde|queja|reclamo|gemeldet als spam'"
        ) }} then 'complaint'
        when {{ matches(
            'lower(' ~ column ~ ')',
            "'hard.{0,2}bounc|bounc.{0,2}hard|hardbounce|mailbox.{1,6}(not|does)|rebond d'"
        ) }} then 'hard_bounce'
        when {{ matches(
            'lower(' ~ column ~ ')',
            "'un.?sub|opt.{0,3}out|abgemeldet|abmeld|abbestell|widerruf|d.{1,4}s(abon|inscri)"
            ~ "|dado de baja|cancelad|disiscri|annullat|do.?not.?(contact|mail|email)|blacklist"
            ~ "|block.?list|revoked|withdrawn|suppress'"
        ) }} then 'unsubscribe'
    end)
{%- endmacro %}


{#- The text of a line in which addresses may stand: all of these columns, blanks between. -#}
{% macro line_text(columns) -%}
    concat_ws(' ', {{ columns | join(', ') }})
{%- endmacro %}


{#- map_<system>__opt_out_lines: lines that say "leave" and cannot be used the ordinary way, because
    something else in them cannot be read. One row per line whose opt_out_text is filled.

    models: a list of {model: 'stg_…', contact_id: expression of the id in the source, or none}. -#}
{% macro system_opt_out_lines(system, models) %}
    {%- for item in models %}
{{ 'union all' if not loop.first }}
select
    '{{ system }}' as source_system,
    source_relation,
    source_file,
    line_number,
    loaded_at,
    line_key,
    {{ item.get('contact_id') or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as source_contact_id,
    opt_out_cause,
    opt_out_text
from {{ ref(item.model) }}
where opt_out_text is not null
    {%- endfor %}
{% endmacro %}
