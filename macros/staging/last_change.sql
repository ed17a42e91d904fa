{#- When a record was last changed, for ranking its versions: a time that is missing, or later than the
    file that holds it, is the time of loading. Else a deletion without a time would rank behind what it
    deletes, and a date in the future would pin its version for good.

    changed_at: the exported timestamp; loaded_at: the load time. -#}
{% macro last_change(changed_at, loaded_at) -%}
(least(coalesce({{ changed_at }}, {{ loaded_at }}), {{ loaded_at }}))
{%- endmacro %}
