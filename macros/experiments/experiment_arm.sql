{#- Where a contact stands between 0 and 1 in the draw of one salt: the same in every run and on every engine, and
    independent of where it stands in the draw of another salt. 48 bits of the hash, which a double holds exactly. -#}
{% macro experiment_share(contact_id, salt) -%}
    ({{ hex_number('left(' ~ text_md5(salt ~ " || ':' || " ~ contact_id) ~ ', 12)') }} / 281474976710656e0)
{%- endmacro %}


{#- The arm of a contact, by weights known when the SQL is written: {'control': 1, 'call': 1}. -#}
{% macro experiment_arm(contact_id, salt, weights) -%}
    {%- set share = experiment_share(contact_id, salt) -%}
    {%- set total = weights.values() | sum -%}
    {%- set reached = namespace(weight=0) -%}
    {%- if total <= 0 or weights.values() | min < 0 -%}
        {{ exceptions.raise_compiler_error(
            "experiment_arm: found the weights " ~ weights ~ "; expected none below 0 and one above"
        ) }}
    {%- endif -%}
    (case
        {%- for arm, weight in weights.items() if weight > 0 -%}
            {%- set reached.weight = reached.weight + weight -%}
            {%- if reached.weight < total %}
        when {{ share }} < {{ reached.weight / total }} then {{ quoted_text(arm) }}
            {%- else %}
        else {{ quoted_text(arm) }}
            {%- endif -%}
        {%- endfor %}
    end)
{%- endmacro %}


{#- The experiment that holds people back from all others; not a name for an experiment of yours. -#}
{% macro global_holdout() -%}
    {{ return('global_holdout') }}
{%- endmacro %}
