{#- Pre-hook of every seed: refuses the file before a row of it is loaded, so that no model ever runs
    on a value that makes no sense. The rules are the seed's config.meta (key, complete_key, fields,
    where_empty, any_true); src/winback/policies.py applies the same ones before dbt starts, in the same
    words. Columns must be in column_types: only then does dbt hand their text over as it stands in the
    file. -#}
{% macro check_seed() %}
    {%- if execute and model.resource_type == 'seed' and model.config.meta.get('fields') -%}
        {%- set table = load_agate_table() -%}
        {%- set problems = seed_problems(table, model.config.meta) -%}
        {%- if problems -%}
            {{ exceptions.raise_compiler_error(
                model.original_file_path ~ " has "
                ~ (problems | length) ~ " bad value" ~ ("s" if problems | length > 1 else "")
                ~ "; nothing of it was loaded:\n  - " ~ problems | join("\n  - ")
            ) }}
        {%- endif -%}
        {%- set faults = [] -%}
        {%- for setting, column in model.config.meta.get('named_by', {}).items() -%}
            {%- do faults.extend(setting_name_faults(
                setting, table.columns[column].values() | list, model.original_file_path
            )) -%}
        {%- endfor -%}
        {%- do raise_settings_faults(faults) -%}
    {%- endif -%}
{% endmacro %}


{#- For `dbt run-operation validate_seeds --args '{cases: [{table: {column_names: […], rows: […]}, rules: {…}}]}'`:
    prints the problems of each table. -#}
{% macro validate_seeds(cases) %}
    {%- set results = [] -%}
    {%- for case in cases -%}
        {%- do results.append(seed_problems(case['table'], case['rules'])) -%}
    {%- endfor -%}
    {{ print(tojson(results)) }}
{% endmacro %}


{% macro seed_problems(table, rules) %}
    {%- set problems = [] -%}
    {%- set fields = rules.fields -%}
    {%- set headers = table.column_names | list -%}
    {%- for name in fields if name not in headers -%}
        {%- do problems.append("line 1, " ~ name ~ ": found no such column; expected a column of this name") -%}
    {%- endfor -%}
    {%- for name in headers if name not in fields -%}
        {%- do problems.append("line 1, " ~ name ~ ": found an unknown column; expected " ~ fields | join(", ")) -%}
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
            {%- endif -%}
            {%- if rule.get('unique') and (name, text) in seen -%}
                {%- do problems.append(line ~ name ~ ": found '" ~ text ~ "' again; expected each once") -%}
            {%- endif -%}
            {%- if rule.get('total_above') is not none -%}
                {%- do totals.update({name: totals.get(name, 0) + (text | float)}) -%}
            {%- endif -%}
            {%- do seen.update({(name, text): true}) -%}
        {%- endfor -%}
        {%- for empty, stricter in rules.get('where_empty', {}).items() if seed_text(row[empty]) == "" -%}
            {%- for name, rule in stricter.items() -%}
                {%- set text = seed_text(row[name]) -%}
                {%- set expected = seed_field_expectation(text, dict(fields[name], **rule), row) -%}
                {%- if expected -%}
                    {%- do problems.append(
                        line ~ name ~ ": found '" ~ text ~ "'; expected " ~ expected ~ " where " ~ empty ~ " is empty"
                    ) -%}
                {%- endif -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- for names in rules.get('any_true', []) -%}
            {%- set filled = [] -%}
            {%- for name in names if seed_text(row[name]) | lower == "true" -%}{%- do filled.append(name) -%}{%- endfor -%}
            {%- if not filled -%}
                {%- do problems.append(line ~ names | join(", ") ~ ": found all false; expected at least one true") -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- if problems -%}{{ return(problems) }}{%- endif -%}
    {%- if rules.get('complete_key') -%}
        {%- set wanted = namespace(keys=[[]]) -%}
        {%- for name in rules.key -%}
            {%- set longer = [] -%}
            {%- for known in wanted.keys -%}
                {%- for choice in fields[name].accepted -%}{%- do longer.append(known + [choice]) -%}{%- endfor -%}
            {%- endfor -%}
            {%- set wanted.keys = longer -%}
        {%- endfor -%}
        {%- for key in wanted.keys if ("key", key | join(", ")) not in seen -%}
            {%- do problems.append(rules.key | join(", ") ~ ": found no row with '" ~ key | join(", ") ~ "'; expected one") -%}
        {%- endfor -%}
    {%- endif -%}
    {%- for name, rule in fields.items() -%}
        {%- set wanted = (rule.accepted | list) if rule.get('complete') else [] -%}
        {%- if rule.get('includes') is not none -%}{%- do wanted.append(rule.includes | string) -%}{%- endif -%}
        {%- for choice in wanted if (name, choice) not in seen -%}
            {%- do problems.append(name ~ ": found no row with '" ~ choice ~ "'; expected one") -%}
        {%- endfor -%}
        {%- if rule.get('empty_once') and (name, "") not in seen -%}
            {%- do problems.append(name ~ ": found no empty row; expected one") -%}
        {%- endif -%}
        {%- if rule.get('total_above') is not none and totals.get(name, 0) <= rule.total_above -%}
            {%- do problems.append(
                name ~ ": found a sum of " ~ "%g" % totals.get(name, 0) ~ "; expected above " ~ rule.total_above
            ) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(problems) }}
{% endmacro %}


