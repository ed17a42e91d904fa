{#- Every segment as a tag of Mailchimp, on or off, as JSON text: a tag that is left out would stay
    on a contact that left the segment. Names are snake_case, so nothing needs escaping. -#}
{% macro segment_tags(rules) %}
    {%- set tags = [] -%}
    {%- for rule in rules -%}
        {%- set start = '{"name":"' ~ rule['name'] ~ '","status":"' -%}
        {%- do tags.append(
            "case when " ~ adapter.quote(rule['name']) ~ " then '" ~ start ~ "active\"}' else '"
            ~ start ~ "inactive\"}' end"
        ) -%}
    {%- endfor -%}
    {%- do return("'[' || " ~ tags | join(" || ',' || ") ~ " || ']'" if tags else "'[]'") -%}
{% endmacro %}
