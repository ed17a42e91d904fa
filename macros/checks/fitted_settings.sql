{#- What the settings of fitted models have in common, in the words of src/winback/fitting/settings.py: each is a var that
    holds a mapping. All return a list of sentences. -#}

{#- A var that is no mapping, and settings in it that nobody asks for. -#}
{% macro fitted_mapping_faults(name, known) %}
    {%- set held = var(name, none) -%}
    {%- if held is not mapping -%}
        {%- do return([setting_fault(name, held or none, "a mapping (docs/" ~ name ~ ".md)")]) -%}
    {%- endif -%}
    {%- set faults = [] -%}
    {%- for key in held if key not in known -%}
        {%- do faults.append(name ~ ": found `" ~ key ~ "`, expected only " ~ known | join(', ') ~ ".") -%}
    {%- endfor -%}
    {%- do return(faults) -%}
{% endmacro %}

{#- `bounds`: name -> the least and the most (none: no limit) that make sense. -#}
{% macro fitted_whole_number_faults(name, bounds) %}
    {%- set faults = [] -%}
    {%- for key, (least, most) in bounds.items() -%}
        {%- set value = var(name)[key] -%}
        {%- if value is not integer or value is boolean or value < least
            or (most is not none and value > most) -%}
            {%- do faults.append(setting_fault(
                name ~ ': ' ~ key, value,
                "a whole number, " ~ least ~ (" or more" if most is none else " to " ~ most)
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(faults) -%}
{% endmacro %}

{% macro fitted_algorithm_faults(name, known) %}
    {%- set given = var(name)['algorithms'] -%}
    {%- if given is string or given is mapping or given is not sequence or not given
        or given | reject('in', known) | list or given | unique | list | length < given | length -%}
        {%- do return([setting_fault(
            name ~ ': algorithms', given or none,
            "a list of " ~ known | join(', ') ~ ", each once, the preferred one first"
        )]) -%}
    {%- endif -%}
    {%- do return([]) -%}
{% endmacro %}

{#- Features that are no numbers of int_contact_features; `of_the_date`: nor of the as_of_date, but today's on every
    date. -#}
{% macro fitted_column_faults(name, of_the_date=true, least=1) %}
    {%- set given = var(name)['features'] -%}
    {%- if given is string or given is mapping or given is not sequence or given | length < least -%}
        {%- do return([setting_fault(
            name ~ ': features', given or none,
            "a list of " ~ ("columns" if least == 1 else least ~ " columns or more")
        )]) -%}
    {%- endif -%}
    {%- set numbers = number_features() -%}
    {%- set custom = (var('custom_fields') or []) | map(attribute='name') | list -%}
    {%- set faults = [] -%}
    {%- for column in given -%}
        {%- if column is not string -%}
            {%- do faults.append(setting_fault(name ~ ': features', column, "the name of a column")) -%}
        {%- elif column in given[:loop.index0] -%}
            {%- do faults.append(setting_fault(name ~ ': features', column ~ ' again', "each column once")) -%}
        {%- elif of_the_date and column in columns_of_today() -%}
            {%- do faults.append(setting_fault(name ~ ': features', column,
                "a column of the as_of_date: this one is today's on past dates"
            )) -%}
        {%- elif column not in numbers or (of_the_date and column in custom) -%}
            {%- do faults.append(setting_fault(name ~ ': features', column,
                "a column of int_contact_features that is a number" ~ (" of the as_of_date" if of_the_date else "")
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {%- do return(faults) -%}
{% endmacro %}

{#- What int_contact_features holds of today on every date. -#}
{% macro columns_of_today() %}
    {%- do return([
        'age', 'social_influence_score', 'source_count', 'average_order_value',
        'revenue_30d', 'revenue_90d', 'revenue_180d', 'revenue_365d', 'revenue_lifetime',
        'rfm_monetary', 'rfm_score', 'days_inactive',
    ]) -%}
{% endmacro %}
