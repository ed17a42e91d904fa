{{ incremental_by_file('mailchimp', 'aggregate_opt_outs') }}

{%- set rejects = [
    {
        'column': 'Email Address', 'raw': 'email_address', 'parsed': 'email_address',
        'expects': 'an address', 'required': true,
    },
] -%}

with exported as (

    select
        *,
        '/' || lower(_source_file) as file_path
    from {{ source('mailchimp', 'aggregate_opt_outs') }}
    {{ only_new_files() }}

),

typed as (

    -- the folder tells what the campaign lost its recipients by
    select
        {{ mailchimp_web_id('_source_file') }} as web_id,
        {{ clean_value('email_address') }} as email_address,
        lower({{ clean_text('bounce_type') }}) as bounce_type,
        {{ clean_text('reason') }} as reason,
        case
            when file_path like '%/aggregate_activity/bounce%'
                -- a bounce of a kind that nobody knows counts as a hard one
                then
                    case
                        when coalesce(lower({{ clean_text('bounce_type') }}), '') <> 'soft'
                            then 'hard_bounce'
                    end
            when file_path like '%/aggregate_activity/unsub%'
                then {{ mailchimp_unsubscribe_type('reason') }}
            else 'complaint'
        end as opt_out_cause,
        extra,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from exported

),

final as (

    select
        web_id,
        email_address,
        bounce_type,
        reason,
        source_relation,
        source_file,
        line_number,
        loaded_at,
        -- the same in a later export is the same event
        {{ line_key(
            'mailchimp.aggregate_opt_out',
            ['web_id', 'lower(email_address)', 'opt_out_cause', 'bounce_type'],
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason(rejects) }} as reject_reason,
        opt_out_cause,
        case
            when
                opt_out_cause is not null
                and (
                    {{ reject_reason(rejects) }} is not null
                    or not {{ mailchimp_usable_address('email_address') }}
                )
                then {{ line_text(['email_address', 'bounce_type', 'reason', 'extra']) }}
        end as opt_out_text
    from typed

)

select * from final
