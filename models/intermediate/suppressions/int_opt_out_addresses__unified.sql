-- every address that can be found in lines that say "leave" and cannot be read for another reason
with lines as (
    select * from {{ ref('int_opt_out_lines__unified') }}
),

found as (
    select
        source_file,
        line_number,
        {{ list_to_rows(addresses_in('opt_out_text')) }} as email_raw
    from lines
),

-- with a byte that was no text it is not the address it was
final as (
    select
        source_file,
        line_number,
        email_raw
    from found
    where email_raw not like '%' || chr(65533) || '%'
    group by source_file, line_number, email_raw
)

select * from final
