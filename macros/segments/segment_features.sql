{#- What rules read, as one relation. -#}

{#- {counts: the counts that the rules need beyond the features, fitted: the fitted fields they read}. -#}
{% macro segment_inputs(rules, fields) %}
    {%- do return({
        'counts': segment_event_columns(rules, fields), 'fitted': segment_fitted_columns(rules),
    }) -%}
{% endmacro %}

{#- A select of `features`: int_contact_features, and one column for each of `inputs`. `counts` is a relation that holds
    only contacts with some such event: whoever is not there has 0, or null where the features say that
    this kind of event was not collected yet. -#}
{% macro segment_features(inputs, counts, dates=none) %}
    {%- set kinds = segment_event_kinds() -%}
    {%- set groups = segment_fitted_groups() -%}
select
    {%- if not inputs['counts'] and not inputs['fitted'] %} * {%- else %}
    features.*
        {%- for name, column in inputs['counts'].items() %},
    case
        when features.{{ kinds[column['event']]['known_by'] }} is not null
            then coalesce(counts.{{ name }}, 0)
    end as {{ name }}
        {%- endfor %}
        {%- for name, columns in inputs['fitted'].items() %}
            {%- for column in columns %},
                {%- if segment_is_fitted(name) %}
    {{ name }}.{{ column }}
                {%- else %}
    cast(null as {{ 'double' if groups[name]['unfitted'][column] == 'number' else dbt.type_string() }}) as {{ column }}
                {%- endif %}
            {%- endfor %}
        {%- endfor %}
    {%- endif %}
from {{ ref('int_contact_features') }} as features
    {%- if inputs['counts'] %}
left join {{ counts }} as counts
    on features.contact_id = counts.contact_id and features.as_of_date = counts.as_of_date
    {%- endif %}
    {%- for name in inputs['fitted'] if segment_is_fitted(name) %}
left join {{ ref(groups[name]['model']) }} as {{ name }}
    on features.contact_id = {{ name }}.contact_id and features.as_of_date = {{ name }}.as_of_date
    {%- endfor %}
    {%- if dates is not none %}
where features.as_of_date in ({{ segment_dates(dates) }})
    {%- endif %}
{%- endmacro %}

{#- The same with counts that are not built: made of the activity, at some dates or at all. -#}
{% macro segment_features_anew(inputs, as_of_dates=none) %}
    {%- if not inputs['counts'] -%}
        {%- do return(segment_features(inputs, none, as_of_dates)) -%}
    {%- endif -%}
    {%- set columns = inputs['counts'] -%}
    {%- set dates -%}
select as_of_date from {{ ref('int_as_of_dates') }}
        {%- if as_of_dates is not none %}
where as_of_date in ({{ segment_dates(as_of_dates) }})
        {%- endif %}
    {%- endset -%}
    {%- set counts = segment_event_counts(columns, dates, '(' ~ segment_mails(columns) ~ ')') -%}
    {%- do return(segment_features(inputs, '(' ~ counts ~ ')', as_of_dates)) -%}
{% endmacro %}
