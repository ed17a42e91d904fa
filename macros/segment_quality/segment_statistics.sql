{#- Sum of squared distances to the mean of a group: never below 0 for its last digits. A relation with
    known_contacts, deviations and squares. -#}
{% macro sum_of_squares(group) -%}
    greatest(
        {{ group }}.squares
        - {{ group }}.deviations * {{ group }}.deviations / nullif({{ group }}.known_contacts, 0),
        0
    )
{%- endmacro %}

{#- Of the sum of squares of `whole`, what lies between its part `part` and the rest; null unless both hold
    somebody. Relations with known_contacts, deviations and squares. -#}
{% macro between_groups(part, whole) -%}
    (
        {{ part }}.deviations * {{ part }}.deviations / nullif({{ part }}.known_contacts, 0)
        + ({{ whole }}.deviations - {{ part }}.deviations)
        * ({{ whole }}.deviations - {{ part }}.deviations)
        / nullif({{ whole }}.known_contacts - {{ part }}.known_contacts, 0)
        - {{ whole }}.deviations * {{ whole }}.deviations / nullif({{ whole }}.known_contacts, 0)
    )
{%- endmacro %}

{#- A figure with ten digits that count: the last of sixteen depend on the order in which threads add up. -#}
{% macro ten_digits(figure) -%}
    case
        when abs({{ figure }}) > 1e-30
            then
                round(({{ figure }}) * power(10.0e0, 9 - floor(log10(abs({{ figure }})))))
                / power(10.0e0, 9 - floor(log10(abs({{ figure }}))))
        else 0 * ({{ figure }})
    end
{%- endmacro %}

{#- The names of columns that rules read and that are numbers or true and false at any date, counts of events among
    them: what segments are made of, besides texts and what is fitted to the current date. -#}
{% macro segment_made_of(rules, fields) %}
    {%- set found = [] -%}
    {%- set features = segment_feature_fields() -%}
    {%- for rule in rules if rule.get('where') is not none -%}
        {%- for leaf in segment_leaves_of(rule['where']) -%}
            {%- set name = segment_event_column(leaf, fields) if 'event' in leaf else leaf.get('field') -%}
            {%- if name is not none and name not in found
                and ('event' in leaf or features.get(name) in ('number', 'boolean')) -%}
                {%- do found.append(name) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}
