{#- What cannot be meant in var `clusters`, in the words of src/winback/clusters/settings.py, and which
    features are no numbers of int_contact_features. -#}
{% macro cluster_faults() %}
    {%- set whole = {
        'k_max': (2, none), 'sample': (100, none), 'small_sample': (100, none), 'references': (5, none),
        'bootstraps': (5, none), 'min_contacts': (50, none), 'seed': (0, none),
    } -%}
    {%- set optional = {'min_cluster_size': 2, 'min_samples': 2} -%}
    {%- set known = ['features', 'algorithms', 'rule', 'min_silhouette', 'eps']
        + (whole | list) + (optional | list) -%}
    {%- set faults = fitted_mapping_faults('clusters', known) -%}
    {%- set held = var('clusters', none) -%}
    {%- if held is not mapping -%}
        {%- do return(faults) -%}
    {%- endif -%}

    {%- do faults.extend(cluster_feature_faults(held.get('features'))) -%}

    {%- do faults.extend(fitted_algorithm_faults('clusters', ['kmeans', 'ward', 'hdbscan', 'dbscan'])) -%}

    {%- set rules = ['silhouette', 'gap', 'elbow'] -%}
    {%- if held.get('rule') not in rules -%}
        {%- do faults.append(setting_fault(
            'clusters: rule', held.get('rule'), "one of " ~ rules | join(', ')
        )) -%}
    {%- endif -%}

    {%- set least = held.get('min_silhouette') -%}
    {%- if least is not number or least is boolean or least < 0 or least >= 1 -%}
        {%- do faults.append(setting_fault(
            'clusters: min_silhouette', least, "a number from 0 to below 1"
        )) -%}
    {%- endif -%}

    {%- do faults.extend(fitted_whole_number_faults('clusters', whole)) -%}

    {%- for name, least in optional.items() if held.get(name) is not none -%}
        {%- set value = held.get(name) -%}
        {%- if value is not integer or value is boolean or value < least -%}
            {%- do faults.append(setting_fault(
                'clusters: ' ~ name, value, "null or a whole number, " ~ least ~ " or more"
            )) -%}
        {%- endif -%}
    {%- endfor -%}

    {%- set eps = held.get('eps') -%}
    {%- if eps is not none and (eps is not number or eps is boolean or eps <= 0) -%}
        {%- do faults.append(setting_fault('clusters: eps', eps, "null or a number above 0")) -%}
    {%- endif -%}
    {{ return(faults) }}
{% endmacro %}


{% macro cluster_feature_faults(features) %}
    {%- set faults = [] -%}
    {%- if features is string or features is mapping or features is not sequence or features | length < 2 -%}
        {%- do faults.append(setting_fault(
            'clusters: features', features or none, "a list of 2 columns or more"
        )) -%}
        {{ return(faults) }}
    {%- endif -%}
    {%- set kinds = ['median', 'zero', 'max'] -%}
    {%- set numbers = number_features() -%}
    {%- set seen = [] -%}
    {%- for item in features -%}
        {%- set name = item.get('name') if item is mapping else item -%}
        {%- set missing = item.get('missing', kinds[0]) if item is mapping else kinds[0] -%}
        {%- if name is not string -%}
            {%- do faults.append(setting_fault(
                'clusters: features', item, "a column, or {name: a column, missing: …}"
            )) -%}
        {%- elif name in seen -%}
            {%- do faults.append(setting_fault('clusters: features', name ~ ' again', "each column once")) -%}
        {%- elif name not in numbers -%}
            {%- do faults.append(setting_fault(
                'clusters: features', name, "a column of int_contact_features that is a number"
            )) -%}
        {%- endif -%}
        {%- do seen.append(name) -%}
        {%- if missing not in kinds -%}
            {%- do faults.append(setting_fault(
                'clusters: features: ' ~ name ~ ': missing', missing, "one of " ~ kinds | join(', ')
            )) -%}
        {%- endif -%}
    {%- endfor -%}
    {{ return(faults) }}
{% endmacro %}
