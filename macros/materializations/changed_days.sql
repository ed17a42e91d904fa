{#- A table of facts per contact and day that builds only the days which changed, in portions of contacts.
    config `days_from`: the relation with one row per (activity_date, day_fingerprint, activities). A day whose
    fingerprint is no longer there is dropped, a day not held is built: late lines, replaced files, changed
    identities and changed rules all show as other fingerprints, so no state is kept. Column facts_logic holds
    the hash of the model's own SQL: when that changes, every day is built again.
    All contacts at once need the memory of all facts at once (20 million activities: more than 6 GB);
    portions of contacts keep the table in the order of contacts and need a fraction. The model's SQL must ask
    facts_wanted() in a where clause. One transaction: a run killed half-way leaves the table as it was. -#}
{% materialization changed_days, default, supported_languages=['sql'] %}
    {%- set target = this.incorporate(type='table') -%}
    {%- set existing = load_cached_relation(this) -%}
    {%- set days = ref(config.require('days_from')) -%}
    {%- set portion_size = config.get('portion_size', 4000000) -%}
    {%- set logic = local_md5(sql) -%}

    {%- set held = [] -%}
    {%- if existing is not none and existing.is_table and not should_full_refresh() -%}
        {%- set held = adapter.get_columns_in_relation(existing) | map(attribute='name') | list -%}
    {%- endif -%}
    {%- if 'day_fingerprint' in held and 'facts_logic' in held -%}
        {%- set changes = run_query(
            "select days.activity_date, days.activities, held.activity_date is not null as is_kept from "
            ~ days ~ " as days left join (select distinct activity_date, day_fingerprint from "
            ~ existing ~ " where facts_logic = '" ~ logic ~ "') as held on days.activity_date = held.activity_date"
            ~ " and days.day_fingerprint = held.day_fingerprint order by days.activity_date"
        ) -%}
    {%- else -%}
        {%- set changes = run_query(
            "select activity_date, activities, false as is_kept from " ~ days ~ " order by activity_date"
        ) -%}
    {%- endif -%}
    {%- set missing = [] -%}
    {%- set volume = namespace(activities=0, kept=0) -%}
    {%- for row in changes -%}
        {%- if row[2] -%}
            {%- set volume.kept = volume.kept + 1 -%}
        {%- else -%}
            {%- do missing.append("date '" ~ row[0] ~ "'") -%}
            {%- set volume.activities = volume.activities + row[1] | int -%}
        {%- endif -%}
    {%- endfor -%}

    {#- contact_id is a hash in hexadecimal, so its first digits cut the contacts in equal portions -#}
    {%- set digits = '0123456789abcdef' -%}
    {%- set wanted_portions = [16, (volume.activities // portion_size) + 1] | min -%}
    {%- set per_portion = (16 / wanted_portions) | round(0, 'ceil') | int -%}
    {%- set conditions = [] -%}
    {%- for start in range(0, 16, per_portion) -%}
        {%- set condition = [] -%}
        {#- a range is pushed down to the scan of the events, a function of the id would not be -#}
        {%- if start > 0 -%}
            {%- do condition.append("contact_id >= '" ~ digits[start] ~ "'") -%}
        {%- endif -%}
        {%- if start + per_portion < 16 -%}
            {%- do condition.append("contact_id < '" ~ digits[start + per_portion] ~ "'") -%}
        {%- endif -%}
        {%- if volume.kept -%}
            {%- do condition.append("activity_date in (" ~ missing | join(', ') ~ ")") -%}
        {%- endif -%}
        {%- do conditions.append(condition | join(' and ') or '1 = 1') -%}
    {%- endfor -%}

    {{ run_hooks(pre_hooks, inside_transaction=False) }}
    {{ run_hooks(pre_hooks, inside_transaction=True) }}

    {%- do open_transaction() -%}
    {%- if volume.kept -%}
        {% call statement('forget') -%}
            delete from {{ target }}
            where
                facts_logic <> '{{ logic }}'
                or (activity_date, day_fingerprint) not in (
                    select days.activity_date, days.day_fingerprint from {{ days }} as days
                )
        {%- endcall %}
        {%- set portions = conditions if missing else [] -%}
    {%- else -%}
        {{ drop_relation_if_exists(existing) }}
        {% call statement('create') -%}
            {{ create_table_as(False, target, facts_of(sql, conditions[0], logic)) }}
        {%- endcall %}
        {%- set portions = conditions[1:] -%}
    {%- endif -%}
    {%- set names = [] -%}
    {%- for column in adapter.get_columns_in_relation(target) -%}
        {%- do names.append(adapter.quote(column.name)) -%}
    {%- endfor -%}
    {%- for condition in portions -%}
        {% call statement('portion_' ~ loop.index) -%}
            insert into {{ target }} ({{ names | join(', ') }})
            select {{ names | join(', ') }}
            from ({{ facts_of(sql, condition, logic) }}) as facts
        {%- endcall %}
    {%- endfor -%}
    {% call statement('main') -%}
        select {{ missing | length }} as days_built, {{ volume.kept }} as days_kept
    {%- endcall %}

    {%- do persist_docs(target, model) -%}
    {{ run_hooks(post_hooks, inside_transaction=True) }}
    {{ adapter.commit() }}
    {{ run_hooks(post_hooks, inside_transaction=False) }}
    {{ return({'relations': [target]}) }}
{% endmaterialization %}


{#- Place of the condition that materialization changed_days puts in; on its own, every row is wanted. -#}
{% macro facts_wanted() -%}
    /*wanted*/ 1 = 1 /*wanted*/
{%- endmacro %}


{#- The SQL of one portion: its condition in place of facts_wanted(), the hash of the SQL as one more column. -#}
{% macro facts_of(sql, condition, logic) -%}
    select
        facts.*,
        '{{ logic }}' as facts_logic
    from (
        {{ modules.re.sub('(?s)/[*]wanted[*]/.*?/[*]wanted[*]/', condition, sql) }}
    ) as facts
{%- endmacro %}
