-- Written by `winback segments compile` from segments/: edit the rules, not this file.
-- segments/_order.yml                                                  429f786030c08c1869c63f8dbf50e53b
-- segments/active.yml                                                  bc920b8ee61d14995f38f00ce3198beb
-- segments/active_frequent_buyers.yml                                  4f5b3c70c512f9c637c019e18ed6f75f
-- segments/active_others.yml                                           087b7ec795cea215e6eaae45747185e8
-- segments/active_readers.yml                                          22db4082b714edcc73f7ff8632b89ce9
-- segments/cart_abandoners_with_history.yml                            60c1c0ca4de38df1206ea12ca47dfd19
-- segments/cold_but_buying.yml                                         64a651e53602ff5eb5170be6bd892b5d
-- segments/cooling.yml                                                 d7236a4ae6df6e857116c8957c0515f5
-- segments/do_not_disturb.yml                                          8c3e07b7902e2aa4ca144c3f1b2bc6b1
-- segments/frequent_buyers_others.yml                                  3f7fefb21aad4b48c4ae987a91b729de
-- segments/inactive.yml                                                929824c29d7063d6e547ed7e1caf8a64
-- segments/inactive_deep.yml                                           1f4af55db6caa7de96408aa2fe79618d
-- segments/inactive_deep_others.yml                                    25232784d057bbf12c9b41bf8267fcf1
-- segments/inactive_moderate.yml                                       65bfbcc1fbffd6b984df892db3c34c93
-- segments/inactive_weak.yml                                           9953ad71754cedc064245d45f6488a91
-- segments/inactive_young_low_score.yml                                43d656d41bfbc2470e3b9b8015bf2131
-- segments/never_engaged.yml                                           c5dc39df899c40b072b5d825ef1aea5a
-- segments/new_subscribers.yml                                         f16a7ebe9f35b076382ced1d969d8984
-- segments/paris_spenders.yml                                          56959636fc0d2a3842a3630141b1ef9d
-- segments/put_off_by_contact.yml                                      8d5117ecb3838ee7985b37207c945f54
-- segments/unmailable.yml                                              5eb9aa89c18706a6328913fb63b6fdf6
-- segments/vip.yml                                                     d1835e8725e97bca4513a1e935563c53
-- models/intermediate/segmentation/segment_inputs.sql                  db26bc1045e5c116f51b4f34109514c4
-- models/intermediate/segmentation/segment_expectations.sql            98bf45facc54b63cb43dd904c0b45110
-- models/intermediate/segmentation/int_contact_event_counts.sql        18afabb37781e358898d7a5f036c4b1b
-- models/intermediate/segmentation/int_contact_activity__campaigns.sql 86939347fa36a7a113b51211b61c071e
-- models/marts/segmentation/segment_membership_history.sql             9eb3ac3643c78f47d89701200520b6c8
-- models/marts/segmentation/segment_definitions.sql                    7ccf8cdde4b5fa246b26e60eed4b8b36
-- models/marts/segmentation/segment_explanations.sql                   e839b8ba57592c2ff393faab51ff9213
-- models/intermediate/segmentation/_segment_flags__models.yml          31b2d2975f1d5cb48857b5287ebc4dd6
-- below 65994dd768f826ed847d37244229d232
{{ after_gate('gate_intermediate') }}
with asked as (
    select * from {{ ref('segment_inputs') }}
),

step_1 as (
    select
        *,
        not is_mailable or is_mailable is null as unmailable,
        (
            orders_180d >= 1
            and sends_180d >= 1
            and (human_clicks_180d > 0 or human_opens_180d > 0) is not true
        ) is true as cold_but_buying,
        (uplift_group = 'do_not_disturb') is true as put_off_by_contact,
        (city = 'Paris' and revenue_lifetime > 200) is true as paris_spenders
    from asked
),

step_2 as (
    select
        *,
        not unmailable and days_since_last_engagement is null as never_engaged,
        (days_since_first_seen < 30 and not unmailable) is true as new_subscribers,
        (
            unmailable or put_off_by_contact or is_past_legal_max or sends_since_last_engagement >= 16
        ) is true as do_not_disturb
    from step_1
),

step_3 as (
    select
        *,
        (not unmailable and not never_engaged and is_inactive) is true as inactive
    from step_2
),

step_4 as (
    select
        *,
        (
            not unmailable and not never_engaged and not inactive and days_since_last_engagement <= 90
        ) is true as active,
        (
            inactive and (days_since_last_engagement <= 183 or engagement_points >= 60)
        ) is true as inactive_weak,
        (engagement_score > 75 and revenue_365d > 500 and not inactive) is true as vip
    from step_3
),

step_5 as (
    select
        *,
        not unmailable and not never_engaged and not inactive and not active as cooling,
        (active and orders_365d >= 3) is true as active_frequent_buyers,
        (inactive and not inactive_weak and engagement_points >= 30) is true as inactive_moderate
    from step_4
),

step_6 as (
    select
        *,
        (
            active and not active_frequent_buyers and (human_clicks_90d >= 1 or human_opens_90d >= 2)
        ) is true as active_readers,
        inactive and not inactive_weak and not inactive_moderate as inactive_deep,
        (active_frequent_buyers and cart_abandoned_30d) is true as cart_abandoners_with_history
    from step_5
),

step_7 as (
    select
        *,
        active and not active_frequent_buyers and not active_readers as active_others,
        active_frequent_buyers and not cart_abandoners_with_history as frequent_buyers_others,
        (
            inactive_deep and days_since_last_engagement > 183 and engagement_points < 30 and age < 35
        ) is true as inactive_young_low_score
    from step_6
),

step_8 as (
    select
        *,
        inactive_deep and not inactive_young_low_score as inactive_deep_others
    from step_7
)

select
    contact_id,
    as_of_date,
    is_current,
    is_mailable,
    revenue_365d,
    unmailable,
    never_engaged,
    inactive,
    active,
    cooling,
    active_frequent_buyers,
    active_readers,
    active_others,
    inactive_weak,
    inactive_moderate,
    inactive_deep,
    cart_abandoners_with_history,
    frequent_buyers_others,
    inactive_young_low_score,
    inactive_deep_others,
    vip,
    new_subscribers,
    cold_but_buying,
    put_off_by_contact,
    do_not_disturb,
    paris_spenders
from step_8
