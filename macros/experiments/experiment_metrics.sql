{#- What an experiment may measure: the kinds of activity (int_contact_activity__stream) and whether a contact
    did one of them (rate) or what they add up to (mean). A page seen outside any session is a visit too. -#}
{% macro experiment_metrics() -%}
    {{ return({
        'visited': {'measure': 'rate', 'kinds': ['session', 'cart']},
        'ordered': {'measure': 'rate', 'kinds': ['order']},
        'revenue': {'measure': 'mean', 'kinds': ['order', 'credit']},
        'opened': {'measure': 'rate', 'kinds': ['human_open']},
        'clicked': {'measure': 'rate', 'kinds': ['human_click']},
        'unsubscribed': {'measure': 'rate', 'kinds': ['unsubscribe']},
    }) }}
{%- endmacro %}


{#- The kinds of activity that some metric needs, as SQL literals. -#}
{% macro experiment_kinds() -%}
    {%- set kinds = [] -%}
    {%- for rule in experiment_metrics().values() -%}
        {%- for kind in rule.kinds if quoted_text(kind) not in kinds -%}
            {%- do kinds.append(quoted_text(kind)) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(kinds | join(', ')) }}
{%- endmacro %}


{#- Aggregate over the activities of a contact: its value of a metric where `condition` holds. -#}
{% macro experiment_value(metric, condition) -%}
    {%- set rule = experiment_metrics()[metric] -%}
    {%- set kinds = [] -%}
    {%- for kind in rule.kinds -%}{%- do kinds.append(quoted_text(kind)) -%}{%- endfor -%}
    {%- set wanted = 'kind in (' ~ kinds | join(', ') ~ ') and ' ~ condition -%}
    {%- if rule.measure == 'rate' -%}
        max(case when {{ wanted }} then 1e0 else 0e0 end)
    {%- else -%}
        sum(case when {{ wanted }} then cast(amount as double) else 0e0 end)
    {%- endif -%}
{%- endmacro %}
