{#- The closed vocabularies of the canonical layer, as every system's staging must give them. -#}

{% macro email_event_types() -%}
    {{ return([
        'sent', 'delivered', 'deferred', 'dropped', 'open', 'click', 'bounce_hard', 'bounce_soft',
        'bounce_block', 'unsubscribe', 'complaint', 'subscribe', 'resubscribe', 'forward', 'reply',
    ]) }}
{%- endmacro %}

{% macro campaign_types() -%}
    {{ return([
        'newsletter', 'promotion', 'reactivation', 'automation', 'transactional', 'digest',
    ]) }}
{%- endmacro %}

{% macro order_statuses() -%}
    {{ return(['paid', 'pending', 'partially_refunded', 'refunded', 'cancelled']) }}
{%- endmacro %}

{% macro email_consents() -%}
    {{ return(['subscribed', 'unsubscribed', 'pending', 'never_subscribed']) }}
{%- endmacro %}