{#- Blanks alone are no value; blanks around one are part of it, in the table too. -#}
{% macro seed_text(value) -%}
    {{ return("" if value is none or not (value | string | trim) else (value | string)) }}
{%- endmacro %}


{#- What the field should have held, or nothing when it holds it. -#}
{% macro seed_field_expectation(text, rule, row) -%}
    {%- if text == "" -%}
        {{ return("a value" if rule.get('required') else none) }}
    {%- endif -%}
    {%- if text != text | trim -%}
        {{ return("no blank before or after it") }}
    {%- endif -%}
    {%- if rule.get('accepted') -%}
        {{ return(none if text in rule.accepted else "one of " ~ rule.accepted | join(", ")) }}
    {%- endif -%}
    {%- if rule.get('list_of') -%}
        {%- set unknown = modules.re.split('[,;| ]+', text) | reject('in', rule.list_of) | list -%}
        {{ return("some of " ~ rule.list_of | join(", ") ~ ", commas between" if unknown else none) }}
    {%- endif -%}
    {%- set kind = rule.get('type', 'text') -%}
    {%- if kind == 'boolean' -%}
        {{ return(none if text | lower in ['true', 'false'] else "true or false") }}
    {%- elif kind == 'date' -%}
        {{ return(none if is_calendar_date(text) else "a date like 2026-01-31") }}
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
        {%- if not modules.re.fullmatch(pattern, text) -%}
            {{ return(wanted) }}
        {%- endif -%}
        {#- what the columns' types hold: integer, and decimal(18,8) -#}
        {%- set largest = 2147483647 if kind == 'integer' else 9999999999 -%}
        {%- if text | float | abs > largest -%}
            {{ return(wanted ~ ", not beyond " ~ largest) }}
        {%- endif -%}
        {%- if (rule.get('min') is not none and text | float < rule.min)
            or (rule.get('max') is not none and text | float > rule.max)
            or (rule.get('above') is not none and text | float <= rule.above) -%}
            {{ return(wanted) }}
        {%- endif -%}
        {%- set other = seed_text(row[rule.not_below]) if rule.get('not_below') else "" -%}
        {%- if modules.re.fullmatch('-?[0-9]+([.][0-9]+)?', other) and text | float < other | float -%}
            {{ return("at least " ~ rule.not_below ~ " (" ~ other ~ ")") }}
        {%- endif -%}
    {%- endif -%}
    {{ return(none) }}
{%- endmacro %}
