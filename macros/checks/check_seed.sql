{#- Pre-hook of every seed: refuses the file before a row of it is loaded, so that no model ever runs
    on a value that makes no sense. The rules are the seed's config.meta (key, fields, any_of,
    any_true); src/winback/policies.py applies the same ones before dbt starts. Columns must be in
    column_types: only then does dbt hand their text over as it stands in the file. -#}
{% macro check_seed() %}
    {%- if execute and model.resource_type == 'seed' and model.config.meta.get('fields') -%}
        {%- set problems = seed_problems(load_agate_table(), model.config.meta) -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                model.original_file_path ~ " has "
                ~ (problems | length) ~ " bad value" ~ ("s" if problems | length > 1 else "")
                ~ "; nothing of it was loaded:\n  - " ~ problems | join("\n  - ")
            ) }}
        {%- endif -%}
    {%- endif -%}
{% endmacro %}


{% macro seed_problems(table, rules) %}
    {%- set problems = [] -%}
    {%- set fields = rules.fields -%}
    {%- set headers = table.column_names | list -%}
    {%- for name in fields if name not in headers -%}
        {%- do problems.append("line 1: column " ~ name ~ " is missing") -%}
    {%- endfor -%}
    {%- for name in headers if name not in fields -%}
        {%- do problems.append("line 1: column " ~ name ~ " is unknown; expected " ~ fields | join(", ")) -%}
    {%- endfor -%}
    {%- if problems -%}{{ return(problems) }}{%- endif -%}
    {%- set seen = {} -%}
    {%- set totals = {} -%}
    {%- for row in table.rows -%}
        {%- set line = "line " ~ (loop.index + 1) ~ ", " -%}
        {%- set key = [] -%}
        {%- for name in rules.key -%}{%- do key.append(seed_text(row[name])) -%}{%- endfor -%}
        {%- set key = key | join(", ") -%}
        {%- if ("key", key) in seen -%}
            {%- do problems.append(line ~ rules.key | join(", ") ~ ": found '" ~ key ~ "' again; expected each once") -%}
        {%- endif -%}
        {%- do seen.update({("key", key): true}) -%}
        {%- for name, rule in fields.items() -%}
            {%- set text = seed_text(row[name]) -%}
            {%- set expected = seed_field_expectation(text, rule, row) -%}
            {%- if expected -%}
                {%- do problems.append(line ~ name ~ ": found '" ~ text ~ "'; expected " ~ expected) -%}
            {%- elif rule.get('unique') and (name, text) in seen -%}
                {%- do problems.append(line ~ name ~ ": found '" ~ text ~ "' again; expected each once") -%}
            {%- elif rule.get('total_above') is not none -%}
                {%- do totals.update({name: totals.get(name, 0) + (text | float)}) -%}
            {%- endif -%}
            {%- do seen.update({(name, text): true}) -%}
        {%- endfor -%}
        {%- for names in rules.get('any_of', []) -%}
            {%- set filled = [] -%}
            {%- for name in names if seed_text(row[name]) != "" -%}{%- do filled.append(name) -%}{%- endfor -%}
            {%- if not filled -%}
                {%- do problems.append(line ~ names | join(", ") ~ ": all empty; expected at least one value") -%}
            {%- endif -%}
        {%- endfor -%}
        {%- for names in rules.get('any_true', []) -%}
            {%- set filled = [] -%}
            {%- for name in names if seed_text(row[name]) | lower == "true" -%}{%- do filled.append(name) -%}{%- endfor -%}
            {%- if not filled -%}
                {%- do problems.append(line ~ names | join(", ") ~ ": all false; expected at least one true") -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- for name, rule in fields.items() -%}
        {%- if rule.get('includes') is not none and (name, rule.includes) not in seen -%}
            {%- do problems.append("column " ~ name ~ ": no row has '" ~ rule.includes ~ "'; expected one") -%}
        {%- endif -%}
        {%- if rule.get('empty_once') and (name, "") not in seen -%}
            {%- do problems.append("column " ~ name ~ ": no row is empty; expected one") -%}
        {%- endif -%}
        {%- if rule.get('complete') -%}
            {%- for choice in rule.accepted if (name, choice) not in seen -%}
                {%- do problems.append("column " ~ name ~ ": no row has '" ~ choice ~ "'; expected one") -%}
            {%- endfor -%}
        {%- endif -%}
        {%- if rule.get('total_above') is not none and not problems and totals.get(name, 0) <= rule.total_above -%}
            {%- do problems.append("column " ~ name ~ ": the sum is " ~ totals.get(name, 0) ~ "; expected above " ~ rule.total_above) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{% macro seed_text(value) -%}
    {{ return("" if value is none else (value | string | trim)) }}
{%- endmacro %}


{#- What the field should have held, or nothing when it holds it. -#}
{% macro seed_field_expectation(text, rule, row) -%}
    {%- if text == "" -%}
        {{ return("a value" if rule.get('required') else none) }}
    {%- endif -%}
    {%- if rule.get('accepted') -%}
        {{ return(none if text in rule.accepted else "one of " ~ rule.accepted | join(", ")) }}
    {%- endif -%}
    {%- set kind = rule.get('type', 'text') -%}
    {%- if kind == 'boolean' -%}
        {{ return(none if text | lower in ['true', 'false'] else "true or false") }}
    {%- elif kind == 'date' -%}
        {{ return(none if modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', text) else "a date like 2026-01-31") }}
    {%- elif kind in ['integer', 'number'] -%}
        {%- set pattern = '-?[0-9]+' if kind == 'integer' else '-?[0-9]+([.][0-9]+)?' -%}
        {%- set wanted = "a whole number" if kind == 'integer' else "a number" -%}
        {%- if rule.get('min') is not none and rule.get('max') is not none -%}
            {%- set wanted = wanted ~ " from " ~ rule.min ~ " to " ~ rule.max -%}
        {%- elif rule.get('min') is not none -%}
            {%- set wanted = wanted ~ " of " ~ rule.min ~ " or more" -%}
        {%- elif rule.get('max') is not none -%}
            {%- set wanted = wanted ~ " of " ~ rule.max ~ " or less" -%}
        {%- elif rule.get('above') is not none -%}
            {%- set wanted = wanted ~ " above " ~ rule.above -%}
        {%- endif -%}
        {%- if not modules.re.fullmatch(pattern, text)
            or (rule.get('min') is not none and text | float < rule.min)
            or (rule.get('max') is not none and text | float > rule.max)
            or (rule.get('above') is not none and text | float <= rule.above) -%}
            {{ return(wanted) }}
        {%- endif -%}
        {%- if rule.get('not_below') and text | float < seed_text(row[rule.not_below]) | float -%}
            {{ return("at least " ~ rule.not_below ~ " (" ~ seed_text(row[rule.not_below]) ~ ")") }}
        {%- endif -%}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
