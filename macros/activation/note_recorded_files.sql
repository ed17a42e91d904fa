{#- Post-hook of suppression_register: notes the files it was built from, and the load of each, in table
    suppression_register_files beside it. Of any other file that `winback load` replaces or `winback
    forget` takes out, these keep who left by it (raw.landing_leavers). -#}
{% macro note_recorded_files() -%}
    {%- if not flags.EMPTY -%}
    create or replace table {{ this.incorporate(path={'identifier': this.identifier ~ '_files'}) }} as
    select distinct source_file, loaded_at from {{ ref('int_line_counts__unified') }}
    {%- endif -%}
{%- endmacro %}
