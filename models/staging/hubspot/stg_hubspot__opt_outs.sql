{#- column -> what it is called -#}
{%- set flags = {
    'portal_bounce': 'Portal Bounce',
    'portal_unsubscribe': 'Portal Unsubscribe',
    'portal_spam_report': 'Portal Spam Report',
    'global_bounce': 'Global Bounce',
} -%}

{{ config(materialized='table') }}

with opt_outs as (

    select * from {{ source('hubspot', 'opt_outs') }}

),

typed as (

    select
        {{ clean_value('email') }} as email,
        {%- for flag in flags %}
        -- TRUE is out, and so is a word that is neither yes nor no
        coalesce(
            {{ hubspot_boolean(flag) }}, case when {{ clean_text(flag) }} is not null then true end
        ) as {{ flag }},
        {{ clean_text(flag) }} is not null and {{ hubspot_boolean(flag) }} is null
            as {{ flag }}_is_odd,
        {%- endfor %}
        extra,
        email as email_text,
        {%- for flag in flags %}
        {{ flag }} as {{ flag }}_text,
        {%- endfor %}
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from opt_outs

),

answers as (

    {{ hubspot_subscription_answers('typed') | indent(4) }}

),

subscriptions as (

    select
        source_file,
        line_number,
        max(case when is_opted_out and is_marketing then 1 else 0 end) = 1 as has_left,
        max(case when is_opted_out and not is_marketing then 1 else 0 end) = 1 as has_left_other
    from answers
    group by source_file, line_number

),

judged as (

    select
        typed.*,
        coalesce(subscriptions.has_left, false) as has_left_type,
        -- whoever is on the list is there for a reason: one that cannot be seen is taken as a no,
        -- unless they left a type of mail that is no marketing
        typed.portal_bounce is not true
        and typed.portal_unsubscribe is not true
        and typed.portal_spam_report is not true
        and typed.global_bounce is not true
        and subscriptions.has_left is not true
        and subscriptions.has_left_other is not true as is_without_reason,
        {{ reject_reason([
            {
                'column': 'Email', 'raw': 'typed.email_text', 'parsed': 'typed.email',
                'expects': 'an address', 'required': true,
            },
            {
                'column': 'Email', 'when': "typed.email not like '%_@_%'",
                'because': 'an address expected',
            },
        ]) }} as reject_reason
    from typed
    left join subscriptions
        on
            typed.source_file = subscriptions.source_file
            and typed.line_number = subscriptions.line_number

),

caused as (

    select
        *,
        case
            when portal_spam_report then 'complaint'
            when portal_unsubscribe or has_left_type then 'unsubscribe'
            when portal_bounce or global_bounce then 'hard_bounce'
            when is_without_reason then 'unreadable'
        end as opt_out_cause
    from judged

),

final as (

    select
        email,
        coalesce(portal_bounce, false) as is_bounced,
        coalesce(portal_unsubscribe, false) or has_left_type or is_without_reason as is_opted_out,
        coalesce(portal_spam_report, false) as is_spam_report,
        coalesce(global_bounce, false) as is_bounced_elsewhere,
        extra,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            'hubspot.opt_out',
            [
                'lower(email)', 'portal_bounce', 'portal_unsubscribe', 'portal_spam_report',
                'global_bounce', 'extra',
            ],
            account='source_relation',
        ) }} as line_key,
        reject_reason,
        {{ reject_reason([
            {
                'column': 'Portal Bounce', 'when': 'portal_bounce_is_odd',
                'because': 'TRUE or FALSE expected',
            },
            {
                'column': 'Portal Unsubscribe', 'when': 'portal_unsubscribe_is_odd',
                'because': 'TRUE or FALSE expected',
            },
            {
                'column': 'Portal Spam Report', 'when': 'portal_spam_report_is_odd',
                'because': 'TRUE or FALSE expected',
            },
            {
                'column': 'Global Bounce', 'when': 'global_bounce_is_odd',
                'because': 'TRUE or FALSE expected',
            },
            {
                'column': 'all flags', 'when': 'is_without_reason',
                'because': 'at least one TRUE expected; taken as unsubscribed',
            },
        ]) }} as unread_values,
        opt_out_cause,
        case
            when opt_out_cause is not null and reject_reason is not null
                then {{ line_text([
                    'email_text', 'portal_bounce_text', 'portal_unsubscribe_text',
                    'portal_spam_report_text', 'global_bounce_text', 'extra',
                ]) }}
        end as opt_out_text
    from caused

)

select * from final
