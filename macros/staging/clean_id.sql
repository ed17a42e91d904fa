{#- True where a text is a word that stands for knowing nothing: of databases (NULL, \N), spreadsheets (#N/A, #REF!),
    notebooks (nan, None, <NA>), scripts (undefined), people (-, ?, TBD, keine Angabe) and tills (guest). One pattern,
    since a long list for `in` becomes a join, which computes the text of every line, needed or not. -#}
{% macro is_null_word(text) -%}
    {%- set words = '[(<[]?(?:null|nil|none|nan|n/?a|nat|blank|empty|undefined|unknown|not[ _-]set)[])>]?(?:[.]0)?' -%}
    {%- set later = 'tb[acd]|to ?do|pending|missing|test(?:id|[ _-]?user)?|dummy|placeholder|x+' -%}
    {%- set nothing = 'no(?:ne)?[ _-]?(?:id|client|customer|data|value)|none given|not (?:available|applicable|known|given)|keine?r?'
        ~ '|keine (?:id|angaben?|daten)|nicht (?:angegeben|bekannt|vorhanden)|[kn][.] ?a[.]?|n[.] ?v[.]?|s[.] ?o[.]?|ohne|leer|aucune?|sans'
        ~ '|sans id|vide|non (?:renseignée?|disponibile)|ningun[oa]|ningún|sin (?:id|datos)|vac[ií]o|nessun[oa]?|vuoto' -%}
    {%- set nobody = 'anonym(?:ous|e)?|an[oó]nim[oa]|guests?|gast|invitée?|invitado|ospite|unbekannt|inconnue?'
        ~ '|desconocid[oa]|sconosciut[oa]|walk[ -]?in|laufkund(?:e|schaft)' -%}
    {%- set errors = '#(?:n/?[adv]|[^ ]*[!?])' -%}
    ({{ matches(text, "'^(?i:" ~ words ~ "|" ~ errors
        ~ "|" ~ [later, nothing, nobody] | join('|') ~ "|-{1,3}|[–—]|[?.]{1,3}|…)$'") }}
        or {{ text }} = chr(92) || 'N')
{%- endmacro %}


{#- True where a text that should be an id is none: a word for nothing or for somebody without a name or an account
    (a till, a guest, who was deleted), nothing but signs, words in brackets, one character again and again (seven
    digits of it: shorter ones are counted up to). -#}
{% macro is_no_id(text) -%}
    {%- set guest = '(?:guest|gast|invitée?|invitado|ospite)[ _-]?'
        ~ '(?:user|customer|client|account|checkout|order|kund(?:e|in)|konto|bestellung|cliente|utente)' -%}
    {%- set till = 'divers(?:e[rs]?)?|cash|pos|till|counter|bar(?:verkauf|kund(?:e|in))|kasse|caisse|comptoir|caja'
        ~ '|mostrador|cassa|n[.] ?n[.]' -%}
    {%- set deleted = '(?:deleted|removed|gelöschte?r?|supprimée?|eliminad[oa]|borrad[oa]|eliminat[oa])'
        ~ '(?:[ _-](?:user|customer|contact|account|kunde|konto|client|cliente|utente))?' -%}
    {%- set signs = '[^\\pL\\pN]*|[(<{[][^0-9]*[])>}]' -%}
    ({{ is_null_word(text) }}
        or {{ matches(text, "'^(?i:" ~ [guest, till, deleted, signs] | join('|') ~ ")$'") }}
        or {{ is_one_character(text) }})
{%- endmacro %}


{#- True where a text is one character again and again: three times or, of digits, seven. -#}
{% macro is_one_character(text) -%}
    (length({{ text }}) >= (case when {{ text }} < ':' then 7 else 3 end)
        and {{ text }} = repeat(substr({{ text }}, 1, 1), length({{ text }})))
{%- endmacro %}


{#- Text without blanks around it; null where it is a word for "nothing". For cells in which such a word cannot
    be meant: ids, addresses. `NA` elsewhere is a country and `None` a name. -#}
{% macro clean_value(column) -%}
    (case
        when {{ column }} like '%@%' then trim({{ column }})
        when not {{ is_null_word("trim(" ~ column ~ ")") }} then nullif(trim({{ column }}), '')
    end)
{%- endmacro %}


{#- An id as text; null where it identifies nobody (is_no_id): 0 in any length (also the empty UUID), -1, -99,
    and a number that a spreadsheet wrote as 4.47701E+11 or 1,51E+11, whose last digits are lost: many people share
    it. The marks by which spreadsheets are told that a number is text ('123, ="123") are off.

    An E without a mark before it or a plus behind it is no such number: 12E4 may be an id, and 5e10123456 is one.

    whole: SQL condition under which 101.0 is 101: `true` where ids of the source are whole numbers, else a look at
    the other values of the column (files_of_float_ids). -#}
{% macro clean_id(column, whole=none) -%}
    {%- set text = "nullif(trim(" ~ column ~ ", ' ''=\"'), '')" -%}
    {%- set lost = "'^(?:[-+]?[0-9]+[.,][0-9]*[eE][-+]?[0-9]{1,3}|[-+]?[0-9][eE][+][0-9]{1,3}"
        ~ "|[-+]?0[-0.,]*|-(?:1|9+)(?:[.]0*)?)$'" -%}
    {#- the first two branches are nearly every id, a number or a name without marks: the string work is for
        the others -#}
    (case
        when {{ column }} between '1' and ':' and {{ column }} not like '%.%' and {{ column }} not like '%,%'
            and {{ column }} not like '%+%' and {{ column }} not like '% %' and {{ column }} not like '%"'
            and not {{ is_one_character(column) }}
            then {{ column }}
        when {{ column }} >= 'A' and {{ column }} not like '% %' and {{ column }} not like '%''%'
            and {{ column }} not like '%"%' and {{ column }} not like '%='
            and not {{ is_no_id(column) }}
            then {{ column }}
        when {{ is_no_id(text) }} then null
        when {{ matches(text, lost) }} then null
        {%- if whole is not none %}
        when {{ matches(text, "'^[0-9]+[.]0+$'") }} and {{ whole }} then split_part({{ text }}, '.', 1)
        {%- endif %}
        else {{ text }}
    end)
{%- endmacro %}


{#- A phone number without the blanks and marks it is typed with, 00 before it as its plus; null where it is
    nobody's: fewer than seven digits, one digit repeated, 123456789, a word for "nothing", a number that a
    spreadsheet wrote as 4.47701E+11. -#}
{% macro clean_phone(column) -%}
    {%- set typed = "translate(" ~ clean_id(column) ~ ", ' -./()\t\u00a0\u2007\u2009\u202f\u2010\u2011\u2013', '')" -%}
    {%- set plus = "(case when " ~ typed ~ " like '00%' then '+' || substr(" ~ typed ~ ", 3)"
        ~ " else " ~ typed ~ " end)" -%}
    {%- set nobody = "'^[+]?(?:0+|0*(?:1+|2+|3+|4+|5+|6+|7+|8+|9+)|0?1234567(?:8(?:90?)?)?)$'" -%}
    (case
        when {{ matches(typed, "'(?:[0-9][^0-9]*){7}'") }} and not {{ matches(typed, nobody) }} then {{ plus }}
    end)
{%- endmacro %}
