{#- Column lists and unions made from the rules, for the models that read segment_history. Each item
    stands on its own line in the compiled SQL; a list begins with a comma, so that no rule at all
    gives SQL that still runs. -#}

{#- Size, mailable contacts and revenue of every segment, as aggregates over segment_history. -#}
{% macro segment_totals(rules) %}
    {%- for rule in rules %}
        {%- set column = adapter.quote(rule['name']) %}
        , sum(case when {{ column }} then 1 else 0 end) as contacts_{{ loop.index }}
        , sum(case when {{ column }} and is_mailable then 1 else 0 end) as mailable_{{ loop.index }}
        , sum(case when {{ column }} then revenue_365d end) as revenue_{{ loop.index }}
    {%- endfor %}
{% endmacro %}

{#- The total of the segment a row is about, out of the columns of segment_totals. -#}
{% macro segment_total_of(rules, measure, relation, order_column) %}
    {%- set branches = [] -%}
    {%- for rule in rules -%}
        {%- do branches.append(
            'when ' ~ loop.index ~ ' then ' ~ relation ~ '.' ~ measure ~ '_' ~ loop.index
        ) -%}
    {%- endfor -%}
    {%- do return(
        'case ' ~ order_column ~ ' ' ~ (branches | join(' ') or 'when 0 then 0') ~ ' end'
    ) -%}
{% endmacro %}

{#- The last date at which a contact was out of each segment, null where it never was. -#}
{% macro segment_last_out(rules) %}
    {%- for rule in rules %}
        {%- set column = adapter.quote(rule['name']) %}
        , max(case when not {{ column }} then as_of_date end) as {{ column }}
    {%- endfor %}
{% endmacro %}

{#- One row per contact and segment it is in now, from a relation that segment_last_out filled. -#}
{% macro segment_members(rules, relation) %}
    {%- for rule in rules %}
    {%- set column = adapter.quote(rule['name']) %}
    {{ 'union all' if not loop.first }}
    select
        contact_id,
        as_of_date,
        first_as_of_date,
        {{ loop.index }} as segment_order,
        {{ column }} as last_out_on
    from {{ relation }}
    where {{ column }} is null or {{ column }} < as_of_date
    {%- else %}
    select
        contact_id,
        as_of_date,
        first_as_of_date,
        0 as segment_order,
        as_of_date as last_out_on
    from {{ relation }}
    where false
    {%- endfor %}
{% endmacro %}

{#- True where the exclusive siblings of a partition do not hold a contact of their parent exactly
    once, or hold somebody who is not in the parent. -#}
{% macro segment_partition_breaks(rules) %}
    {%- set breaks = [] -%}
    {%- for parent, siblings in segment_partitions(rules).items() -%}
        {%- set held = [] -%}
        {%- for name in siblings -%}
            {%- do held.append('case when ' ~ adapter.quote(name) ~ ' then 1 else 0 end') -%}
        {%- endfor -%}
        {%- set expected = '1' if parent is none
            else 'case when ' ~ adapter.quote(parent) ~ ' then 1 else 0 end' -%}
        {%- do breaks.append(held | join(' + ') ~ ' <> ' ~ expected) -%}
    {%- endfor -%}
    {%- do return(breaks | join('\n        or ') or 'false') -%}
{% endmacro %}
