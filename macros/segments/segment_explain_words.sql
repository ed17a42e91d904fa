{#- All words, once for all leaves: to write them down again for each takes longer than the rest. -#}
{% macro segment_dictionary() %}
    {%- do return({
        'columns': dict(segment_fitted_words(), **segment_column_words()), 'measures': segment_measure_words(),
        'last': segment_last_words(), 'events': segment_count_words(), 'fitted': segment_fitted_words(),
    }) -%}
{% endmacro %}

{#- What columns and events are called in sentences: {en, fr; unit; is: the two sentences of a boolean; null: the two
    sentences of is_null}. English without an article, French with it. -#}
{% macro segment_field_words(column, dictionary) %}
    {%- set known = dictionary['columns'].get(column) -%}
    {%- set window = modules.re.fullmatch('(.+)_([0-9]+)d', column) -%}
    {%- if known is not none -%}
        {%- do return(known) -%}
    {%- elif column.startswith('days_since_last_') and column[16:] in dictionary['last'] -%}
        {%- set last = dictionary['last'][column[16:]] -%}
        {%- do return({
            'en': 'time since the last ' ~ last['en'], 'fr': 'le temps depuis ' ~ last['fr'], 'unit': 'days',
            'null': last['null'],
        }) -%}
    {%- elif window and window.group(1) in dictionary['measures'] -%}
        {%- do return(segment_words_in_window(
            dictionary['measures'][window.group(1)], window.group(2) | int
        )) -%}
    {%- endif -%}
    {#- a column of one's own, a custom field among them, is called what it is called -#}
    {%- set plain = column.replace('_', ' ') -%}
    {%- do return({'en': plain, 'fr': '« ' ~ plain ~ ' »'}) -%}
{% endmacro %}

{#- The words of what an event leaf counts. -#}
{% macro segment_event_words(leaf, dictionary) %}
    {%- set event = leaf['event'] -%}
    {%- set kind = dictionary['events'].get(event, {'en': event.replace('_', ' ') ~ 's', 'fr': 'de « ' ~ event ~ ' »'}) -%}
    {%- set words = {'en': 'number of ' ~ kind['en'], 'fr': 'le nombre ' ~ kind['fr']} -%}
    {%- if leaf.get('signal') == 'any' -%}
        {%- do words.update({
            'en': words['en'] ~ ', machines included,', 'fr': words['fr'] ~ ', machines comprises,',
        }) -%}
    {%- endif -%}
    {%- set types = segment_campaign_types(leaf) -%}
    {%- if types -%}
        {%- do words.update({
            'en': words['en'] ~ ' in ' ~ types | join(' or ') ~ ' campaigns',
            'fr': words['fr'] ~ ' des campagnes ' ~ types | join(' ou '),
        }) -%}
    {%- endif -%}
    {%- do return(segment_words_in_window(words, leaf.get('within_days'))) -%}
{% endmacro %}

{#- Words of something counted over a number of days; without one, over all time. -#}
{% macro segment_words_in_window(words, days) %}
    {%- if days is none -%}
        {%- do return(dict(words, en=words['en'] ~ ' in all', fr=words['fr'] ~ ' au total')) -%}
    {%- elif days == 1 -%}
        {%- do return(dict(words, en=words['en'] ~ ' today', fr=words['fr'] ~ " aujourd'hui")) -%}
    {%- endif -%}
    {%- do return(dict(
        words, en=words['en'] ~ ' in the last ' ~ days ~ ' days',
        fr=words['fr'] ~ ' des ' ~ days ~ ' derniers jours'
    )) -%}
{% endmacro %}

{#- What event leaves count. -#}
{% macro segment_count_words() %}
    {%- do return({
        'open': {'en': 'opens', 'fr': "d'ouvertures"},
        'click': {'en': 'clicks', 'fr': 'de clics'},
        'order': {'en': 'orders', 'fr': 'de commandes'},
        'session': {'en': 'web visits', 'fr': 'de visites du site'},
        'sent': {'en': 'messages sent', 'fr': 'de messages envoyés'},
        'delivered': {'en': 'messages delivered', 'fr': 'de messages délivrés'},
        'bounce_hard': {'en': 'hard bounces', 'fr': 'de rebonds définitifs'},
        'bounce_soft': {'en': 'soft bounces', 'fr': 'de rebonds temporaires'},
        'unsubscribe': {'en': 'unsubscriptions', 'fr': 'de désabonnements'},
        'complaint': {'en': 'complaints', 'fr': 'de plaintes'},
    }) -%}
{% endmacro %}

{#- What is measured over windows: the part of the column's name before `_<days>d`. -#}
{% macro segment_measure_words() %}
    {%- do return({
        'sends': {'en': 'number of messages sent', 'fr': 'le nombre de messages envoyés'},
        'deliveries': {'en': 'number of messages delivered', 'fr': 'le nombre de messages délivrés'},
        'bounces': {'en': 'number of bounces', 'fr': 'le nombre de rebonds'},
        'human_opens': {'en': 'number of opens', 'fr': "le nombre d'ouvertures"},
        'raw_human_opens': {'en': 'number of certain opens', 'fr': "le nombre d'ouvertures certaines"},
        'unknown_opens': {'en': 'number of uncertain opens', 'fr': "le nombre d'ouvertures incertaines"},
        'machine_opens': {'en': 'number of opens by machines', 'fr': "le nombre d'ouvertures par des machines"},
        'human_clicks': {'en': 'number of clicks', 'fr': 'le nombre de clics'},
        'machine_clicks': {'en': 'number of clicks by machines', 'fr': 'le nombre de clics par des machines'},
        'sessions': {'en': 'number of web visits', 'fr': 'le nombre de visites du site'},
        'session_seconds': {'en': 'time on the site', 'fr': 'le temps passé sur le site', 'unit': 'seconds'},
        'page_views': {'en': 'number of pages viewed', 'fr': 'le nombre de pages vues'},
        'cart_abandonments': {'en': 'number of carts left', 'fr': 'le nombre de paniers abandonnés'},
        'orders': {'en': 'number of orders', 'fr': 'le nombre de commandes'},
        'revenue': {'en': 'revenue', 'fr': "le chiffre d'affaires", 'unit': 'currency'},
    }) -%}
{% endmacro %}

{#- What `days_since_last_*` waits for, and what its absence means. -#}
{% macro segment_last_words() %}
    {%- do return({
        'open': {'en': 'open', 'fr': 'la dernière ouverture', 'null': {
            'en': ['no open was ever seen', 'an open was seen'],
            'fr': ['aucune ouverture connue', 'une ouverture est connue'],
        }},
        'click': {'en': 'click', 'fr': 'le dernier clic', 'null': {
            'en': ['no click was ever seen', 'a click was seen'],
            'fr': ['aucun clic connu', 'un clic est connu'],
        }},
        'session': {'en': 'web visit', 'fr': 'la dernière visite du site', 'null': {
            'en': ['no web visit was ever seen', 'a web visit was seen'],
            'fr': ['aucune visite du site connue', 'une visite du site est connue'],
        }},
        'order': {'en': 'order', 'fr': 'la dernière commande', 'null': {
            'en': ['no order was ever seen', 'an order was seen'],
            'fr': ['aucune commande connue', 'une commande est connue'],
        }},
        'engagement': {'en': 'sign of life', 'fr': 'le dernier signe de vie', 'null': {
            'en': ['no open, click, visit or order was ever seen', 'an open, click, visit or order was seen'],
            'fr': ['aucun signe de vie connu', 'un signe de vie est connu'],
        }},
        'send': {'en': 'message sent', 'fr': 'le dernier message envoyé', 'null': {
            'en': ['no message was ever sent', 'a message was sent'],
            'fr': ['aucun message envoyé', 'un message a été envoyé'],
        }},
    }) -%}
{% endmacro %}

{#- All other columns of int_contact_features. -#}
{% macro segment_column_words() %}
    {%- do return({
        'contact_id': {'en': 'contact id', 'fr': "l'identifiant du contact"},
        'as_of_date': {'en': 'date of the verdict', 'fr': 'la date du verdict'},
        'is_current': {'en': 'current date', 'fr': 'la date courante', 'is': {
            'en': ['the date is the current one', 'the date is not the current one'],
            'fr': ['la date est la date courante', "la date n'est pas la date courante"],
        }},
        'first_seen_at': {'en': 'date first seen', 'fr': 'la date de première apparition'},
        'days_since_first_seen': {
            'en': 'time since first seen', 'fr': 'le temps depuis la première apparition', 'unit': 'days',
        },
        'age': {'en': 'age', 'fr': "l'âge", 'unit': 'years'},
        'age_band': {'en': 'age band', 'fr': "la tranche d'âge"},
        'gender': {'en': 'gender', 'fr': 'le genre'},
        'country_code': {'en': 'country', 'fr': 'le pays'},
        'region': {'en': 'region', 'fr': 'la région'},
        'region_group': {'en': 'group of countries', 'fr': 'le groupe de pays'},
        'city': {'en': 'city', 'fr': 'la ville'},
        'language': {'en': 'language', 'fr': 'la langue'},
        'timezone': {'en': 'time zone', 'fr': 'le fuseau horaire'},
        'profession': {'en': 'profession', 'fr': 'la profession'},
        'sector': {'en': 'sector', 'fr': 'le secteur'},
        'preferences': {'en': 'text of preferences', 'fr': 'le texte des préférences'},
        'social_influence_score': {'en': 'social influence', 'fr': "l'influence sociale"},
        'source_count': {
            'en': 'number of sources that know the contact', 'fr': 'le nombre de sources qui connaissent le contact',
        },
        'email_tracking_allowed': {'en': 'open tracking', 'fr': 'le suivi des ouvertures', 'is': {
            'en': ['open tracking is allowed', 'open tracking is refused'],
            'fr': ['le suivi des ouvertures est accepté', 'le suivi des ouvertures est refusé'],
        }},
        'is_mailable': {'en': 'permission to mail', 'fr': "le droit d'envoyer un e-mail", 'is': {
            'en': ['can be mailed', 'cannot be mailed'],
            'fr': ['peut recevoir un e-mail', "ne peut pas recevoir d'e-mail"],
        }},
        'blocking_cause': {'en': 'cause that blocks e-mail', 'fr': 'la cause qui bloque les e-mails', 'null': {
            'en': ['nothing blocks e-mail', 'something blocks e-mail'],
            'fr': ['rien ne bloque les e-mails', 'quelque chose bloque les e-mails'],
        }},
        'preferred_device': {'en': 'preferred device', 'fr': "l'appareil préféré"},
        'preferred_hour': {'en': 'preferred hour', 'fr': "l'heure préférée"},
        'preferred_channel': {'en': 'preferred channel', 'fr': 'le canal préféré'},
        'favourite_category': {'en': 'favourite category', 'fr': 'la catégorie préférée'},
        'cart_abandoned_30d': {'en': 'cart left in the last 30 days', 'fr': 'le panier abandonné des 30 derniers jours', 'is': {
            'en': ['left a cart in the last 30 days', 'left no cart in the last 30 days'],
            'fr': ['a abandonné un panier dans les 30 derniers jours', "n'a pas abandonné de panier dans les 30 derniers jours"],
        }},
        'sends_lifetime': {'en': 'number of messages sent in all', 'fr': 'le nombre de messages envoyés au total'},
        'orders_lifetime': {'en': 'number of orders in all', 'fr': 'le nombre de commandes au total'},
        'revenue_lifetime': {'en': 'revenue in all', 'fr': "le chiffre d'affaires total", 'unit': 'currency'},
        'average_order_value': {'en': 'average order', 'fr': 'le panier moyen', 'unit': 'currency'},
        'first_order_at': {'en': 'date of the first order', 'fr': 'la date de la première commande'},
        'last_order_at': {'en': 'date of the last order', 'fr': 'la date de la dernière commande'},
        'tenure_days': {
            'en': 'time since the first order', 'fr': 'le temps depuis la première commande', 'unit': 'days',
        },
        'engagement_days_lifetime': {
            'en': 'number of days with an open, click, visit or order',
            'fr': 'le nombre de jours avec ouverture, clic, visite ou commande',
        },
        'median_days_between_engagements': {
            'en': 'usual time between two active days', 'fr': 'le temps habituel entre deux jours actifs', 'unit': 'days',
        },
        'median_days_between_orders': {
            'en': 'usual time between two orders', 'fr': 'le temps habituel entre deux commandes', 'unit': 'days',
        },
        'sends_since_last_engagement': {
            'en': 'number of messages sent since the last sign of life',
            'fr': 'le nombre de messages envoyés depuis le dernier signe de vie',
        },
        'engagement_points': {'en': 'total of engagement points', 'fr': "le total de points d'engagement"},
        'engagement_score': {'en': 'engagement score', 'fr': "le score d'engagement"},
        'open_frequency_component': {'en': 'score of opens', 'fr': 'le score des ouvertures'},
        'clicks_component': {'en': 'score of clicks', 'fr': 'le score des clics'},
        'session_duration_component': {'en': 'score of visits', 'fr': 'le score des visites'},
        'rfm_recency': {'en': 'RFM recency', 'fr': 'la récence RFM'},
        'rfm_frequency': {'en': 'RFM frequency', 'fr': 'la fréquence RFM'},
        'rfm_monetary': {'en': 'RFM monetary value', 'fr': 'le montant RFM'},
        'rfm_score': {'en': 'RFM score', 'fr': 'le score RFM'},
        'rfm_segment': {'en': 'RFM segment', 'fr': 'le segment RFM'},
        'engagement_level': {'en': 'engagement level', 'fr': "le niveau d'engagement"},
        'inactivity_policy': {'en': 'inactivity policy', 'fr': "la politique d'inactivité"},
        'is_inactive': {'en': 'verdict of inactivity', 'fr': "le verdict d'inactivité", 'is': {
            'en': ['is inactive', 'is not inactive'], 'fr': ['est inactif', "n'est pas inactif"],
        }},
        'inactive_since': {'en': 'first day of inactivity', 'fr': "le premier jour d'inactivité"},
        'days_inactive': {'en': 'time of silence', 'fr': 'la durée du silence', 'unit': 'days'},
        'deciding_signal': {'en': 'deciding signal', 'fr': 'le signal décisif'},
        'is_past_legal_max': {'en': 'legal maximum of silence', 'fr': 'le maximum légal de silence', 'is': {
            'en': ['is silent beyond the legal maximum', 'is not silent beyond the legal maximum'],
            'fr': ['est silencieux au-delà du maximum légal', "n'est pas silencieux au-delà du maximum légal"],
        }},
    }) -%}
{% endmacro %}
