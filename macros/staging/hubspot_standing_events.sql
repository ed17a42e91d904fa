{#- Body of a CTE: the accepted e-mail events that no line replaces. What is known of an event may differ
    between exports: one that an earlier export held as it was is obsoleted or filtered in a later one. So
    the word of any of its lines counts for all of them.

    where: optional further condition on `events`. -#}
{% macro hubspot_standing_events(where=none) -%}
select
    events.*,
    coalesce(verdicts.is_filtered, events.is_filtered) as is_filtered_anywhere
from {{ ref('stg_hubspot__email_events') }} as events
left join (
    select
        line_key,
        max(case when obsoleted_by_id is not null then 1 else 0 end) = 1 as is_obsolete,
        case when max(case when is_filtered then 1 else 0 end) = 1 then true end as is_filtered
    from {{ ref('stg_hubspot__email_events') }}
    where reject_reason is null and (obsoleted_by_id is not null or is_filtered)
    group by line_key
) as verdicts on events.line_key = verdicts.line_key
where
    events.reject_reason is null
    and not coalesce(verdicts.is_obsolete, false)
    {%- if where %}
    and {{ where }}
    {%- endif %}
{%- endmacro %}
