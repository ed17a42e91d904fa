with read_apart as (

    {{ system_opt_out_lines('mailchimp', [
        {
            'model': 'stg_mailchimp__audience_members', 'contact_id': 'euid',
            'address': 'email_address',
        },
        {'model': 'stg_mailchimp__member', 'contact_id': 'member_id', 'address': 'email_address'},
        {
            'model': 'stg_mailchimp__member', 'contact_id': 'unique_email_id',
            'address': 'email_address',
        },
        {'model': 'stg_mailchimp__unsubscribe', 'contact_id': 'member_id'},
        {'model': 'stg_mailchimp__campaign_recipient_activity', 'contact_id': 'member_id'},
        {'model': 'stg_mailchimp__aggregate_opt_outs', 'address': 'email_address'},
    ]) | indent(4) }}

),

unsubscribes as (

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        member_id,
        opt_out_cause
    from {{ ref('stg_mailchimp__unsubscribe') }}
    where reject_reason is null

),

bounces as (

    select
        source_relation,
        source_file,
        line_number,
        loaded_at,
        line_key,
        member_id,
        opt_out_cause
    from {{ ref('stg_mailchimp__campaign_recipient_activity') }}
    where reject_reason is null and opt_out_cause = 'hard_bounce'

),

members as (

    select * from {{ ref('stg_mailchimp__member') }}
    where reject_reason is null

),

people as (

    {{ mailchimp_people('members') | indent(4) }}

),

named_by_id as (

    select * from unsubscribes
    union all
    select * from bounces

),

-- a member that the member table lacks: its id is the hash of an address others may hold
without_address as (

    select
        'mailchimp' as source_system,
        named_by_id.source_relation,
        named_by_id.source_file,
        named_by_id.line_number,
        named_by_id.loaded_at,
        named_by_id.line_key,
        named_by_id.member_id as source_contact_id,
        named_by_id.opt_out_cause,
        named_by_id.member_id as opt_out_text,
        cast(null as {{ dbt.type_string() }}) as opt_out_address,
        false as is_counted_by_id
    from named_by_id
    left join people
        on
            named_by_id.source_relation = people.source_relation
            and named_by_id.member_id = people.member_id
    where people.email_address is null

),

final as (

    select * from read_apart
    union all
    select * from without_address

)

select * from final
