-- Written by `winback segments compile` from segments/: edit the rules, not this file.
with flags as (
    select * from {{ ref('segment_flags') }}
),

final as (
    select
        contact_id,
        as_of_date,
        'unmailable' as segment
    from flags
    where unmailable
    union all
    select
        contact_id,
        as_of_date,
        'never_engaged' as segment
    from flags
    where never_engaged
    union all
    select
        contact_id,
        as_of_date,
        'inactive' as segment
    from flags
    where inactive
    union all
    select
        contact_id,
        as_of_date,
        'active' as segment
    from flags
    where active
    union all
    select
        contact_id,
        as_of_date,
        'cooling' as segment
    from flags
    where cooling
    union all
    select
        contact_id,
        as_of_date,
        'active_frequent_buyers' as segment
    from flags
    where active_frequent_buyers
    union all
    select
        contact_id,
        as_of_date,
        'active_readers' as segment
    from flags
    where active_readers
    union all
    select
        contact_id,
        as_of_date,
        'active_others' as segment
    from flags
    where active_others
    union all
    select
        contact_id,
        as_of_date,
        'inactive_weak' as segment
    from flags
    where inactive_weak
    union all
    select
        contact_id,
        as_of_date,
        'inactive_moderate' as segment
    from flags
    where inactive_moderate
    union all
    select
        contact_id,
        as_of_date,
        'inactive_deep' as segment
    from flags
    where inactive_deep
    union all
    select
        contact_id,
        as_of_date,
        'cart_abandoners_with_history' as segment
    from flags
    where cart_abandoners_with_history
    union all
    select
        contact_id,
        as_of_date,
        'frequent_buyers_others' as segment
    from flags
    where frequent_buyers_others
    union all
    select
        contact_id,
        as_of_date,
        'inactive_young_low_score' as segment
    from flags
    where inactive_young_low_score
    union all
    select
        contact_id,
        as_of_date,
        'inactive_deep_others' as segment
    from flags
    where inactive_deep_others
    union all
    select
        contact_id,
        as_of_date,
        'vip' as segment
    from flags
    where vip
    union all
    select
        contact_id,
        as_of_date,
        'new_subscribers' as segment
    from flags
    where new_subscribers
    union all
    select
        contact_id,
        as_of_date,
        'cold_but_buying' as segment
    from flags
    where cold_but_buying
    union all
    select
        contact_id,
        as_of_date,
        'put_off_by_contact' as segment
    from flags
    where put_off_by_contact
    union all
    select
        contact_id,
        as_of_date,
        'do_not_disturb' as segment
    from flags
    where do_not_disturb
    union all
    select
        contact_id,
        as_of_date,
        'paris_spenders' as segment
    from flags
    where paris_spenders
)

select * from final
