{%- set as_of = var('as_of') | string -%}
{%- set literal = modules.re.fullmatch('[0-9]{4}-[0-9]{2}-[0-9]{2}', as_of) -%}
{%- if as_of not in ('latest', 'now') and not literal -%}
    {{ exceptions.raise_compiler_error(
        "var as_of is '" ~ as_of ~ "'; expected a date (2026-06-30), `now` or `latest`"
    ) }}
{%- endif -%}
with days as (
    select * from {{ ref('int_activity_days') }}
),

files as (
    select * from {{ ref('int_line_counts__unified') }}
),

-- an account with contacts and no activity yet is looked at on the day it was loaded
latest as (
    select
        {% if as_of == 'latest' -%}
        coalesce(
            (select max(days.activity_date) as last_date from days),
            (select max({{ local_date('files.loaded_at') }}) as last_date from files)
        )
        {%- elif as_of == 'now' -%}
        {{ local_date(
            "cast('" ~ run_started_at.strftime('%Y-%m-%d %H:%M:%S') ~ "' as timestamp)"
        ) }}
        {%- else -%}
        cast('{{ as_of }}' as date)
        {%- endif %} as as_of_date
),

current_month as (
    select
        as_of_date,
        cast({{ dbt.date_trunc('month', 'as_of_date') }} as date) as month_start
    from latest
    where as_of_date is not null
),

final as (
    select
        as_of_date,
        true as is_current,
        0 as date_index
    from current_month
    {%- for index in range(1, var('history_months') | int + 1) %}
    union all
    select
        cast({{ dbt.dateadd(
            'day', -1, dbt.dateadd('month', 1 - index, 'month_start')
        ) }} as date) as as_of_date,
        false as is_current,
        {{ index }} as date_index
    from current_month
    {%- endfor %}
)

select * from final
