{#- Words that tools write where they know nothing: databases (NULL, \N), spreadsheets (#N/A, #REF!), notebooks
    (nan, None, <NA>), scripts (undefined), warehouses (-1), people (-, ?). Lower case, as a SQL list. -#}
{% macro null_words() -%}
    {%- set words = [
        'null', '(null)', '<null>', '[null]', 'nil', 'none', '(none)', 'nan', '<na>', 'na', 'n/a', 'n.a.', 'nat',
        'undefined', 'unknown', 'empty', '(empty)', '(blank)', '(not set)', '-', '--', '---', '–', '—', '?', '.',
        '#n/a', '#na', '#nv', '#n/v', '#ref!', '#value!', '#wert!', '#name?', '#null!', '#num!', '#valeur!',
        '#div/0!',
    ] -%}
    ('{{ words | join("', '") }}', chr(92) || 'n')
{%- endmacro %}


{#- Text without blanks around it; null where it is a word for "nothing". For cells in which such a word cannot
    be meant: ids, addresses. `NA` elsewhere is a country and `None` a name. -#}
{% macro clean_value(column) -%}
    (case when lower(trim({{ column }})) not in {{ null_words() }} then nullif(trim({{ column }}), '') end)
{%- endmacro %}


{#- An id as text; null where it identifies nobody: a word for "nothing", 0 in any length (also the empty UUID), -1,
    and a number that a spreadsheet wrote as 4.47701E+11 or 1,51E+11, whose last digits are lost: many people share
    it. The marks by which spreadsheets are told that a number is text ('123, ="123") are off.

    An E without a mark before it or a plus behind it is no such number: 12E4 may be an id, and 5e10123456 is one.

    whole: SQL condition under which 101.0 is 101: `true` where ids of the source are whole numbers, else a look at
    the other values of the column (files_of_float_ids). -#}
{% macro clean_id(column, whole=none) -%}
    {%- set text = "nullif(trim(" ~ column ~ ", ' ''=\"'), '')" -%}
    {%- set lost = "'^(?:[-+]?[0-9]+[.,][0-9]*[eE][-+]?[0-9]{1,3}|[-+]?[0-9][eE][+][0-9]{1,3}"
        ~ "|[-+]?0[-0.,]*|-1(?:[.]0*)?)$'" -%}
    {#- the first branch is nearly every id, a digit first and no mark: the string work is for the others -#}
    (case
        when {{ column }} between '1' and ':' and {{ column }} not like '%.%' and {{ column }} not like '%,%'
            and {{ column }} not like '%+%' and {{ column }} not like '% %' and {{ column }} not like '%"'
            then {{ column }}
        when lower({{ text }}) in {{ null_words() }} then null
        when {{ matches(text, lost) }} then null
        {%- if whole is not none %}
        when {{ matches(text, "'^[0-9]+[.]0+$'") }} and {{ whole }} then split_part({{ text }}, '.', 1)
        {%- endif %}
        else {{ text }}
    end)
{%- endmacro %}


{#- A phone number without the blanks and marks it is typed with, 00 before it as its plus; null where it is
    nobody's: fewer than seven digits, one digit repeated, 123456789, a word for "nothing", a number that a
    spreadsheet wrote as 4.47701E+11. -#}
{% macro clean_phone(column) -%}
    {%- set typed = "translate(" ~ clean_id(column) ~ ", ' -./()\t\u00a0\u2007\u2009\u202f\u2010\u2011\u2013', '')" -%}
    {%- set plus = "(case when " ~ typed ~ " like '00%' then '+' || substr(" ~ typed ~ ", 3)"
        ~ " else " ~ typed ~ " end)" -%}
    {%- set nobody = "'^[+]?(?:0+|0*(?:1+|2+|3+|4+|5+|6+|7+|8+|9+)|0?1234567(?:8(?:90?)?)?)$'" -%}
    (case
        when {{ matches(typed, "'(?:[0-9][^0-9]*){7}'") }} and not {{ matches(typed, nobody) }} then {{ plus }}
    end)
{%- endmacro %}
