{#- For tools that count memberships of rules not built yet, as the models of segmentation do: one row
    per row of `features` with what segment_evaluations has, the memberships packed. -#}
{% macro segment_packed_query(rules, fields) %}
    {%- set query -%}
with {{ segment_ctes(rules, fields, segment_reserved_names()) }}

select * from evaluated
    {%- endset -%}
    {%- do return(query | string) -%}
{% endmacro %}

{#- segment -> (word, bit); the bit as text, since JSON has no numbers of that size. -#}
{% macro segment_bits(rules) %}
    {%- set bits = {} -%}
    {%- for rule in rules -%}
        {%- set word, bit = segment_bit(loop.index0) -%}
        {%- do bits.update({rule['name']: [word, bit | string]}) -%}
    {%- endfor -%}
    {%- do return(bits) -%}
{% endmacro %}
