{#- Whole body of stg_mailchimp__account_campaigns and stg_mailchimp__campaign: both doors give a campaign by
    the same names.

    table: the source table; more: map of further columns, name -> expression; time_format: what the check of
    send_time expects, in words. -#}
{% macro mailchimp_campaigns(table, more, time_format) -%}
with campaigns as (

    select * from {{ source('mailchimp', table) }}

),

typed as (

    select
        {{ clean_id('campaign_id') }} as campaign_id,
        {{ clean_id('list_id') }} as list_id,
        {{ clean_text('title') }} as title,
        {{ clean_text('subject_line') }} as subject_line,
        lower({{ clean_text('type') }}) as campaign_type,
        lower({{ clean_text('status') }}) as status,
        {{ parse_timestamp('create_time') }} as created_at,
        {{ parse_timestamp('send_time') }} as sent_at,
        {%- for name, expression in more.items() %}
        {{ expression }} as {{ name }},
        {%- endfor %}
        send_time,
        _source_relation as source_relation,
        _source_file as source_file,
        _line_number as line_number,
        _loaded_at as loaded_at
    from campaigns

),

final as (

    select
        campaign_id,
        list_id,
        title,
        subject_line,
        campaign_type,
        status,
        created_at,
        sent_at,
        {%- for name in more %}
        {{ name }},
        {%- endfor %}
        source_relation,
        source_file,
        line_number,
        loaded_at,
        {{ line_key(
            'mailchimp.campaign', ['campaign_id'], account='source_relation'
        ) }} as line_key,
        {{ reject_reason([
            {
                'column': 'id', 'raw': 'campaign_id', 'parsed': 'campaign_id',
                'expects': 'a campaign id', 'required': true,
            },
            {
                'column': 'send_time', 'raw': 'send_time', 'parsed': 'sent_at',
                'expects': time_format,
            },
        ]) }} as reject_reason
    from typed

)

select * from final
{%- endmacro %}
