{#- Body of the last CTE of a sync_* model: what is ready, or, while activation is held back, what the
    last run put there; either way less everybody who is suppressed by now. The model has CTEs `holds`
    (quality__activation_holds) and `suppressions` (sync_csv__suppressions).

    ready: name of the CTE with the rows that are ready; address: its column of the address. -#}
{% macro ready_unless_held(ready, address) -%}
select {{ ready }}.*
from {{ ready }}
left join suppressions on {{ sha256_hex(ready ~ '.' ~ address) }} = suppressions.email_sha256
where suppressions.email_sha256 is null and not exists (select 1 from holds)
{%- if built_before() %}
    {%- set columns = model.columns.keys() | list -%}
    {#- what an earlier version of the model left has other columns: nobody is handed out from it -#}
    {%- if adapter.get_columns_in_relation(this) | map(attribute='name') | sort | list
        == columns | sort | list %}
union all by name
select former.{{ columns | join(', former.') }}
from {{ this }} as former
left join suppressions on {{ sha256_hex('former.' ~ address) }} = suppressions.email_sha256
where suppressions.email_sha256 is null and exists (select 1 from holds)
    {%- endif -%}
{%- endif -%}
{%- endmacro %}
