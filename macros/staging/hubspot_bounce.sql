{#- Event type of a bounce, by its category, else by the class of its SMTP status: 5 is permanent, wherever
    it stands. With neither, the address is not given up.

    category: expression of the category in lower case; status: expression of the SMTP status. -#}
{% macro hubspot_bounce(category, status) -%}
(case
    when
        {{ category }} = 'mailbox_misconfiguration'
        or {{ category }} like 'unknown%us%r%'
        or {{ category }} like '%hard%'
        then 'bounce_hard'
    when {{ category }} in (
        'content', 'spam', 'policy', 'dmarc', 'ip_reputation', 'domain_reputation',
        'sending_domain_misconfiguration'
    ) then 'bounce_block'
    when {{ category }} in (
        'throttled', 'mailbox_full', 'greylisting', 'timeout', 'dns_failure', 'temporary_problem',
        'isp_misconfiguration'
    ) then 'bounce_soft'
    when {{ matches(status, "'(^|[^0-9.])5([.][0-9]|[0-9][0-9])'") }} then 'bounce_hard'
    else 'bounce_soft'
end)
{%- endmacro %}
