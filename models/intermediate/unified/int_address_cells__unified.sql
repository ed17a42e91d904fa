with addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
),

cells as (
{%- for entity in ['contact_records', 'consents', 'suppressions', 'orders'] %}
    select
        '{{ entity }}' as entity,
        raw_cells.*
    from (
{{ union_systems(entity, ['source_system', 'source_relation', 'source_file', 'email_raw'])
    | indent(8) }}
    ) as raw_cells
    where raw_cells.email_raw is not null
    {%- if not loop.last %}
    union all
    {%- endif %}
{%- endfor %}
),

final as (
    select
        cells.source_system,
        cells.source_relation,
        cells.source_file,
        cells.entity,
        count(*) as cells,
        sum(case when addresses.email_normalized is null then 1 else 0 end) as no_address,
        sum(
            case
                when addresses.email_normalized is not null and not addresses.is_valid then 1
                else 0
            end
        ) as not_valid
    from cells
    inner join addresses on cells.email_raw = addresses.email_raw
    group by
        cells.source_system,
        cells.source_relation,
        cells.source_file,
        cells.entity
)

select * from final
