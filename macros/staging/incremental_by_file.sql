{#- Configures a staging model as incremental by file; call it first in the model, and put
    only_new_files() behind the source in its import CTE.
    A file is one load of it: (_source_file, _loaded_at). What the loader replaced or dropped leaves the
    model in a pre-hook, in the transaction of the insert; what is new is appended. So a run needs no state of
    its own, and a killed one leaves nothing half. -#}
{% macro incremental_by_file(system, table) -%}
    {{- config(
        materialized='incremental',
        incremental_strategy='append',
        on_schema_change='fail',
        pre_hook="{{ forget_replaced_files('" ~ system ~ "', '" ~ table ~ "') }}",
    ) -}}
{%- endmacro %}


{#- Condition of the import CTE: the files not held yet. -#}
{% macro only_new_files() -%}
    {#- a unit test that gives no rows for `this` has no `this` -#}
    {%- if this is not none and is_incremental() -%}
    where not exists (
        select 1
        from (select distinct source_file, loaded_at from {{ this }}) as held
        where held.source_file = _source_file and held.loaded_at = _loaded_at
    )
    {%- endif -%}
{%- endmacro %}


{#- Pre-hook of incremental_by_file: lines of files that the raw table no longer holds in that load. -#}
{% macro forget_replaced_files(system, table) -%}
    {%- if is_incremental() -%}
    delete from {{ this }}
    where (source_file, loaded_at) in (
        select held.source_file, held.loaded_at
        from (select distinct source_file, loaded_at from {{ this }}) as held
        left join
            (select distinct _source_file, _loaded_at from {{ source(system, table) }}) as current_files
            on
                held.source_file = current_files._source_file
                and held.loaded_at = current_files._loaded_at
        where current_files._source_file is null
    )
    {%- endif -%}
{%- endmacro %}
