{#- What a rule comes to: itself and everything it depends on, as text that changes when, and only when, its
    members may. -#}

{#- JSON of a value of a rule, keys in order, so that equal rules are equal texts. -#}
{% macro segment_json(value) %}
    {%- set parts = [] -%}
    {%- if value is mapping -%}
        {%- for key in value.keys() | sort -%}
            {%- do parts.append(tojson(key) ~ ':' ~ segment_json(value[key])) -%}
        {%- endfor -%}
        {%- do return('{' ~ parts | join(',') ~ '}') -%}
    {%- elif value is boolean or value is number or value is string or value is none -%}
        {%- do return(tojson(value)) -%}
    {%- elif value is iterable -%}
        {%- for item in value -%}
            {%- do parts.append(segment_json(item)) -%}
        {%- endfor -%}
        {%- do return('[' ~ parts | join(',') ~ ']') -%}
    {%- endif -%}
    {#- a day that YAML has read as one -#}
    {%- do return(tojson(value | string)) -%}
{% endmacro %}

{#- name -> {rule: what decides membership as JSON, needs: names it speaks of, its parent, and the siblings
    that are tried before it}. Labels, descriptions and expectations decide nothing. -#}
{% macro segment_rules_as_json(rules) %}
    {%- set exclusive = [] -%}
    {%- for rule in rules if segment_is_exclusive(rule) -%}
        {%- do exclusive.append(rule) -%}
    {%- endfor -%}
    {%- set found = {} -%}
    {%- for rule in rules -%}
        {%- set deciding = {} -%}
        {%- for key in ('parent', 'where') if rule.get(key) is not none -%}
            {%- do deciding.update({key: rule[key]}) -%}
        {%- endfor -%}
        {%- set needs = segment_references(rule['where']) if 'where' in rule else [] -%}
        {%- if rule.get('parent') is not none -%}
            {%- set needs = needs + [rule['parent']] -%}
        {%- endif -%}
        {%- if segment_is_exclusive(rule) -%}
            {%- set before = segment_tried_before(rule, exclusive) -%}
            {%- set needs = needs + before -%}
            {%- do deciding.update({
                'exclusive': true, 'otherwise': rule.get('otherwise') is true,
                'tried_before': before | sort,
            }) -%}
        {%- endif -%}
        {%- do found.update({rule['name']: {'rule': segment_json(deciding), 'needs': needs}}) -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- name -> {rule, names, resolved, hash}: `names` is itself and all it depends on, `resolved` a JSON object of their
    rules. -#}
{% macro segment_rules_resolved(rules) %}
    {%- set own = segment_rules_as_json(rules) -%}
    {%- set found = {} -%}
    {%- for rule in rules -%}
        {#- grows while it is read: what is needed by something needed is needed -#}
        {%- set names = [rule['name']] -%}
        {%- for name in names -%}
            {%- for need in own[name]['needs'] if need not in names -%}
                {%- do names.append(need) -%}
            {%- endfor -%}
        {%- endfor -%}
        {%- set parts = [] -%}
        {%- for name in names | sort -%}
            {%- do parts.append(tojson(name) ~ ':' ~ own[name]['rule']) -%}
        {%- endfor -%}
        {%- set resolved = '{' ~ parts | join(',') ~ '}' -%}
        {%- do found.update({rule['name']: {
            'rule': own[rule['name']]['rule'], 'names': names, 'resolved': resolved,
            'hash': local_md5(resolved),
        }}) -%}
    {%- endfor -%}
    {%- do return(found) -%}
{% endmacro %}

{#- name -> hash of its rule as resolved. -#}
{% macro segment_rule_hashes(rules) %}
    {%- set hashes = {} -%}
    {%- for name, rule in segment_rules_resolved(rules).items() -%}
        {%- do hashes.update({name: rule['hash']}) -%}
    {%- endfor -%}
    {%- do return(hashes) -%}
{% endmacro %}

{#- A select of every segment with the hash of its rule as resolved, and the texts on demand. -#}
{% macro segment_hash_list(rules, with_texts=false) %}
{%- set resolved = segment_rules_resolved(rules) -%}
{%- for name, rule in resolved.items() %}
{{ 'union all' if not loop.first }}
select
    {{ quoted_text(name) }} as segment,
    {{ quoted_text(rule['hash']) }} as rules_hash
    {%- if with_texts %},
    {{ quoted_text(rule['rule']) }} as rule,
    {{ quoted_text(rule['resolved']) }} as resolved_rules
    {%- endif %}
{%- else %}
select
    cast(null as {{ dbt.type_string() }}) as segment,
    cast(null as {{ dbt.type_string() }}) as rules_hash
    {%- if with_texts %},
    cast(null as {{ dbt.type_string() }}) as rule,
    cast(null as {{ dbt.type_string() }}) as resolved_rules
    {%- endif %}
where false
{%- endfor -%}
{% endmacro %}

{#- When this run began, in UTC: the one time of everything it logs, as of the gates' results. -#}
{% macro run_time() -%}
    cast('{{ run_started_at.strftime("%Y-%m-%d %H:%M:%S.%f") }}' as timestamp)
{%- endmacro %}

{#- What dbt's snapshots take as the time of a change: all of one run in place of the clock. -#}
{% macro default__snapshot_get_time() -%}
    {{ run_time() }}
{%- endmacro %}
