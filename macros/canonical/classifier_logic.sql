{#- Raise this when int_email_signals judges differently with the same rules: it is part of
    classifier_version, so that figures from before and after can be told apart. -#}
{% macro classifier_logic() %}{{ return('2') }}{% endmacro %}
