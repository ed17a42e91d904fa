{#- Event type of a bounce, by its category, else by the class of its SMTP status, wherever it stands: 5 is
    permanent, 4 passes. With neither, it is taken for permanent: HubSpot sends BOUNCE when it will not try
    again (an attempt that is repeated is DEFERRED).

    category: expression of the category in lower case; status: expression of the SMTP status. -#}
{% macro hubspot_bounce(category, status) -%}
(case
    when {{ category }} in (
        'content', 'spam', 'policy', 'dmarc', 'ip_reputation', 'domain_reputation',
        'sending_domain_misconfiguration'
    ) then 'bounce_block'
    when {{ category }} in (
        'throttled', 'mailbox_full', 'greylisting', 'timeout', 'dns_failure', 'temporary_problem',
        'isp_misconfiguration'
    ) then 'bounce_soft'
    when
        {{ category }} = 'mailbox_misconfiguration'
        or {{ category }} like 'unknown%us%r%'
        or {{ category }} like '%hard%'
        then 'bounce_hard'
    when {{ matches(status, "'(^|[^0-9.])4([.][0-9]|[0-9][0-9])'") }} then 'bounce_soft'
    else 'bounce_hard'
end)
{%- endmacro %}
