{#- Raise this when int_contact_activity__daily makes other facts of the same activity: every day is then
    built again on the next run, without a full refresh. -#}
{% macro daily_facts_logic() %}{{ return('1 ' ~ var('timezone')) }}{% endmacro %}


{#- Drops from the daily facts the days that changed or are gone; the model then adds what is missing.
    Together with the insert in one transaction, so a run killed in between changes nothing. -#}
{% macro forget_changed_days() %}
    {%- if execute and is_incremental() -%}
        delete from {{ this }}
        where (activity_date, day_fingerprint) not in (
            select
                days.activity_date,
                days.day_fingerprint
            from {{ ref('int_activity_days') }} as days
        )
    {%- endif -%}
{% endmacro %}
