{#- Facts about segments (name, labels, level, parent) as SQL, for the models that list segments. -#}

{#- The label in a language, the name where there is none. -#}
{% macro segment_label(rule, language) %}
    {%- set label = rule.get('label') -%}
    {%- if label is mapping -%}
        {%- do return(label.get(language) or label['en']) -%}
    {%- endif -%}
    {%- do return(label or rule['name']) -%}
{% endmacro %}

{#- A select with one row per segment; `rivals_<n>` are the bits of those of which a contact is in one at
    most (segment_rivals). -#}
{% macro segment_list(rules) %}
{%- if not rules -%}
select
    cast(null as {{ dbt.type_string() }}) as segment,
    cast(null as {{ dbt.type_string() }}) as label,
    cast(null as {{ dbt.type_string() }}) as label_fr,
    cast(null as integer) as level,
    cast(null as {{ dbt.type_string() }}) as parent_segment,
    cast(null as boolean) as is_exclusive,
    1 as word,
    cast(0 as {{ segment_word_type() }}) as bit,
    cast(0 as {{ segment_word_type() }}) as rivals_1
where false
{%- endif -%}
{%- for rule in rules %}
{{ 'union all' if not loop.first }}
select
    {{ quoted_text(rule['name']) }} as segment,
    {{ quoted_text(segment_label(rule, 'en')) }} as label,
    {{ quoted_text(segment_label(rule, 'fr')) }} as label_fr,
    {{ rule['level'] if 'level' in rule else 'cast(null as integer)' }} as level,
    {{ quoted_text(rule['parent']) if rule.get('parent') is not none
        else 'cast(null as ' ~ dbt.type_string() ~ ')' }} as parent_segment,
    {{ 'true' if segment_is_exclusive(rule) else 'false' }} as is_exclusive,
    {{ segment_bit(loop.index0)[0] }} as word,
    cast({{ segment_bit(loop.index0)[1] }} as {{ segment_word_type() }}) as bit
    {%- for bits in segment_bits_of(rules, segment_rivals(rules, rule)) %},
    cast({{ bits }} as {{ segment_word_type() }}) as rivals_{{ loop.index }}
    {%- endfor %}
{%- endfor -%}
{% endmacro %}

{#- Whether a segment and all above it exclude their siblings. Its members' place on the level above is
    then its parent, since they are in the parent and in no other segment of that kind there. -#}
{% macro segment_is_in_path(rule, by_name) %}
    {%- if not segment_is_exclusive(rule) -%}
        {%- do return(false) -%}
    {%- elif rule.get('parent') is none -%}
        {%- do return(true) -%}
    {%- endif -%}
    {%- do return(segment_is_in_path(by_name[rule['parent']], by_name)) -%}
{% endmacro %}

{#- Exclusive siblings: {parent (none on level 1): [name, …]}. -#}
{% macro segment_sibling_groups(rules) %}
    {%- set groups = {} -%}
    {%- for rule in rules if segment_is_exclusive(rule) -%}
        {%- set parent = rule.get('parent') -%}
        {%- do groups.update({parent: groups.get(parent, []) + [rule['name']]}) -%}
    {%- endfor -%}
    {%- do return(groups) -%}
{% endmacro %}

{#- Those of them that leave nobody out, because one takes the rest. -#}
{% macro segment_partitions(rules) %}
    {%- set groups = segment_sibling_groups(rules) -%}
    {%- set partitions = {} -%}
    {%- for rest in rules if rest.get('otherwise') is true -%}
        {%- do partitions.update({rest.get('parent'): groups[rest.get('parent')]}) -%}
    {%- endfor -%}
    {%- do return(partitions) -%}
{% endmacro %}
