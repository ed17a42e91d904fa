{#- Every segment as a tag of Mailchimp, on or off, as JSON text: a tag that is left out would stay
    on a contact that left the segment. Only those of a segment that is held back are left out, because it
    is not known who should have them. Names are snake_case, so nothing needs escaping. The relation `held`
    has the words of the segments held back. -#}
{% macro segment_tags(rules, held) %}
    {%- set tags = [] -%}
    {%- for rule in rules -%}
        {%- set word, bit = segment_bit(loop.index0) -%}
        {%- set start = ',{"name":"' ~ rule['name'] ~ '","status":"' -%}
        {%- do tags.append(
            "case when (" ~ held ~ ".word_" ~ word ~ " & " ~ bit ~ ") <> 0 then '' when "
            ~ adapter.quote(rule['name']) ~ " then '" ~ start ~ "active\"}' else '"
            ~ start ~ "inactive\"}' end"
        ) -%}
    {%- endfor -%}
    {#- from the second character on: each tag begins with a comma -#}
    {%- do return(
        "'[' || substr(" ~ tags | join(" || ") ~ ", 2) || ']'" if tags else "'[]'"
    ) -%}
{% endmacro %}
