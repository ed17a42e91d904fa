-- every address that can be found in lines that say "leave" and cannot be read for another reason
with lines as (
    select * from {{ ref('int_opt_out_lines__unified') }}
),

-- full-width signs and marks of no width are typed by people and left by web pages; a byte that was
-- no text stands as \x…, and an address that holds one is not the address it was
cleaned as (
    select
        source_file,
        line_number,
        regexp_replace(
            translate(
                opt_out_text,
                '＠．' || chr(8203) || chr(8204) || chr(8205) || chr(8288) || chr(65279),
                '@.'
            ),
            '[\\]x[0-9a-fA-F]{2}', chr(65533), 'g'
        ) as line_text
    from lines
),

found as (
    select
        source_file,
        line_number,
        {{ list_to_rows(find_all(
            'line_text',
            "'[^@ <>()\"\\[\\]{},;|:=?&/''`\\t\\n\\r]+@[^@ <>()\"\\[\\]{},;|:=?&/''`\\t\\n\\r]+'"
        )) }} as email_raw
    from cleaned
),

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
