{{ incremental_by_file('mailchimp', 'campaign_recipient_activity') }}

{%- set rejects = [
    {
        'column': 'action', 'raw': 'action_text', 'parsed': 'action',
        'expects': 'open, click or bounce', 'required': true,
    },
    {
        'column': 'campaign_id', 'raw': 'campaign_id', 'parsed': 'campaign_id',
        'expects': 'a campaign id', 'required': true,
    },
    {
        'column': 'member_id', 'raw': 'member_id', 'parsed': 'member_id',
        'expects': 'a member id', 'required': true,
    },
    {
        'column': 'timestamp', 'raw': 'occurred_text', 'parsed': 'occurred_at',
        'expects': 'an ISO time', 'required': true,
    },
    not_in_future('timestamp', 'occurred_at'),
] -%}

with activity as (

    select * from {{ source('mailchimp', 'campaign_recipient_activity') }}
    {{ only_new_files() }}

),

repeated as (

    -- the connector's table has no key: two opens within a second are two equal lines
    {{ repeated_lines('activity', ['occurred_at', 'member_id', 'campaign_id', 'action', 'url']) }}

),

typed as (

    select
        {{ parse_choice('activity.action', ['open', 'click', 'bounce']) }} as action,
        {{ clean_id('activity.campaign_id') }} as campaign_id,
        {{ clean_id('activity.member_id') }} as member_id,
        {{ clean_id('activity.list_id') }} as list_id,
        {{ parse_timestamp('activity.occurred_at') }} as occurred_at,
        lower({{ clean_text('activity.bounce_type') }}) as bounce_type,
        {{ clean_text('activity.ip') }} as ip,
        {{ clean_text('activity.url') }} as url,
        {{ parse_boolean('activity.is_proxy_open') }} as is_proxy_open,
        {{ clean_text('activity.action') }} as action_text,
        activity.extra,
        activity.occurred_at as occurred_text,
        repeated.occurrence,
        activity._source_relation as source_relation,
        activity._source_file as source_file,
        activity._line_number as line_number,
        activity._loaded_at as loaded_at
    from activity
    left join repeated
        on
            activity._source_file = repeated._source_file
            and activity._line_number = repeated._line_number

),

judged as (

    -- what happened may be misspelt: a bounce of a kind that nobody knows counts as a hard one, and
    -- a kind of event that nobody knows may be an opt-out
    select
        *,
        case
            when action = 'bounce' and coalesce(bounce_type, '') <> 'soft' then 'hard_bounce'
            when action is null and bounce_type = 'hard' then 'hard_bounce'
            when action is null and action_text is not null
                then coalesce({{ leave_cause('action_text') }}, 'unknown')
        end as opt_out_cause
    from typed

),

final as (

    select
        action,
        campaign_id,
        member_id,
        list_id,
        occurred_at,
        bounce_type,
        ip,
        url,
        is_proxy_open,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            'mailchimp.activity',
            [
                'action', 'campaign_id', 'member_id',
                timestamp_key('occurred_text', 'occurred_at'), 'url',
            ],
            occurrence='occurrence',
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason(rejects) }} as reject_reason,
        opt_out_cause,
        -- to the ordinary way a bounce of a kind that nobody knows is a soft one
        case
            when
                opt_out_cause is not null
                and (
                    {{ reject_reason(rejects) }} is not null
                    or coalesce(bounce_type, '') not in ('hard', 'soft')
                )
                then {{ line_text([
                    'action_text', 'campaign_id', 'member_id', 'bounce_type', 'url', 'extra',
                ]) }}
        end as opt_out_text
    from judged

)

select * from final
