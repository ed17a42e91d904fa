{#- Figures about segments. -#}

{#- outcome of an expectation -> the column of int_contact_activity__daily that counts it, and how it reads in a sentence. -#}
{% macro segment_outcomes() %}
    {%- do return({
        'order': ('orders', 'ordered'),
        'repurchase': ('orders', 'bought again'),
        'click': ('human_clicks', 'clicked'),
        'open': ('human_opens', 'opened'),
        'session': ('sessions', 'visited the site'),
        'unsubscribe': ('unsubscribes', 'unsubscribed'),
        'complaint': ('complaints', 'complained'),
    }) -%}
{% endmacro %}

{#- Fewer members than this are not judged by what they did next: one more or less would decide. -#}
{% macro segment_forecast_minimum() %}
    {%- do return(20) -%}
{% endmacro %}

{#- Two-sided 95 % of the standard normal distribution. -#}
{% macro normal_95() %}
    {%- do return(1.959963984540054) -%}
{% endmacro %}

{#- Lower bound of the 95 % interval of a share (Wilson, 1927), null of none. -#}
{% macro wilson_lower(successes, trials) -%}
    {%- set z = normal_95() -%}
    (
        (
            {{ successes }} + {{ z * z / 2 }}e0
            - {{ z }}e0 * sqrt(
                {{ successes }} * ({{ trials }} - {{ successes }}) / nullif({{ trials }}, 0)
                + {{ z * z / 4 }}e0
            )
        ) / (nullif({{ trials }}, 0) + {{ z * z }}e0)
    )
{%- endmacro %}

{#- Its upper bound: one less the lower bound of those who did not. -#}
{% macro wilson_upper(successes, trials) -%}
    (1 - {{ wilson_lower('(' ~ trials ~ ' - ' ~ successes ~ ')', trials) }})
{%- endmacro %}

{#- A share as a percentage with one decimal, as text. -#}
{% macro percent_text(share) -%}
    (cast(cast(round(100 * {{ share }}, 1) as decimal(9, 1)) as {{ dbt.type_string() }}) || '%')
{%- endmacro %}

{#- Population stability index of a share, from one date to a later one: (p - q) ln(p / q), summed over those inside and
    those outside. Half a contact is added to both, for a share of none has no logarithm. -#}
{% macro psi_of_shares(before, all_before, now, all_now) -%}
    {%- set p = '((' ~ now ~ ' + 0.5e0) / (' ~ all_now ~ ' + 1))' -%}
    {%- set q = '((' ~ before ~ ' + 0.5e0) / (' ~ all_before ~ ' + 1))' -%}
    ({{ p }} - {{ q }})
    * (
        ln({{ p }} / {{ q }})
        - ln((1 - {{ p }}) / (1 - {{ q }}))
    )
{%- endmacro %}
