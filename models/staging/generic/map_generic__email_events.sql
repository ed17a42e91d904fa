with accepted_lines as (
    select * from {{ ref('stg_generic__email_events') }}
    where reject_reason is null
),

final as (
    {{ canonical_select(
        'email_events', 'accepted_lines', 'generic',
        given={
            'native_type': 'event_type',
            'machine_reason': "case when is_machine then 'exported flag' end",
        },
        missing=['link_kind', 'bounce_class'],
    ) }}
)

select * from final
