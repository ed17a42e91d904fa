{#- Body of a CTE: one row per account and member id with the address and its stable id. The member
    id is the md5 of the address, the same in every audience, so the audience needs no part in the join, and
    activity of an audience that was not exported still finds its person.

    members: name of a CTE with the accepted lines of stg_mailchimp__member. -#}
{% macro mailchimp_people(members) -%}
select
    source_relation,
    member_id,
    max(unique_email_id) as unique_email_id,
    max(email_address) as email_address
from {{ members }}
group by source_relation, member_id
{%- endmacro %}
