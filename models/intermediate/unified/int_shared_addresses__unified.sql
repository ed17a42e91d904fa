-- an address beside many different names is a placeholder (noemail@…) or a desk: it names nobody.
-- Given and family names have both to differ, so that one family, or one name spelled in many ways,
-- is not taken for it
with people as (
    select
        named.source_system,
        named.source_relation,
        named.email_raw,
        lower(named.first_name) as first_name,
        lower(named.last_name) as last_name
    from (
{{ union_systems('contact_records', [
    'source_system', 'source_relation', 'email_raw', 'first_name', 'last_name',
]) | indent(8) }}
    ) as named
    where
        named.email_raw is not null
        and coalesce(named.first_name, named.last_name) is not null
    union all
    select
        buyers.source_system,
        buyers.source_relation,
        buyers.email_raw,
        lower(buyers.first_name) as first_name,
        lower(buyers.last_name) as last_name
    from (
{{ union_systems('buyer_names') | indent(8) }}
    ) as buyers
),

addresses as (
    select * from {{ ref('int_email_addresses__normalized') }}
),

named as (
    select
        people.*,
        addresses.email_normalized
    from people
    inner join addresses on people.email_raw = addresses.email_raw
    where addresses.email_normalized is not null
),

-- few addresses stand beside two names: only theirs are counted
candidates as (
    select email_normalized
    from named
    group by email_normalized
    having
        count(*) > {{ var('identity_max_names') }}
        and min(coalesce(first_name, last_name)) <> max(coalesce(first_name, last_name))
        and min(coalesce(last_name, first_name)) <> max(coalesce(last_name, first_name))
),

counted as (
    select
        named.email_normalized,
        least(
            count(distinct coalesce(named.first_name, named.last_name)),
            count(distinct coalesce(named.last_name, named.first_name))
        ) as names,
        count(distinct named.source_system || '/' || named.source_relation) as accounts
    from named
    inner join candidates on named.email_normalized = candidates.email_normalized
    group by named.email_normalized
),

final as (
    select
        email_normalized,
        names,
        accounts
    from counted
    where names > {{ var('identity_max_names') }}
)

select * from final
