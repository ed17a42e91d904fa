-- Written by `winback segments compile` from segments/: edit the rules, not this file.
{{ config(materialized='view') }}
with asked as (
    select * from {{ ref('segment_inputs') }}
),

history as (
    select * from {{ ref('segment_history') }}
),

answers as (
    select
        contact_id,
        as_of_date,
        is_mailable,
        days_since_last_engagement,
        is_inactive,
        orders_365d,
        human_clicks_90d,
        human_opens_90d,
        engagement_points,
        cart_abandoned_30d,
        age,
        engagement_score,
        revenue_365d,
        days_since_first_seen,
        orders_180d,
        sends_180d,
        human_clicks_180d,
        human_opens_180d,
        uplift_group,
        is_past_legal_max,
        sends_since_last_engagement,
        city,
        revenue_lifetime,
        not is_mailable or is_mailable is null as answer_1,
        days_since_last_engagement is null as answer_3,
        is_inactive is true as answer_6,
        (days_since_last_engagement <= 90) is true as answer_10,
        true as answer_15,
        (orders_365d >= 3) is true as answer_17,
        (human_clicks_90d >= 1) is true as answer_20,
        (human_opens_90d >= 2) is true as answer_21,
        true as answer_25,
        (days_since_last_engagement <= 183) is true as answer_27,
        (engagement_points >= 60) is true as answer_28,
        (engagement_points >= 30) is true as answer_31,
        true as answer_35,
        cart_abandoned_30d is true as answer_37,
        true as answer_40,
        (days_since_last_engagement > 183) is true as answer_42,
        (engagement_points < 30) is true as answer_43,
        (age < 35) is true as answer_44,
        true as answer_47,
        (engagement_score > 75) is true as answer_48,
        (revenue_365d > 500) is true as answer_49,
        (days_since_first_seen < 30) is true as answer_51,
        (orders_180d >= 1) is true as answer_53,
        (sends_180d >= 1) is true as answer_54,
        (human_clicks_180d > 0) is true as answer_55,
        (human_opens_180d > 0) is true as answer_56,
        (uplift_group = 'do_not_disturb') is true as answer_57,
        is_past_legal_max is true as answer_60,
        (sends_since_last_engagement >= 16) is true as answer_61,
        (city = 'Paris') is true as answer_62,
        (revenue_lifetime > 200) is true as answer_63,
        days_since_last_engagement as days_10,
        days_since_last_engagement as days_27,
        days_since_last_engagement as days_42,
        days_since_first_seen as days_51
    from asked
),

members as (
    select
        answers.*,
        history.unmailable as member_1,
        history.never_engaged as member_2,
        history.inactive as member_3,
        history.active as member_4,
        history.cooling as member_5,
        history.active_frequent_buyers as member_6,
        history.active_readers as member_7,
        history.active_others as member_8,
        history.inactive_weak as member_9,
        history.inactive_moderate as member_10,
        history.inactive_deep as member_11,
        history.cart_abandoners_with_history as member_12,
        history.frequent_buyers_others as member_13,
        history.inactive_young_low_score as member_14,
        history.inactive_deep_others as member_15,
        history.vip as member_16,
        history.new_subscribers as member_17,
        history.cold_but_buying as member_18,
        history.put_off_by_contact as member_19,
        history.do_not_disturb as member_20,
        history.paris_spenders as member_21
    from answers
    inner join history
        on
            answers.contact_id = history.contact_id
            and answers.as_of_date = history.as_of_date
),

groups_1 as (
    select
        *,
        (answer_20 or answer_21) as group_1,
        (answer_27 or answer_28) as group_2,
        (answer_42 and answer_43 and answer_44) as group_3,
        (not member_3) as group_5,
        (not member_1) as group_7,
        (answer_55 or answer_56) as group_10,
        (member_1 or member_19 or answer_60 or answer_61) as group_11,
        (answer_62 and answer_63) as group_12
    from members
),

groups_2 as (
    select
        *,
        (answer_48 and answer_49 and group_5) as group_4,
        (answer_51 and group_7) as group_6,
        (not group_10) as group_9
    from groups_1
),

groups_3 as (
    select
        *,
        (answer_53 and answer_54 and group_9) as group_8
    from groups_2
),

explained as (
    select * from groups_3
),

