{#- From one kept date to the next, in packed words: `word_<n>_<date_index>` of segment_timelines. -#}

{#- Per word, the bits of the segments of these names. -#}
{% macro segment_bits_of(rules, names) %}
    {%- set found = [] -%}
    {%- for number in range(1, segment_words(rules) + 1) -%}
        {%- set held = namespace(bits=0) -%}
        {%- for rule in rules if rule['name'] in names -%}
            {%- set word, bit = segment_bit(rules.index(rule)) -%}
            {%- if word == number -%}
                {%- set held.bits = held.bits + bit -%}
            {%- endif -%}
        {%- endfor -%}
        {%- do found.append(held.bits) -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- The exclusive segments that make up the tree's paths, on one level or on all. -#}
{% macro segment_path_names(rules, level=none) %}
    {%- set by_name = segments_by_name(rules) -%}
    {%- set names = [] -%}
    {%- for rule in rules
        if segment_is_in_path(rule, by_name) and level in (none, rule.get('level')) -%}
        {%- do names.append(rule['name']) -%}
    {%- endfor -%}
    {%- do return(names) -%}
{% endmacro %}

{#- The segments of which a contact is in one at most, this one among them: those of its level, or its
    siblings where it stands below an audience; none of a segment that is not exclusive. -#}
{% macro segment_rivals(rules, rule) %}
    {%- if not segment_is_exclusive(rule) -%}
        {%- do return([]) -%}
    {%- elif segment_is_in_path(rule, segments_by_name(rules)) -%}
        {%- do return(segment_path_names(rules, rule.get('level'))) -%}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for other in rules
        if other.get('parent') == rule['parent'] and segment_is_exclusive(other) -%}
        {%- do names.append(other['name']) -%}
    {%- endfor -%}
    {%- do return(names) -%}
{% endmacro %}

{#- A word at the date before the membership began, cut down to the segment's rivals: the first date,
    going back, at which the contact was out; null when it was not known then or there is no such date. -#}
{% macro segment_word_before(rules, months, number, relation, segments) %}
    {%- set branches = [] -%}
    {%- for index in months -%}
        {%- do branches.append(
            'when not coalesce(' ~ segment_is_in(rules, relation, segments, '_' ~ index)
            ~ ', false) then ' ~ relation ~ '.word_' ~ number ~ '_' ~ index
        ) -%}
    {%- endfor -%}
    {%- if not branches -%}
        {%- do return('cast(null as ' ~ segment_word_type() ~ ')') -%}
    {%- endif -%}
    {%- do return(
        '(case ' ~ branches | join('\n            ') ~ ' end) & ' ~ segments ~ '.rivals_' ~ number
    ) -%}
{% endmacro %}

{#- The word at a date, 0 where the contact was not known. -#}
{% macro segment_known_word(number, index) %}
    {%- do return('coalesce(word_' ~ number ~ '_' ~ index ~ ', 0)') -%}
{% endmacro %}

{#- Bits that are in the word of one date and not in that of the other. -#}
{% macro segment_bits_without(number, index, other) %}
    {%- set word = segment_known_word(number, index) -%}
    {%- do return(
        word ~ ' - (' ~ word ~ ' & ' ~ segment_known_word(number, other) ~ ')'
    ) -%}
{% endmacro %}

{#- The name of the exclusive segment that a row is in on a level, null when in none: the place of a contact in
    the tree. The row is one of segment_history, or has word columns of this prefix. Below an audience
    that is not exclusive, a segment is in no path: the place on the level above is another one. -#}
{% macro segment_place(rules, level, prefix=none) %}
    {%- set branches = [] -%}
    {%- for name in segment_path_names(rules, level) -%}
        {%- set word, bit = segment_bit(rules.index(segments_by_name(rules)[name])) -%}
        {%- set is_member = adapter.quote(name) if prefix is none
            else '(' ~ prefix ~ 'word_' ~ word ~ ' & ' ~ bit ~ ') <> 0' -%}
        {%- do branches.append('when ' ~ is_member ~ ' then ' ~ quoted_text(name)) -%}
    {%- endfor -%}
    {%- if not branches -%}
        {%- do return('cast(null as ' ~ dbt.type_string() ~ ')') -%}
    {%- endif -%}
    {%- do return('case ' ~ branches | join(' ') ~ ' end') -%}
{% endmacro %}

{#- Population stability index of a share, from one date to a later one: (p - q) ln(p / q), summed over those inside and
    those outside. Half a contact is added to both, for a share of none has no logarithm. -#}
{% macro psi_of_shares(before, all_before, now, all_now) -%}
    {%- set p = '((' ~ now ~ ' + 0.5e0) / (' ~ all_now ~ ' + 1))' -%}
    {%- set q = '((' ~ before ~ ' + 0.5e0) / (' ~ all_before ~ ' + 1))' -%}
    ({{ p }} - {{ q }})
    * (
        ln({{ p }} / {{ q }})
        - ln((1 - {{ p }}) / (1 - {{ q }}))
    )
{%- endmacro %}
