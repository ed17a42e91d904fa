{#- Systems whose contact ids are ids of another system: var `<system>: {user_id_system: <other>}`.
    A web tracker has no ids of its own; it is told who logged in. GA4 is told the CRM's id unless set otherwise. -#}
{% macro borrowed_id_systems() %}
    {%- set borrowed = {} -%}
    {%- for system in var('systems') -%}
        {%- set settings = var(system, none) -%}
        {%- set lender = settings.get('user_id_system') if settings is mapping else none -%}
        {%- if not lender and system == 'ga4' -%}{%- set lender = 'hubspot' -%}{%- endif -%}
        {%- if lender -%}{%- do borrowed.update({system: lender}) -%}{%- endif -%}
    {%- endfor -%}
    {{ return(borrowed) }}
{% endmacro %}


{#- The account under which a source id is looked up: borrowed ids name no account of the lender. -#}
{% macro lookup_relation(alias) -%}
    {%- set borrowed = borrowed_id_systems().keys() | list -%}
    {%- if borrowed -%}
    (case
        when {{ alias }}.source_system in ('{{ borrowed | join("', '") }}') then '*'
        else {{ alias }}.source_relation
    end)
    {%- else -%}
    {{ alias }}.source_relation
    {%- endif -%}
{%- endmacro %}