leaves as (
    select
        leaves.number,
        leaves.is_negated,
        cast(leaves.segment as {{ dbt.type_string() }}) as segment,
        cast(leaves.path as {{ dbt.type_string() }}) as path,
        cast(leaves.kind as {{ dbt.type_string() }}) as kind,
        cast(leaves.sentence as {{ dbt.type_string() }}) as sentence,
        cast(leaves.sentence_fr as {{ dbt.type_string() }}) as sentence_fr,
        cast(leaves.field as {{ dbt.type_string() }}) as field,
        cast(leaves.referenced_segment as {{ dbt.type_string() }}) as referenced_segment,
        cast(leaves.operator as {{ dbt.type_string() }}) as operator,
        cast(leaves.threshold as {{ dbt.type_string() }}) as threshold,
        cast(leaves.foreseen_when as {{ dbt.type_string() }}) as foreseen_when
    from (
        values
        (
            1, false, 'unmailable', 'where', 'field',
            'cannot be mailed (or it is not known)',
            {{ quoted_text('ne peut pas recevoir d\'e-mail (ou on l\'ignore)') }},
            'is_mailable', null, 'eq', 'false', 'always'
        ),
        (
            2, false, 'never_engaged', 'exclusive.unmailable', 'earlier_sibling',
            'is not taken by “Cannot be mailed”, which is tried first',
            {{ quoted_text('n\'est pas dans « Non joignables », essayé avant') }},
            null, 'unmailable', 'eq', 'false', null
        ),
        (
            3, false, 'never_engaged', 'where', 'field',
            'no open, click, visit or order was ever seen',
            'aucun signe de vie connu',
            'days_since_last_engagement', null, 'is_null', 'true', 'always'
        ),
        (
            4, false, 'inactive', 'exclusive.unmailable', 'earlier_sibling',
            'is not taken by “Cannot be mailed”, which is tried first',
            {{ quoted_text('n\'est pas dans « Non joignables », essayé avant') }},
            null, 'unmailable', 'eq', 'false', null
        ),
        (
            5, false, 'inactive', 'exclusive.never_engaged', 'earlier_sibling',
            'is not taken by “Never engaged”, which is tried first',
            {{ quoted_text('n\'est pas dans « Jamais engagés », essayé avant') }},
            null, 'never_engaged', 'eq', 'false', null
        ),
        (
            6, false, 'inactive', 'where', 'field',
            'is inactive',
            'est inactif',
            'is_inactive', null, 'eq', 'true', 'true'
        ),
        (
            7, false, 'active', 'exclusive.unmailable', 'earlier_sibling',
            'is not taken by “Cannot be mailed”, which is tried first',
            {{ quoted_text('n\'est pas dans « Non joignables », essayé avant') }},
            null, 'unmailable', 'eq', 'false', null
        ),
        (
            8, false, 'active', 'exclusive.never_engaged', 'earlier_sibling',
            'is not taken by “Never engaged”, which is tried first',
            {{ quoted_text('n\'est pas dans « Jamais engagés », essayé avant') }},
            null, 'never_engaged', 'eq', 'false', null
        ),
        (
            9, false, 'active', 'exclusive.inactive', 'earlier_sibling',
            'is not taken by “Inactive”, which is tried first',
            {{ quoted_text('n\'est pas dans « Inactifs », essayé avant') }},
            null, 'inactive', 'eq', 'false', null
        ),
        (
            10, false, 'active', 'where', 'field',
            'time since the last sign of life is at most 90 days',
            {{ quoted_text('le temps depuis le dernier signe de vie est d\'au plus 90 jours') }},
            'days_since_last_engagement', null, 'lte', '90', 'always'
        ),
        (
            11, false, 'cooling', 'exclusive.unmailable', 'earlier_sibling',
            'is not taken by “Cannot be mailed”, which is tried first',
            {{ quoted_text('n\'est pas dans « Non joignables », essayé avant') }},
            null, 'unmailable', 'eq', 'false', null
        ),
        (
            12, false, 'cooling', 'exclusive.never_engaged', 'earlier_sibling',
            'is not taken by “Never engaged”, which is tried first',
            {{ quoted_text('n\'est pas dans « Jamais engagés », essayé avant') }},
            null, 'never_engaged', 'eq', 'false', null
        ),
        (
            13, false, 'cooling', 'exclusive.inactive', 'earlier_sibling',
            'is not taken by “Inactive”, which is tried first',
            {{ quoted_text('n\'est pas dans « Inactifs », essayé avant') }},
            null, 'inactive', 'eq', 'false', null
        ),
        (
            14, false, 'cooling', 'exclusive.active', 'earlier_sibling',
            'is not taken by “Active”, which is tried first',
            {{ quoted_text('n\'est pas dans « Actifs », essayé avant') }},
            null, 'active', 'eq', 'false', null
        ),
        (
            15, false, 'cooling', 'otherwise', 'otherwise',
            'takes all whom its siblings leave',
            'prend tous ceux que ses voisins laissent',
            null, null, null, null, 'always'
        ),
        (
            16, false, 'active_frequent_buyers', 'parent', 'parent',
            'must be in “Active”',
            'doit être dans « Actifs »',
            null, 'active', 'eq', 'true', null
        ),
        (
            17, false, 'active_frequent_buyers', 'where', 'event',
            'number of orders in the last 365 days is at least 3',
            {{ quoted_text('le nombre de commandes des 365 derniers jours est d\'au moins 3') }},
            'orders_365d', null, 'gte', '3', 'false'
        ),
        (
            18, false, 'active_readers', 'parent', 'parent',
            'must be in “Active”',
            'doit être dans « Actifs »',
            null, 'active', 'eq', 'true', null
        ),
        (
            19, false, 'active_readers', 'exclusive.active_frequent_buyers', 'earlier_sibling',
            'is not taken by “Frequent buyers”, which is tried first',
            {{ quoted_text('n\'est pas dans « Acheteurs fréquents », essayé avant') }},
            null, 'active_frequent_buyers', 'eq', 'false', null
        ),
        (
            20, false, 'active_readers', 'where.any[0]', 'event',
            'number of clicks in the last 90 days is at least 1',
            {{ quoted_text('le nombre de clics des 90 derniers jours est d\'au moins 1') }},
            'human_clicks_90d', null, 'gte', '1', 'false'
        ),
        (
            21, false, 'active_readers', 'where.any[1]', 'event',
            'number of opens in the last 90 days is at least 2',
            {{ quoted_text('le nombre d\'ouvertures des 90 derniers jours est d\'au moins 2') }},
            'human_opens_90d', null, 'gte', '2', 'false'
        ),
        (
            22, false, 'active_others', 'parent', 'parent',
            'must be in “Active”',
            'doit être dans « Actifs »',
            null, 'active', 'eq', 'true', null
        ),
        (
            23, false, 'active_others', 'exclusive.active_frequent_buyers', 'earlier_sibling',
            'is not taken by “Frequent buyers”, which is tried first',
            {{ quoted_text('n\'est pas dans « Acheteurs fréquents », essayé avant') }},
            null, 'active_frequent_buyers', 'eq', 'false', null
        ),
        (
            24, false, 'active_others', 'exclusive.active_readers', 'earlier_sibling',
            'is not taken by “Readers”, which is tried first',
            {{ quoted_text('n\'est pas dans « Lecteurs », essayé avant') }},
            null, 'active_readers', 'eq', 'false', null
        ),
        (
            25, false, 'active_others', 'otherwise', 'otherwise',
            'takes all whom its siblings leave',
            'prend tous ceux que ses voisins laissent',
            null, null, null, null, 'always'
        ),
        (
            26, false, 'inactive_weak', 'parent', 'parent',
            'must be in “Inactive”',
            'doit être dans « Inactifs »',
            null, 'inactive', 'eq', 'true', null
        ),
        (
            27, false, 'inactive_weak', 'where.any[0]', 'field',
            'time since the last sign of life is at most 183 days',
            {{ quoted_text('le temps depuis le dernier signe de vie est d\'au plus 183 jours') }},
            'days_since_last_engagement', null, 'lte', '183', 'always'
        ),
        (
            28, false, 'inactive_weak', 'where.any[1]', 'field',
            'total of engagement points is at least 60',
            {{ quoted_text('le total de points d\'engagement est d\'au moins 60') }},
            'engagement_points', null, 'gte', '60', 'false'
        ),
        (
            29, false, 'inactive_moderate', 'parent', 'parent',
            'must be in “Inactive”',
            'doit être dans « Inactifs »',
            null, 'inactive', 'eq', 'true', null
        ),
        (
            30, false, 'inactive_moderate', 'exclusive.inactive_weak', 'earlier_sibling',
            'is not taken by “Recently lapsed”, which is tried first',
            {{ quoted_text('n\'est pas dans « Inactivité faible », essayé avant') }},
            null, 'inactive_weak', 'eq', 'false', null
        ),
        (
            31, false, 'inactive_moderate', 'where', 'field',
            'total of engagement points is at least 30',
            {{ quoted_text('le total de points d\'engagement est d\'au moins 30') }},
            'engagement_points', null, 'gte', '30', 'false'
        ),
        (
            32, false, 'inactive_deep', 'parent', 'parent',
            'must be in “Inactive”',
            'doit être dans « Inactifs »',
            null, 'inactive', 'eq', 'true', null
        ),
        (
            33, false, 'inactive_deep', 'exclusive.inactive_weak', 'earlier_sibling',
            'is not taken by “Recently lapsed”, which is tried first',
            {{ quoted_text('n\'est pas dans « Inactivité faible », essayé avant') }},
            null, 'inactive_weak', 'eq', 'false', null
        ),
        (
            34, false, 'inactive_deep', 'exclusive.inactive_moderate', 'earlier_sibling',
            'is not taken by “Moderately inactive”, which is tried first',
            {{ quoted_text('n\'est pas dans « Inactivité modérée », essayé avant') }},
            null, 'inactive_moderate', 'eq', 'false', null
        ),
        (
            35, false, 'inactive_deep', 'otherwise', 'otherwise',
            'takes all whom its siblings leave',
            'prend tous ceux que ses voisins laissent',
            null, null, null, null, 'always'
        ),
        (
            36, false, 'cart_abandoners_with_history', 'parent', 'parent',
            'must be in “Frequent buyers”',
            'doit être dans « Acheteurs fréquents »',
            null, 'active_frequent_buyers', 'eq', 'true', null
        ),
        (
            37, false, 'cart_abandoners_with_history', 'where', 'field',
            'left a cart in the last 30 days',
            'a abandonné un panier dans les 30 derniers jours',
            'cart_abandoned_30d', null, 'eq', 'true', 'false'
        ),
        (
            38, false, 'frequent_buyers_others', 'parent', 'parent',
            'must be in “Frequent buyers”',
            'doit être dans « Acheteurs fréquents »',
            null, 'active_frequent_buyers', 'eq', 'true', null
        ),
        (
            39, false, 'frequent_buyers_others', 'exclusive.cart_abandoners_with_history', 'earlier_sibling',
            'is not taken by “Cart left by a regular”, which is tried first',
            {{ quoted_text('n\'est pas dans « Paniers abandonnés d\'habitués », essayé avant') }},
            null, 'cart_abandoners_with_history', 'eq', 'false', null
        ),
        (
            40, false, 'frequent_buyers_others', 'otherwise', 'otherwise',
            'takes all whom its siblings leave',
            'prend tous ceux que ses voisins laissent',
            null, null, null, null, 'always'
        ),
        (
            41, false, 'inactive_young_low_score', 'parent', 'parent',
            'must be in “Deeply inactive”',
            'doit être dans « Inactivité profonde »',
            null, 'inactive_deep', 'eq', 'true', null
        ),
        (
            42, false, 'inactive_young_low_score', 'where.all[0]', 'field',
            'time since the last sign of life is more than 183 days',
            'le temps depuis le dernier signe de vie dépasse 183 jours',
            'days_since_last_engagement', null, 'gt', '183', 'always'
        ),
        (
            43, false, 'inactive_young_low_score', 'where.all[1]', 'field',
            'total of engagement points is less than 30',
            {{ quoted_text('le total de points d\'engagement est de moins de 30') }},
            'engagement_points', null, 'lt', '30', 'true'
        ),
        (
            44, false, 'inactive_young_low_score', 'where.all[2]', 'field',
            'age is less than 35 years',
            {{ quoted_text('l\'âge est de moins de 35 ans') }},
            'age', null, 'lt', '35', 'false'
        ),
        (
            45, false, 'inactive_deep_others', 'parent', 'parent',
            'must be in “Deeply inactive”',
            'doit être dans « Inactivité profonde »',
            null, 'inactive_deep', 'eq', 'true', null
        ),
        (
            46, false, 'inactive_deep_others', 'exclusive.inactive_young_low_score', 'earlier_sibling',
            'is not taken by “Young, low score”, which is tried first',
            {{ quoted_text('n\'est pas dans « Jeunes, score faible », essayé avant') }},
            null, 'inactive_young_low_score', 'eq', 'false', null
        ),
        (
            47, false, 'inactive_deep_others', 'otherwise', 'otherwise',
            'takes all whom its siblings leave',
            'prend tous ceux que ses voisins laissent',
            null, null, null, null, 'always'
        ),
        (
            48, false, 'vip', 'where.all[0]', 'field',
            'engagement score is more than 75',
            {{ quoted_text('le score d\'engagement dépasse 75') }},
            'engagement_score', null, 'gt', '75', 'never'
        ),
        (
            49, false, 'vip', 'where.all[1]', 'field',
            'revenue in the last 365 days is more than 500 ' || '{{ var('currency') }}',
            {{ quoted_text('le chiffre d\'affaires des 365 derniers jours dépasse 500 ') }} || '{{ var('currency') }}',
            'revenue_365d', null, 'gt', '500', 'never'
        ),
        (
            50, true, 'vip', 'where.all[2].not', 'segment',
            'is in “Inactive”',
            'est dans « Inactifs »',
            null, 'inactive', 'eq', 'true', null
        ),
        (
            51, false, 'new_subscribers', 'where.all[0]', 'field',
            'time since first seen is less than 30 days',
            'le temps depuis la première apparition est de moins de 30 jours',
            'days_since_first_seen', null, 'lt', '30', 'always'
        ),
        (
            52, true, 'new_subscribers', 'where.all[1].not', 'segment',
            'is in “Cannot be mailed”',
            'est dans « Non joignables »',
            null, 'unmailable', 'eq', 'true', null
        ),
        (
            53, false, 'cold_but_buying', 'where.all[0]', 'event',
            'number of orders in the last 180 days is at least 1',
            {{ quoted_text('le nombre de commandes des 180 derniers jours est d\'au moins 1') }},
            'orders_180d', null, 'gte', '1', 'false'
        ),
        (
            54, false, 'cold_but_buying', 'where.all[1]', 'event',
            'number of messages sent in the last 180 days is at least 1',
            {{ quoted_text('le nombre de messages envoyés des 180 derniers jours est d\'au moins 1') }},
            'sends_180d', null, 'gte', '1', 'false'
        ),
        (
            55, true, 'cold_but_buying', 'where.all[2].not.any[0]', 'event',
            'number of clicks in the last 180 days is more than 0',
            'le nombre de clics des 180 derniers jours dépasse 0',
            'human_clicks_180d', null, 'gt', '0', 'false'
        ),
        (
            56, true, 'cold_but_buying', 'where.all[2].not.any[1]', 'event',
            'number of opens in the last 180 days is more than 0',
            {{ quoted_text('le nombre d\'ouvertures des 180 derniers jours dépasse 0') }},
            'human_opens_180d', null, 'gt', '0', 'false'
        ),
        (
            57, false, 'put_off_by_contact', 'where', 'field',
            'uplift group is “do_not_disturb”',
            {{ quoted_text('le groupe d\'uplift est « do_not_disturb »') }},
            'uplift_group', null, 'eq', 'do_not_disturb', 'never'
        ),
        (
            58, false, 'do_not_disturb', 'where.any[0]', 'segment',
            'is in “Cannot be mailed”',
            'est dans « Non joignables »',
            null, 'unmailable', 'eq', 'true', null
        ),
        (
            59, false, 'do_not_disturb', 'where.any[1]', 'segment',
            'is in “Put off by contact”',
            'est dans « Rebutés par les sollicitations »',
            null, 'put_off_by_contact', 'eq', 'true', null
        ),
        (
            60, false, 'do_not_disturb', 'where.any[2]', 'field',
            'is silent beyond the legal maximum',
            'est silencieux au-delà du maximum légal',
            'is_past_legal_max', null, 'eq', 'true', 'true'
        ),
        (
            61, false, 'do_not_disturb', 'where.any[3]', 'field',
            'number of messages sent since the last sign of life is at least 16',
            {{ quoted_text('le nombre de messages envoyés depuis le dernier signe de vie est d\'au moins 16') }},
            'sends_since_last_engagement', null, 'gte', '16', 'always'
        ),
        (
            62, false, 'paris_spenders', 'where.all[0]', 'field',
            'city is “Paris”',
            'la ville est « Paris »',
            'city', null, 'in', 'Paris', 'always'
        ),
        (
            63, false, 'paris_spenders', 'where.all[1]', 'field',
            'revenue in all is more than 200 ' || '{{ var('currency') }}',
            {{ quoted_text('le chiffre d\'affaires total dépasse 200 ') }} || '{{ var('currency') }}',
            'revenue_lifetime', null, 'gt', '200', 'always'
        )
    ) as leaves (number, is_negated, segment, path, kind, sentence, sentence_fr, field, referenced_segment, operator, threshold, foreseen_when)
),

