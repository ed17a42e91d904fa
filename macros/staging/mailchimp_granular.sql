{#- Whole body of stg_mailchimp__granular_opens and _clicks: lines of Timestamp, Email and one column more.

    table: the source table; entity: `mailchimp.<entity>` of the key; column: the further column; typed: what it
    becomes, as an expression; in_key: whether it tells two lines of one second apart. -#}
{% macro mailchimp_granular(table, entity, column, typed, in_key) -%}
with exported as (

    select * from {{ source('mailchimp', table) }}
    {{ only_new_files() }}

),

repeated as (

    {{- repeated_lines(
        'exported', ['occurred_at', 'email_address'] + ([column] if in_key else [])
    ) }}

),

typed as (

    select
        {{ mailchimp_web_id('exported._source_file') }} as web_id,
        {{ clean_value('exported.email_address') }} as email_address,
        {{ parse_timestamp('exported.occurred_at') }} as occurred_at,
        {{ typed }} as {{ column }},
        exported.occurred_at as occurred_text,
        repeated.occurrence,
        exported._source_relation as source_relation,
        exported._source_file as source_file,
        exported._line_number as line_number,
        exported._loaded_at as loaded_at
    from exported
    left join repeated
        on
            exported._source_file = repeated._source_file
            and exported._line_number = repeated._line_number

),

final as (

    select
        web_id,
        email_address,
        occurred_at,
        {{ column }},
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            entity,
            ['web_id', timestamp_key('occurred_text', 'occurred_at'), 'lower(email_address)']
            + ([column] if in_key else []),
            occurrence='occurrence',
            account='source_relation',
        ) }} as line_key,
        {{ reject_reason([
            mailchimp_file_named(),
            {
                'column': 'Timestamp', 'raw': 'occurred_text', 'parsed': 'occurred_at',
                'expects': 'a time YYYY-MM-DD HH:MM:SS', 'required': true,
            },
            not_in_future('Timestamp', 'occurred_at'),
            {
                'column': 'Email', 'raw': 'email_address', 'parsed': 'email_address',
                'expects': 'an address', 'required': true,
            },
        ]) }} as reject_reason
    from typed

)

select * from final
{%- endmacro %}
