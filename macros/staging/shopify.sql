{#- Shopify writes times with an offset, in the shop's zone. -#}
{% macro shopify_time_formats() -%}
    {{ return(['%Y-%m-%d %H:%M:%S %z', '%Y-%m-%dT%H:%M:%S%z']) }}
{%- endmacro %}


{#- Financial Status to the canonical status. Authorised money is not yet taken, so it is pending; a void
    or expired order was never paid. -#}
{% macro shopify_statuses() -%}
    {{ return({
        'paid': 'paid',
        'partially_refunded': 'partially_refunded',
        'refunded': 'refunded',
        'pending': 'pending',
        'authorized': 'pending',
        'partially_paid': 'pending',
        'unpaid': 'pending',
        'voided': 'cancelled',
        'expired': 'cancelled',
    }) }}
{%- endmacro %}


{#- Text without the apostrophe that Shopify puts before phone numbers and postcodes to stop
    spreadsheets from reading them as numbers. -#}
{% macro unquoted_text(column) -%}
    (nullif(trim(ltrim(trim({{ column }}), '''')), ''))
{%- endmacro %}


{#- A phone number as digits and a leading plus: the same number is typed in many ways. -#}
{% macro phone_digits(column) -%}
    (translate({{ column }}, ' -./()', ''))
{%- endmacro %}
