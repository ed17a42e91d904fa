{#- Post-hook of a gate, outside the transaction: its table is committed by then. Fails when an
    expectation of severity critical failed; so the gate counts as failed, and dbt skips everything
    after it, under `dbt run` and `dbt build` alike. The error is raised by the database: dbt would
    add a call stack of macros to one of its own. -#}
{% macro gate_stops() -%}
    {%- if execute -%}
        {%- set failed = run_query(
            "select check_name, message from " ~ this
            ~ " where severity = 'critical' and not success order by check_name"
        ) -%}
        {%- if failed.rows | length > 0 -%}
            {%- set lines = [
                "Stopped at " ~ this.identifier ~ ": what follows would be built on bad data."
            ] -%}
            {%- for row in failed.rows -%}
                {%- do lines.append("- " ~ row['message'] ~ " [" ~ row['check_name'] ~ "]") -%}
            {%- endfor -%}
            {%- do lines.append(
                "Nothing is lost: correct the export and run again. Every check is in the table "
                ~ this.identifier ~ " and in data_docs/index.html of the target folder; "
                ~ "docs/gates.md says what each one means and how to change it."
            ) -%}
            select error('{{ lines | join("\n") | replace("'", "''") }}')
        {%- endif -%}
    {%- endif -%}
{%- endmacro %}