picked as (
    select
        explained.contact_id,
        explained.as_of_date,
        leaves.number as leaf_number,
        leaves.is_negated,
        leaves.segment,
        leaves.path as leaf_path,
        leaves.kind,
        leaves.sentence,
        leaves.sentence_fr,
        leaves.field,
        leaves.referenced_segment,
        leaves.operator,
        leaves.threshold,
        leaves.foreseen_when,
        case leaves.number
            when 1 then cast(explained.is_mailable as {{ dbt.type_string() }})
            when 2 then cast(explained.member_1 as {{ dbt.type_string() }})
            when 3 then case when explained.days_since_last_engagement = floor(explained.days_since_last_engagement) and abs(explained.days_since_last_engagement) < 1e15 then cast(cast(explained.days_since_last_engagement as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.days_since_last_engagement as double) as {{ dbt.type_string() }}) end
            when 4 then cast(explained.member_1 as {{ dbt.type_string() }})
            when 5 then cast(explained.member_2 as {{ dbt.type_string() }})
            when 6 then cast(explained.is_inactive as {{ dbt.type_string() }})
            when 7 then cast(explained.member_1 as {{ dbt.type_string() }})
            when 8 then cast(explained.member_2 as {{ dbt.type_string() }})
            when 9 then cast(explained.member_3 as {{ dbt.type_string() }})
            when 10 then case when explained.days_since_last_engagement = floor(explained.days_since_last_engagement) and abs(explained.days_since_last_engagement) < 1e15 then cast(cast(explained.days_since_last_engagement as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.days_since_last_engagement as double) as {{ dbt.type_string() }}) end
            when 11 then cast(explained.member_1 as {{ dbt.type_string() }})
            when 12 then cast(explained.member_2 as {{ dbt.type_string() }})
            when 13 then cast(explained.member_3 as {{ dbt.type_string() }})
            when 14 then cast(explained.member_4 as {{ dbt.type_string() }})
            when 16 then cast(explained.member_4 as {{ dbt.type_string() }})
            when 17 then case when explained.orders_365d = floor(explained.orders_365d) and abs(explained.orders_365d) < 1e15 then cast(cast(explained.orders_365d as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.orders_365d as double) as {{ dbt.type_string() }}) end
            when 18 then cast(explained.member_4 as {{ dbt.type_string() }})
            when 19 then cast(explained.member_6 as {{ dbt.type_string() }})
            when 20 then case when explained.human_clicks_90d = floor(explained.human_clicks_90d) and abs(explained.human_clicks_90d) < 1e15 then cast(cast(explained.human_clicks_90d as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.human_clicks_90d as double) as {{ dbt.type_string() }}) end
            when 21 then case when explained.human_opens_90d = floor(explained.human_opens_90d) and abs(explained.human_opens_90d) < 1e15 then cast(cast(explained.human_opens_90d as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.human_opens_90d as double) as {{ dbt.type_string() }}) end
            when 22 then cast(explained.member_4 as {{ dbt.type_string() }})
            when 23 then cast(explained.member_6 as {{ dbt.type_string() }})
            when 24 then cast(explained.member_7 as {{ dbt.type_string() }})
            when 26 then cast(explained.member_3 as {{ dbt.type_string() }})
            when 27 then case when explained.days_since_last_engagement = floor(explained.days_since_last_engagement) and abs(explained.days_since_last_engagement) < 1e15 then cast(cast(explained.days_since_last_engagement as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.days_since_last_engagement as double) as {{ dbt.type_string() }}) end
            when 28 then case when explained.engagement_points = floor(explained.engagement_points) and abs(explained.engagement_points) < 1e15 then cast(cast(explained.engagement_points as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.engagement_points as double) as {{ dbt.type_string() }}) end
            when 29 then cast(explained.member_3 as {{ dbt.type_string() }})
            when 30 then cast(explained.member_9 as {{ dbt.type_string() }})
            when 31 then case when explained.engagement_points = floor(explained.engagement_points) and abs(explained.engagement_points) < 1e15 then cast(cast(explained.engagement_points as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.engagement_points as double) as {{ dbt.type_string() }}) end
            when 32 then cast(explained.member_3 as {{ dbt.type_string() }})
            when 33 then cast(explained.member_9 as {{ dbt.type_string() }})
            when 34 then cast(explained.member_10 as {{ dbt.type_string() }})
            when 36 then cast(explained.member_6 as {{ dbt.type_string() }})
            when 37 then cast(explained.cart_abandoned_30d as {{ dbt.type_string() }})
            when 38 then cast(explained.member_6 as {{ dbt.type_string() }})
            when 39 then cast(explained.member_12 as {{ dbt.type_string() }})
            when 41 then cast(explained.member_11 as {{ dbt.type_string() }})
            when 42 then case when explained.days_since_last_engagement = floor(explained.days_since_last_engagement) and abs(explained.days_since_last_engagement) < 1e15 then cast(cast(explained.days_since_last_engagement as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.days_since_last_engagement as double) as {{ dbt.type_string() }}) end
            when 43 then case when explained.engagement_points = floor(explained.engagement_points) and abs(explained.engagement_points) < 1e15 then cast(cast(explained.engagement_points as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.engagement_points as double) as {{ dbt.type_string() }}) end
            when 44 then case when explained.age = floor(explained.age) and abs(explained.age) < 1e15 then cast(cast(explained.age as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.age as double) as {{ dbt.type_string() }}) end
            when 45 then cast(explained.member_11 as {{ dbt.type_string() }})
            when 46 then cast(explained.member_14 as {{ dbt.type_string() }})
            when 48 then case when explained.engagement_score = floor(explained.engagement_score) and abs(explained.engagement_score) < 1e15 then cast(cast(explained.engagement_score as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.engagement_score as double) as {{ dbt.type_string() }}) end
            when 49 then case when explained.revenue_365d = floor(explained.revenue_365d) and abs(explained.revenue_365d) < 1e15 then cast(cast(explained.revenue_365d as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.revenue_365d as double) as {{ dbt.type_string() }}) end
            when 50 then cast(explained.member_3 as {{ dbt.type_string() }})
            when 51 then case when explained.days_since_first_seen = floor(explained.days_since_first_seen) and abs(explained.days_since_first_seen) < 1e15 then cast(cast(explained.days_since_first_seen as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.days_since_first_seen as double) as {{ dbt.type_string() }}) end
            when 52 then cast(explained.member_1 as {{ dbt.type_string() }})
            when 53 then case when explained.orders_180d = floor(explained.orders_180d) and abs(explained.orders_180d) < 1e15 then cast(cast(explained.orders_180d as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.orders_180d as double) as {{ dbt.type_string() }}) end
            when 54 then case when explained.sends_180d = floor(explained.sends_180d) and abs(explained.sends_180d) < 1e15 then cast(cast(explained.sends_180d as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.sends_180d as double) as {{ dbt.type_string() }}) end
            when 55 then case when explained.human_clicks_180d = floor(explained.human_clicks_180d) and abs(explained.human_clicks_180d) < 1e15 then cast(cast(explained.human_clicks_180d as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.human_clicks_180d as double) as {{ dbt.type_string() }}) end
            when 56 then case when explained.human_opens_180d = floor(explained.human_opens_180d) and abs(explained.human_opens_180d) < 1e15 then cast(cast(explained.human_opens_180d as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.human_opens_180d as double) as {{ dbt.type_string() }}) end
            when 57 then cast(explained.uplift_group as {{ dbt.type_string() }})
            when 58 then cast(explained.member_1 as {{ dbt.type_string() }})
            when 59 then cast(explained.member_19 as {{ dbt.type_string() }})
            when 60 then cast(explained.is_past_legal_max as {{ dbt.type_string() }})
            when 61 then case when explained.sends_since_last_engagement = floor(explained.sends_since_last_engagement) and abs(explained.sends_since_last_engagement) < 1e15 then cast(cast(explained.sends_since_last_engagement as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.sends_since_last_engagement as double) as {{ dbt.type_string() }}) end
            when 62 then cast(explained.city as {{ dbt.type_string() }})
            when 63 then case when explained.revenue_lifetime = floor(explained.revenue_lifetime) and abs(explained.revenue_lifetime) < 1e15 then cast(cast(explained.revenue_lifetime as bigint) as {{ dbt.type_string() }}) else cast(cast(explained.revenue_lifetime as double) as {{ dbt.type_string() }}) end
        end as actual_value,
        case leaves.number
            when 1 then explained.answer_1
            when 2 then not explained.member_1
            when 3 then explained.answer_3
            when 4 then not explained.member_1
            when 5 then not explained.member_2
            when 6 then explained.answer_6
            when 7 then not explained.member_1
            when 8 then not explained.member_2
            when 9 then not explained.member_3
            when 10 then explained.answer_10
            when 11 then not explained.member_1
            when 12 then not explained.member_2
            when 13 then not explained.member_3
            when 14 then not explained.member_4
            when 15 then explained.answer_15
            when 16 then explained.member_4
            when 17 then explained.answer_17
            when 18 then explained.member_4
            when 19 then not explained.member_6
            when 20 then explained.answer_20
            when 21 then explained.answer_21
            when 22 then explained.member_4
            when 23 then not explained.member_6
            when 24 then not explained.member_7
            when 25 then explained.answer_25
            when 26 then explained.member_3
            when 27 then explained.answer_27
            when 28 then explained.answer_28
            when 29 then explained.member_3
            when 30 then not explained.member_9
            when 31 then explained.answer_31
            when 32 then explained.member_3
            when 33 then not explained.member_9
            when 34 then not explained.member_10
            when 35 then explained.answer_35
            when 36 then explained.member_6
            when 37 then explained.answer_37
            when 38 then explained.member_6
            when 39 then not explained.member_12
            when 40 then explained.answer_40
            when 41 then explained.member_11
            when 42 then explained.answer_42
            when 43 then explained.answer_43
            when 44 then explained.answer_44
            when 45 then explained.member_11
            when 46 then not explained.member_14
            when 47 then explained.answer_47
            when 48 then explained.answer_48
            when 49 then explained.answer_49
            when 50 then explained.member_3
            when 51 then explained.answer_51
            when 52 then explained.member_1
            when 53 then explained.answer_53
            when 54 then explained.answer_54
            when 55 then explained.answer_55
            when 56 then explained.answer_56
            when 57 then explained.answer_57
            when 58 then explained.member_1
            when 59 then explained.member_19
            when 60 then explained.answer_60
            when 61 then explained.answer_61
            when 62 then explained.answer_62
            when 63 then explained.answer_63
        end as is_true,
        case leaves.segment
            when 'unmailable' then explained.member_1
            when 'never_engaged' then explained.member_2
            when 'inactive' then explained.member_3
            when 'active' then explained.member_4
            when 'cooling' then explained.member_5
            when 'active_frequent_buyers' then explained.member_6
            when 'active_readers' then explained.member_7
            when 'active_others' then explained.member_8
            when 'inactive_weak' then explained.member_9
            when 'inactive_moderate' then explained.member_10
            when 'inactive_deep' then explained.member_11
            when 'cart_abandoners_with_history' then explained.member_12
            when 'frequent_buyers_others' then explained.member_13
            when 'inactive_young_low_score' then explained.member_14
            when 'inactive_deep_others' then explained.member_15
            when 'vip' then explained.member_16
            when 'new_subscribers' then explained.member_17
            when 'cold_but_buying' then explained.member_18
            when 'put_off_by_contact' then explained.member_19
            when 'do_not_disturb' then explained.member_20
            when 'paris_spenders' then explained.member_21
        end as is_in_segment,
        case leaves.number
            when 1 then (explained.answer_1) = explained.member_1
            when 2 then (not explained.member_1) = explained.member_2
            when 3 then (explained.answer_3) = explained.member_2
            when 4 then (not explained.member_1) = explained.member_3
            when 5 then (not explained.member_2) = explained.member_3
            when 6 then (explained.answer_6) = explained.member_3
            when 7 then (not explained.member_1) = explained.member_4
            when 8 then (not explained.member_2) = explained.member_4
            when 9 then (not explained.member_3) = explained.member_4
            when 10 then (explained.answer_10) = explained.member_4
            when 11 then (not explained.member_1) = explained.member_5
            when 12 then (not explained.member_2) = explained.member_5
            when 13 then (not explained.member_3) = explained.member_5
            when 14 then (not explained.member_4) = explained.member_5
            when 15 then (explained.answer_15) = explained.member_5
            when 16 then (explained.member_4) = explained.member_6
            when 17 then (explained.answer_17) = explained.member_6
            when 18 then (explained.member_4) = explained.member_7
            when 19 then (not explained.member_6) = explained.member_7
            when 20 then explained.group_1 = explained.member_7 and (explained.answer_20) = explained.group_1
            when 21 then explained.group_1 = explained.member_7 and (explained.answer_21) = explained.group_1
            when 22 then (explained.member_4) = explained.member_8
            when 23 then (not explained.member_6) = explained.member_8
            when 24 then (not explained.member_7) = explained.member_8
            when 25 then (explained.answer_25) = explained.member_8
            when 26 then (explained.member_3) = explained.member_9
            when 27 then explained.group_2 = explained.member_9 and (explained.answer_27) = explained.group_2
            when 28 then explained.group_2 = explained.member_9 and (explained.answer_28) = explained.group_2
            when 29 then (explained.member_3) = explained.member_10
            when 30 then (not explained.member_9) = explained.member_10
            when 31 then (explained.answer_31) = explained.member_10
            when 32 then (explained.member_3) = explained.member_11
            when 33 then (not explained.member_9) = explained.member_11
            when 34 then (not explained.member_10) = explained.member_11
            when 35 then (explained.answer_35) = explained.member_11
            when 36 then (explained.member_6) = explained.member_12
            when 37 then (explained.answer_37) = explained.member_12
            when 38 then (explained.member_6) = explained.member_13
            when 39 then (not explained.member_12) = explained.member_13
            when 40 then (explained.answer_40) = explained.member_13
            when 41 then (explained.member_11) = explained.member_14
            when 42 then explained.group_3 = explained.member_14 and (explained.answer_42) = explained.group_3
            when 43 then explained.group_3 = explained.member_14 and (explained.answer_43) = explained.group_3
            when 44 then explained.group_3 = explained.member_14 and (explained.answer_44) = explained.group_3
            when 45 then (explained.member_11) = explained.member_15
            when 46 then (not explained.member_14) = explained.member_15
            when 47 then (explained.answer_47) = explained.member_15
            when 48 then explained.group_4 = explained.member_16 and (explained.answer_48) = explained.group_4
            when 49 then explained.group_4 = explained.member_16 and (explained.answer_49) = explained.group_4
            when 50 then explained.group_4 = explained.member_16 and explained.group_5 = explained.group_4
            when 51 then explained.group_6 = explained.member_17 and (explained.answer_51) = explained.group_6
            when 52 then explained.group_6 = explained.member_17 and explained.group_7 = explained.group_6
            when 53 then explained.group_8 = explained.member_18 and (explained.answer_53) = explained.group_8
            when 54 then explained.group_8 = explained.member_18 and (explained.answer_54) = explained.group_8
            when 55 then explained.group_8 = explained.member_18 and explained.group_9 = explained.group_8 and (explained.answer_55) = explained.group_10
            when 56 then explained.group_8 = explained.member_18 and explained.group_9 = explained.group_8 and (explained.answer_56) = explained.group_10
            when 57 then (explained.answer_57) = explained.member_19
            when 58 then explained.group_11 = explained.member_20 and (explained.member_1) = explained.group_11
            when 59 then explained.group_11 = explained.member_20 and (explained.member_19) = explained.group_11
            when 60 then explained.group_11 = explained.member_20 and (explained.answer_60) = explained.group_11
            when 61 then explained.group_11 = explained.member_20 and (explained.answer_61) = explained.group_11
            when 62 then explained.group_12 = explained.member_21 and (explained.answer_62) = explained.group_12
            when 63 then explained.group_12 = explained.member_21 and (explained.answer_63) = explained.group_12
        end as is_decisive,
        case leaves.number
            when 10 then case when explained.days_10 < 91 then cast({{ days_after('explained.as_of_date', '91 - explained.days_10') }} as {{ dbt.type_string() }}) end
            when 27 then case when explained.days_27 < 184 then cast({{ days_after('explained.as_of_date', '184 - explained.days_27') }} as {{ dbt.type_string() }}) end
            when 42 then case when explained.days_42 < 184 then cast({{ days_after('explained.as_of_date', '184 - explained.days_42') }} as {{ dbt.type_string() }}) end
            when 51 then case when explained.days_51 < 30 then cast({{ days_after('explained.as_of_date', '30 - explained.days_51') }} as {{ dbt.type_string() }}) end
        end as flip_dates
    from explained
    cross join leaves
),

final as (
    select
        contact_id,
        as_of_date,
        segment,
        cast(leaf_number as integer) as leaf_number,
        leaf_path,
        kind,
        is_negated,
        sentence,
        sentence_fr,
        field,
        referenced_segment,
        operator,
        threshold,
        actual_value,
        is_true,
        is_in_segment,
        is_decisive,
        cast(left(flip_dates, 10) as date) as flips_on,
        flip_dates,
        case
            when referenced_segment is not null then null
            when foreseen_when = 'always' then true
            when foreseen_when = 'never' then false
            when foreseen_when = 'present' then actual_value is not null
            when actual_value is null then true
            else is_true = (foreseen_when = 'true')
        end as is_foreseeable
    from picked
)

select * from final
