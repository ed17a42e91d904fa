{#- What a text says about leaving, by words of the shipped languages found anywhere in it: complaint,
    hard_bounce or unsubscribe; null where it says nothing of the kind. For text that no layout could
    read: a closed list would miss the misspelt word, and the person would be mailed. -#}
{% macro leave_cause(column) -%}
    (case
        when {{ matches(
            'lower(' ~ column ~ ')',
            "'complain|spam.?report|abuse|plainte|beschwerde|queja|reclamo|gemeldet als spam'"
        ) }} then 'complaint'
        when {{ matches(
            'lower(' ~ column ~ ')',
            "'hard.{0,2}bounc|bounc.{0,2}hard|bounc.*[^a-z]hard([^a-z]|$)|(^|[^a-z])hard[^a-z].*bounc"
            ~ "|hardbounce|mailbox.{1,6}(not|does)|rebond d'"
        ) }} then 'hard_bounce'
        when {{ matches(
            'lower(' ~ column ~ ')',
            "'un.?sub|opt.{0,3}out|abgemeldet|abmeld|abbestell|widerruf|d.{1,4}s(abon|inscri)"
            ~ "|dado de baja|cancelad|disiscri|annullat|do.?not.?(contact|mail|email)|blacklist"
            ~ "|block.?list|revoked|withdrawn|suppress'"
        ) }} then 'unsubscribe'
    end)
{%- endmacro %}


{#- True where a cell of a text that could not be taken apart is nothing but one of these words. -#}
{% macro has_cell(text, words) -%}
    {%- set edge = '[,;|\\t\\r\\n"]' -%}
    {{ matches(
        'lower(' ~ text ~ ')',
        "'(^|" ~ edge ~ ")[ ]*(" ~ words | join('|') ~ ")[ ]*($|" ~ edge ~ ")'"
    ) }}
{%- endmacro %}


{#- Words that, alone in a cell of whatever column, say that somebody left, by cause. Unlike those of consent_words()
    they mean nothing else there: `baja` is a region and `declined` a payment. -#}
{% macro lone_leave_words() -%}
    {{ return({
        'complaint': 'complained',
        'hard_bounce': 'hard.?bounced?',
        'unsubscribe': 'un.?subscribed?|opt(ed)?.?out|abgemeldet|abbestellt|ausgetragen'
            ~ '|d.{1,4}sabonn.{1,3}|d.{1,4}sinscrite?|dad[oa] de baja|desuscrit[oa]'
            ~ '|disiscritt[oa]|do.?not.?(contact|mail|email)',
    }) }}
{%- endmacro %}


{#- True where a value of undeclared columns (JSON text) is nothing but a word for having left. A free text
    that has such a word among others says nothing. -#}
{% macro says_leave(extra) -%}
    coalesce({{ matches(
        'lower(' ~ extra ~ ')', "':[ ]*\"[ ]*(" ~ lone_leave_words().values() | join('|') ~ ")[ ]*\"'"
    ) }}, false)
{%- endmacro %}


{#- What a cell that is nothing but a word for having left says; null without such a cell.

    cells: column of all cells, each between two chr(31). -#}
{% macro lone_leave_cause(cells) -%}
    (case
        when not {{ is_lone_word(cells, lone_leave_words().values() | join('|')) }} then null
        {%- for cause, words in lone_leave_words().items() %}
        when {{ is_lone_word(cells, words) }} then '{{ cause }}'
        {%- endfor %}
    end)
{%- endmacro %}

{% macro is_lone_word(cells, words) -%}
    {{ matches('lower(' ~ cells ~ ')', "'\\x1f[ ]*(" ~ words ~ ")[ ]*\\x1f'") }}
{%- endmacro %}


{#- The values of JSON text without its keys and its links: both have words for leaving that say nothing
    ("unsubscribe_url", "hs_email_optout": false). -#}
{% macro json_values_text(text) -%}
    regexp_replace({{ text }}, '"[^"]*"[ ]*:|"[^"]*://[^"]*"', ' ', 'g')
{%- endmacro %}


{#- The text of a line in which addresses may stand: all of these columns, blanks between. -#}
{% macro line_text(columns) -%}
    concat_ws(' ', {{ columns | join(', ') }})
{%- endmacro %}


{#- map_<system>__opt_out_lines: lines that say "leave" and cannot be used the ordinary way, because
    something else in them cannot be read. One row per line whose opt_out_text is filled.

    models: a list of {model: 'stg_…', contact_id: expression of the id in the source, or none, address:
    column of the address, or none,
    is_counted_by_id: condition of a line that counts the ordinary way, so that its text matters only where
    the id leads to no address; none for never}. -#}
{% macro system_opt_out_lines(system, models) %}
    {%- for item in models %}
{{ 'union all' if not loop.first }}
select
    '{{ system }}' as source_system,
    source_relation,
    source_file,
    line_number,
    loaded_at,
    line_key,
    {{ item.get('contact_id') or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as source_contact_id,
    opt_out_cause,
    opt_out_text,
    {{ item.get('address') or 'cast(null as ' ~ dbt.type_string() ~ ')' }} as opt_out_address,
    {{ item.get('is_counted_by_id') or 'false' }} as is_counted_by_id
from {{ ref(item.model) }}
where opt_out_text is not null
    {%- endfor %}
{% endmacro %}


{#- Source tables whose lines can say "leave", as their sources declare with `config: meta: opt_outs:`,
    for the lines that the loader cannot take apart: of a file named like one of `every_line_of` every line
    says so; `words` are those of the layout that may say so, beside the words of leave_cause(); of a table
    with `kinds`, a line without any of these words is of a kind that nobody knows.

    Returns a list of {identifier, every_line_of: patterns of `like` for the file's name, or for its path where
    they hold a `/`, words: pattern}. -#}
{% macro opt_out_tables() -%}
    {%- set tables = [] -%}
    {%- if execute -%}
        {#- a unit test has no graph -#}
        {%- for source_node in graph.get('sources', {}).values() -%}
            {%- set opt_outs = source_node.config.get('meta', {}).get('opt_outs') -%}
            {%- if opt_outs is mapping -%}
                {%- set patterns = [] -%}
                {%- for pattern in opt_outs.get('every_line_of', []) -%}
                    {%- do patterns.append(pattern | replace('*', '%') | lower) -%}
                {%- endfor -%}
                {%- do tables.append({
                    'identifier': source_node.identifier,
                    'every_line_of': patterns,
                    'words': opt_outs.get('words', []) | join('|') | lower,
                    'told_in': opt_outs.get('told_in', []),
                    'affirmed_by': opt_outs.get('affirmed_by', []),
                    'kinds': opt_outs.get('kinds', []),
                }) -%}
            {%- endif -%}
        {%- endfor -%}
    {%- endif -%}
    {{ return(tables) }}
{%- endmacro %}


{#- The addresses in a text, as a list: between quotes, brackets, separators or blanks, behind a colon. Signs of
    full width and marks of no width are typed by people and left by web pages. An apostrophe between other
    signs is O'Neil's, and r&d@… an address; `mailto:` stays, since what follows it is read as a link. Behind
    a `?`, a `=` or `://` the `&` may end a parameter of a link: there d@… is found as well, and so it is in
    b'd@…', a text as programs write it out. A byte that was no text stands as a backslash code: an address
    that holds one is not the address it was, and keeps a mark. -#}
{% macro addresses_in(text) -%}
    {%- set plain = "regexp_replace(translate(" ~ text ~ ", '＠．' || chr(8203) || chr(8204) || chr(8205)"
        ~ " || chr(8288) || chr(65279), '@.'), '[\\\\]x[0-9a-fA-F]{2}', chr(65533), 'g')" -%}
    {#- the last one before the address: what stands before another is no part of it -#}
    {%- set parted = "regexp_replace(" ~ plain ~ ", '((?:[?=]|://)[^@\"]*)&', '\\1 ', 'g')" -%}
    {%- set parted = "regexp_replace(" ~ parted
        ~ ", '(^|[^a-zA-Z0-9''])[bnruBNRU]''([^''@]+@[^''@]+)''', '\\1 \\2 ', 'g')" -%}
    {%- set part = "[^@ <>()\"\\[\\]{},;|:=?&/''`\\t\\n\\r]+" -%}
    {%- set address = "'(?:[mM][aA][iI][lL][tT][oO]:)?(?:" ~ part ~ "[''&])*" ~ part ~ "@" ~ part ~ "'" -%}
    {{ lists_together(find_all(plain, address), find_all(parted, address)) }}
{%- endmacro %}


{#- An address without the marks before it that may be a part of it, and may be somebody's (#, !, -, ~, +). -#}
{% macro without_marks(address) -%}
    regexp_replace({{ address }}, '^[!#$%&*+/=?^`{|}~-]+', '')
{%- endmacro %}


{#- What is left of an id without what spreadsheets and people change: case, leading zeros, `.0`, blanks and
    signs. 00101, #101 and 101.0 look alike; to be told, never to identify. -#}
{% macro id_look(id) -%}
    ltrim(regexp_replace(regexp_replace(lower({{ id }}), '[.,]0+$', ''), '[^a-z0-9]', '', 'g'), '0')
{%- endmacro %}
