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
    errors: what is wrong with its rules; when that is nothing,
    sql: the query that evaluates them over one relation named `features`, with a boolean column per segment; for a
      case with `is_packed` that of segment_packed_query;
    bits: the places of its segments in the words;
    hashes: those of its rules as segment_rules has them;
    event_columns: the columns `features` has beside those of int_contact_features, counts that event leaves need,
      name -> {event, within_days (null: ever), campaign_types (empty: all events), signal};
    features_sql: a select of `features` in a built warehouse, at `as_of_dates` (days) or at every date. It counts events
      from the activity itself, so that rules can be evaluated which are not built yet:
      with features as (<features_sql>) select … from (<sql>) as evaluated;
    fitted: what segment_fitted_by_segment() finds.
    `fields` (name -> kind) replaces the vocabulary of int_contact_features. -#}
{% macro validate_segments(cases=none, fields=none, as_of_dates=none) %}
    {%- set vocabulary = fields or segment_fields() -%}
    {%- set results = [] -%}
    {%- for case in cases or [{'rules': segment_rules()}] -%}
        {%- set rules = case['rules'] -%}
        {%- set result = {'errors': segment_errors(rules, vocabulary), 'sql': none, 'bits': {}, 'hashes': {}} -%}
        {%- if not result['errors'] -%}
            {%- set inputs = segment_inputs(rules, vocabulary) -%}
            {%- do result.update({
                'sql': segment_packed_query(rules, vocabulary) if case.get('is_packed')
                    else segment_sql(rules, vocabulary),
                'bits': segment_bits(rules),
                'hashes': segment_rule_hashes(rules),
                'event_columns': inputs['counts'],
                'features_sql': segment_features_anew(inputs, as_of_dates),
                'fitted': segment_fitted_by_segment(rules),
            }) -%}
        {%- endif -%}
        {%- do results.append(result) -%}
    {%- endfor -%}
    {%- do print(tojson(results)) -%}
{% endmacro %}

{#- One query for rules: a row per row of `features`, a boolean column per segment. -#}
{% macro segment_sql(rules, fields) -%}
with {{ segment_ctes(rules, fields, ['contact_id', 'as_of_date']) }}

select
    contact_id,
    as_of_date,
    {{ segment_unpacked(rules) }}
from evaluated
{%- endmacro %}
