-- Written by `winback segments compile` from segments/: edit the rules, not this file.
select
    'unmailable' as segment,
    'Cannot be mailed' as label,
    'share_of_parent' as check_name,
    'warning' as severity,
    cast(null as double) as expected_low,
    cast(0.4 as double) as expected_high,
    'at most 40%' as expected,
    cast(null as {{ dbt.type_string() }}) as outcome,
    cast(null as integer) as within_days
union all
select
    'never_engaged' as segment,
    'Never engaged' as label,
    'share_of_parent' as check_name,
    'warning' as severity,
    cast(null as double) as expected_low,
    cast(0.5 as double) as expected_high,
    'at most 50%' as expected,
    cast(null as {{ dbt.type_string() }}) as outcome,
    cast(null as integer) as within_days
union all
select
    'inactive' as segment,
    'Inactive' as label,
    'share_of_parent' as check_name,
    'warning' as severity,
    cast(null as double) as expected_low,
    cast(0.5 as double) as expected_high,
    'at most 50%' as expected,
    cast(null as {{ dbt.type_string() }}) as outcome,
    cast(null as integer) as within_days
union all
select
    'inactive' as segment,
    'Inactive' as label,
    'flap_rate' as check_name,
    'warning' as severity,
    cast(null as double) as expected_low,
    cast(0.3 as double) as expected_high,
    'at most 30%' as expected,
    cast(null as {{ dbt.type_string() }}) as outcome,
    cast(null as integer) as within_days
union all
select
    'active' as segment,
    'Active' as label,
    'share_of_parent' as check_name,
    'warning' as severity,
    cast(0.1 as double) as expected_low,
    cast(null as double) as expected_high,
    'at least 10%' as expected,
    cast(null as {{ dbt.type_string() }}) as outcome,
    cast(null as integer) as within_days
union all
select
    'active' as segment,
    'Active' as label,
    'monthly_jaccard' as check_name,
    'warning' as severity,
    cast(0.5 as double) as expected_low,
    cast(null as double) as expected_high,
    'at least 50%' as expected,
    cast(null as {{ dbt.type_string() }}) as outcome,
    cast(null as integer) as within_days
union all
select
    'active_frequent_buyers' as segment,
    'Frequent buyers' as label,
    'predictive' as check_name,
    'warning' as severity,
    cast(0.3 as double) as expected_low,
    cast(null as double) as expected_high,
    'at least 30%' as expected,
    cast('order' as {{ dbt.type_string() }}) as outcome,
    cast(90 as integer) as within_days
union all
select
    'vip' as segment,
    'VIP' as label,
    'predictive' as check_name,
    'warning' as severity,
    cast(0.8 as double) as expected_low,
    cast(null as double) as expected_high,
    'at least 80%' as expected,
    cast('repurchase' as {{ dbt.type_string() }}) as outcome,
    cast(180 as integer) as within_days
