{#- Number of the campaign, from the name of a file of the account export: `<web id>_<title>.csv` is the only
    trace of the campaign. Null for a renamed file.

    source_file: expression of the file's path. -#}
{% macro mailchimp_web_id(source_file) -%}
{%- set start = "split_part(split_part(" ~ source_file ~ ", '/', -1), '_', 1)" -%}
(case when {{ matches(start, "'^[0-9]+$'") }} then {{ start }} end)
{%- endmacro %}


{#- Check for reject_reason: the file was renamed. -#}
{% macro mailchimp_file_named() -%}
    {{ return({
        'column': 'file name',
        'when': 'web_id is null',
        'because': '<web id>_<title>.csv expected, as Mailchimp names it',
    }) }}
{%- endmacro %}
