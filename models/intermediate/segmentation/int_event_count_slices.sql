-- the fingerprints of days do not tell when an event or a campaign changes its type: for those that
-- are counted by type, these do
with as_of_dates as (
    select * from {{ ref('int_as_of_dates') }}
),

activity as (
    select * from {{ ref('int_contact_activity__campaigns') }}
),

days as (
    select
        activity_date,
        {{ fingerprint_sum(['contact_id', 'campaign_type', 'kind', 'quantity']) }} as digest
    from activity
    group by activity_date
),

final as (
    select
        as_of_dates.as_of_date,
        {{ fingerprint_sum(['days.activity_date', 'days.digest']) }} as slice_fingerprint
    from as_of_dates
    inner join days on as_of_dates.as_of_date >= days.activity_date
    group by as_of_dates.as_of_date
)

select * from final
