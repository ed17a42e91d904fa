-- What each slice of the feature tables is computed from, as one digest: the days and contacts
-- known by then (int_as_of_dates), how the daily facts were made of them, the policies, and whether
-- the date is the current one, which has more verdicts. A slice whose digest has not changed is not
-- built again.
{%- set policies = [
    'signal_weights', 'score_points', 'score_components', 'engagement_levels', 'rfm_segments',
    'inactivity_policies',
] %}
with as_of_dates as (
    select * from {{ ref('int_as_of_dates') }}
),

policy_digests as (
    {% for policy in policies -%}
    select
        '{{ policy }}' as policy,
        {{ fingerprint_sum(seed_columns(policy)) }} as digest
    from {{ ref(policy) }}
    {% if not loop.last %}union all
    {% endif -%}
    {% endfor %}
),

policy_digest as (
    select {{ fingerprint_sum(['policy', 'digest']) }} as digest
    from policy_digests
),

-- the same in every row
a_daily_fact as (
    select facts_logic
    from {{ ref('int_contact_activity__daily') }}
    limit 1
),

daily_facts as (
    select max(facts_logic) as facts_logic
    from a_daily_fact
),

final as (
    select
        as_of_dates.as_of_date,
        as_of_dates.is_current,
        {{ canonical_key([
            'as_of_dates.slice_fingerprint', 'as_of_dates.is_current', 'policy_digest.digest',
            'daily_facts.facts_logic',
        ]) }} as slice_fingerprint
    from as_of_dates
    cross join policy_digest
    cross join daily_facts
)

select * from final
