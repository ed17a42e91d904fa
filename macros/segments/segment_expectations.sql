{#- What segments are expected to be, for segment_contracts. -#}

{#- A list of {segment, label, check, low, high, expected, severity, outcome, days}, one per check. -#}
{% macro segment_expectations(rules) %}
    {%- set found = [] -%}
    {%- for rule in rules if rule.get('expect') -%}
        {%- set expect = rule['expect'] -%}
        {%- for check in segment_expect_checks() if check in expect -%}
            {%- set value = expect[check] -%}
            {%- set row = {
                'segment': rule['name'], 'label': segment_label(rule, 'en'), 'check': check,
                'severity': expect.get('severity', 'warning'), 'low': none, 'high': none,
            } -%}
            {%- if check in ('contacts', 'share_of_parent') -%}
                {%- do row.update({'low': value[0], 'high': value[1]}) -%}
            {%- elif check == 'monthly_jaccard' -%}
                {%- do row.update({'low': value}) -%}
            {%- elif check == 'flap_rate' -%}
                {%- do row.update({'high': value}) -%}
            {%- else -%}
                {%- do row.update({
                    'low': value['at_least'], 'outcome': value['outcome'],
                    'days': value['within_days'],
                }) -%}
            {%- endif -%}
            {%- do row.update({'expected': segment_range_text(row, check != 'contacts')}) -%}
            {%- do found.append(row) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- Bounds in words. -#}
{% macro segment_range_text(row, is_share) %}
    {%- set texts = [] -%}
    {%- for bound in (row['low'], row['high']) if bound is not none -%}
        {%- do texts.append(
            '{:.10g}%'.format((bound * 100) | round(6)) if is_share else bound | string
        ) -%}
    {%- endfor -%}
    {%- if row['low'] is none -%}
        {%- do return('at most ' ~ texts[0]) -%}
    {%- elif row['high'] is none -%}
        {%- do return('at least ' ~ texts[0]) -%}
    {%- endif -%}
    {%- do return(texts | join(' to ')) -%}
{% endmacro %}

{#- A select with one row per expectation. -#}
{% macro segment_expectation_list(expected) %}
{%- set text, number = dbt.type_string(), 'double' -%}
{%- for row in expected or [{}] %}
{{ 'union all' if not loop.first }}
select
    cast({{ quoted_text(row['segment']) if row else 'null' }} as {{ text }}) as segment,
    cast({{ quoted_text(row['label']) if row else 'null' }} as {{ text }}) as label,
    cast({{ quoted_text(row['check']) if row else 'null' }} as {{ text }}) as check_name,
    cast({{ quoted_text(row['severity']) if row else 'null' }} as {{ text }}) as severity,
    cast({{ row.get('low') if row.get('low') is not none else 'null' }} as {{ number }})
        as expected_low,
    cast({{ row.get('high') if row.get('high') is not none else 'null' }} as {{ number }})
        as expected_high,
    cast({{ quoted_text(row['expected']) if row else 'null' }} as {{ text }}) as expected,
    cast({{ quoted_text(row['outcome']) if 'outcome' in row else 'null' }} as {{ text }})
        as outcome,
    cast({{ row.get('days', 'null') }} as integer) as within_days
{{ 'where false' if not row }}
{%- endfor -%}
{% endmacro %}

{#- (outcome, days) that some expectation predicts, each once. -#}
{% macro segment_forecasts(expected) %}
    {%- set found = [] -%}
    {%- for row in expected if 'outcome' in row and (row['outcome'], row['days']) not in found -%}
        {%- do found.append((row['outcome'], row['days'])) -%}
    {%- endfor -%}
    {%- do return(found) -%}
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
