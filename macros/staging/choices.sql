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


{#- What people write into a consent column in the shipped languages (English, French, German, Spanish, Italian): map of
    the word, lower case, to the canonical one. "Not subscribed" is the no of a column that knows yes and no alone: who
    left has it too. A word that is not here is not guessed: staging takes it as
    unreadable, which is never a yes. -#}
{% macro consent_words() -%}
    {%- set words = {
        'subscribed': [
            'subscribed', 'subscriber', 'opt-in', 'opt in', 'optin', 'opted in', 'opted-in',
            'double opt-in', 'confirmed', 'yes', 'y', 'true', '1',
            'inscrit', 'inscrite', 'abonné', 'abonnée', 'abonne', 'abonnee', 'oui', 'vrai',
            'angemeldet', 'abonniert', 'bestätigt', 'eingewilligt', 'ja', 'j', 'wahr',
            'suscrito', 'suscrita', 'suscripto', 'sí', 'si', 'verdadero',
            'iscritto', 'iscritta', 'sì', 'vero',
        ],
        'unsubscribed': [
            'unsubscribed', 'unsubscribe', 'opt-out', 'opt out', 'optout', 'opted out',
            'opted-out', 'do not contact', 'do not email', 'do not mail', 'revoked', 'withdrawn',
            'declined', 'refused', 'blocked', 'no', 'n', 'false', '0', 'not subscribed',
            'désinscrit', 'désinscrite', 'desinscrit', 'désabonné', 'désabonnée', 'desabonne',
            'refusé', 'refus', 'non', 'faux', 'non inscrit', 'non inscrite', 'non abonné',
            'non abonnée', 'pas inscrit', 'pas abonné',
            'abgemeldet', 'abbestellt', 'ausgetragen', 'widerrufen', 'abgelehnt', 'gesperrt',
            'nein', 'falsch', 'nicht angemeldet', 'nicht abonniert', 'kein abo',
            'dado de baja', 'dada de baja', 'baja', 'cancelado', 'cancelada', 'desuscrito',
            'rechazado', 'falso', 'no suscrito', 'no suscrita',
            'disiscritto', 'disiscritta', 'cancellato', 'cancellata', 'annullato', 'rifiutato',
            'revocato', 'revocado', 'non iscritto', 'non iscritta',
        ],
        'pending': [
            'pending', 'unconfirmed', 'not confirmed', 'awaiting confirmation',
            'en attente', 'non confirmé', 'ausstehend', 'unbestätigt', 'nicht bestätigt',
            'pendiente', 'sin confirmar', 'in attesa', 'non confermato',
        ],
        'never_subscribed': [
            'never_subscribed', 'never subscribed', 'non-subscribed', 'nonsubscribed',
            'transactional', 'jamais inscrit', 'jamais abonné', 'nie angemeldet',
            'nunca suscrito', 'mai iscritto',
        ],
    } -%}
    {%- set map = {} -%}
    {%- for canonical, natives in words.items() -%}
        {%- for native in natives -%}
            {%- do map.update({native: canonical}) -%}
        {%- endfor -%}
    {%- endfor -%}
    {{ return(map) }}
{%- endmacro %}


{#- Yes and no in the shipped languages. Single letters beyond t, f, y, n and j are left out: an `o` may be a zero,
    an `s` anything. -#}
{% macro yes_words() -%}
    {{ return([
        'true', 't', 'yes', 'y', '1', 'vrai', 'oui', 'wahr', 'ja', 'j', 'verdadero', 'sí', 'si',
        'vero', 'sì',
    ]) }}
{%- endmacro %}

{% macro no_words() -%}
    {{ return([
        'false', 'f', 'no', 'n', '0', 'faux', 'non', 'falsch', 'nein', 'falso',
    ]) }}
{%- endmacro %}
