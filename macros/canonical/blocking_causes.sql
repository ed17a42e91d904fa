{#- Why a contact may not be mailed, the weightiest first: the first that holds is blocking_cause.
    What nobody can undo comes before what the contact or the company can. -#}
{% macro blocking_causes() %}
    {{ return([
        'gdpr_erasure', 'deleted', 'no_address', 'complaint', 'hard_bounce', 'global_bounce',
        'invalid', 'unsubscribe', 'unreadable', 'manual', 'pending', 'never_subscribed',
    ]) }}
{% endmacro %}
