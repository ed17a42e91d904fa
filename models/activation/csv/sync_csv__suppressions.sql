{{ after_gate('gate_marts') }}
with contacts as (
    select * from {{ ref('dim_contacts') }}
),

final as (
    select
        contact_id,
        -- an erased person's address is not handed on, its hash is enough to find it
        case when blocking_cause <> 'gdpr_erasure' then email end as email,
        email_sha256,
        email_md5,
        blocking_cause
    from contacts
    where not is_mailable and email is not null
)

select * from final
