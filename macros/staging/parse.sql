{#- Text to UTC timestamp by the declared format; null where the text does not follow it.
    format: 'iso' (blank or T, seconds, fraction and offset optional; a date alone is the midnight at which
    that day begins in var('timezone'), so that it stays that day),
    'epoch_seconds' | 'epoch_millis' | 'epoch_micros', or a strftime format or a list of them (with %z the
    offset is applied).
    timezone: IANA zone of the wall clock where text carries no offset; default UTC. -#}
{% macro parse_timestamp(column, format='iso', timezone=none) -%}
    {%- set zone = none if timezone in (none, '', 'UTC') else timezone -%}
    {%- if format == 'iso' -%}
        {#- One fixed spelling covers nearly every line, so it is tried first; the second branch is
            reached only by lines the first one refuses. The `like` keeps out what the engine's parser takes
            for a date and a strict reader does not: `infinity`, `22-05-01`. -#}
        {%- set plain = "(case when " ~ column ~ " like '____-__-__%' then "
            ~ try_parse_timestamp(column, [
                '%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M', '%Y-%m-%dT%H:%M',
                '%Y-%m-%d %H:%M:%S.%f', '%Y-%m-%dT%H:%M:%S.%f',
            ]) ~ " end)" -%}
        {%- set trimmed = "trim(" ~ column ~ ")" -%}
        {%- set blanks = "(case when " ~ trimmed ~ " like '____-__-__%' and " ~ trimmed ~ " != "
            ~ column ~ " then " ~ try_parse_timestamp(trimmed, [
                '%Y-%m-%d %H:%M:%S', '%Y-%m-%dT%H:%M:%S', '%Y-%m-%d %H:%M',
            ]) ~ " end)" -%}
        {%- set midnight = try_parse_timestamp(trimmed, ['%Y-%m-%d']) -%}
        {%- set day_zone = zone or var('timezone') -%}
        {%- if day_zone | upper not in ('UTC', 'GMT', 'ETC/UTC') -%}
            {%- set midnight = local_to_utc(midnight, day_zone) -%}
        {%- endif -%}
        {%- set day = "(case when " ~ trimmed ~ " like '____-__-__' then " ~ midnight ~ " end)" -%}
        {%- set offset = "(case when " ~ trimmed ~ " like '____-__-__%' then "
            ~ try_parse_timestamp_offset(
                "replace(replace(replace(" ~ trimmed ~ ", 'Z', '+00'), 'T', ' '), ' +', '+')", [
                    '%Y-%m-%d %H:%M:%S%z', '%Y-%m-%d %H:%M%z', '%Y-%m-%d %H:%M:%S.%f%z',
                    '%Y-%m-%d %H:%M:%S %z', '%Y-%m-%d %H:%M %z',
                ]) ~ " end)" -%}
        {%- if zone -%}
    (coalesce(
        {{ local_to_utc("coalesce(" ~ plain ~ ", " ~ blanks ~ ")", zone) }},
        {{ day }},
        {{ offset }}
    ))
        {%- else -%}
    (coalesce(
        {{ plain }},
        {{ blanks }},
        {{ day }},
        {{ offset }}
    ))
        {%- endif -%}
    {%- elif format in ('epoch_seconds', 'epoch_millis', 'epoch_micros') -%}
        {#- from 1990 to 2100: a number in another unit lands outside, or would overflow the calendar -#}
        {%- set unit = format | replace('epoch_', '') -%}
        {%- set scale = {'seconds': 1, 'millis': 1000, 'micros': 1000000}[unit] -%}
        {%- set number = try_cast_text(column, 'bigint') -%}
    (case when {{ number }} between {{ 631152000 * scale }} and {{ 4102444800 * scale }}
        then {{ epoch_to_timestamp(number, unit) }} end)
    {%- else -%}
        {%- set formats = [format] if format is string else format -%}
        {%- set with_offset = [] -%}
        {%- set local_formats = [] -%}
        {%- for one_format in formats -%}
            {%- do (with_offset if '%z' in one_format else local_formats).append(one_format) -%}
        {%- endfor -%}
        {%- set attempts = [] -%}
        {%- if local_formats -%}
            {%- set parsed = try_parse_timestamp(column, local_formats) -%}
            {%- do attempts.append(local_to_utc(parsed, zone) if zone else parsed) -%}
        {%- endif -%}
        {%- if with_offset -%}
            {%- do attempts.append(try_parse_timestamp_offset(column, with_offset)) -%}
        {%- endif -%}
    {{ attempts[0] if attempts | length == 1 else "(coalesce(" ~ attempts | join(', ') ~ "))" }}
    {%- endif -%}
{%- endmacro %}


{#- How exactly an ISO timestamp was given: second, minute or day; null without one. -#}
{% macro iso_precision(column) -%}
    (case
        when {{ column }} like '____-__-_____:__:__' then 'second'
        when trim({{ column }}) like '____-__-__' then 'day'
        when
            trim({{ column }}) like '____-__-_____:__%'
            and trim({{ column }}) not like '____-__-_____:__:%'
            then 'minute'
        when {{ column }} is not null then 'second'
    end)
{%- endmacro %}


{#- Text to date. 'iso': `YYYY-MM-DD`, a time behind it is cut off, not converted: a birth date has
    no zone. Or a strftime format, or a list of them. -#}
{% macro parse_date(column, format='iso') -%}
    {%- if format == 'iso' -%}
    (case
        when trim({{ column }}) like '____-__-__'
            or trim({{ column }}) like '____-__-__T%'
            or trim({{ column }}) like '____-__-__ %'
            then cast(
                {{ try_parse_timestamp("substr(trim(" ~ column ~ "), 1, 10)", ['%Y-%m-%d']) }} as date
            )
    end)
    {%- else -%}
    (cast({{ try_parse_timestamp(column, [format] if format is string else format) }} as date))
    {%- endif -%}
{%- endmacro %}


{#- Text to an exact number. decimal_mark and group_mark as the layout declares them. -#}
{% macro parse_decimal(column, precision=18, scale=4, decimal_mark='.', group_mark=none) -%}
    {%- set text = namespace(sql=column) -%}
    {%- if group_mark -%}
        {%- set text.sql = "replace(" ~ text.sql ~ ", '" ~ group_mark ~ "', '')" -%}
    {%- endif -%}
    {%- if decimal_mark != '.' -%}
        {%- set text.sql = "replace(" ~ text.sql ~ ", '" ~ decimal_mark ~ "', '.')" -%}
    {%- endif -%}
    {{ try_cast_text(text.sql, "decimal(" ~ precision ~ ", " ~ scale ~ ")") }}
{%- endmacro %}


{#- Text to a whole number; `3.0` is one (spreadsheets write it), `3.5` is none. -#}
{% macro parse_integer(column) -%}
    {%- set number = parse_decimal(column) -%}
    (case when {{ number }} = floor({{ number }}) then {{ try_cast_text(number, 'integer') }} end)
{%- endmacro %}


{#- Text to a floating number, for measures without a currency. -#}
{% macro parse_double(column) -%}
    (cast({{ parse_decimal(column, 28, 8) }} as double))
{%- endmacro %}


{#- Text to boolean by the declared words, whatever their case; by default yes and no in the shipped
    languages. -#}
{% macro parse_boolean(column, true_values=none, false_values=none) -%}
    {%- set true_values = true_values or yes_words() -%}
    {%- set false_values = false_values or no_words() -%}
    (case
        when lower(trim({{ column }})) in ('{{ true_values | join("', '") }}') then true
        when lower(trim({{ column }})) in ('{{ false_values | join("', '") }}') then false
    end)
{%- endmacro %}


{#- Text to one of the accepted words, whatever its case; null where it is none of them.
    choices: a list of words, or a map native word (lower case) -> canonical word. -#}
{% macro parse_choice(column, choices) -%}
    {%- if choices is mapping -%}
    (case lower(trim({{ column }}))
        {%- for native, canonical in choices.items() %}
        when '{{ native }}' then '{{ canonical }}'
        {%- endfor %}
    end)
    {%- else -%}
    (case when lower(trim({{ column }})) in ('{{ choices | join("', '") }}')
        then lower(trim({{ column }})) end)
    {%- endif -%}
{%- endmacro %}


{#- Text to an ISO 4217 currency code in capitals; null where it is not three letters. -#}
{% macro parse_currency(column) -%}
    (case
        when length(trim({{ column }})) = 3
            and lower(trim({{ column }})) != upper(trim({{ column }}))
            then upper(trim({{ column }}))
    end)
{%- endmacro %}


{#- Seconds from one timestamp to a later one; null where either is null or they are the wrong way round. -#}
{% macro seconds_between(started_at, ended_at) -%}
    (case when {{ ended_at }} >= {{ started_at }}
        then cast({{ dbt.datediff(started_at, ended_at, 'second') }} as double) end)
{%- endmacro %}
