{#- Measures of experiments whose uplift can be predicted, those of which a contact does one or not: for whom it is
    one, 1 when the contact did what is wanted. To stay is what is wanted of who may unsubscribe. -#}
{% macro uplift_outcome(metric) -%}
    {%- if metric == 'unsubscribed' -%}
        1e0 - coalesce(acts.{{ metric }}, 0e0)
    {%- else -%}
        coalesce(acts.{{ metric }}, 0e0)
    {%- endif -%}
{%- endmacro %}


{#- The measures that are rates. -#}
{% macro uplift_metrics() -%}
    {%- set names = [] -%}
    {%- for name, rule in experiment_metrics().items() if rule.measure == 'rate' -%}
        {%- do names.append(name) -%}
    {%- endfor -%}
    {{ return(names) }}
{%- endmacro %}
