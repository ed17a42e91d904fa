{#- What files of the same export have in common: their name without dates, counters and hashes, so
    that contacts_2026-05.csv is compared with contacts_2026-04.csv and with nothing else. -#}
{% macro export_series(source_file) -%}
    (regexp_replace(
        regexp_replace(
            lower({{ source_file }}),
            '[0-9a-f]*[0-9][0-9a-f]{5,}|[0-9a-f]{5,}[0-9][0-9a-f]*', '#', 'g'
        ),
        '[0-9]+([-_.: t]?[0-9]+)*', '#', 'g'
    ))
{%- endmacro %}
