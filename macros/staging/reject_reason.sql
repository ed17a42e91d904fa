{#- Why a line cannot be used, null when it can: "<column>: <what> expected", several joined by "; ".
    Built from names and kinds alone, so that no value of a person ever shows in it.

    checks, a list of maps, of one of these shapes:
      {column, raw, parsed, expects, required}   raw: the text; parsed: the expression or column it became;
                                                 expects: e.g. 'a number'; required (default false): an empty
                                                 text is rejected too, else only one that does not parse
      {column, when, because}                    when: SQL condition of the fault; because: the words
    `column` is the name the export uses. -#}
{% macro reject_reason(checks) -%}
    {%- set tests = [] -%}
    {%- set faults = [] -%}
    {%- for check in checks -%}
        {%- if 'when' in check -%}
            {%- do tests.append(check.when) -%}
            {%- do faults.append((check.when, check.column ~ ': ' ~ check.because)) -%}
        {%- else -%}
            {%- set empty = "nullif(trim(" ~ check.raw ~ "), '') is null" -%}
            {%- if check.get('required', false) -%}
                {%- do tests.append(check.parsed ~ " is null") -%}
                {%- do faults.append((
                    empty, check.column ~ ': missing, ' ~ check.expects ~ ' expected'
                )) -%}
            {%- else -%}
                {%- do tests.append(check.parsed ~ " is null and " ~ check.raw ~ " is not null") -%}
            {%- endif -%}
            {%- if check.parsed != check.raw -%}
                {%- do faults.append((
                    check.parsed ~ " is null and not " ~ empty,
                    check.column ~ ': ' ~ check.expects ~ ' expected'
                )) -%}
            {%- endif -%}
        {%- endif -%}
    {%- endfor -%}
    {#- the outer test is cheap and may let a faultless line through; the string work, which decides, is
        done for few lines -#}
    (case
        when
            {%- for test in tests %}
            {{ 'or ' if not loop.first }}({{ test }})
            {%- endfor %}
            then nullif(concat_ws('; '
                {%- for condition, words in faults %},
                case when {{ condition }} then '{{ words | replace("'", "''") }}' end
                {%- endfor %}
            ), '')
    end)
{%- endmacro %}


{#- Check for reject_reason: a time more than a day after the file was read. A day of grace, because
    zones differ by up to 26 hours and clocks run fast. -#}
{% macro not_in_future(column, parsed, loaded_at='loaded_at') -%}
    {{ return({
        'column': column,
        'when': parsed ~ " > " ~ loaded_at ~ " + interval '1' day",
        'because': 'in the future',
    }) }}
{%- endmacro %}
