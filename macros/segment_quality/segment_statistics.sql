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
