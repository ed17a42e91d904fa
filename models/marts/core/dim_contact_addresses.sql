{{ after_gate('gate_intermediate') }}
with contacts as (
    select * from {{ ref('int_contacts__resolved') }}
),

identities as (
    select * from {{ ref('int_contact_identities') }}
    where identifier_type = 'email'
),

suppressions as (
    select * from {{ ref('int_suppressions__unified') }}
    where is_open and email_normalized is not null
),

-- nothing can be delivered there, whatever tool were to try
undeliverable as (
    select email_normalized as email
    from {{ ref('int_email_addresses__listed') }}
    where not is_valid
    group by email_normalized
),

-- the cause of the address itself: its person may be blocked for another, or not be known
suppressed as (
    select
        email_normalized as email,
        min(contact_id) as contact_id,
        min(
            case cause
                {%- for cause in blocking_causes() %}
                when '{{ cause }}' then {{ loop.index }}
                {%- endfor %}
            end
        ) as cause_rank
    from suppressions
    group by email_normalized
),

final as (
    select
        coalesce(identities.identifier_value, suppressed.email) as email,
        coalesce(identities.contact_id, suppressed.contact_id) as contact_id,
        contacts.contact_id is not null and undeliverable.email is null as is_preferred,
        case least(
            suppressed.cause_rank,
            case
                when undeliverable.email is not null
                    then {{ blocking_causes().index('invalid') + 1 }}
            end
        )
            {%- for cause in blocking_causes() %}
            when {{ loop.index }} then '{{ cause }}'
            {%- endfor %}
        end as suppression_cause,
        undeliverable.email is null as is_valid
    from identities
    full outer join suppressed on identities.identifier_value = suppressed.email
    left join contacts
        on
            identities.contact_id = contacts.contact_id
            and identities.identifier_value = contacts.email
    left join undeliverable
        on coalesce(identities.identifier_value, suppressed.email) = undeliverable.email
)

select * from final
