{#- A public key: hash of its natural parts. The unit separator between the parts cannot occur in an
    export, so ('a|b', 'c') and ('a', 'b|c') never meet. -#}
{% macro canonical_key(parts) -%}
    md5(
        {%- for part in parts -%}
            coalesce(cast({{ part }} as {{ dbt.type_string() }}), '')
            {%- if not loop.last %} || chr(31) || {% endif -%}
        {%- endfor -%}
    )
{%- endmacro %}
