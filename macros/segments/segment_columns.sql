{#- Membership is kept packed: one bit per segment in file order, `segments_per_word` to a `word_<n>` column. A table of
    13 dates with one real boolean per segment takes three times as long to write and twenty times
    as long to sum up; packed, both hardly depend on the number of segments. -#}

{#- What the type of a word has room for. -#}
{% macro segments_per_word() %}
    {%- do return(120 if segment_word_type() == 'hugeint' else 60) -%}
{% endmacro %}

{#- A type of whole numbers that the engine can `&` and `|`; each of these costs the same whatever the
    width, so the widest is the cheapest. -#}
{% macro segment_word_type() -%}
    {{ return(adapter.dispatch('segment_word_type', 'winback')()) }}
{%- endmacro %}

{% macro default__segment_word_type() -%}
    {{ return('bigint') }}
{%- endmacro %}

{% macro duckdb__segment_word_type() -%}
    {{ return('hugeint') }}
{%- endmacro %}

{#- Number of word columns; one even without rules. -#}
{% macro segment_words(rules) %}
    {%- do return([((rules | length) + segments_per_word() - 1) // segments_per_word(), 1] | max) -%}
{% endmacro %}

{#- The word (from 1) and the value of the bit of the segment at a position (from 0). -#}
{% macro segment_bit(position) %}
    {%- do return((position // segments_per_word() + 1, 2 ** (position % segments_per_word()))) -%}
{% endmacro %}

{#- The names of the word columns of a relation, for one date of a pivot where `suffix` says so. -#}
{% macro segment_word_columns(rules, prefix='', suffix='') %}
    {%- set columns = [] -%}
    {%- for word in range(1, segment_words(rules) + 1) -%}
        {%- do columns.append(prefix ~ 'word_' ~ word ~ suffix) -%}
    {%- endfor -%}
    {%- do return(columns) -%}
{% endmacro %}

{#- One boolean column per segment, out of the word columns. -#}
{% macro segment_unpacked(rules) %}
    {%- set columns = [] -%}
    {%- for rule in rules -%}
        {%- set word, bit = segment_bit(loop.index0) -%}
        {%- do columns.append(
            '(word_' ~ word ~ ' & ' ~ bit ~ ') <> 0 as ' ~ adapter.quote(rule['name'])
        ) -%}
    {%- endfor -%}
    {%- do return(columns | join(',\n    ')) -%}
{% endmacro %}

{#- Whether the segment of a row of segment_list is among the words of a row of `relation`: true,
    false, or null where there are no words. -#}
{% macro segment_is_in(rules, relation, segments, suffix='', prefix='') %}
    {%- set columns = segment_word_columns(rules, relation ~ '.' ~ prefix, suffix) -%}
    {%- if columns | length == 1 -%}
        {%- do return('(' ~ columns[0] ~ ' & ' ~ segments ~ '.bit) <> 0') -%}
    {%- endif -%}
    {%- set branches = [] -%}
    {%- for column in columns -%}
        {%- do branches.append('when ' ~ loop.index ~ ' then ' ~ column) -%}
    {%- endfor -%}
    {%- do return(
        '((case ' ~ segments ~ '.word ' ~ branches | join(' ') ~ ' end) & ' ~ segments
        ~ '.bit) <> 0'
    ) -%}
{% endmacro %}

{#- True where exclusive siblings hold a contact of their parent twice, or not at all although one of them
    takes the rest, or hold somebody who is not in the parent. -#}
{% macro segment_partition_breaks(rules) %}
    {%- set breaks = [] -%}
    {%- for parent, siblings in segment_sibling_groups(rules).items() -%}
        {%- set held = [] -%}
        {%- for name in siblings -%}
            {%- do held.append('case when ' ~ adapter.quote(name) ~ ' then 1 else 0 end') -%}
        {%- endfor -%}
        {%- set expected = '1' if parent is none
            else 'case when ' ~ adapter.quote(parent) ~ ' then 1 else 0 end' -%}
        {%- set comparison = ' <> ' if parent in segment_partitions(rules) else ' > ' -%}
        {%- do breaks.append(held | join(' + ') ~ comparison ~ expected) -%}
    {%- endfor -%}
    {%- do return(breaks | join('\n        or ') or 'false') -%}
{% endmacro %}

{#- The word columns of every date side by side, as `word_<n>_<date_index>`, null where the contact
    was not known at the date. The CTEs are named evaluations and dates. -#}
{% macro segment_dated_words(rules, months) %}
    {%- set columns = [] -%}
    {%- for index in [0] + months | list -%}
        {%- for word in segment_word_columns(rules) -%}
            {%- do columns.append(
                'max(case when dates.date_index = ' ~ index ~ ' then evaluations.' ~ word
                ~ ' end) as ' ~ word ~ '_' ~ index
            ) -%}
        {%- endfor -%}
    {%- endfor -%}
    {%- do return(columns | join(',\n        ')) -%}
{% endmacro %}

{#- The date_index of the first date of the membership that lasts until now. -#}
{% macro segment_dates_in(rules, months, relation, segments) %}
    {%- set branches = [] -%}
    {%- for index in months -%}
        {%- set is_in = segment_is_in(rules, relation, segments, '_' ~ index) -%}
        {%- do branches.append(
            'when not coalesce(' ~ is_in ~ ', false) then ' ~ (index - 1)
        ) -%}
    {%- endfor -%}
    {%- if not branches -%}
        {%- do return('0') -%}
    {%- endif -%}
    {%- do return(
        'case ' ~ branches | join('\n            ') ~ ' else ' ~ (months | length) ~ ' end'
    ) -%}
{% endmacro %}

{#- Join condition: two rows hold the same memberships. -#}
{% macro segment_same_words(rules, one, other) %}
    {%- set conditions = [] -%}
    {%- for word in segment_word_columns(rules) -%}
        {%- do conditions.append(one ~ '.' ~ word ~ ' = ' ~ other ~ '.' ~ word) -%}
    {%- endfor -%}
    {%- do return(conditions | join(' and ')) -%}
{% endmacro %}
