{#- What HubSpot writes of a double opt-in, and what people write of one: map of the word, lower case, to the
    canonical consent. A word that is not here is no confirmation. -#}
{% macro hubspot_confirmations() -%}
    {%- set words = {
        'subscribed': [
            'user clicked confirmation', 'hubspot rep. marked confirmed',
            'hubspot rep marked confirmed', 'customer marked confirmed',
            'confirmed from previous behavior', 'confirmed due to form',
            'confirmé', 'confirmado', 'confermato', 'bevestigd',
        ],
        'unsubscribed': ['denied', 'rejected', 'abgelehnt', 'denegado'],
        'pending': [
            'confirmation pending', 'confirmation email sent', 'confirmation en attente',
            'bestätigung ausstehend', 'confirmación pendiente', 'conferma in attesa',
        ],
    } -%}
    {%- set map = consent_words() -%}
    {%- for canonical, natives in words.items() -%}
        {%- for native in natives -%}
            {%- do map.update({native: canonical}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(map) }}
{%- endmacro %}
