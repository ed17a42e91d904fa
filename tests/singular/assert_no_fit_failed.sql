-- A model that failed leaves its columns null: rules and reports that ask it would say that
-- nobody is likely to do anything. One row per fitted model that failed.
{{ config(severity='warn') }}

with failed_fits as (
    select * from {{ ref('quality__failed_fits') }}
)

select * from failed_fits
