{#- A yes or no of a HubSpot export, in the words of the languages its users export in. -#}
{% macro hubspot_boolean(column) -%}
{{ parse_boolean(
    column,
    true_values=[
        'true', 't', 'yes', 'y', '1', 'vrai', 'oui', 'wahr', 'ja', 'verdadero', 'sí',
        'si', 'vero', 'sì', 'verdadeiro', 'sim', 'waar',
    ],
    false_values=[
        'false', 'f', 'no', 'n', '0', 'faux', 'non', 'falsch', 'nein', 'falso',
        'não', 'nao', 'onwaar', 'nee',
    ],
) }}
{%- endmacro %}
