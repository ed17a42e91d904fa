with contacts as (

    select
        *,
        {{ hubspot_emails() }} as email_raw
    from {{ ref('stg_hubspot__contacts') }}
    where reject_reason is null

),

absorbed as (

    {{ hubspot_merges('contacts') | indent(4) }}

),

-- a later export without the column does not take a refusal back
known_tracking as (

    select
        source_relation,
        contact_reference,
        email_tracking_allowed,
        row_number() over (
            partition by source_relation, contact_reference
            order by updated_at desc, loaded_at desc, source_file desc, line_number desc
        ) as flag_rank
    from contacts
    where email_tracking_allowed is not null

),

-- an id that lives on in an older export keeps its own line and says where it went
own_lines as (

    select
        contacts.source_relation,
        contacts.source_file,
        contacts.line_number,
        contacts.loaded_at,
        contacts.line_key,
        contacts.record_id as source_contact_id,
        contacts.email_raw,
        contacts.first_name,
        contacts.last_name,
        contacts.birth_date,
        contacts.gender,
        contacts.city,
        contacts.region,
        contacts.country_code,
        contacts.language,
        contacts.timezone,
        contacts.profession,
        contacts.sector,
        contacts.created_at,
        contacts.updated_at,
        -- false or empty is the absence of an opt-out, which is not an opt-in
        case when contacts.is_opted_out then 'unsubscribed' else contacts.confirmation end
            as email_consent,
        -- the flags have no date of their own: they held when the contact was last changed. A
        -- confirmation stays undated and without its person's doing: it lifts no opt-out
        case
            when contacts.is_opted_out or contacts.confirmation != 'subscribed'
                then contacts.updated_at
        end as consent_at,
        case
            when not coalesce(contacts.is_opted_out, false) and contacts.confirmation = 'subscribed'
                then 'import'
        end as consent_method,
        -- only an explicit false of a line without a fault
        not contacts.is_opted_out and contacts.opt_out_cause is null as denies_opt_out,
        known_tracking.email_tracking_allowed,
        absorbed.surviving_id as merged_into_source_id,
        contacts.extra
    from contacts
    left join absorbed
        on
            contacts.source_relation = absorbed.source_relation
            and contacts.record_id = absorbed.merged_id
    left join known_tracking
        on
            contacts.source_relation = known_tracking.source_relation
            and contacts.contact_reference = known_tracking.contact_reference
            and known_tracking.flag_rank = 1

),

-- an id that no export holds any more is known from the survivor alone: the shop or the web tracker
-- may still name it
vanished_ids as (

    select
        absorbed.source_relation,
        absorbed.source_file,
        absorbed.line_number,
        absorbed.loaded_at,
        {{ line_key(
            'hubspot.merged_contact',
            ['absorbed.merged_id', 'absorbed.surviving_id'],
            account='absorbed.source_relation',
        ) }} as line_key,
        absorbed.merged_id as source_contact_id,
        absorbed.surviving_id as merged_into_source_id
    from absorbed
    where
        not exists (
            select contacts.record_id
            from contacts
            where
                contacts.source_relation = absorbed.source_relation
                and contacts.record_id = absorbed.merged_id
        )

),

final as (

    {{ canonical_select(
        'contact_records', 'own_lines', 'hubspot',
        given={'is_deleted': 'false'},
        missing=['source_list_id', 'preferences', 'social_influence_score'],
    ) }}

    union all

    {{ canonical_select(
        'contact_records', 'vanished_ids', 'hubspot',
        given={'is_deleted': 'false'},
        missing=[
            'source_list_id', 'email_raw', 'first_name', 'last_name', 'birth_date', 'gender',
            'city', 'region', 'country_code', 'language', 'timezone', 'profession', 'sector',
            'created_at', 'updated_at', 'email_consent', 'consent_at', 'consent_method',
            'denies_opt_out', 'email_tracking_allowed', 'preferences', 'social_influence_score',
            'extra',
        ],
    ) }}

)

select * from final
