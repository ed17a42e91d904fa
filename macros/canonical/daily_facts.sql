{#- Raise this when int_contact_activity__daily makes other facts of the same activity: every day is then
    built again on the next run, without a full refresh. -#}
{% macro daily_facts_logic() %}{{ return('3 ' ~ var('timezone')) }}{% endmacro %}

