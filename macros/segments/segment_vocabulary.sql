{#- What rules may speak about: the rules themselves, the fields with their kinds of values, the
    events with what counts them. Everything else in this folder is a function of what these return. -#}

{#- The rules, in file order, from `config: meta: segments:` of the evaluating model. -#}
{% macro segment_rules() %}
    {%- set found = [] -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.name == 'segment_evaluations' -%}
            {%- do found.extend(node.config.meta.get('segments') or []) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(found) -%}
{% endmacro %}

{#- name -> kind (text, number, boolean, date, timestamp, other) of every field: the features, and what is fitted,
    which a custom field of the same name hides. -#}
{% macro segment_fields() %}
    {%- do return(dict(segment_fitted_fields(), **segment_feature_fields())) -%}
{% endmacro %}

{#- The same of every column that int_contact_features documents, plus the custom fields. -#}
{% macro segment_feature_fields() %}
    {%- set fields = segment_documented_columns('int_contact_features') -%}
    {%- if execute -%}
        {%- for custom in var('custom_fields') or [] -%}
            {%- do fields.update({custom.name: segment_kind(custom.type | default('text'))}) -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(fields) -%}
{% endmacro %}

{#- name -> kind of the columns that the YAML of a model lists. -#}
{% macro segment_documented_columns(model_name) %}
    {%- set fields = {} -%}
    {%- if execute -%}
        {%- for node in graph.nodes.values()
            if node.resource_type == 'model' and node.name == model_name -%}
            {%- for column in node.columns.values() -%}
                {%- do fields.update({column.name: segment_kind(column.data_type)}) -%}
            {%- endfor -%}
        {%- endfor -%}
    {%- endif -%}
    {%- do return(fields) -%}
{% endmacro %}

{#- The kind of value a column type holds. Kinds, not types, decide which operators fit. -#}
{% macro segment_kind(data_type) %}
    {%- set plain = ((data_type or '') | string | lower).split('(')[0] | trim -%}
    {%- if plain in ('varchar', 'text', 'string', 'char', 'uuid') -%}
        {%- do return('text') -%}
    {%- elif plain in (
        'tinyint', 'smallint', 'integer', 'int', 'bigint', 'hugeint', 'utinyint', 'usmallint',
        'uinteger', 'ubigint', 'decimal', 'numeric', 'float', 'real', 'double', 'number',
        'double precision', 'long', 'int64', 'float64'
    ) -%}
        {%- do return('number') -%}
    {%- elif plain in ('boolean', 'bool') -%}
        {%- do return('boolean') -%}
    {%- elif plain == 'date' -%}
        {%- do return('date') -%}
    {%- elif plain.startswith('timestamp') or plain == 'datetime' -%}
        {%- do return('timestamp') -%}
    {%- endif -%}
    {%- do return('other') -%}
{% endmacro %}

{#- operator -> kinds of columns it fits. -#}
{% macro segment_operators() %}
    {%- do return({
        'eq': ['text', 'number', 'boolean', 'date', 'timestamp'],
        'ne': ['text', 'number', 'boolean', 'date', 'timestamp'],
        'gt': ['number', 'date', 'timestamp'],
        'gte': ['number', 'date', 'timestamp'],
        'lt': ['number', 'date', 'timestamp'],
        'lte': ['number', 'date', 'timestamp'],
        'between': ['number', 'date', 'timestamp'],
        'in': ['text', 'number', 'date', 'timestamp'],
        'not_in': ['text', 'number', 'date', 'timestamp'],
        'is_null': ['text', 'number', 'boolean', 'date', 'timestamp', 'other'],
        'contains': ['text'],
        'starts_with': ['text'],
        'within_days': ['date', 'timestamp'],
        'older_than_days': ['date', 'timestamp'],
    }) -%}
{% endmacro %}

{#- What event leaves may count: event -> {feature: what the feature columns that count it are called, lifetime: the
    column without a window, known_by: the column whose null says that it was not collected yet, human and
    any: sums of daily facts, by what `signal` says}. Only what has both sums knows a signal. -#}
{% macro segment_event_kinds() %}
    {%- do return({
        'open': {
            'feature': 'human_opens', 'known_by': 'human_opens_30d',
            'human': ['human_opens', 'unknown_opens * unknown_open_weight'],
            'any': ['human_opens', 'unknown_opens', 'machine_opens'],
        },
        'click': {
            'feature': 'human_clicks', 'known_by': 'human_clicks_30d',
            'human': ['human_clicks'], 'any': ['human_clicks', 'leave_clicks', 'machine_clicks'],
        },
        'order': {
            'feature': 'orders', 'lifetime': 'orders_lifetime', 'known_by': 'orders_30d',
            'human': ['orders'], 'is_mail': false,
        },
        'session': {
            'feature': 'sessions', 'known_by': 'sessions_30d', 'human': ['sessions'], 'is_mail': false,
        },
        'sent': {
            'feature': 'sends', 'lifetime': 'sends_lifetime', 'known_by': 'sends_30d',
            'human': ['sends'],
        },
        'delivered': {
            'feature': 'deliveries', 'known_by': 'human_clicks_30d', 'human': ['deliveries'],
        },
        'bounce_hard': {'known_by': 'human_clicks_30d', 'human': ['bounces_hard']},
        'bounce_soft': {'known_by': 'human_clicks_30d', 'human': ['bounces_soft']},
        'unsubscribe': {'known_by': 'human_clicks_30d', 'human': ['unsubscribes']},
        'complaint': {'known_by': 'human_clicks_30d', 'human': ['complaints']},
    }) -%}
{% endmacro %}

{#- event -> window in days (none: ever) -> the feature column that counts exactly this. -#}
{% macro segment_events(fields) %}
    {%- set events = {} -%}
    {%- for event, kind in segment_event_kinds().items() -%}
        {%- set windows = {} -%}
        {%- for days in [30, 90, 180, 365] if 'feature' in kind -%}
            {%- do windows.update({days: kind['feature'] ~ '_' ~ days ~ 'd'}) -%}
        {%- endfor -%}
        {%- do windows.update({none: kind.get('lifetime')}) -%}
        {%- set found = {} -%}
        {%- for days, column in windows.items() if column in fields -%}
            {%- do found.update({days: column}) -%}
        {%- endfor -%}
        {%- do events.update({event: found}) -%}
    {%- endfor -%}
    {%- do return(events) -%}
{% endmacro %}

{#- Columns of segment_history that are no segments: a segment may not take their names, nor those of
    the words (word_1, word_2 …) beside which segments are unpacked. -#}
{% macro segment_reserved_names() %}
    {%- do return(['contact_id', 'as_of_date', 'is_current', 'is_mailable', 'revenue_365d']) -%}
{% endmacro %}
