{{ config(materialized='view') }}

{%- set tables = opt_out_tables() -%}

{#- beside one of these a yes is none -#}
{%- set noes = no_words() -%}
{%- for word, consent in consent_words().items() if consent == 'unsubscribed' -%}
    {%- do noes.append(word) -%}
{%- endfor -%}


-- what the loader could not take apart is read as a whole, where it may say that somebody left
with malformed_lines as (
    select
        *,
        lower({{ dbt.split_part('source_file', "'/'", -1) }}) as file_name,
        -- an object whose fields lie one level down
        reason like 'its fields lie one level down%' as is_nested
    from {{ source('landing', 'rejected_lines') }}
    where
        source_table in {{ text_list(tables | map(attribute='identifier') | list) | indent(8) }}
        -- of an erased person nothing is left to read, and the register has their hash
        and line_text is not null
),

texts as (
    select
        *,
        case when is_nested then {{ json_values_text('line_text') }} else line_text end
            as said_text
    from malformed_lines
),

-- a doubtful word is no complaint yet
judged as (
    select
        source_system,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ canonical_key(['source_file', 'line_number']) }} as line_key,
        cast(null as {{ dbt.type_string() }}) as source_contact_id,
        coalesce(
            case
                when meaning in ('unsubscribed', 'unsubscribe') then 'unsubscribe'
                when meaning = 'complaint' then 'complaint'
                when meaning = 'bounce_hard' then 'hard_bounce'
            end,
            {{ leave_cause('said_text') }},
            case
                {%- for table in tables %}
                {%- for pattern in table.every_line_of %}
                when
                    source_table = '{{ table.identifier }}'
                    {%- if '/' in pattern %}
                    and lower(source_file) like '%/{{ pattern }}'
                    {%- else %}
                    and file_name like '{{ pattern }}'
                    {%- endif %}
                    then 'unsubscribe'
                {%- endfor %}
                {%- if table.words %}
                when
                    source_table = '{{ table.identifier }}'
                    and {{ matches('lower(said_text)', "'" ~ table.words ~ "'") }}
                    -- a bounce cut off before its kind may be a hard one
                    then case
                        when lower(said_text) not like '%bounce%' then 'unreadable'
                        when lower(said_text) not like '%soft%' then 'hard_bounce'
                    end
                {%- endif %}
                {%- if table.told_in %}
                -- what cannot be taken apart says nothing of consent: that is no yes
                when
                    source_table = '{{ table.identifier }}'
                    {%- if table.affirmed_by %}
                    and (
                        not {{ has_cell('said_text', table.affirmed_by) }}
                        or {{ has_cell('said_text', noes) }}
                    )
                    {%- endif %}
                    then 'unreadable'
                {%- endif %}
                {%- if table.kinds %}
                when
                    source_table = '{{ table.identifier }}'
                    and meaning is null
                    and not {{ has_cell('said_text', table.kinds) }}
                    -- an event, and not a total or a note below them
                    and {{ matches(
                        'said_text', "'@|[^,;|\\t][,;|\\t].*[0-9]{4}-[0-9]{2}-[0-9]{2}'"
                    ) }}
                    then 'unknown'
                {%- endif %}
                {%- endfor %}
                when false then 'unreadable'
            end,
            -- whole and not understood, or in words of a mapping: it may be an opt-out
            case when is_nested or meaning = 'unknown' then 'unknown' end
        ) as opt_out_cause,
        line_text as opt_out_text
    from texts
),

final as (
    select * from judged
    where opt_out_cause is not null
)

select * from final
