{#- Stops a run at its start on rules that cannot be compiled, with all that is wrong with them. -#}
{% macro check_segments() %}
    {%- if execute and flags.WHICH in ('run', 'build', 'test', 'compile') -%}
        {%- do segment_rules_checked() -%}
    {%- endif -%}
{% endmacro %}

{#- The rules, or a refusal. -#}
{% macro segment_rules_checked() %}
    {%- set rules = segment_rules() -%}
    {%- if execute -%}
        {%- set errors = segment_errors(rules, segment_fields()) -%}
        {%- if errors -%}
            {%- do exceptions.raise_compiler_error(
                (errors | length) ~ ' mistake' ~ ('s' if errors | length > 1 else '')
                ~ ' in the segment rules (models/marts/segmentation/segments.yml):\n  - '
                ~ errors | join('\n  - ')
            ) -%}
        {%- endif -%}
    {%- endif -%}
    {%- do return(rules) -%}
{% endmacro %}

{#- For `dbt run-operation validate_segments --args '{cases: [{rules: […]}, …]}'`: prints per case
    the errors of its rules and, when there are none, the query that evaluates them over a relation
    named `features`. A case with `is_packed` gets the query of segment_packed_query and the places of
    its segments in the words. `fields` (name -> kind) replaces the vocabulary of int_contact_features. -#}
{% macro validate_segments(cases=none, fields=none) %}
    {%- set vocabulary = fields or segment_fields() -%}
    {%- set results = [] -%}
    {%- for case in cases or [{'rules': segment_rules()}] -%}
        {%- set errors = segment_errors(case['rules'], vocabulary) -%}
        {%- set query = none -%}
        {%- if not errors and case.get('is_packed') -%}
            {%- set query = segment_packed_query(case['rules'], vocabulary) -%}
        {%- elif not errors -%}
            {%- set query -%}
with {{ segment_ctes(case['rules'], vocabulary, ['contact_id', 'as_of_date']) }}

select
    contact_id,
    as_of_date,
    {{ segment_unpacked(case['rules']) }}
from evaluated
            {%- endset -%}
        {%- endif -%}
        {%- do results.append({
            'errors': errors, 'sql': query | string if query else none,
            'bits': segment_bits(case['rules']) if query else {},
        }) -%}
    {%- endfor -%}
    {%- do print(tojson(results)) -%}
{% endmacro %}
